"""From the phone to the approval: prefilled, kept once, checked, debriefed by somebody else, made into records."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from app.db import db
from app.documents.brief import thaw
from app.documents.freezing import Ordered, freeze_document
from app.documents.outline import outline
from app.errors import Conflict, Invalid, NotAllowed, NotFound
from app.patrol_reports import actions, debriefing, queries
from app.patrol_reports.blocks import BLOCKS
from app.patrol_reports.reading import read_out, restrictions
from app.permissions import Role
from geo import date_time_group
from tests.app.patrol_reports.conftest import BEGAN, Led
from tests.app.test_same_instant import second_of, told
from tests.people import EAST, Staff, csrf_of, record

PHONE = UUID("00000000-0000-4000-8000-00000000a001")
WHY = "EXERCISE: the receiver was switched off under trees"
HERE = "0.5, 0.512"


def dtg(minutes: float) -> str:
    return date_time_group.format(BEGAN + timedelta(minutes=minutes))


def quiet_and_assessed(led: Led) -> None:
    """What a leader does after a patrol on which nothing happened."""
    actions.confirm_quiet(led.id, PHONE)
    actions.keep_block(led.id, PHONE, "assessment", {"facts": "EXERCISE: quiet."})


def whys(patrol_id: int) -> dict[str, str]:
    report = queries.of_patrol(patrol_id)
    assert report
    return {actions.key_of(f): WHY for f in actions.flags_of(report)}


def sent(staff: Staff, led: Led, blocks: dict[str, Any] | None = None) -> int:
    with staff.acting(Role.PATROL_CDR):
        quiet_and_assessed(led)
        for code, body in (blocks or {}).items():
            actions.keep_block(led.id, PHONE, code, body)
        report = actions.send(led.id, whys(led.id))
        db.session.commit()
        return report.id


def test_a_quiet_patrol_needs_one_confirmation_and_the_assessment(staff: Staff, led: Led) -> None:
    with staff.acting(Role.PATROL_CDR):
        quiet_and_assessed(led)
        report = actions.send(led.id, whys(led.id))
        db.session.commit()
        route = report.blocks["route"]
        assert report.state == "submitted" and set(report.blocks) == set(BLOCKS)
        assert [w["name"] for w in route["waypoints"]] == ["EXERCISE stop 1", "EXERCISE stop 2"]
        assert route["waypoints"][0]["arrived_at"] == dtg(20) and route["started_at"] == dtg(0)
        assert route["km"] == 11  # twelve steps of 0.008° of longitude near the equator, 890 m each
        assert report.blocks["unit"]["call_sign"] == "HERON-1"
        assert report.blocks["signal"] == {"child": False, "sexual_violence": False}
        assert {f["code"] for f in report.flags} <= {"not_day", "not_night", "not_both"}


def test_the_same_block_again_changes_nothing_and_an_older_one_does_not_overwrite(
    staff: Staff, led: Led
) -> None:
    with staff.acting(Role.PATROL_CDR):
        first = actions.keep_block(led.id, PHONE, "assessment", {"facts": "EXERCISE one"})
        base, revision = actions.digest(first.blocks["assessment"]), first.revision
        # The answer was lost, and the phone sends it again; from another phone's id it is the same report.
        again = actions.keep_block(led.id, uuid4(), "assessment", {"facts": "EXERCISE one"}, base="")
        assert (again.id, again.revision, again.device_id) == (first.id, revision, PHONE)
        actions.keep_block(led.id, PHONE, "assessment", {"facts": "EXERCISE two"}, base=base)
        with pytest.raises(Conflict, match="changed_meanwhile"):
            actions.keep_block(led.id, PHONE, "assessment", {"facts": "EXERCISE three"}, base=base)
        with pytest.raises(Invalid):
            actions.keep_block(led.id, PHONE, "route", {"started_at": "yesterday"})


def test_silence_is_no_answer_and_what_cannot_be_is_refused(staff: Staff, led: Led) -> None:
    with staff.acting(Role.PATROL_CDR):
        quiet_and_assessed(led)
        actions.keep_block(led.id, PHONE, "signal", {"child": False})
        with pytest.raises(Invalid, match="incomplete"):
            actions.send(led.id, {})
        actions.keep_block(led.id, PHONE, "signal", {"child": False, "sexual_violence": False})
        backwards = [{"name": "EXERCISE", "place": HERE, "arrived_at": dtg(30), "departed_at": dtg(10)}]
        actions.keep_block(
            led.id, PHONE, "route", {"started_at": dtg(0), "ended_at": dtg(60), "waypoints": backwards}
        )
        with pytest.raises(Invalid, match="impossible"):
            actions.send(led.id, whys(led.id))
        to_come = {"at": (datetime.now(UTC) + timedelta(hours=2)).isoformat(), "what": "EXERCISE"}
        actions.keep_block(led.id, PHONE, "route", {"started_at": dtg(0), "ended_at": dtg(60)})
        actions.keep_block(led.id, PHONE, "incidents", {"incidents": [to_come]})
        with pytest.raises(Invalid, match="impossible"):
            actions.send(led.id, whys(led.id))


def test_what_is_odd_is_explained_in_a_sentence(staff: Staff, led: Led) -> None:
    with staff.acting(Role.PATROL_CDR):
        quiet_and_assessed(led)
        # Back two hours later than the track says, at a place in the neighbouring sector, whose grid lies elsewhere.
        stops = [{"name": "EXERCISE far", "place": "31NEA5555 / 0.5, 1.5", "arrived_at": dtg(90)}]
        actions.keep_block(
            led.id, PHONE, "route", {"started_at": dtg(0), "ended_at": dtg(180), "waypoints": stops}
        )
        report = queries.of_patrol(led.id)
        assert report
        assert {"gap", "stop_outside", "grid"} <= {f["code"] for f in actions.flags_of(report)}
        with pytest.raises(Invalid, match="unexplained") as refusal:
            actions.send(led.id, dict.fromkeys(whys(led.id), "ok"))
        assert len(refusal.value.fields) == len(whys(led.id))
        assert all(f["why"] == WHY for f in actions.send(led.id, whys(led.id)).flags)


def test_it_is_debriefed_and_approved_by_others_and_returned_with_a_reason(staff: Staff, led: Led) -> None:
    report_id = sent(staff, led)
    with staff.acting(Role.PATROL_CDR), pytest.raises(NotAllowed):
        debriefing.do(report_id, "debrief", "")
    with staff.acting(Role.SECTOR_OPS, EAST), pytest.raises(NotFound):
        debriefing.do(report_id, "debrief", "")
    with staff.acting(Role.SECTOR_OPS):
        with pytest.raises(Conflict):
            debriefing.do(report_id, "approve", "")
        with pytest.raises(Invalid):
            debriefing.do(report_id, "return", "no")
        debriefing.do(report_id, "return", "EXERCISE: say how many people were at the market.")
        db.session.commit()
    with staff.acting(Role.PATROL_CDR):
        actions.keep_block(led.id, PHONE, "assessment", {"facts": "EXERCISE: 40 people at the market."})
        actions.send(led.id, whys(led.id))
        db.session.commit()
        log = queries.log_of(report_id)
        assert [e.kind for e in log] == ["submitted", "returned", "amended", "submitted"]
        assert log[2].before == {
            "assessment": BLOCKS["assessment"].model(facts="EXERCISE: quiet.").model_dump()
        }
        with pytest.raises(Conflict):
            actions.keep_block(led.id, PHONE, "assessment", {"facts": "EXERCISE: later."})
    with staff.acting(Role.BN_OPS):
        debriefing.do(report_id, "debrief", "EXERCISE")
        db.session.commit()
        with pytest.raises(NotAllowed):
            debriefing.do(report_id, "approve", "")
    with staff.acting(Role.HEAD_OF_OFFICE):
        debriefing.do(report_id, "approve", "")
        db.session.commit()
        assert queries.one(report_id).state == "approved"


def test_rows_become_records_once_and_restrictions_and_roads_are_told(
    staff: Staff, led: Led, owner: psycopg.Connection
) -> None:
    incident = {
        "at": dtg(30),
        "place": HERE,
        "kind": "looting_burning",
        "what": "EXERCISE: two huts burnt",
        "injured": 2,
    }
    seen = {
        "at": dtg(35),
        "place": HERE,
        "subject": "armed_group",
        "size": 12,
        "activity": "EXERCISE: heading north",
    }
    post = {"at": dtg(40), "place": HERE, "manned_by": "armed_group", "passage": "denied"}
    free = {"at": dtg(50), "place": HERE, "passage": "granted"}
    road = {"what": "bridge", "place": HERE, "trafficability": "red", "vehicle": "heavy"}
    report_id = sent(staff, led, {
        "incidents": {"incidents": [incident]}, "observations": {"observations": [seen]},
        "checkpoints": {"checkpoints": [post, free]}, "roads": {"roads": [road, {"what": "market", "place": HERE}]},
    })  # fmt: skip
    with staff.acting(Role.SECTOR_OPS):
        report = queries.one(report_id)
        assert len(restrictions(report)) == 1
        assert ("Weapons", "") not in [pair for b in read_out(report) for pair in b.said]
        assert queries.road_proposals(BEGAN) == []  # it is a proposal once the report is approved
        for group in ("incidents", "observations"):
            debriefing.make_record(report_id, group, 0)
            with pytest.raises(Conflict):
                debriefing.make_record(report_id, group, 0)
            with pytest.raises(NotFound):
                debriefing.make_record(report_id, group, 1)
        with pytest.raises(Conflict, match="records_made"):
            debriefing.do(report_id, "return", WHY)
        db.session.commit()
    made = owner.execute("SELECT kind, injured, summary FROM incidents").fetchall()
    assert made == [("looting_burning", 2, "EXERCISE: two huts burnt")]
    assert owner.execute("SELECT kind, patrol_id, channel FROM field_reports").fetchall() == [
        ("armed_group_movement", led.id, "patrol")
    ]
    with staff.acting(Role.BN_OPS):
        linked = [e for e in queries.log_of(report_id) if e.kind == "filed"]
        assert linked[0].incident_id and linked[1].field_report_id


def test_a_record_is_made_of_a_report_or_it_is_returned_never_both(
    staff: Staff, led: Led, owner: psycopg.Connection
) -> None:
    incident = {"at": dtg(30), "place": HERE, "kind": "looting_burning", "what": "EXERCISE: two huts burnt"}
    report_id = sent(staff, led, {"incidents": {"incidents": [incident]}})
    # Debriefed, it is the approver's alone to lock; whoever debriefed it makes records of it all the same.
    with staff.acting(Role.BN_OPS):
        debriefing.do(report_id, "debrief", "")
        db.session.commit()
    officer, address = staff.client(Role.BN_OPS), f"/patrol-reports/{report_id}"
    said = {"csrf_token": csrf_of(officer, address), "note": WHY}
    refused = second_of(
        staff, owner, lambda: debriefing.do(report_id, "return", WHY),
        lambda: officer.post(f"{address}/record/incidents/0", data=said),
    )  # fmt: skip
    assert refused.status_code == 409 and "state has changed" in refused.get_data(as_text=True)
    assert owner.execute("SELECT count(*) FROM incidents").fetchone() == (0,)
    with staff.acting(Role.PATROL_CDR):
        actions.send(led.id, whys(led.id))
        db.session.commit()
    refused = second_of(
        staff, owner, lambda: debriefing.make_record(report_id, "incidents", 0),
        lambda: officer.post(f"{address}/return", data=said),
    )  # fmt: skip
    assert refused.status_code == 409 and "Records were made" in refused.get_data(as_text=True)
    assert told(owner, "patrol_reports.returned") == 1


def test_the_database_alone_holds_drafts_and_steps(staff: Staff, led: Led, owner: psycopg.Connection) -> None:
    with staff.acting(Role.PATROL_CDR):
        quiet_and_assessed(led)
        db.session.commit()
        with pytest.raises(ProgrammingError, match="InsufficientPrivilege"):
            db.session.execute(text("UPDATE patrol_reports SET state = 'approved'"))
    with staff.acting(Role.FC_STAFF):
        assert db.session.execute(text("SELECT count(*) FROM patrol_reports")).scalar() == 0
        assert queries.of_patrol(led.id) is None
    sent(staff, led)
    with staff.acting(Role.FC_STAFF) as me:
        for step in (
            f"state = 'approved', debriefed_by_id = {me.person_id}, approved_by_id = {me.person_id}",
            f"state = 'debriefed', debriefed_by_id = {led.leader}",
            f"state = 'debriefed', debriefed_by_id = {me.person_id}, blocks = '{{}}'",
        ):
            with pytest.raises(ProgrammingError, match="InsufficientPrivilege"), db.session.begin_nested():
                db.session.execute(text(f"UPDATE patrol_reports SET {step}"))


def test_the_page_keeps_a_block_without_scripts_and_answers_a_script(
    staff: Staff, led: Led, client: FlaskClient
) -> None:
    phone = staff.client(Role.PATROL_CDR)
    address = f"/patrol-reports/of/{led.id}"
    page = phone.get(address)
    assert page.status_code == 200 and page.text.count('class="block"') == 18  # with the one for sending
    assert len(page.data) < 100_000 * 3
    token = csrf_of(phone, address)
    form = {
        "csrf_token": token, "device_id": str(PHONE), "contacts.0.place": HERE, "contacts.0.women": "12",
        "contacts.0.mood": "tense", "contacts.0.interpreter": "yes", "contacts.1.mood": "normal", "more": "1",
    }  # fmt: skip
    kept = phone.post(f"{address}/contacts", data=form)
    assert kept.status_code == 303 and kept.location.endswith(f"/of/{led.id}#contacts")
    answer = phone.post(f"{address}/contacts", data=form, headers={"Accept": "application/json"}).get_json()
    assert answer["kept"] == ["contacts"]
    assert 'value="12"' in phone.get(address).text
    wrong = phone.post(f"{address}/contacts", data=form | {"contacts.0.women": "a dozen"})
    assert (
        wrong.status_code == 422
        and 'value="a dozen"' in wrong.text
        and "contacts-contacts-0-women-wrong" in wrong.text
    )
    # What is chosen is said, if nothing else is; what stood in the empty row is not.
    signs = {"indicators.0.code": "people_leaving", "indicators.1.code": "other"}
    assert 'value="other" selected' in page.text
    phone.post(f"{address}/protection", data={"csrf_token": token, "device_id": str(PHONE)} | signs)
    own = staff.bearer(Role.PATROL_CDR)
    told = client.get(f"/api/v1/patrols/{led.id}/report", headers=own).get_json()
    assert told["blocks"]["contacts"]["contacts"][0]["women"] == 12 and len(told["missing"]) == 15
    assert [i["code"] for i in told["blocks"]["protection"]["indicators"]] == ["people_leaving"]
    body = {"device_id": str(PHONE), "blocks": {"assessment": {"facts": "EXERCISE"}}}
    put = [
        client.put(f"/api/v1/patrols/{led.id}/report", json=body, headers=own).get_json() for _n in range(2)
    ]
    assert put[0] == put[1] and put[0]["device_id"] == str(PHONE)


def test_the_document_says_what_the_page_says_and_leaves_out_what_its_reader_may_not_have(
    staff: Staff, led: Led
) -> None:
    contact = {
        "place": HERE,
        "women": 12,
        "mood": "fearful",
        "concerns": "EXERCISE: afraid of the market road",
    }
    report_id = sent(staff, led, {
        "contacts": {"contacts": [contact]}, "signal": {"child": True, "sexual_violence": False},
        "protection": {"defender_contact": True},
    })  # fmt: skip
    found = {}
    for audience in ("command", "protection", "auditor"):
        with staff.acting(Role.HOM):
            asked = Ordered("DOC-2026-00001", "patrol_report", {"patrol_report_id": report_id}, audience)  # type: ignore[arg-type]
            found[audience] = json.dumps(asdict(outline(thaw(freeze_document(asked)))), default=str)
    assert "A sign that concerns a child" not in "".join(found.values())
    assert "Contact with a defender" not in "".join(found.values())
    assert "EXERCISE: afraid of the market road" in found["command"] and "EXERCISE stop 1" in found["command"]
    assert "afraid" in found["protection"] and "EXERCISE stop 1" not in found["protection"]
    assert "afraid" not in found["auditor"]
    with staff.acting(Role.HEAD_OF_OFFICE, EAST), pytest.raises(NotFound):
        freeze_document(asked)


def test_the_report_of_a_visit_to_a_defender_tells_others_of_no_place(
    staff: Staff, led: Led, owner: psycopg.Connection
) -> None:
    contact = {
        "place": HERE,
        "women": 12,
        "mood": "fearful",
        "concerns": "EXERCISE: afraid of the market road",
    }
    report_id = sent(staff, led, {"contacts": {"contacts": [contact]}})
    with owner.transaction():
        owner.execute("UPDATE patrols SET purpose = 'defender_visit' WHERE id = %s", [led.id])
        record(owner)
    debriefer = staff.client(Role.SECTOR_OPS)
    told = debriefer.get(f"/api/v1/patrol-reports/{report_id}").get_json()
    assert set(told["blocks"]) <= {"header", "unit", "vehicles"} and told["flags"] == []
    page = debriefer.get(f"/patrol-reports/{report_id}").get_data(as_text=True)
    assert "EXERCISE stop 1" not in page and "afraid" not in page
    # The steps are taken as before.
    with staff.acting(Role.SECTOR_OPS):
        assert debriefing.do(report_id, "debrief", "EXERCISE heard").state == "debriefed"
    with staff.acting(Role.HOM), pytest.raises(NotFound):
        freeze_document(
            Ordered("DOC-2026-00001", "patrol_report", {"patrol_report_id": report_id}, "command")
        )


@pytest.mark.parametrize(
    ("hours", "state", "found"),
    [
        (47, "submitted", True),
        (49, "submitted", False),
        (49, "returned", True),
        (49, None, True),
        (169, None, False),
    ],
)
def test_a_leader_reads_what_he_led_while_it_is_work_of_his_and_no_longer(
    staff: Staff, led: Led, owner: psycopg.Connection, hours: int, state: str | None, found: bool
) -> None:
    if state is not None:
        sent(staff, led, {})
    with owner.transaction():
        owner.execute(
            "UPDATE patrols SET ended_at = now() - make_interval(hours => %s), "
            "started_at = now() - make_interval(hours => %s) WHERE id = %s", [hours, hours + 3, led.id],
        )  # fmt: skip
        if state is not None:
            owner.execute("UPDATE patrol_reports SET state = %s", [state])
        record(owner)
    leader = staff.client(Role.PATROL_CDR)
    assert (leader.get("/api/v1/patrols/mine").get_json()["patrols"] != []) == found
    assert (leader.get(f"/api/v1/patrols/{led.id}/report").status_code == 200) == found
    assert staff.client(Role.SECTOR_OPS).get(f"/api/v1/patrols/{led.id}").status_code == 200
    with staff.acting(Role.PATROL_CDR):
        run = db.session.connection().exec_driver_sql
        for table in ("patrols", "patrol_stops", "positions", *(["patrol_reports"] if state else [])):
            assert bool(run(f"SELECT count(*) FROM {table}").scalar()) == found, table
