"""One table says what there is to a kind of document; what is not in it fails aloud and is never another kind."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any, get_args

import psycopg
import pytest
from flask import Flask

from app.documents.brief import Brief
from app.documents.freezing import Ordered, freeze_document
from app.documents.incident_report_brief import IncidentBrief
from app.documents.kinds import KINDS
from app.documents.models import DocumentKind
from app.documents.orders import Subject
from app.documents.outline import outline
from app.documents.shelf_words import about
from app.permissions import Role
from tests.people import Staff


def test_every_kind_has_its_row_its_brief_and_its_place_in_the_database(owner: psycopg.Connection) -> None:
    assert set(KINDS) == set(DocumentKind)
    told = {field.default for brief in get_args(Brief) for field in fields(brief) if field.name == "kind"}
    assert told == set(DocumentKind)
    row = owner.execute(
        "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'ck_documents_kind'"
    ).fetchone()
    assert row
    assert {code for code in DocumentKind if f"'{code}'" in row[0]} == set(DocumentKind)
    assert row[0].count("'") == 2 * len(DocumentKind)


def test_files_and_functions_of_a_kind_are_called_after_its_code() -> None:
    for code, kind in KINDS.items():
        assert (kind.freeze.__module__, kind.freeze.__name__) == (
            f"app.documents.freezing_{code}", f"freeze_{code}",
        )  # fmt: skip
        assert (kind.sections.__module__, kind.sections.__name__) == (
            f"app.documents.{code}_outline", f"{code}_sections",
        )  # fmt: skip
    told = {brief.__module__ for brief in get_args(Brief)}
    assert told == {f"app.documents.{code}_brief" for code in KINDS}


def test_what_a_kind_is_about_are_parts_of_a_subject() -> None:
    named = {name for kind in KINDS.values() for together in kind.about for name in together}
    assert named == set(Subject.model_fields)


def test_whatever_a_kind_is_about_has_words_on_the_shelf(app: Flask) -> None:
    subject = {name: 7 for name in Subject.model_fields if name.endswith("_id")} | {
        "since": "2026-11-01T00:00:00+00:00", "until": "2026-11-21T00:00:00+00:00", "box": [10.0, 5.0, 11.0, 6.0],
        "layers": ["alerts"],
    }  # fmt: skip
    with app.test_request_context():
        told = {
            about(code, {name: subject[name] for name in together})
            for code, kind in KINDS.items()
            for together in kind.about
        }
    assert {"Alert 7", "Incident 7", "Patrol report 7", "Patrol 7", "Evacuation 7"} <= told
    rest = told - {"Alert 7", "Incident 7", "Patrol report 7", "Patrol 7", "Evacuation 7"}
    assert sorted(words.split()[0] for words in rest) == ["010000ZNOV26", "Map"]


def test_a_kind_that_stands_nowhere_is_not_frozen_as_another(staff: Staff) -> None:
    with staff.acting(Role.HOM), pytest.raises(ValueError, match="picture_book"):
        freeze_document(Ordered("DOC-2026-00001", "picture_book", {"alert_id": 1}, "command"))


def test_a_brief_of_no_known_kind_is_not_printed_as_another(app: Flask, incident: Any) -> None:
    assert isinstance(incident, IncidentBrief)
    with app.app_context(), pytest.raises(ValueError, match="picture_book"):
        outline(replace(incident, kind="picture_book"))  # type: ignore[arg-type]
