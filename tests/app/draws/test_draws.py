"""A mix is searched for, accepted with sealed seeds, drawn by the house day by day, opened, and checked by anybody."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from app.db import ENTER, db
from app.draws import actions, fairness, queries
from app.draws.ground import ground_of
from app.draws.terms import read, replayed
from app.draws.wording import RECIPE
from app.errors import Invalid
from app.permissions import Role, Viewer
from app.plans import queries as plans
from app.plans.frozen import problem_of
from app.plans.results import plan_of
from geo.compiled import warm_game
from geo.patrols.check import faults
from geo.patrols.drawing import commitment, drawn
from tests.app.draws.world import FIRST, asked, at_hour, changed, draws, mixed
from tests.people import EAST, WEST, Staff
from tests.planning_ground import Country, small_country
from tests.planning_officer import WHY, means, post, site
from workers import draws as house
from workers import solves


@pytest.fixture
def country(owner: psycopg.Connection, staff: Staff) -> Country:
    return small_country(owner, staff)


@pytest.fixture
def officer(staff: Staff) -> FlaskClient:
    return staff.client(Role.SECTOR_OPS)


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """A small country needs three seconds, on a machine that does much else."""
    monkeypatch.setattr("app.draws.forms.SECONDS", [("3", "soon")])


def said(client: FlaskClient, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.get_data(as_text=True)


def kept_up(worker: Flask) -> None:
    with worker.app_context():
        house.keep_up()


def test_a_mix_is_accepted_drawn_issued_opened_and_found_to_be_fair(
    staff: Staff, officer: FlaskClient, country: Country, worker: Flask, owner: psycopg.Connection, tmp_path: Path
) -> None:  # fmt: skip
    warm_game()  # what is compiled at its first call would take the time that is given to the search
    mix = mixed(staff, officer, country, worker, owner)
    row = owner.execute("SELECT state, ground, terms, result FROM mixes WHERE id = %s", [mix]).fetchone()
    assert row and row[0] == "ready"
    _state, ground, terms, result = row
    assert replayed(problem_of(ground), terms)
    # One fixed plan leaves something open for ever; the mix leaves less, and not less than is proven.
    assert 0 < result["floor"] <= result["value"] + 1e-6 < result["fixed"]
    assert len(terms["plans"]) > 1 and terms["slack"][0] >= 75
    told = said(officer, f"/draws/mixes/{mix}")
    assert (
        "Accept, and seal its days" in told
        and "any minute from 07:00 to" in told
        and "EXERCISE village 4" in told
    )
    assert f"/draws/mixes/{mix}" in said(officer, "/draws") and "/draws" in said(officer, "/plans")

    assert post(officer, f"/draws/mixes/{mix}/accept", {}).status_code == 303
    assert post(officer, f"/draws/mixes/{mix}/accept", {}).status_code == 409
    first, second, third = draws(owner, mix)
    sealed = owner.execute(
        "SELECT details FROM ledger_events WHERE action = 'draws.sealed' ORDER BY id"
    ).fetchall()
    assert [each[0]["day"] for each in sealed] == [(FIRST + timedelta(days=n)).isoformat() for n in range(3)]
    assert {each[0]["digest"] for each in sealed} == {read(terms).digest}
    seeds = dict(owner.execute("SELECT draw_id, seed FROM draw_seeds").fetchall())
    assert [each[0]["commitment"] for each in sealed] == [
        commitment(bytes(seeds[n])) for n in (first, second, third)
    ]
    # Another mix of the same days could be drawn until it is liked.
    again = asked(staff, officer, worker, owner, days=1)
    assert post(officer, f"/draws/mixes/{again}/accept", {}).status_code == 409
    # Nothing is drawn before its hour, whoever asks.
    assert post(officer, f"/draws/{third}/draw", {}).status_code == 409
    assert post(officer, f"/draws/{first}/open", {}).status_code == 409
    assert officer.get(f"/draws/{first}/proof.json").status_code == 409
    assert officer.get(f"/api/v1/draws/{first}").json["proof"] is None

    at_hour(owner, first, due=True)
    at_hour(owner, second, due=True)
    kept_up(worker)
    kept_up(worker)  # twice is once
    found = owner.execute(
        "SELECT d.drawn_plan, d.drawn_starts, d.day, p.id, p.state, p.ground, p.result FROM draws d JOIN plans p "
        "ON p.id = d.plan_id WHERE d.id = %s", [first],
    ).fetchone()  # fmt: skip
    assert found is not None
    number, starts, day, plan, state, ground, result = found
    fair = drawn(read(terms), bytes(seeds[first]), day)
    assert (number, starts, state) == (fair.plan, list(fair.starts), "ready")
    assert not faults(problem_of(ground), plan_of(result))
    assert [[stop[0] for stop in each["stops"]] for each in result["rounds"]] == terms["plans"][number]
    assert result["rounds"][0]["depart"] == pytest.approx(starts[0])
    text = said(officer, f"/plans/{plan}")
    assert "Drawn by chance" in text and f"/draws/{first}" in text and "the draw sent nobody there" in text
    assert post(officer, f"/plans/{plan}/issue", {}).status_code == 303
    text = said(officer, f"/draws/{first}")
    assert "Orders issued" in text and "That can be said once" in text

    assert post(officer, f"/draws/mixes/{mix}/release", {}).status_code == 303
    assert post(officer, f"/draws/mixes/{mix}/release", {}).status_code == 409
    assert "Let go before it was drawn" in said(officer, f"/draws/{third}")
    for each in (first, third):
        at_hour(owner, each, over=True)
    kept_up(worker)
    opened = owner.execute("SELECT id, seed FROM draws WHERE seed IS NOT NULL ORDER BY id").fetchall()
    assert opened == [(first, seeds[first]), (third, seeds[third])]
    text = said(officer, f"/draws/{first}")
    assert "draws this plan and these starts" in text and "No. This speaks against it" not in text
    file, recipe = tmp_path / "proof.json", tmp_path / "recipe.py"
    file.write_text(said(officer, f"/draws/{first}/proof.json"))
    recipe.write_text(RECIPE)
    told = subprocess.run([sys.executable, recipe, file], capture_output=True, text=True, timeout=20)
    assert told.stdout.startswith("fair\n"), told.stderr
    went = [terms["sites"][row] for row in terms["plans"][number][0]]
    assert told.stdout.endswith(f"unit {country.unit}, from minute {starts[0]}: sites {went}\n")
    proof = json.loads(file.read_text())
    proof["drawn"]["starts"][0] += 1
    file.write_text(json.dumps(proof))
    told = subprocess.run([sys.executable, recipe, file], capture_output=True, text=True, timeout=20)
    assert told.stdout.startswith("not fair")


def test_a_search_that_found_no_mix_is_started_anew_once_there_is_a_unit(
    staff: Staff, officer: FlaskClient, country: Country, worker: Flask, owner: psycopg.Connection
) -> None:
    site(officer, "V1")
    form = {
        "sector": str(staff.sectors[WEST]), "first": FIRST.isoformat(), "days": "1", "seconds": "3",
    }  # fmt: skip
    page = post(officer, "/draws", form).headers["Location"]
    again = f"{page}/search-again"
    assert post(officer, again, {}).status_code == 409

    def searched() -> str:
        with worker.app_context():
            for (solve,) in owner.execute("SELECT id FROM solves WHERE state = 'waiting'").fetchall():
                solves.run(str(solve))
        return said(officer, page)

    text = searched()
    assert "No unit goes out on every day of this run" in text and again in text
    assert again not in said(staff.client(Role.ANALYST_JMAC), page)
    means(officer, country)
    assert post(officer, again, {}).status_code == 303
    assert "Accept, and seal its days" in searched()
    assert post(officer, again, {}).status_code == 409


def test_each_deceit_is_named(
    staff: Staff, officer: FlaskClient, country: Country, worker: Flask, owner: psycopg.Connection
) -> None:
    mix = mixed(staff, officer, country, worker, owner, days=1)
    forge_a_sealing(staff, draw=1)
    assert post(officer, f"/draws/mixes/{mix}/accept", {}).status_code == 303
    (day,) = draws(owner, mix)
    assert day == 1, "the forged sealing is of another day"
    at_hour(owner, day, due=True)
    assert post(officer, f"/draws/{day}/draw", {}).status_code == 303
    at_hour(owner, day, over=True)
    assert post(officer, f"/draws/{day}/open", {}).status_code == 303
    assert "draws this plan and these starts" in said(officer, f"/draws/{day}")

    with staff.acting(Role.SECTOR_OPS):
        drawn_day = queries.draw(day)
        mixed_of, plan = queries.one(drawn_day.mix_id), plans.one(int(drawn_day.plan_id or 0))
        (sealing,) = [fairness.sealing_of(row) for row in queries.sealings(day)]
        for each in (drawn_day, mixed_of, plan):
            db.session.expunge(each)

        def against(sealings: list[fairness.Sealing] | None = None, **changes: Any) -> str:
            """What speaks against the draw once these columns of the day, its mix and its plan are other ones."""
            things = {"mix": copied(mixed_of), "day": copied(drawn_day), "plan": copied(plan)}
            for name, value in changes.items():
                thing, _, column = name.partition("_")
                setattr(things[thing], column, value)
            found = fairness.verdict(
                things["mix"], things["day"], [sealing] if sealings is None else sealings, things["plan"]
            )
            return " ".join(found.against)

        assert against() == ""
        other = bytes(32)
        assert "not the one that was committed to" in against(day_seed=other)
        # Whoever has the row in his hand changes both; the log has the commitment still.
        both = against(day_seed=other, day_commitment=commitment(other))
        assert "not the one that was committed to" in both and "names another commitment than the log" in both
        number = int(drawn_day.drawn_plan or 0)
        assert "draws another plan" in against(day_drawn_plan=number - 1 if number else 1)
        assert "draws other starts" in against(day_drawn_starts=[(drawn_day.drawn_starts or [0])[0] + 1])
        terms: Any = mixed_of.terms
        assert "not those that were sealed" in against(mix_terms=terms | {"slack": [terms["slack"][0] - 1]})
        # The rows of the plans stand; what they mean is another.
        sites = terms["sites"][::-1]
        assert len(set(sites)) == len(sites) > 1
        assert "not those that were sealed" in against(mix_terms=terms | {"sites": sites})
        assert "not those that were sealed" in against(mix_terms=terms | {"units": [terms["units"][0] + 1]})
        ground: Any = plan.ground
        swapped = {
            "tasks": ground["tasks"] | {"site": sites},
            "about": ground["about"][::-1],
            "tours": ground["tours"] | {"unit": [terms["units"][0] + 1]},
            "units": [ground["units"][0] | {"id": terms["units"][0] + 1}],
        }
        for name, other_rows in swapped.items():
            assert "other sites or other units" in against(plan_ground=ground | {name: other_rows}), name
        both = against(plan_ground=ground | swapped, mix_terms=terms | {"sites": sites})
        assert "not those that were sealed" in both
        unmade = fairness.verdict(mixed_of, drawn_day, [sealing], None).against
        assert [str(each) for each in unmade] == ["There is no plan that was made of the draw."]
        assert "can’t be drawn from" in against(mix_terms={})
        rounds: Any = plan.result
        late = [rounds["rounds"][0] | {"depart": 1.0}]
        assert "other routes or other starts" in against(plan_result=rounds | {"rounds": late})
        assert "sealed after it could be drawn" in against(day_due_at=sealing.at)
        assert "another day or another mix" in against(day_day=FIRST + timedelta(days=1))
        assert "no sealing of this day" in against([])
        assert "more than one" in against([sealing, sealing])
        details: Any = sealing.details
        forged = replace(sealing, details=details | {"commitment": commitment(other)})
        hidden = against([forged], day_seed=other, day_commitment=commitment(other))
        assert "not those that the log committed to" in hidden
        assert "is erased" in against([replace(sealing, details=None, salt=None)])
        leaf = json.dumps({"event": json.loads(sealing.body) | {"role": "auditor"}, "changes": []}).encode()
        assert "not what the signed entry" in against([replace(sealing, leaf=leaf, leaf_index=7)])
        leaf = json.dumps({"event": json.loads(sealing.body), "changes": []}).encode()
        assert against([replace(sealing, leaf=leaf, leaf_index=7)]) == ""

    changed(owner, "UPDATE draws SET seed = decode(repeat('00', 32), 'hex') WHERE id = %s", day)
    text = said(officer, f"/draws/{day}")
    assert "No. This speaks against it" in text and "not the one that was committed to" in text


def undrawn(owner: psycopg.Connection, draw: int) -> str | None:
    row = owner.execute("SELECT undrawn_why FROM draws WHERE id = %s", [draw]).fetchone()
    assert row
    return row[0]


def forge_a_sealing(staff: Staff, draw: int) -> None:
    """By somebody who runs SQL as the web's role, before the day is sealed: it would stand first in the log."""
    person = staff.person(Role.PATROL_CDR)
    with psycopg.connect(staff.clone.plain_url("vigil_app")) as forger:
        forger.execute(ENTER, Viewer(person, Role.PATROL_CDR, frozenset()).as_database_context())
        forger.execute(
            "INSERT INTO ledger_events (at, action, subject, body, details, salt, actor_id) "
            "VALUES (now(), 'draws.sealed', %s, '{}', '{\"commitment\": \"x\", \"digest\": \"x\"}', 'x', %s)",
            [f"draws:{draw}", person],
        )


def copied(row: Any) -> Any:
    return type(row)(**{column.name: getattr(row, column.name) for column in row.__table__.columns})


def test_a_road_closed_since_stops_the_plan_and_not_the_draw(
    staff: Staff, officer: FlaskClient, country: Country, worker: Flask, owner: psycopg.Connection
) -> None:
    mix = mixed(staff, officer, country, worker, owner, days=1)
    assert post(officer, f"/draws/mixes/{mix}/accept", {}).status_code == 303
    (day,) = draws(owner, mix)
    at_hour(owner, day, due=True)
    closed = {"condition": "closed", "cause": "bridge", "reason": WHY}
    assert post(officer, f"/roads/links/{country.links[0]}", closed).status_code == 303
    answer = post(officer, f"/draws/{day}/draw", {})
    assert answer.status_code == 303, answer.get_data(as_text=True)
    assert post(officer, f"/draws/{day}/draw", {}).status_code == 409
    assert post(officer, answer.headers["Location"] + "/issue", {}).status_code == 409
    assert "Drawn" in said(officer, f"/draws/{day}")


def test_sites_and_units_that_a_mix_can_t_hold_are_named(
    staff: Staff, officer: FlaskClient, country: Country, worker: Flask, owner: psycopg.Connection
) -> None:
    site(officer, "V1", needs=["interpreter"])
    site(officer, "V2", window_from="08:00", window_until="10:00")
    site(officer, "V4", visit_minutes="300")
    site(officer, "V3", window_from="08:00", window_until="18:00")
    means(officer, country, shift_from="07:00", shift_until="12:00")
    mix = asked(staff, officer, worker, owner, days=1)
    text = said(officer, f"/draws/mixes/{mix}")
    for words in ("has what it needs", "suit no unit’s whole shift", "gets there and back"):
        assert words in text, words
    # Where one may not come before eight, nobody sets off before; the one site that is left is visited every day.
    assert "Every site is visited on every day" in text and "any minute from 08:00 to" in text
    other = {"sector": str(staff.sectors[WEST]), "first": FIRST.isoformat(), "days": "1", "seconds": "3"}
    assert post(officer, "/draws", other | {"units": "99"}).status_code == 422
    assert post(officer, "/draws", other | {"units": str(country.unit)}).status_code == 303
    kept = owner.execute("SELECT unit_ids FROM mixes ORDER BY id DESC LIMIT 1").fetchone()
    assert kept == ([country.unit],)
    with staff.acting(Role.SECTOR_OPS), pytest.raises(Invalid, match="no_daily_tours"):
        ground_of(staff.sectors[WEST], FIRST, 1, [country.unit + 1])
    means(officer, country, days=["1", "2", "3", "4", "5"])
    with staff.acting(Role.SECTOR_OPS), pytest.raises(Invalid, match="no_daily_tours"):
        ground_of(staff.sectors[WEST], FIRST, 7)


def test_more_sites_than_a_mix_holds_are_refused_before_anything_is_searched_for(
    staff: Staff,
    officer: FlaskClient,
    country: Country,
    owner: psycopg.Connection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for n in range(1, 4):
        site(officer, f"V{n}")
    means(officer, country)
    monkeypatch.setattr("app.draws.ground.MOST_SITES", 2)
    form = {"sector": str(staff.sectors[WEST]), "first": FIRST.isoformat(), "days": "1", "seconds": "3"}
    answer = post(officer, "/draws", form)
    assert answer.status_code == 422
    assert "3 sites stand on the list here" in answer.get_data(as_text=True)
    assert owner.execute("SELECT count(*) FROM solves").fetchone() == (0,)
    # Sites that came onto the list after the asking are found by the search.
    with staff.acting(Role.SECTOR_OPS), pytest.raises(Invalid, match="too_many_sites"):
        ground_of(staff.sectors[WEST], FIRST, 1)
    monkeypatch.setattr("app.draws.ground.MOST_SITES", 3)
    assert post(officer, "/draws", form).status_code == 303


def test_a_drawn_day_and_the_plans_of_the_same_day_name_each_other(
    staff: Staff, officer: FlaskClient, country: Country, worker: Flask, owner: psycopg.Connection
) -> None:
    mix = mixed(staff, officer, country, worker, owner, days=2)
    assert post(officer, f"/draws/mixes/{mix}/accept", {}).status_code == 303
    first, second = draws(owner, mix)
    assert "Also for these days" not in said(officer, f"/draws/{first}")
    form = {"sector": str(staff.sectors[WEST]), "first": FIRST.isoformat(), "days": "1", "seconds": "3"}
    plan = int(post(officer, "/plans", form).headers["Location"].rsplit("/", 1)[1])
    with worker.app_context():
        (solve,) = owner.execute("SELECT id FROM solves WHERE state = 'waiting'").fetchone() or (0,)
        solves.run(str(solve))
    # The plan tells of the day that is sealed, before anybody knows what it will be.
    sealed = said(officer, f"/plans/{plan}")
    assert f"/draws/{first}" in sealed and "Also for these days" in sealed
    assert f"/draws/{second}" not in sealed
    assert f'/plans/{plan}"' in said(officer, f"/draws/{first}")
    assert "Also for these days" not in said(officer, f"/draws/{second}")
    at_hour(owner, first, due=True)
    drawn_plan = int(post(officer, f"/draws/{first}/draw", {}).headers["Location"].rsplit("/", 1)[1])
    assert f"its plan is plan {drawn_plan}" in said(officer, f"/plans/{plan}")
    assert post(officer, f"/plans/{plan}/issue", {}).status_code == 303
    assert f'/plans/{plan}"' in said(officer, f"/plans/{drawn_plan}")
    # What was put aside sends nobody.
    assert post(officer, f"/plans/{drawn_plan}/withdraw", {}).status_code == 303
    assert "Also for these days" not in said(officer, f"/plans/{drawn_plan}")


def test_who_plans_nothing_there_makes_and_reads_no_mix(
    staff: Staff, officer: FlaskClient, country: Country, worker: Flask, owner: psycopg.Connection
) -> None:
    mix = mixed(staff, officer, country, worker, owner, days=1)
    stranger, reader = staff.client(Role.SECTOR_OPS, EAST), staff.client(Role.ANALYST_JMAC)
    assert stranger.get(f"/draws/mixes/{mix}").status_code == 404
    assert post(stranger, f"/draws/mixes/{mix}/accept", {}).status_code == 404
    assert "Accept, and seal" not in said(reader, f"/draws/mixes/{mix}")
    assert post(reader, f"/draws/mixes/{mix}/accept", {}).status_code == 403
    late = {"sector": str(staff.sectors[WEST]), "first": (FIRST - timedelta(days=2)).isoformat(), "days": "1",
            "seconds": "3"}  # fmt: skip
    assert post(officer, "/draws", late).status_code == 422
    assert post(officer, f"/draws/mixes/{mix}/withdraw", {}).status_code == 303
    assert post(officer, f"/draws/mixes/{mix}/accept", {}).status_code == 409
    figures = officer.get(f"/api/v1/mixes/{mix}").json["figures"]
    assert sum(each["chance"] for each in figures["chances"]) > 1 and 0 < figures["ratio"] < 1
    assert [each["id"] for each in officer.get("/api/v1/mixes").json["mixes"]] == [mix]


def test_in_the_evening_a_run_begins_on_the_day_after_tomorrow(
    staff: Staff, officer: FlaskClient, country: Country, worker: Flask, owner: psycopg.Connection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    mix = mixed(staff, officer, country, worker, owner, days=1)
    for time, days in (("17:59", 1), ("18:00", 2), ("23:30", 2)):
        now = datetime.fromisoformat(f"2026-03-03T{time}+03:00")
        monkeypatch.setattr("app.draws.actions.datetime", Stopped(now))
        with staff.acting(Role.SECTOR_OPS):
            assert actions.first_open_day() == now.date() + timedelta(days=days)
    # The hour strikes between the page and the click.
    monkeypatch.setattr("app.draws.actions.datetime", Stopped(datetime.now(UTC) + timedelta(days=2)))
    answer = post(officer, f"/draws/mixes/{mix}/accept", {})
    assert answer.status_code == 409 and "can be drawn already" in answer.get_data(as_text=True)
    # Or what the process believes of the hour is not what the database knows.
    changed(owner, "UPDATE mixes SET first_day = now()::date WHERE id = %s", mix)
    monkeypatch.setattr("app.draws.actions.datetime", Stopped(datetime.now(UTC) - timedelta(days=3)))
    answer = post(officer, f"/draws/mixes/{mix}/accept", {})
    assert answer.status_code == 409 and "can be drawn already" in answer.get_data(as_text=True)


class Stopped:
    """A clock that stands, where it was made."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self, zone: Any) -> datetime:
        return self.at if self.at.utcoffset() else self.at.astimezone(zone)


def test_a_day_that_breaks_keeps_no_other_from_being_done_and_two_open_a_seed_once(
    staff: Staff, officer: FlaskClient, country: Country, worker: Flask, owner: psycopg.Connection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    mix = mixed(staff, officer, country, worker, owner, days=3)
    assert post(officer, f"/draws/mixes/{mix}/accept", {}).status_code == 303
    first, second, third = draws(owner, mix)
    for each in (first, second, third):
        at_hour(owner, each, due=True)
    drawn_by_house = actions.draw

    def breaks(day: int) -> int:
        if day == first:
            # As a database does that refuses: the transaction is broken, too.
            db.session.execute(text("SELECT 1 / 0"))
        return drawn_by_house(day)

    monkeypatch.setattr("app.draws.actions.draw", breaks)
    kept_up(worker)
    done = owner.execute("SELECT id FROM draws WHERE plan_id IS NOT NULL ORDER BY id").fetchall()
    assert done == [(second,), (third,)]
    assert undrawn(owner, first) == "unexpected"
    page = f"/draws/{first}"
    assert "something went wrong that nobody foresaw" in said(officer, page)

    # Whoever accepted it is moved, and his account ended: the day is not left in silence, and another takes the mix over.
    monkeypatch.setattr("app.draws.actions.draw", drawn_by_house)
    changed(owner, "UPDATE people SET disabled_at = now() WHERE id = %s", staff.person(Role.SECTOR_OPS))
    kept_up(worker)
    kept_up(worker)
    assert undrawn(owner, first) == "no_account"
    told = owner.execute(
        "SELECT details FROM ledger_events WHERE action = 'draws.not_drawn' ORDER BY id"
    ).fetchall()
    assert told == [({"why": "unexpected"},), ({"why": "no_account"},)]
    other = staff.client(Role.FC_STAFF)
    assert "the account as which it draws was ended" in said(other, page)
    assert "/take-over" in said(other, f"/draws/mixes/{mix}")
    assert post(other, f"/draws/mixes/{mix}/take-over", {}).status_code == 303
    assert "/take-over" not in said(other, f"/draws/mixes/{mix}")
    kept_up(worker)
    by = owner.execute(
        "SELECT p.by_id FROM draws d JOIN plans p ON p.id = d.plan_id WHERE d.id = %s", [first]
    ).fetchone()
    assert by == (staff.person(Role.FC_STAFF),)
    officer = other

    # Another opens it between this one's look and its turn.
    at_hour(owner, second, over=True)
    opens = actions.opened

    def late(day: int) -> None:
        statement = "UPDATE draws SET seed = s.seed, opened_at = now() FROM draw_seeds s "
        changed(owner, statement + "WHERE id = %s AND draw_id = id", day)
        opens(day)

    monkeypatch.setattr("app.draws.actions.opened", late)
    answer = post(officer, f"/draws/{second}/open", {})
    assert answer.status_code == 409 and "opened once" in answer.get_data(as_text=True)
