"""The log is read in words: whatever the code records has some, by what it does, what it is about and its filter."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from itertools import zip_longest
from pathlib import Path

import pytest
from flask import Flask

from app.alerts.models import StepKind
from app.ledger.wording import ACTIONS, GROUPS, THINGS, action_words, thing_words
from app.messages.models import MessageState
from app.patrol_reports.models import ReportState
from app.patrols.movement import Move
from app.signals.models import Step

ROOT = Path(__file__).parents[3]
ACTION = re.compile(r"[a-z_]+\.[a-z_{}]+")
TABLE = re.compile(r"[a-z_]+")
RECORDERS = {"record", "record_all", "record_as_operator", "event", "event_by", "tell_log", "Importing"}
# Actions that are put together, with all that can stand in the gap.
MADE_UP: dict[str, list[str]] = {
    "alerts.{}": list(StepKind),
    "defenders.check_ins_{}": ["suspended", "resumed", "ended"],
    "messages.{}": [state for state in MessageState if state is not MessageState.QUEUED],
    "patrol_reports.{}": [ReportState.RETURNED, ReportState.DEBRIEFED, ReportState.APPROVED],
    "patrols.deviation_{}": ["noticed", "over"],
    "patrols.{}": list(Move),
    "patrols.{}_by_position": ["arrived", "departed"],
    "rules.{}": ["red", "amber", "cleared"],
    "signals.{}": list(Step),
}
# What is recorded about all rows of a table at once, or about what is no row.
WITHOUT_NUMBER = {
    "alert_scores", "haven_gate_days", "ledger_leaves", "ledger_verifications", "measures", "mission_identity",
    "positions", "sessions",
}  # fmt: skip


def written(node: ast.expr) -> Iterator[str]:
    """The texts of an argument; a gap in a text is {}."""
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.JoinedStr(values=parts):
            yield "".join(part.value if isinstance(part, ast.Constant) else "{}" for part in parts)
        case ast.IfExp(body=one, orelse=other):
            yield from (*written(one), *written(other))
        case ast.Tuple(elts=parts):
            for part in parts:
                yield from written(part)


@cache
def recorded() -> dict[str, set[str]]:
    """The actions in calls that record something, each with the tables named right after it."""
    found: dict[str, set[str]] = {}
    for file in (*ROOT.glob("app/**/*.py"), *ROOT.glob("workers/**/*.py")):
        for node in ast.walk(ast.parse(file.read_text())):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in RECORDERS:
                for argument, after in zip_longest(node.args, node.args[1:]):
                    for action in filter(ACTION.fullmatch, written(argument)):
                        found.setdefault(action, set()).update(written(after) if after else ())
    return found


def by_migrations() -> set[str]:
    inserted = (
        part
        for file in ROOT.glob("migrations/sql/*.sql")
        for part in re.findall(r"INTO ledger_events.*?;", file.read_text(), re.DOTALL)
    )
    return {action for part in inserted for action in re.findall(r"'([a-z_]+\.[a-z_]+)'", part)}


def everything() -> set[str]:
    whole = {action for action in recorded() if "{}" not in action}
    return (
        whole | {made.replace("{}", gap) for made, gaps in MADE_UP.items() for gap in gaps} | by_migrations()
    )


def test_the_code_is_read_as_it_records() -> None:
    assert len(recorded()) > 150
    assert {action for action in recorded() if "{}" in action} == set(MADE_UP)


def test_whatever_is_recorded_has_words(app: Flask) -> None:
    with app.test_request_context():
        assert sorted(action for action in everything() if action_words(action) == action) == []


def test_no_words_are_kept_for_what_nothing_records() -> None:
    assert sorted(set(ACTIONS) - everything() - {"ledger.unreadable_event"}) == []


def test_the_log_can_be_filtered_by_whatever_is_recorded() -> None:
    assert sorted({action.partition(".")[0] for action in everything()} - set(GROUPS)) == []


def test_every_row_that_something_is_recorded_about_has_a_name() -> None:
    tables = {table for named in recorded().values() for table in named if TABLE.fullmatch(table)}
    assert len(tables) > 40
    assert sorted(tables - set(THINGS) - WITHOUT_NUMBER) == []


@pytest.mark.parametrize(
    ("subject", "words"),
    [("alerts:143", "Alert 143"), ("evacuation_plans:7", "Evacuation plan 7"), ("surfaces:next", "")],
)
def test_a_thing_is_told_by_its_name_and_number(app: Flask, subject: str, words: str) -> None:
    with app.test_request_context():
        assert thing_words(subject) == words
