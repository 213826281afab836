"""Entry after entry: the words apart from their coding, likely duplicates before saving, danger never held back."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import psycopg
import pytest
from flask.testing import FlaskClient

from app.alerts.merging import merge
from app.alerts.models import Priority
from app.alerts.triage import triage
from app.permissions import Role
from tests.app.alerts.entries import WHY, WORDS, entered, looked_at
from tests.app.test_same_instant import second_of
from tests.people import EAST, Staff, csrf_of, record
from tests.reports import act

DUTY, CLA, OPS = Role.WATCHKEEPER_JOC, Role.CLA, Role.SECTOR_OPS


@pytest.fixture
def desk(staff: Staff) -> Desk:
    return Desk(staff, DUTY)


class Desk:
    def __init__(self, staff: Staff, role: Role) -> None:
        self.browser = staff.client(role)
        self.token = csrf_of(self.browser, "/console")

    def sent(self, path: str = "/console", **changes: Any) -> Any:
        fields = {
            "id": str(uuid4()), "csrf_token": self.token, "verbatim": WORDS, "kind": "attack_under_way", "priority": "P3",
            "channel": "hotline", "place": "0.5, 0.5", "source_reliability": "F", "credibility": "6",
            "source_contactable": "y",
        } | changes  # fmt: skip
        return self.browser.post(path, data=fields)


def numbers(owner: psycopg.Connection) -> list[Any]:
    return owner.execute("SELECT id, leader_id, source_code FROM alerts ORDER BY id").fetchall()


def test_an_entry_raises_an_alert_and_the_next_is_ready(desk: Desk, owner: psycopg.Connection) -> None:
    answer = desk.sent(source_code="s-017", channel="radio")
    assert (answer.status_code, answer.location) == (303, "/console?channel=radio")
    ((number, _leader, code),) = numbers(owner)
    assert code == "S-017"
    after = desk.browser.get(answer.location).get_data(as_text=True)
    assert f"Alert {number} was raised" in after
    assert WORDS not in after, "the next entry begins empty"
    assert 'value="radio" selected' in after or 'selected value="radio"' in after
    assert owner.execute("SELECT code FROM sources").fetchall() == [("S-017",)]


def test_where_alerts_were_entered_before_leads_to_the_console(staff: Staff) -> None:
    page = staff.client(Role.WATCHKEEPER_JOC)
    for asked, location in (
        ("", "/console"), ("?channel=defender_sos", "/console?channel=defender_sos"), ("?channel=picnic", "/console"),
    ):  # fmt: skip
        answer = page.get(f"/alerts/new{asked}")
        assert (answer.status_code, answer.headers["Location"]) == (301, location)


def test_a_link_names_the_channel_and_only_one_of_the_list_is_taken(staff: Staff) -> None:
    page = staff.client(Role.HR_OFFICER)
    for asked, chosen in (
        ("defender_sos", "defender_sos"),
        ("rule", "hotline"),
        ("missed_check_in", "hotline"),
        ("picnic", "hotline"),
        ("", "hotline"),
    ):
        shown = page.get(f"/console?channel={asked}").get_data(as_text=True)
        assert f'<option selected value="{chosen}">' in shown, asked


def test_links_lead_where_the_viewer_may_go(staff: Staff) -> None:
    for role, offered in ((DUTY, True), (CLA, False)):
        page = staff.client(role).get("/console").get_data(as_text=True)
        for address in ("/call-backs", "/sources"):
            assert (f'href="{address}"' in page) == offered, (role, address)
            assert (staff.client(role).get(address).status_code == 200) == offered


def test_what_may_be_told_already_is_a_step_before_saving(desk: Desk, owner: psycopg.Connection) -> None:
    desk.sent()
    held = desk.sent()
    page = held.get_data(as_text=True)
    assert held.status_code == 200 and "Not stored yet" in page and "of the words in common" in page
    ((first, _leader, _code),) = numbers(owner)
    assert desk.sent(seen=str(first)).status_code == 303, "seen, and something else all the same"
    assert len(numbers(owner)) == 2


def test_the_same_event_is_merged_at_the_entry(desk: Desk, owner: psycopg.Connection) -> None:
    desk.sent(source_code="S-1")
    ((first, _leader, _code),) = numbers(owner)
    assert desk.sent(same_as=str(first), source_code="S-2", repeats_code="S-1").status_code == 303
    assert [(leader, code) for _id, leader, code in numbers(owner)] == [(None, "S-1"), (first, "S-2")]
    page = desk.browser.get(f"/alerts/{first}").get_data(as_text=True)
    assert "2 reports, 1 independent source" in page


def test_an_entry_that_is_sent_again_is_no_duplicate_of_itself(desk: Desk, owner: psycopg.Connection) -> None:
    chosen = str(uuid4())
    assert [desk.sent(id=chosen).status_code for _turn in range(2)] == [303, 303]
    assert len(numbers(owner)) == 1


def test_danger_to_life_is_never_held_back(desk: Desk, owner: psycopg.Connection) -> None:
    desk.sent()
    assert desk.sent(priority="P1").status_code == 303
    assert len(numbers(owner)) == 2


def test_a_merge_that_is_refused_stores_nothing_and_keeps_what_was_typed(
    desk: Desk, owner: psycopg.Connection
) -> None:
    for chosen in ("999999", "x"):
        answer = desk.sent(same_as=chosen, seen="1")
        page = answer.get_data(as_text=True)
        assert (answer.status_code in (404, 422)) == (chosen == "999999")
        assert chosen == "x" or WORDS in page
    assert len(numbers(owner)) == 1


@pytest.mark.parametrize(("priority", "status", "stored"), [("P1", 303, 3), ("P3", 422, 2)])
def test_what_somebody_merges_in_the_meantime_is_told_and_danger_to_life_is_stored_all_the_same(
    desk: Desk, client: FlaskClient, staff: Staff, owner: psycopg.Connection, priority: str, status: int, stored: int
) -> None:  # fmt: skip
    first, second = (entered(client, staff.bearer(DUTY), kind="hate_speech") for _turn in range(2))
    answer = second_of(
        staff, owner, lambda: merge(second, first, WHY),
        lambda: desk.sent(same_as=str(second), kind="hate_speech", priority=priority),
    )  # fmt: skip
    assert answer.status_code == status
    assert len(numbers(owner)) == stored
    assert {number: leader for number, leader, _code in numbers(owner) if leader} == {second: first}
    assert status == 303 or WORDS in answer.get_data(as_text=True)


def test_what_somebody_finds_more_urgent_in_the_meantime_leads(
    desk: Desk, client: FlaskClient, staff: Staff, owner: psycopg.Connection
) -> None:
    first = entered(client, staff.bearer(DUTY), kind="hate_speech")
    assert act(client, staff.bearer(DUTY), first, "acknowledge").status_code == 200
    answer = second_of(
        staff, owner, lambda: triage(first, Priority.P1, "B", 2, None, WHY),
        lambda: desk.sent(same_as=str(first), priority="P2", kind="hate_speech"),
    )  # fmt: skip
    assert answer.status_code == 303
    assert [leader for _id, leader, _code in numbers(owner)] == [None, first]


def test_the_list_while_typing_tells_what_and_why_and_stores_nothing(
    desk: Desk, client: FlaskClient, staff: Staff, owner: psycopg.Connection
) -> None:
    number = entered(client, staff.bearer(DUTY))
    before = owner.execute("SELECT count(*) FROM ledger_events").fetchone()
    told = desk.sent("/console/likely")
    page = told.get_data(as_text=True)
    assert f"the same as alert {number}" in page and "the places agree within their error" in page
    assert told.headers["Cache-Control"] == "no-store"
    assert "With a place that can be read" in desk.sent("/console/likely", place="").get_data(as_text=True)
    assert owner.execute("SELECT count(*) FROM ledger_events").fetchone() == before


def test_the_history_of_the_source_stands_beside_the_entry(desk: Desk) -> None:
    assert "History of this source" not in desk.sent("/console/likely", source_code="S-1").get_data(
        as_text=True
    )
    desk.sent(source_code="S-1")
    told = desk.sent("/console/likely", source_code="s-1").get_data(as_text=True)
    assert "History of this source: 0 true, 0 false; it suggests F." in told


def test_nothing_is_offered_that_one_may_not_read(
    client: FlaskClient, staff: Staff, owner: psycopg.Connection
) -> None:
    entered(client, staff.bearer(DUTY))
    for role in (CLA, OPS):
        page = Desk(staff, role).sent("/console/likely").get_data(as_text=True)
        assert ("the same as alert" in page) == (role is OPS)
    entered(client, staff.bearer(DUTY), place={"lon": 1.5, "lat": 0.5})
    assert "the same as" not in Desk(staff, OPS).sent("/console/likely", place="0.5, 1.5").get_data(
        as_text=True
    )
    assert Desk(staff, OPS).sent(place="0.5, 1.5").status_code == 422, "and nothing is raised there"
    assert client.get("/console", headers=staff.bearer(OPS, EAST)).status_code in (200, 302, 401)


def test_a_liaison_assistant_raises_without_reading(staff: Staff, owner: psycopg.Connection) -> None:
    desk = Desk(staff, CLA)
    for _turn in range(2):
        assert desk.sent(source_code="S-1").status_code == 303
    assert len(numbers(owner)) == 2
    assert owner.execute("SELECT count(*) FROM sources").fetchone() == (0,)


@pytest.mark.parametrize("wrong", [
    {"verbatim": ""}, {"place": "nowhere"}, {"source_code": "Jean of the market"}, {"priority": "P9"}, {"kind": ""},
    {"repeats_code": "S-2"}, {"occurred_at": "211430JNOV26"}, {"source_code": "S-1", "repeats_code": "s-1"},
])  # fmt: skip
def test_what_cannot_be_is_shown_again_with_all_that_was_typed(
    desk: Desk, owner: psycopg.Connection, wrong: dict[str, str]
) -> None:
    answer = desk.sent(**wrong)
    assert answer.status_code == 422
    assert numbers(owner) == []
    if "verbatim" not in wrong:
        assert WORDS in answer.get_data(as_text=True)


def test_places_are_offered_by_name_with_their_code(staff: Staff, owner: psycopg.Connection) -> None:
    with owner.transaction():
        for code, name, lon in (("P-1", "EXERCISE Ouadda", 0.5), ("P-2", "EXERCISE Ouanda", 0.6)):
            owner.execute(
                "INSERT INTO places (code, name, kind, place) VALUES (%s, %s, 'village', %s)",
                [code, name, f"SRID=4326;POINT({lon} 0.5)"],
            )
        record(owner)
    browser = staff.client(DUTY)
    found = browser.get("/console/places?place=exercise%20ouadda").get_data(as_text=True)
    assert 'value="P-1"' in found and "EXERCISE Ouadda" in found
    assert found.index("P-1") < found.index("P-2") if "P-2" in found else True
    assert browser.get("/console/places?place=e").get_data(as_text=True).strip() == ""


def test_an_entry_shows_what_it_was_merged_with(desk: Desk, client: FlaskClient, staff: Staff) -> None:
    first = entered(client, staff.bearer(DUTY))
    desk.sent(same_as=str(first))
    page = desk.browser.get("/console").get_data(as_text=True)
    assert f"merged into alert {first}" in page
    assert looked_at(client, staff.bearer(DUTY), first)["group"][0] == first
