"""What keepers do: registration, consent, risk with its second person, and what follows for the picture."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import psycopg
import pytest
from sqlalchemy import select

from app.db import db
from app.defenders import actions, gate
from app.defenders.consents import end_of
from app.defenders.models import Defender, DefenderCell, SealedField
from app.defenders.sealing import KeyholderDown
from app.errors import Conflict, Invalid, NotAllowed, NotFound
from app.permissions import Role
from tests.app.defenders import files
from tests.app.defenders.files import OFFICER, SUPERVISOR, given, registered
from tests.people import EAST, WEST, Staff
from tests.servers import Clone

running = pytest.mark.usefixtures("keyholder")
CALM = actions.Scores(2, 2, 2, False, False, "EXERCISE: quiet", "EXERCISE: agrees")
GRAVE = actions.Scores(5, 4, 2, False, False, "EXERCISE: leaflets", "EXERCISE: agrees")
MORTAL = actions.Scores(1, 1, 5, False, True, "EXERCISE: tonight", "EXERCISE: agrees")


def shared_until(defender_id: int) -> set[datetime | None]:
    query = select(DefenderCell.shared_until).where(DefenderCell.defender_id == defender_id)
    return set(db.session.scalars(query))


@running
def test_registration_draws_a_codename_seals_and_makes_two_cells(
    staff: Staff, owner: psycopg.Connection
) -> None:
    made = registered(staff)
    row = owner.execute(
        "SELECT codename, risk_band, review_on FROM defenders WHERE id = %s", [made]
    ).fetchone()
    assert row is not None
    assert (len(row[0].split()), row[1], row[2]) == (2, "ordinary", gate.today())
    cells = owner.execute("SELECT tier, ST_AsText(cell) FROM defender_cells ORDER BY tier").fetchall()
    assert [c[0] for c in cells] == ["coarse", "fine"]
    assert all("0.512" not in c[1] for c in cells)
    sealed = owner.execute("SELECT field, ciphertext FROM sealed_values ORDER BY field").fetchall()
    assert [s[0] for s in sealed] == ["contact", "home", "name"]
    event = owner.execute(
        "SELECT details FROM ledger_events WHERE action = 'defenders.registered'"
    ).fetchone()
    assert event == (None,), "who reads the log reads no file"


@running
def test_no_file_without_consent_to_keep_it(staff: Staff) -> None:
    with staff.acting(OFFICER), pytest.raises(Invalid) as refused:
        actions.register_defender(files.new(staff, WEST, "north", (8,), 0.5, 0.5))
    assert "scopes" in refused.value.fields


@running
@pytest.mark.parametrize(("sector", "compartment"), [(EAST, "north"), (WEST, "women")])
def test_nobody_registers_outside_his_sector_and_compartment(
    staff: Staff, sector: str, compartment: str
) -> None:
    with staff.acting(OFFICER), pytest.raises(NotAllowed):
        actions.register_defender(files.new(staff, sector, compartment, (1,), 0.5, 0.5))


def test_with_the_keyholder_down_nothing_is_registered(
    staff: Staff, owner: psycopg.Connection, clone: Clone
) -> None:
    files.settle(clone)
    with staff.acting(OFFICER), pytest.raises(KeyholderDown):
        actions.register_defender(files.new(staff, WEST, "north", (1, 2, 3), 0.5, 0.5))
    assert owner.execute("SELECT count(*) FROM defenders").fetchone() == (0,)


def test_what_is_to_be_sealed_stands_in_no_repr(staff: Staff) -> None:
    assert files.NAME not in repr(files.new(staff, WEST, "north", (1,), 0.5123, 0.5123))
    assert "0.5123" not in repr(files.new(staff, WEST, "north", (1,), 0.5123, 0.5123))


@running
def test_the_cell_is_shared_to_the_end_of_the_longest_consent_that_shares(staff: Staff) -> None:
    made = registered(staff, scopes=(1,))
    day = gate.today()
    with staff.acting(OFFICER):
        assert shared_until(made) == {None}
        short = actions.give_consent(made, given(2, days=10)[0])
        long = actions.give_consent(made, given(3, days=40)[0])
        actions.give_consent(made, given(8, days=300)[0])
        assert shared_until(made) == {end_of(day + timedelta(days=40))}
        actions.withdraw_consent(made, long)
        assert shared_until(made) == {end_of(day + timedelta(days=10))}
        actions.withdraw_consent(made, short)
        assert shared_until(made) == {None}
        with pytest.raises(Conflict):
            actions.withdraw_consent(made, short)
        db.session.commit()


@running
def test_a_new_home_keeps_what_is_shared_and_moves_both_cells(staff: Staff) -> None:
    made = registered(staff)
    with staff.acting(OFFICER):
        before = shared_until(made)
        actions.seal_identity(made, {SealedField.HOME: "EXERCISE in the open"}, (0.9, 0.9))
        db.session.commit()
        assert shared_until(made) == before
        query = select(DefenderCell.tier, DefenderCell.cell.ST_IsEmpty()).order_by(DefenderCell.tier)
        assert db.session.execute(query).tuples().all() == [("coarse", True), ("fine", False)]
        with pytest.raises(Invalid):
            actions.seal_identity(made, {SealedField.HOME: "EXERCISE nowhere said"}, None)


@running
@pytest.mark.parametrize(
    "change",
    [{"scope": 0}, {"scope": 11}, {"how": "heard"}, {"given_on": 1}, {"until": -1}, {"until": 731}],
)
def test_a_consent_that_can_t_be_is_refused(staff: Staff, change: dict[str, object]) -> None:
    made, day = registered(staff), gate.today()
    if isinstance(change.get("given_on"), int):
        change = {"given_on": day + timedelta(days=1)}
    if isinstance(change.get("until"), int):
        change = {"until": day + timedelta(days=change["until"])}  # type: ignore[arg-type]
    with staff.acting(OFFICER), pytest.raises(Invalid) as refused:
        actions.give_consent(made, replace(given(3)[0], **change))  # type: ignore[arg-type]
    assert set(refused.value.fields) == set(change)


@running
def test_a_rise_counts_at_once_and_a_fall_from_high_waits_for_a_second_person(staff: Staff) -> None:
    made = registered(staff)

    def counts() -> tuple[str, int]:
        d = db.session.get_one(Defender, made, populate_existing=True)
        cells = set(
            db.session.scalars(select(DefenderCell.risk_band).where(DefenderCell.defender_id == made))
        )
        assert cells == {d.risk_band}
        return d.risk_band, (d.review_on - gate.today()).days

    with staff.acting(OFFICER):
        actions.assess_risk(made, CALM)
        assert counts() == ("ordinary", 90)
        high = actions.assess_risk(made, GRAVE)
        assert counts() == ("high", 7)
        with pytest.raises(NotAllowed):
            actions.review_assessment(made, high)
        db.session.commit()
    with staff.acting(SUPERVISOR):
        actions.review_assessment(made, high)
        with pytest.raises(Conflict):
            actions.review_assessment(made, high)
        db.session.commit()
    with staff.acting(OFFICER):
        calm = actions.assess_risk(made, CALM)
        assert counts() == ("high", 7), "one person alone can't take the protection of high risk away"
        db.session.commit()
    with staff.acting(SUPERVISOR):
        with pytest.raises(Conflict):
            actions.review_assessment(made, high)
        actions.review_assessment(made, calm)
        assert counts() == ("ordinary", 90)
        db.session.commit()
    with staff.acting(OFFICER):
        actions.assess_risk(made, MORTAL)
        assert counts() == ("extreme", 1)


@running
def test_without_consent_in_force_nothing_is_assessed_or_sealed(staff: Staff) -> None:
    made = registered(staff)
    files.withdraw_all(staff, made)
    with staff.acting(OFFICER):
        with pytest.raises(Conflict):
            actions.assess_risk(made, CALM)
        with pytest.raises(Conflict):
            actions.seal_identity(made, {SealedField.NAME: "EXERCISE other"}, None)
        actions.note(made, "EXERCISE: consent taken back by phone.")
        actions.give_consent(made, given(1)[0])
        db.session.commit()


@running
def test_a_reader_who_does_not_keep_may_not_change(staff: Staff) -> None:
    from app.permissions import Permission, current_viewer

    made = registered(staff)
    with staff.acting(OFFICER) as viewer:
        narrowed = replace(viewer, narrowed=frozenset({Permission.READ_DEFENDERS}))
        token = current_viewer.set(narrowed)
        try:
            with pytest.raises(NotAllowed):
                actions.note(made, "EXERCISE: no")
        finally:
            current_viewer.reset(token)
    with staff.acting(Role.POC_OFFICER), pytest.raises(NotFound):
        actions.note(made, "EXERCISE: no")
