"""The handbook's worked example from end to end, in Carana, which does not exist: a warning of a move on village V, what
was made of it, what command reads of it afterwards; and what must not happen on the way.

Of the example's papers the house has none of the three: FLASH, SITREP and after-action review. The word for danger that
was agreed with the defender stands in no field (docs/decisions/0017), nor does the point where she goes.

The example lasts six hours, and the house has one clock. Each act is done here when its turn comes; then the owner of the
database sets its time to the example's, a day ago. Departure and arrival are told with their times, as in the field.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.db import db
from app.defenders import actions as defenders
from app.defenders import check_ins
from app.defenders.models import CalledBy
from app.permissions import Role
from app.sites import actions as sites
from app.sites.body import SiteBody
from geo import date_time_group
from tests.app.defenders import files
from tests.app.defenders.files import CONTACT, HOME, NAME
from tests.app.patrols.world import leader_of, move, unit
from tests.app.rules.world import rule
from tests.people import WEST, Staff, csrf_of, record
from tests.reports import act, body, put
from tests.servers import Clone
from workers import rules
from workers.keyholder import Keyholder

T0 = (datetime.now(UTC) - timedelta(days=1)).replace(hour=12, minute=5, second=0, microsecond=0)
V = {"lon": 0.512, "lat": 0.512}
# As often as can be agreed: each hour, with five minutes of grace.
MOST_OFTEN = check_ins.Agreed(60, 5, CalledBy.WE_CALL, datetime.now(UTC).date())
WHY = "EXERCISE: said in a sentence why."
WORDS = "EXERCISE: some twenty armed men of group X move on village V from the north; leaflets named a defender there"
CLA, DUTY, COMMANDER, PATROL = Role.CLA, Role.BN_OPS, Role.SECTOR_OPS, Role.PATROL_CDR


def clock(hour: int, minute: int) -> datetime:
    """A time of the example, given in its own zone B (two hours ahead of UTC)."""
    return T0.replace(hour=hour - 2, minute=minute)


def in_zone_b(at: datetime) -> str:
    """As it is said on the radio."""
    return date_time_group.format(at + timedelta(hours=2)).replace("Z", "B")


@dataclass
class Carana:
    client: FlaskClient
    staff: Staff
    owner: psycopg.Connection
    tokens: dict[Role, dict[str, str]] = field(default_factory=dict)

    def as_(self, role: Role) -> dict[str, str]:
        if role not in self.tokens:
            self.tokens[role] = self.staff.bearer(role)
        return self.tokens[role]

    def do(self, role: Role, alert: int, name: str, at: datetime | None = None, **fields: Any) -> Any:
        """An act on an alert; then its step's time is set to the example's."""
        answer = act(self.client, self.as_(role), alert, name, **fields)
        assert answer.status_code == 200, (name, answer.json)
        if at is not None:
            self.at(alert, at)
        return answer.json

    def at(self, alert: int, at: datetime) -> None:
        with self.owner.transaction():
            self.owner.execute(
                "UPDATE alert_steps SET at = %s WHERE id = (SELECT max(id) FROM alert_steps WHERE alert_id = %s)",
                [at, alert],
            )
            record(self.owner)

    def one(self, query: str, *values: Any) -> Any:
        row = self.owner.execute(query, list(values)).fetchone()  # type: ignore[arg-type]
        return row and row[0]

    def actions(self, like: str) -> list[str]:
        found = self.owner.execute(
            "SELECT action FROM ledger_events WHERE action LIKE %s ORDER BY id", [like]
        )
        return [row[0] for row in found]


@pytest.fixture
def carana(client: FlaskClient, staff: Staff, owner: psycopg.Connection, clone: Clone) -> Iterator[Carana]:
    files.settle(clone)
    owner.execute("UPDATE mission_identity SET name = 'EXERCISE UNAC, Carana', code = 'UNAC'")
    with files.listening(clone) as keyholder:
        assert isinstance(keyholder, Keyholder)
        yield Carana(client, staff, owner)


def raised(carana: Carana, **changes: Any) -> int:
    """The call to the liaison assistant, at T0."""
    sent = {
        "kind": "armed_group_movement", "priority": "P1", "channel": "community_alert_network", "verbatim": WORDS,
        "place": V | {"precision": 2}, "occurred_at": in_zone_b(T0), "source_reliability": "C", "credibility": 3,
        "source_code": "S-017", "source_contactable": True,
    } | changes  # fmt: skip
    answer = carana.client.post("/api/v1/alerts", json=sent, headers=carana.as_(CLA))
    assert answer.status_code == 201, answer.json
    # Whoever takes the call need not read what the room makes of it.
    assert "reasons" not in str(answer.json)
    alert = int(carana.one("SELECT max(id) FROM alerts"))
    with carana.owner.transaction():
        carana.owner.execute(
            "UPDATE alerts SET received_at = %s, raised_at = %s, occurred_at = %s WHERE id = %s",
            [T0, T0, T0, alert],
        )
        carana.owner.execute("UPDATE alert_steps SET at = %s WHERE alert_id = %s", [T0, alert])
        record(carana.owner)
    return alert


def threat_body(actor: int, likelihood: int, impact: int) -> dict[str, Any]:
    return {
        "name": "EXERCISE group X around V", "actor_id": actor, "target": "EXERCISE village V", "kind": "imminent_attack",
        "circle": {"centre": V, "radius_metres": 8000.0}, "intent": 3, "capability": 2, "likelihood": likelihood,
        "impact": impact, "vulnerable": True, "protected": False, "confidence": "moderate",
        "most_likely_course": "EXERCISE", "most_dangerous_course": "EXERCISE",
        "review_on": (datetime.now(UTC) + timedelta(days=7)).date().isoformat(),
    }  # fmt: skip


def test_the_warning_of_village_v_from_the_call_to_the_figures(carana: Carana) -> None:
    owner, staff, client = carana.owner, carana.staff, carana.client
    with owner.transaction():
        qrf = unit(
            owner, staff.sectors[WEST], "QRF", lon=0.413, lat=0.512, kind="qrf", notice=15
        )  # COB Lima, 11 km
        leader = leader_of(owner, staff, qrf)
        haven = carana.one(
            "INSERT INTO havens (code, name, kind, place, sector_id, capacity_day, capacity_night, state, exposure) "
            "VALUES ('H-4', 'EXERCISE H-4', 'secured_area', ST_SetSRID(ST_MakePoint(0.52, 0.52), 4326), %s, 60, 40, "
            "'closed', 'mission') RETURNING id", staff.sectors[WEST],
        )  # fmt: skip
        actor = carana.one(
            "INSERT INTO actors (code, name, kind) VALUES ('X', 'EXERCISE X', 'armed_group') RETURNING id"
        )
        record(owner)
    defender = files.registered(staff)
    analyst = carana.as_(Role.POC_OFFICER)
    threat = client.post("/api/v1/threats", json=threat_body(actor, 2, 3), headers=analyst).json["id"]
    with staff.acting(COMMANDER):
        site = sites.set_site("P1", site_body("should")).id
        db.session.commit()

    # 1. The call.
    alert = raised(carana)
    page = client.get(f"/api/v1/alerts/{alert}", headers=carana.as_(DUTY)).json
    assert (page["priority"], page["grade"], page["place"]["precision"]) == ("P1", "C3", 2)
    # A sector's officer is not told that a defender is near; those who see cells are, and neither is told who.
    assert "defender" not in str(page).replace(WORDS, "")
    assert "defender" in str(carana.one("SELECT reasons FROM alert_weighings WHERE alert_id = %s", alert))

    # 2. Taken, acted on at once, called back.
    carana.do(DUTY, alert, "acknowledge", clock(14, 7))
    # The same source says the same by SMS: one event, one independent source, one answer.
    by_sms = raised(carana, channel="sms")
    offered = client.get(f"/api/v1/alerts/{by_sms}", headers=carana.as_(DUTY)).json["likely"]
    assert [other["id"] for other in offered] == [alert]
    for told in (alert, by_sms):
        carana.do(DUTY, told, "source", clock(14, 8), source_code="S-017")
    carana.do(DUTY, by_sms, "merge", clock(14, 9), leader_id=alert, note=WHY)
    assert sources_of(carana, alert) == {"reports": 2, "independent": 1, "unknown": 0}
    carana.do(DUTY, alert, "act-at-once", clock(14, 12), note=WHY)
    (second,) = carana.do(
        DUTY,
        alert,
        "call-back",
        clock(14, 12),
        source_code="S-018",
        question="EXERCISE: do you see them too?",
    )["call_backs"]
    confirmed = carana.do(
        DUTY, alert, "called-back", clock(14, 13), call_back_id=second["id"], result="confirms",
        answer="EXERCISE: some twenty, on foot",
    )  # fmt: skip
    # What the second focal point said grades nothing by itself: a person judges.
    assert confirmed["grade"] == "C3"
    checked = carana.do(
        DUTY, alert, "verify", clock(14, 13), verification="corroborated", source_reliability="C", credibility=2,
        note="EXERCISE: the second focal point sees them too",
    )  # fmt: skip
    assert checked["grade"] == "C2"

    # 3. Decided with authority; the force sent; the defender's risk raised, the haven made ready.
    carana.do(
        COMMANDER, alert, "decide", clock(14, 15), response="quick_reaction_force", authority="tactical_control",
        mandate="EXERCISE 7(a)", rule_of_engagement="EXERCISE 2", note=WHY,
    )  # fmt: skip
    carana.do(COMMANDER, alert, "send-patrol", clock(14, 15), unit_id=qrf, leader_id=leader, order=WHY)
    carana.do(COMMANDER, alert, "task", clock(14, 15), response="overflight", order=WHY)
    police = "EXERCISE: the State's police hear of the village alone"
    carana.do(COMMANDER, alert, "task", clock(14, 15), response="state_forces_only", order=police)
    with staff.acting(Role.HR_OFFICER):
        defenders.assess_risk(defender, defenders.Scores(4, 4, 2, True, True, WHY, WHY))
        check_ins.agree(defender, MOST_OFTEN)
        db.session.commit()
    assert carana.one("SELECT band FROM risk_assessments WHERE defender_id = %s", defender) == "extreme"
    ready = client.post(f"/api/v1/havens/{haven}/state", json={"to_state": "standby", "reason": WHY},
                        headers=carana.as_(Role.WATCHKEEPER_JOC))  # fmt: skip
    assert (ready.status_code, ready.json["state"]) == (200, "standby")

    # 4. Departure and arrival, told by the patrol itself in its own zone.
    patrol = carana.one("SELECT id FROM patrols WHERE alert_id = %s", alert)
    with owner.transaction():
        owner.execute("UPDATE patrols SET created_at = %s WHERE id = %s", [clock(14, 15), patrol])
        record(owner)
    stop = carana.one("SELECT id FROM patrol_stops WHERE patrol_id = %s", patrol)
    patrols = carana.as_(PATROL)
    assert move(client, patrols, patrol, "set-off", at=in_zone_b(clock(14, 28))).status_code == 200
    arrived = move(client, patrols, patrol, "arrive", stop_id=stop, at=in_zone_b(clock(15, 9)))
    assert arrived.status_code == 200, arrived.json
    told = put(client, patrols, body(
        kind="all_quiet", what="EXERCISE: the group withdrew on seeing the patrol; no force used; 31 civilians escorted",
        occurred_at=in_zone_b(clock(17, 15)), place=V, patrol_id=patrol, source_reliability="A", credibility=1,
    ))  # fmt: skip
    assert told.status_code == 201
    assert carana.one("SELECT count(*) FROM alerts WHERE leader_id IS NULL") == 1

    # 5. Outcome, the source told, the threat assessed anew: people there must be protected.
    carana.do(DUTY, alert, "outcome", clock(17, 20), outcome="threat_averted", note=WHY)
    carana.do(
        DUTY, alert, "feedback", clock(17, 40), told=True, note="EXERCISE: S-017 was told what was done"
    )
    again = client.put(f"/api/v1/threats/{threat}", json=threat_body(actor, 4, 4), headers=analyst)
    assert again.status_code == 200, again.json
    with staff.acting(COMMANDER):
        sites.change_site(site, site_body("must"))
        db.session.commit()
    closed = carana.do(DUTY, alert, "close", clock(18, 0), lesson="EXERCISE: the network rang early")
    assert closed["status"] == "closed"

    figures(carana, alert)

    # All of it stands in the log, and nothing that names the defender.
    recorded = carana.actions("alerts.%")
    assert recorded == [f"alerts.{k}" for k in (
        "raised", "acknowledged", "raised", "source_told", "source_told", "merged", "immediate_action",
        "call_back_ordered", "called_back", "verified", "decided", "tasked", "tasked", "tasked", "departed", "arrived",
        "outcome", "feedback", "closed",
    )]  # fmt: skip
    log = str(owner.execute("SELECT body, details FROM ledger_events").fetchall())
    assert not any(word in log for word in (NAME, CONTACT, HOME))


def sources_of(carana: Carana, alert: int) -> dict[str, int]:
    found = carana.client.get(f"/api/v1/alerts/{alert}", headers=carana.as_(DUTY)).json["sources"]
    return {key: found[key] for key in ("reports", "independent", "unknown")}


def site_body(priority: str) -> SiteBody:
    return SiteBody(priority=priority, visits_a_week=7, longest_gap_days=2, visit_minutes=60)  # type: ignore[arg-type]


def figures(carana: Carana, alert: int) -> None:
    """The example's own: acknowledged 2 min, decided 10, departed 23, arrived 64; the mission’s response, told."""
    asked = f"since={T0.date()}&until={T0.date()}"
    listed = carana.client.get(f"/api/v1/measures?view=exact&{asked}", headers=carana.as_(Role.HOM)).json
    found = {m["code"]: m["figure"] for m in listed["measures"]}
    times = {
        step: found[f"time_to_{step}"]["median"] for step in ("acknowledge", "decide", "depart", "arrive")
    }
    assert times == {"acknowledge": 2, "decide": 10, "depart": 23, "arrive": 64}
    for code in ("response_any", "response_mission", "on_time_arrival", "feedback"):
        assert (found[code]["numerator"], found[code]["denominator"]) == (1, 1), code
    assert found["justified_non_response"]["denominator"] == 0
    assert found["outcomes"]["parts"]["threat_averted"] == 1
    # No attack took place: there is no lead time to tell of.
    assert (found["lead_time"]["counted"], found["false_negatives"]["denominator"]) == (0, 0)
    page = carana.staff.client(Role.HOM).get(f"/measures?{asked}").get_data(as_text=True)
    for words in ("2 min", "10 min", "23 min", "1 h 04 min", "EXERCISE"):
        assert words in page
    behind = carana.staff.client(Role.HOM).get(f"/measures/time_to_arrive?{asked}").get_data(as_text=True)
    assert f'href="/alerts/{alert}"' in behind
    # One alert is too few to tell anybody outside the room of.
    released = carana.client.get(
        f"/api/v1/measures/time_to_arrive?{asked}", headers=carana.as_(Role.HOM)
    ).json
    assert released["figure"] is None


def test_a_missed_check_in_of_the_defender_is_told_once_and_names_nobody(
    carana: Carana, worker: Flask
) -> None:
    staff, owner = carana.staff, carana.owner
    defender = files.registered(staff)
    with staff.acting(Role.HR_OFFICER):
        check_ins.agree(defender, MOST_OFTEN)
        db.session.commit()
    officer = carana.as_(Role.POC_OFFICER)
    watching = rule(
        area=None, priority="P1", alert_kind="threat_to_named_person",
        parameters={"kind": "check_in", "of": "protected", "red": 1},
    )  # fmt: skip
    number = carana.client.post("/api/v1/rules", json=watching, headers=officer).json["id"]
    on = carana.client.post(f"/api/v1/rules/{number}/switch", json={"on": True}, headers=officer)
    assert on.status_code == 200
    for minutes, alerts in ((60, 0), (70, 1), (130, 1)):
        with owner.transaction():
            owner.execute(
                "UPDATE check_in_plans SET runs_from = now() - make_interval(mins => %s)", [minutes]
            )
            record(owner)
        with worker.app_context():
            rules.watch()
        assert carana.one("SELECT count(*) FROM alerts WHERE channel = 'missed_check_in'") == alerts, minutes
    alert = carana.one("SELECT id FROM alerts")
    codename = carana.one("SELECT codename FROM defenders WHERE id = %s", defender)
    for role in (DUTY, COMMANDER):
        page = staff.client(role).get(f"/alerts/{alert}").get_data(as_text=True)
        assert "A person under protection" in page
        assert not [
            word for word in (NAME, CONTACT, HOME, codename, f"/defenders/{defender}") if word in page
        ]


def test_a_second_alert_outside_the_area_is_declined_with_a_reason_and_an_approver(carana: Carana) -> None:
    beyond = {"place": {"lon": 5.0, "lat": 5.0}, "kind": "attack_under_way"}
    sent = {"priority": "P1", "channel": "radio", "verbatim": WORDS, "source_reliability": "C", "credibility": 3,
            "source_contactable": False} | beyond  # fmt: skip
    # A sector's officer has no say there and is told whom to ask; the operations centre takes it.
    refused = carana.client.post("/api/v1/alerts", json=sent, headers=carana.as_(COMMANDER))
    assert (refused.status_code, "operations centre" in refused.json["detail"]) == (403, True)
    joc = Role.WATCHKEEPER_JOC
    made = carana.client.post("/api/v1/alerts", json=sent, headers=carana.as_(joc))
    alert = made.json["id"]
    carana.do(joc, alert, "acknowledge")
    carana.do(joc, alert, "decline", reason="outside_capability", authority="operational_control", note=WHY)
    own = act(carana.client, carana.as_(joc), alert, "review", approve=True)
    assert own.status_code == 403

    def justified() -> tuple[float, float]:
        listed = carana.client.get("/api/v1/measures/justified_non_response?view=exact",
                                   headers=carana.as_(Role.HOM)).json["figure"]  # fmt: skip
        return listed["numerator"], listed["denominator"]

    assert justified() == (0, 1)
    carana.do(Role.POC_OFFICER, alert, "review", approve=True)
    assert justified() == (1, 1)


@pytest.mark.parametrize("written", ["211405J NOV 26", "211405JNOV26", "211405 NOV 26"])
def test_a_time_in_zone_j_or_in_none_is_refused_and_nothing_is_stored(carana: Carana, written: str) -> None:
    answer = put(carana.client, carana.as_(PATROL), body(occurred_at=written))
    assert answer.status_code == 422
    assert "zone" in str(answer.json).lower()
    assert carana.one("SELECT count(*) FROM field_reports") == 0


def test_a_truncated_grid_reference_is_a_square_and_a_broken_one_is_refused(carana: Carana) -> None:
    sent = body(place={"mgrs": "31NBA2256"})  # a kilometre
    assert put(carana.client, carana.as_(PATROL), sent).status_code == 201
    radius, extent, place_type = carana.owner.execute(
        "SELECT radius_metres, round(sqrt(ST_Area(geography(extent)))), ST_GeometryType(extent) FROM field_reports"
    ).fetchone() or (0, 0, "")
    assert (radius, place_type) == (708, "ST_Polygon")
    assert 990 < extent < 1_010
    for broken in ("31NBA225", "NBA2256"):
        assert put(carana.client, carana.as_(PATROL), body(place={"mgrs": broken})).status_code == 422
    # The square of a hundred kilometres alone is told as the area that it is.
    assert put(carana.client, carana.as_(PATROL), body(place={"mgrs": "31NBA"})).status_code == 201
    assert carana.one("SELECT max(place_precision) FROM field_reports") == 3


def test_a_patrol_commander_who_opens_the_case_file_is_refused_and_on_record(carana: Carana) -> None:
    defender = files.registered(carana.staff)
    browser = carana.staff.client(PATROL)
    for address in (f"/defenders/{defender}", "/defenders"):
        answer = browser.get(address)
        assert answer.status_code == 403
        assert not any(word in answer.get_data(as_text=True) for word in (NAME, CONTACT, HOME))
    api = carana.client.get(f"/api/v1/defenders/{defender}", headers=carana.as_(PATROL))
    assert (api.status_code, api.json["code"]) == (403, "not_allowed")
    unmask = {"fields": ["home"], "reason": WHY}
    refused = carana.client.post(
        f"/api/v1/defenders/{defender}/unmask", json=unmask, headers=carana.as_(PATROL)
    )
    assert refused.status_code == 403
    rows = carana.owner.execute(
        "SELECT subject, role, details ->> 'address' FROM ledger_events WHERE action = 'defenders.refused' ORDER BY id"
    ).fetchall()
    assert rows == [
        (f"defenders:{defender}", "patrol_cdr", "defenders.page"),
        ("defenders:register", "patrol_cdr", "defenders.register"),
        (f"defenders:{defender}", "patrol_cdr", "defenders_api.one"),
        (f"defenders:{defender}", "patrol_cdr", "defenders_api.unmask"),
    ]  # fmt: skip
    # Command reads it in the log; a phone gone mad does not fill it.
    assert "Look at a defender’s file refused" in carana.staff.client(Role.HOM).get(
        "/accountability?group=defenders"
    ).get_data(as_text=True)
    for _ in range(40):
        browser.get(f"/defenders/{defender}")
    assert len(carana.actions("defenders.refused")) <= 40


def test_the_defender_s_point_leaves_by_no_export(carana: Carana) -> None:
    defender = files.registered(carana.staff, lon=0.51237, lat=0.51391)
    raised(carana)
    exact = ("0.51237", "0.51391")
    blocked = carana.staff.client(PATROL)
    token = csrf_of(blocked, "/account")
    assert blocked.post("/defenders/export", data={"csrf_token": token}).status_code == 403
    for role in (Role.HOM, Role.POC_OFFICER, Role.HR_CASE_SUPERVISOR, Role.WATCHKEEPER_JOC):
        client = carana.staff.client(role)
        token = csrf_of(client, "/account")
        sent: list[str] = []
        for feature in ("alerts", "incidents", "threats", "patrols", "havens", "defenders"):
            for form in ("csv", "geojson", "kml"):
                answer = client.post(f"/{feature}/export", data={"csrf_token": token, "format": form})
                sent.append(answer.get_data(as_text=True))
        quarter = f"{T0.year - 1}-Q4"
        sent.append(
            client.post("/measures/export", data={"csrf_token": token, "period": quarter}).get_data(
                as_text=True
            )
        )
        cells = "/ogc/collections/defender-cells/items?f=json"
        sent.append(client.get(cells).get_data(as_text=True))
        sent.append(client.get(f"/api/v1/defenders/{defender}").get_data(as_text=True))
        whole = "\n".join(sent)
        assert not any(word in whole for word in (*exact, NAME, CONTACT, HOME)), role
