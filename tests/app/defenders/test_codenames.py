from __future__ import annotations

from app.defenders.codenames import ADJECTIVES, NOUNS, draw


def test_codenames_are_pairs_of_our_own_words() -> None:
    drawn = {draw() for _ in range(400)}
    assert len(drawn) > 380
    for codename in drawn:
        adjective, noun = codename.split()
        assert adjective in ADJECTIVES
        assert noun in NOUNS


def test_no_word_stands_twice() -> None:
    assert len(set(ADJECTIVES)) == len(ADJECTIVES)
    assert len(set(NOUNS)) == len(NOUNS)
