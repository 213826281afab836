"""A report beside the order that it is filled in from, and what a phone, or whoever reads it, learns of what was sent."""

from __future__ import annotations

import psycopg
from psycopg.types.json import Jsonb

from app.patrol_reports import queries
from app.permissions import Role
from tests.app.patrol_orders.world import an_order
from tests.app.patrol_reports.conftest import Led
from tests.app.patrol_reports.test_reports import quiet_and_assessed, sent
from tests.people import Staff, record


def test_a_quiet_report_says_who_went_along_as_the_order_had_it(
    staff: Staff, led: Led, owner: psycopg.Connection
) -> None:
    """The leader looks and confirms: who was ordered to go along is not left out for want of a word."""
    composition = {"strength": 12, "police": 2, "human_rights": 1, "interpreters": 1}
    with owner.transaction():
        owner.execute(
            "INSERT INTO patrol_orders (patrol_id, version, content, route, straight, joint, written_by_id, "
            "written_by_role, approved_by_id, approved_by_role, approved_at) SELECT %s, 1, %s, "
            "'SRID=4326;LINESTRING(0.5 0.5, 0.6 0.5)', true, false, %s, 'sector_ops', %s, 'fc_staff', now()",
            [led.id, Jsonb(an_order(composition=composition)), staff.person(Role.SECTOR_OPS),
             staff.person(Role.FC_STAFF)],
        )  # fmt: skip
        record(owner)
    with staff.acting(Role.PATROL_CDR):
        quiet_and_assessed(led)
        report = queries.of_patrol(led.id)
        assert report
        assert report.blocks["task"]["participation"] == "integrated"
        unit = report.blocks["unit"]
        assert (unit["police"], unit["civilians"], unit["interpreters"], unit["state_forces"]) == (2, 1, 1, 0)
        assert report.blocks["header"]["order"] == f"PO-{led.id:05d}/1"


def test_asking_again_with_each_answer_does_not_tell_which_was_sent(staff: Staff, led: Led) -> None:
    """A phone whose answer was lost sends once more, and is answered as before: whatever it then says of signs."""
    sent(staff, led, {"signal": {"child": True, "sexual_violence": False}})
    leader, path = staff.app.test_client(), f"/api/v1/patrols/{led.id}/report"
    key = staff.bearer(Role.PATROL_CDR)
    told = leader.get(path, headers=key).get_json()
    answers = set()
    for child in (True, False):
        for violence in (True, False):
            again = {"device_id": told["device_id"],
                     "blocks": {"signal": {"child": child, "sexual_violence": violence}}}  # fmt: skip
            answer = leader.put(path, json=again, headers=key)
            answers.add((answer.status_code, answer.data))
    assert len(answers) == 1 and answers.pop()[0] == 200
    changed = told["blocks"]["protection"] | {"sheltered": 9}
    other = {"device_id": told["device_id"], "blocks": {"protection": changed}}
    assert leader.put(path, json=other, headers=key).status_code == 409


def test_signs_and_contact_with_a_defender_are_read_by_nobody_beside_their_writer(
    staff: Staff, led: Led
) -> None:
    report_id = sent(staff, led, {
        "signal": {"child": True, "sexual_violence": True}, "protection": {"defender_contact": True, "sheltered": 4},
    })  # fmt: skip
    for role in (Role.WATCHKEEPER_JOC, Role.ANALYST_JMAC, Role.SECTOR_OPS, Role.HOM):
        browser = staff.client(role)
        told = browser.get(f"/api/v1/patrol-reports/{report_id}").get_json()["blocks"]
        assert "signal" not in told and told["protection"]["sheltered"] == 4
        assert "defender_contact" not in told["protection"]
        page = browser.get(f"/patrol-reports/{report_id}").get_data(as_text=True)
        assert "A sign that concerns a child" not in page and "Contact with a defender" not in page
    own = staff.client(Role.PATROL_CDR).get(f"/api/v1/patrols/{led.id}/report").get_json()["blocks"]
    # Once it was sent, the phone of whoever is caught with it shows no yes.
    assert "signal" not in own and own["protection"]["defender_contact"] is True
