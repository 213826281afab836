"""The draw as the database makes it is the one that anybody can make; and no order of acts brings a seed out early."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg.errors import CheckViolation, InsufficientPrivilege, ObjectNotInPrerequisiteState
from psycopg.types.json import Jsonb

from app.db import ENTER
from app.draws.terms import read
from app.permissions import Role, Viewer
from geo.patrols.drawing import WHOLE, commitment, drawn
from tests.people import WEST, Staff, record
from tests.servers import Clone

ONCE = settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True
)  # fmt: skip


@st.composite
def terms(build: st.DrawFn) -> dict[str, Any]:
    units, count = build(st.integers(1, 3)), build(st.integers(1, 6))
    shares = [build(st.integers(1, 1000)) for _plan in range(count)]
    weights = [round(share / sum(shares) * WHOLE) for share in shares]
    sites = build(st.lists(st.integers(1, 2**53), min_size=1, max_size=200, unique=True))
    routes = st.lists(st.integers(0, len(sites) - 1), max_size=4)
    return {
        "plans": [[build(routes) for _unit in range(units)] for _plan in range(count)], "weights": weights,
        "earliest": [build(st.integers(0, 1439)) for _unit in range(units)],
        "slack": [build(st.integers(0, 700)) for _unit in range(units)],
        "sites": sites,
        "units": [build(st.integers(1, 2**53)) for _unit in range(units)],
    }  # fmt: skip


def test_the_database_draws_as_the_description_says(owner: psycopg.Connection) -> None:
    @ONCE
    @given(terms(), st.binary(min_size=32, max_size=32), st.dates(date(2020, 1, 1), date(2099, 12, 31)))
    def same(given_terms: dict[str, Any], seed: bytes, day: date) -> None:
        found = owner.execute(
            "SELECT d.plan, d.starts, vigil.draw_digest(%(t)s), vigil.draw_commitment(%(s)s) "
            "FROM vigil.drawn_of(%(t)s, %(s)s, %(d)s) d", {"t": Jsonb(given_terms), "s": seed, "d": day},
        ).fetchone()  # fmt: skip
        told = drawn(read(given_terms), seed, day)
        assert found == (told.plan, list(told.starts), read(given_terms).digest, commitment(seed))

    same()


SMALL = {"plans": [[[0]], [[1]]], "weights": [WHOLE // 2, WHOLE // 2], "earliest": [420], "slack": [120],
         "sites": [11, 12], "units": [5]}  # fmt: skip
LATEST: dict[str, Any] = {"tours": {"latest": [1020.0]}}


def a_mix(owner: psycopg.Connection, staff: Staff, by: int) -> int:
    with owner.transaction():
        made = owner.execute(
            "INSERT INTO mixes (sector_id, first_day, days, seconds, state, ground, terms, result, by_id) "
            "VALUES (%s, (now() + interval '3 days')::date, 3, 1, 'ready', %s, %s, '{}', %s) RETURNING id",
            [staff.sectors[WEST], Jsonb(LATEST), Jsonb(SMALL), by],
        ).fetchone()  # fmt: skip
        record(owner)
    assert made
    return int(made[0])


DRAW = "SELECT vigil.draw_day(%s)"
ACTS = {
    "draw": DRAW,
    "look": DRAW,  # and rolled back
    "open": "SELECT vigil.open_seed(%s)",
    "release": "UPDATE draws SET released_at = now() WHERE id = %s",
    "write": "UPDATE draws SET seed = '\\x00', opened_at = now() WHERE id = %s",
    "write plan": "UPDATE draws SET drawn_plan = 1, drawn_starts = '{420}', drawn_at = now() WHERE id = %s",
    "read": "SELECT seed FROM draw_seeds WHERE draw_id = %s",
    "change": "UPDATE draw_seeds SET seed = '\\x00' WHERE draw_id = %s",
}
HOURS = {
    "evening comes": "UPDATE draws SET due_at = now() WHERE id = %s",
    "day ends": "UPDATE draws SET due_at = least(due_at, now()), over_at = least(over_at, now()) WHERE id = %s",
}


def test_no_order_of_acts_brings_a_seed_out_early_or_draws_twice(
    staff: Staff, clone: Clone, owner: psycopg.Connection
) -> None:
    person = staff.person(Role.SECTOR_OPS)
    viewer = Viewer(person, Role.SECTOR_OPS, frozenset({staff.sectors[WEST]}))
    mix = a_mix(owner, staff, person)
    app = psycopg.connect(clone.plain_url("vigil_app"), autocommit=True)

    def tried(statement: str, day: int, *, looks: bool = False) -> bool:
        """As the application's role, with an event beside it, all committed, or rolled back after a look; whether it was
        let through."""
        try:
            with app.transaction(force_rollback=looks):
                app.execute(ENTER, viewer.as_database_context())
                touched = app.execute(statement, [day]).rowcount  # type: ignore[arg-type]
                app.execute("INSERT INTO ledger_events (at, action, subject, body, actor_id) VALUES (now(), 'x.y', "
                            "'x:1', '{}', %s)", [person])  # fmt: skip
            return touched > 0
        except (InsufficientPrivilege, ObjectNotInPrerequisiteState, CheckViolation):
            return False

    assert tried("SELECT vigil.seal_mix(%s)", mix)
    assert not tried("SELECT vigil.seal_mix(%s)", mix), "accepted twice"
    days = [row[0] for row in owner.execute("SELECT id FROM draws ORDER BY id").fetchall()]
    fresh = owner.execute("SELECT due_at, over_at FROM draws WHERE id = %s", [days[0]]).fetchone()

    @settings(ONCE, max_examples=8)
    @given(st.lists(st.sampled_from([*ACTS, *HOURS]), min_size=3, max_size=9))
    def holds(acts: list[str]) -> None:
        day = days[0]
        with owner.transaction():  # the same day, as it was sealed
            owner.execute(
                "UPDATE draws SET due_at = %s, over_at = %s, drawn_plan = NULL, drawn_starts = NULL, drawn_at = NULL, "
                "released_at = NULL, seed = NULL, opened_at = NULL WHERE id = %s", [*(fresh or ()), day],
            )  # fmt: skip
            record(owner)
        due = over = is_drawn = released = opened = False
        for act in acts:
            if act in HOURS:
                due, over = True, over or act == "day ends"
                with owner.transaction():
                    owner.execute(HOURS[act], [day])
                    record(owner)
                continue
            may = {
                "draw": due and not over and not is_drawn and not released,
                "look": due and not over and not is_drawn and not released,
                "open": over and not opened,
                "release": not due and not released,
            }.get(act, False)
            assert tried(ACTS[act], day, looks=act == "look") == may, (act, acts)
            is_drawn |= may and act == "draw"
            released |= may and act == "release"
            opened |= may and act == "open"
        row = owner.execute(
            "SELECT drawn_at IS NOT NULL, released_at IS NOT NULL, seed IS NOT NULL FROM draws WHERE id = %s", [day]
        ).fetchone()  # fmt: skip
        assert row == (is_drawn, released, opened)

    holds()
    app.close()


@pytest.mark.parametrize(
    "role", ["vigil_app", "vigil_worker", "vigil_auditor", "vigil_keyholder", "vigil_sequencer"]
)
def test_no_role_that_serves_holds_a_right_to_seeds(owner: psycopg.Connection, role: str) -> None:
    for what in ("SELECT", "INSERT", "UPDATE"):
        row = owner.execute("SELECT has_any_column_privilege(%s, 'draw_seeds', %s)", [role, what]).fetchone()
        assert row == (False,), what
    row = owner.execute(
        "SELECT has_column_privilege(%s, 'draws', 'seed', 'UPDATE') OR has_any_column_privilege(%s, 'draws', 'INSERT')",
        [role, role],
    ).fetchone()
    assert row == (False,)


def test_a_day_that_can_be_drawn_is_not_sealed_any_more(
    staff: Staff, clone: Clone, owner: psycopg.Connection
) -> None:
    """Or it would be sealed, drawn and rolled back until somebody likes what comes."""
    person = staff.person(Role.SECTOR_OPS)
    viewer = Viewer(person, Role.SECTOR_OPS, frozenset({staff.sectors[WEST]}))
    mix = a_mix(owner, staff, person)

    def sealed(hour: int, ahead: int) -> bool:
        """Whether a run that begins so many days ahead is sealed where it is that hour now."""
        with owner.transaction():
            east = (hour - datetime.now(UTC).hour + 12) % 24 - 12
            # POSIX counts hours to the west.
            owner.execute("UPDATE mission_identity SET time_zone = %s", [f"<X>{-east:+d}"])
            owner.execute(
                "UPDATE mixes SET first_day = (now() + make_interval(days => %s, hours => %s))::date WHERE id = %s",
                [ahead, east, mix],
            )
            record(owner)
        with psycopg.connect(clone.plain_url("vigil_app")) as app:
            app.execute(ENTER, viewer.as_database_context())
            try:
                app.execute("SELECT vigil.seal_mix(%s)", [mix])
            except ObjectNotInPrerequisiteState:
                return False
            finally:
                app.rollback()
        return True

    assert not sealed(10, 0)
    assert sealed(10, 1)
    assert sealed(17, 1)
    assert not sealed(18, 1)
    assert sealed(18, 2)
