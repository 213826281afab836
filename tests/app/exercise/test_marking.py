from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from app.exercise.dataset import Dataset
from tests.app.exercise.canonical import plain


def texts(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from texts(inner, key)
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner, name)
    elif isinstance(value, str) and value:
        yield name, value


def test_every_sentence_is_marked_as_exercise(dataset: Dataset, other_dataset: Dataset) -> None:
    for d in (dataset, other_dataset):
        sentences = [
            (name, text) for name, text in texts(plain(d)) if text.rstrip().endswith((".", "!", "?"))
        ]
        assert len(sentences) > 5000
        assert not [pair for pair in sentences if not pair[1].startswith("EXERCISE")]


def test_every_field_of_free_text_is_marked(dataset: Dataset) -> None:
    free = {"summary", "work", "reasoning", "conditions", "verbatim", "non_response_note", "task",
            "abandoned_reason", "target", "most_likely_course", "most_dangerous_course"}  # fmt: skip
    found = [(name, text) for name, text in texts(plain(dataset)) if name in free]
    assert {name for name, _ in found} == free
    assert all(text.startswith("EXERCISE") for _, text in found)


def test_country_and_mission_say_in_their_names_that_they_are_an_exercise(dataset: Dataset) -> None:
    assert "(EXERCISE)" in dataset.country_name
    assert "(EXERCISE)" in dataset.mission_name
    assert dataset.marking == "EXERCISE"
    assert dataset.admin_areas[0].name == dataset.country_name
