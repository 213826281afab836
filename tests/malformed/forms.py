"""A sound form for every page that takes one, to be broken in one field. A page that is missing here fails
test_forms.py. Fields that a page does not name are its own defaults, as a browser without scripts would send them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from uuid import uuid4

from app.alerts.acts import ACTS as ALERT_ACTS
from app.havens.acts import ACTS as HAVEN_ACTS
from app.patrol_reports.debriefing import ACTS as REPORT_ACTS
from app.patrols.acts import ACTS as PATROL_ACTS
from app.permissions import Role
from tests.app.patrol_orders.world import an_order
from tests.app.patrol_orders.world import flat as order_as_form
from tests.malformed.bodies import OF_ALERTS, OF_HAVENS, OF_PATROLS, decision, led, town, unit
from tests.malformed.case import ANALYST, COMMAND, DUTY, WHY, Case, day, moment, named
from tests.matrix.world import OWN, World

KEEPER, SUPERVISOR, CHIEF = Role.HR_OFFICER, Role.HR_CASE_SUPERVISOR, Role.SYSADMIN
PLACE = "0.512, 0.512"
PASSWORD = "EXERCISE not the password"


def flat(body: Callable[[World], dict[str, Any]]) -> Callable[[World], dict[str, Any]]:
    """An act's body as its form sends it: words alone, nothing for what is not said."""

    def as_form(world: World) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, value in body(world).items():
            if isinstance(value, dict):
                found |= {f"supply.{key}": str(amount) for key, amount in value.items()}
            elif value is not None:
                found[name] = value if isinstance(value, list) else str(value)
        return found

    return as_form


def report(world: World) -> dict[str, Any]:
    return {
        "id": str(uuid4()), "patrol_id": str(led(world)), "kind": "attack_under_way", "what": "EXERCISE",
        "occurred_at": moment(-1),
        "date_precision": "1", "place": PLACE, "place_precision": "2", "actors": "EXERCISE one, EXERCISE two",
        "affected_count": "3", "affected_effect": "killed", "affected_sex": "woman", "affected_age": "25-59",
        "source_reliability": "B", "credibility": "2", "text": "EXERCISE", "channel": "patrol",
    }  # fmt: skip


def by_hand(world: World) -> dict[str, Any]:
    return {
        "id": str(uuid4()), "verbatim": "EXERCISE", "kind": "attack_under_way", "priority": "P2", "channel": "hotline",
        "occurred_at": moment(-1), "place": PLACE, "source_reliability": "B", "credibility": "2", "source_code": "S-1",
        "source_contactable": "y",
    }  # fmt: skip


def incident(world: World) -> dict[str, Any]:
    return {
        "id": str(uuid4()), "kind": "killing", "summary": "EXERCISE", "occurred_from": moment(-9),
        "occurred_to": moment(-8),
        "date_precision": "1", "place": PLACE, "place_precision": "2", "side_a": "EXERCISE", "side_b": "EXERCISE",
        "killed_low": "1", "killed_best": "2", "killed_high": "3", "injured": "4", "abducted": "0",
        "source_reliability": "B", "credibility": "2", "alert_id": str(named(world, "alert")["alert_id"]),
        "report_id": str(named(world, "report")["report_id"]),
    }  # fmt: skip


def threat(world: World) -> dict[str, Any]:
    return {
        "name": "EXERCISE threat", "actor_id": str(named(world, "actor")["actor_id"]), "kind": "attack_under_way",
        "target": "EXERCISE village", "centre": PLACE, "radius_km": "5.5", "area": "", "intent": "2", "capability": "2",
        "likelihood": "3", "impact": "3", "residual_likelihood": "2", "residual_impact": "2", "confidence": "low",
        "most_likely_course": "EXERCISE", "most_dangerous_course": "EXERCISE", "review_on": day(30),
    }  # fmt: skip


def outlined(world: World) -> dict[str, Any]:
    ring = "[[0.4,0.4],[0.6,0.4],[0.6,0.6],[0.4,0.6],[0.4,0.4]]"
    area = f'{{"type": "Polygon", "coordinates": [{ring}]}}'
    return threat(world) | {"centre": "", "radius_km": "", "area": area}


def rule(world: World) -> dict[str, Any]:
    return {
        "name": "EXERCISE rule", "sector_id": str(world.sector_id("own sector")), "priority": "P3", "alert_kind": "other",
        "why": WHY, "carriers": ["patrol"], "red": "48", "amber": "24", "centre": PLACE, "radius_km": "5.5", "area": "",
    }  # fmt: skip


def plan(world: World) -> dict[str, Any]:
    stops = {f"stop_{n}": PLACE if n < 3 else "" for n in range(1, 9)}
    return stops | {
        "unit_id": str(unit(world)), "leader_id": "", "purpose": "presence", "mode": "vehicle", "task": "EXERCISE",
        "planned_start": moment(1), "planned_end": moment(7),
    }  # fmt: skip


def identity(world: World) -> dict[str, Any]:
    return {"name": "EXERCISE Name", "contact": "EXERCISE 0199", "home": "EXERCISE house", "place": PLACE}


def defender(world: World) -> dict[str, Any]:
    return identity(world) | {
        "profiles": ["journalist"], "work": "EXERCISE", "sector_id": str(world.sector_id("own sector")),
        "compartment": "north", "scopes": ["1", "2"], "how": "signed_form", "until": day(90),
    }  # fmt: skip


def scores(world: World) -> dict[str, Any]:
    return {
        "threats": "3",
        "vulnerabilities": "3",
        "capacities": "3",
        "reasoning": WHY,
        "defenders_view": WHY,
    }


def consent(world: World) -> dict[str, Any]:
    return {
        "scope": "2",
        "given_on": day(0),
        "until": day(90),
        "how": "signed_form",
        "conditions": "EXERCISE",
    }


def agreed(world: World) -> dict[str, Any]:
    return {"interval_hours": "24", "grace_minutes": "30", "made_by": "we_call", "agreed_on": day(0)}


def rights(world: World) -> dict[str, Any]:
    return {"role": "cla", "sectors": [str(world.sector_id("own sector"))], "compartments": "north, south"}


def person(world: World) -> dict[str, Any]:
    return rights(world) | {"username": f"exercise-{uuid4().hex[:8]}", "name": "EXERCISE Somebody"}


def period(world: World) -> dict[str, Any]:
    return {"about": "period", "number": "", "since": "2026-01-01", "until": moment(), "audience": "command"}


def one_alert(world: World) -> dict[str, Any]:
    number = str(named(world, "alert")["alert_id"])
    return {"about": "alert", "number": number, "since": "", "until": "", "audience": "auditor"}


def kept_view(world: World) -> dict[str, Any]:
    content = '{"layers": ["alerts"], "query": "grade=B", "zoom": 8, "lon": 0.5, "lat": 0.5, "drawn": []}'
    return {"name": "EXERCISE view", "for_shift": "y", "content": content}


def site(world: World) -> dict[str, Any]:
    return {
        "priority": "must", "visits_a_week": "7", "longest_gap_days": "1", "visit_minutes": "45", "night_percent": "30",
        "window_from": "07:00", "window_until": "17:00", "market_days": ["2", "6"], "market_from": "08:00",
        "market_until": "12:00", "needs": ["interpreter"], "note": "EXERCISE",
    }  # fmt: skip


def clearance(world: World) -> int:
    """A decision of due diligence that holds: other forms here suspend the first one, and write new ones."""
    row = world.owner.execute(
        "SELECT max(id) FROM due_diligence "
        "WHERE suspended_at IS NULL AND decision <> 'refuse' AND review_on > current_date"
    ).fetchone()
    assert row and row[0], "no decision holds"
    return int(row[0])


def means(world: World) -> dict[str, Any]:
    return {
        "going": "mixed", "open_speed": "1.0", "seasonal_speed": "0.7", "foot_kph": "4", "shift_from": "07:00",
        "shift_until": "18:00", "longest_duty_minutes": "480", "tours_a_day": "1", "crew": "12", "people_a_day": "30",
        "vehicles": "4", "interpreters": "1", "women": "3", "days": ["1", "2", "7"], "overnight_base_ids": [],
        "overnight_places": "P1", "note": "EXERCISE",
    }  # fmt: skip


def corrected(world: World) -> dict[str, Any]:
    n, u = town(world), unit(world)
    return {
        "children_percent": "40", "without_transport_percent": "50", f"people-{n}": "900", f"wounded-{n}": "3",
        f"danger-{n}": "2", f"community-{n}": "G1", f"vehicles-{u}": "4", f"seats-{u}": "40", f"ready-{u}": "30",
    }  # fmt: skip


def nothing(world: World) -> dict[str, Any]:
    return {}


@dataclass(frozen=True)
class Form(Case):
    """`counts`: what stands in these tables is a count of refusals, and so grows with them. `again`: the session of
    whoever sends it ends, and each sending takes a new one."""

    counts: frozenset[str] = frozenset()
    again: bool = False


FAILURES = frozenset({"sign_in_failures", "ledger_events", "ledger_changes"})
SESSION = {"session": "00" * 32}
FORMS = [
    Form("people.sign_in_page", Role.CLA, lambda w: {"username": "nobody", "password": PASSWORD, "next": "/alerts"},
         counts=FAILURES),
    Form("people.sign_out", Role.CLA, nothing, again=True),
    Form("people.choose_language", Role.CLA, lambda w: {"language": "en"}),
    Form("people.change_password", Role.CLA, lambda w: {"current": PASSWORD, "chosen": PASSWORD}, counts=FAILURES),
    Form("people.revoke_own_session", Role.CLA, lambda w: SESSION, kind="person"),
    Form("people.create_token", Role.CLA, lambda w: {
        "label": "EXERCISE", "scopes": ["reports:file"], "days": "9", "current": PASSWORD}, counts=FAILURES),
    Form("people.revoke_own_token", Role.CLA, nothing, kind="person"),
    Form("people.find", CHIEF, lambda w: {"words": "EXERCISE"}),
    Form("people.add", CHIEF, person),
    Form("people.rights", CHIEF, rights, kind="person"),
    Form("people.disable", CHIEF, nothing, kind="person"),
    Form("people.enable", CHIEF, nothing, kind="person"),
    Form("people.reset_password", CHIEF, nothing, kind="person"),
    Form("people.revoke_session", CHIEF, lambda w: SESSION, kind="person"),
    Form("people.revoke_token", CHIEF, nothing, kind="person"),
    Form("mission.change", COMMAND, lambda w: {"value": "30", "reason": WHY, "seen": "30.0"}, kind="procedure"),
    Form("maps.keep_view", DUTY, kept_view),
    Form("maps.remove_view", DUTY, nothing, kind="view"),
    Form("ledger.verify_now", Role.HOM, nothing),
    *(Form("alerts.do", COMMAND if act == "review" else DUTY, flat(OF_ALERTS[act]), act, "alert") for act in ALERT_ACTS),
    Form("console.enter", DUTY, lambda w: by_hand(w) | {
        "repeats_code": "S-2", "seen": "101,102", "same_as": "", "reply": ""}),
    # Where and when stand in what is stored; here they are only looked at.
    Form("console.likely", DUTY, lambda w: {"kind": "attack_under_way", "verbatim": "EXERCISE", "seen": "101"}),
    Form("sources.add_from_form", DUTY, lambda w: {
        "code": f"S-{uuid4().int % 10**6}", "kind": "caller", "known_by": "code_word", "contactable": "y",
        "contact_held_by": "network", "sector_id": str(w.sector_id(OWN)), "network_id": ""}),
    Form("sources.grade_from_form", DUTY, lambda w: {"grade": "B"}, kind="source"),
    Form("field_reports.file_from_form", Role.PATROL_CDR, report),
    Form("field_reports.heard", Role.PATROL_CDR, nothing, kind="report"),
    Form("field_reports.settle", DUTY, nothing, kind="conflict"),
    Form("field_reports.raise_alert", DUTY, lambda w: {"priority": "P3", "why": WHY}, kind="report"),
    Form("field_reports.no_alert", DUTY, nothing, kind="report"),
    Form("incidents.record_from_form", DUTY, incident),
    Form("incidents.verify_from_form", KEEPER, flat(OF_ALERTS["verify"]), kind="incident"),
    Form("rules.write_from_form", ANALYST, lambda w: rule(w) | {"kind": "absence"}),
    Form("rules.rewrite_from_form", ANALYST, rule, kind="rule"),
    Form("rules.switch_from_form", ANALYST, lambda w: {"on": "yes"}, kind="rule"),
    Form("threats.assess_from_form", ANALYST, outlined),
    Form("threats.reassess_from_form", ANALYST, threat, kind="threat"),
    Form("threats.end", ANALYST, lambda w: {"reason": WHY}, kind="threat", ends=True),
    Form("patrols.plan_from_form", COMMAND, plan),
    *(Form("patrols.do", COMMAND, flat(OF_PATROLS[act]), act, "patrol") for act in PATROL_ACTS),
    Form("patrol_reports.keep", Role.PATROL_CDR, lambda w: {
        "device_id": str(uuid4()), "base": "", "facts": WHY, "revisit_on": day(9)}, kind="led_patrol"),
    Form("patrol_reports.quiet", Role.PATROL_CDR, lambda w: {"device_id": str(uuid4())}, kind="led_patrol"),
    Form("patrol_reports.send", Role.PATROL_CDR, lambda w: {"why.0": WHY}, kind="led_patrol"),
    Form("patrol_reports.make_record", COMMAND, nothing, kind="patrol_report"),
    *(Form("patrol_reports.do", COMMAND, lambda w: {"note": WHY}, act, "patrol_report") for act in REPORT_ACTS),
    Form("patrol_orders.write_from_form", COMMAND, lambda w: order_as_form(an_order()), kind="patrol"),
    Form("patrol_orders.approve_from_form", Role.HEAD_OF_OFFICE, nothing, kind="patrol"),
    # Of another patrol: the codes of the first are spent, so that wrong ones are refused and not counted.
    Form("patrol_orders.give_codes", COMMAND, nothing, kind="patrol", ends=True),
    Form("patrol_orders.print_order", COMMAND, nothing, kind="patrol"),
    Form("evacuations.plan_from_form", COMMAND, lambda w: {
        "place": PLACE, "radius_km": "20.5", "alert_id": "", "threat_id": ""}),
    Form("evacuations.plan_again_from_form", COMMAND, corrected, kind="evacuation"),
    Form("evacuations.issue_from_form", COMMAND, nothing, kind="evacuation"),
    Form("evacuations.end_from_form", COMMAND, nothing, kind="evacuation"),
    Form("evacuations.print_order", COMMAND, nothing, kind="evacuation"),
    Form("replanning.confirm", COMMAND, lambda w: {"stop": ["1-0"]}, kind="patrol"),
    Form("signals.take_from_form", Role.CP_OFFICER, nothing, kind="child_signal"),
    Form("signals.settle_from_form", Role.CP_OFFICER, lambda w: {"outcome": "known"}, kind="child_signal"),
    Form("deviations.explain_from_form", COMMAND, lambda w: {"reason": "weather", "note": WHY}, kind="patrol"),
    Form("due_diligence.decide_from_form", Role.HOM, decision),
    Form("due_diligence.suspend_from_form", Role.HOM, lambda w: {"reason": WHY}, kind="decision", ends=True),
    Form("havens.enter_from_form", DUTY, lambda w: {
        "name": f"EXERCISE {uuid4()}", "kind": "secured_area", "place": PLACE, "capacity_day": "90",
        "capacity_night": "60", "exposure": "mission", "why": WHY, "guard_hours": "24", "groups_accepted": "G1"}),
    *(Form("havens.do", DUTY, flat(OF_HAVENS[act]), act, "haven") for act in HAVEN_ACTS if act != "correction"),
    Form("havens.correct_from_form", DUTY, lambda w: {
        "name": f"EXERCISE {uuid4()}", "kind": "secured_area", "place": PLACE, "why": WHY, "seen": ""}, kind="haven"),
    Form("siting.ask_from_form", DUTY, lambda w: {
        "sector_id": str(w.sector_id(OWN)), "new_sites": "1", "goal": "most_within", "minutes": "60", "seasons": "both",
        "haven_states": ["open"], "room": "500", "threat_km": "2.5", "two_ways": "y"}),
    Form("siting.change_from_form", DUTY, lambda w: {"add": "", "close": "place:1", "enlarge": "", "people": ""},
         kind="siting_study"),
    Form("siting.export", DUTY, nothing, kind="siting_study"),
    Form("siting.search_again", DUTY, nothing, kind="siting_study"),
    Form("siting.withdraw", DUTY, nothing, kind="siting_study", ends=True),
    Form("defenders.new", KEEPER, defender),
    Form("defenders.assess", KEEPER, scores, kind="defender"),
    Form("defenders.review", KEEPER, nothing, kind="defender"),
    Form("defenders.consents", KEEPER, consent, kind="defender"),
    Form("defenders.withdraw", KEEPER, nothing, kind="defender"),
    Form("defenders.identity", KEEPER, identity, kind="defender"),
    Form("defenders.note", KEEPER, lambda w: {"note": WHY}, kind="defender"),
    Form("defenders.agree", KEEPER, agreed, kind="defender"),
    Form("defenders.checked_in", KEEPER, lambda w: {"way": "in_person", "heard_at": ""}, kind="defender"),
    Form("defenders.suspend", KEEPER, nothing, kind="defender"),
    Form("defenders.resume", KEEPER, nothing, kind="defender"),
    Form("defenders.end_plan", KEEPER, lambda w: {"why": "persons_wish"}, kind="defender"),
    Form("defenders.unmask", SUPERVISOR, lambda w: {"fields": ["name"], "reason": WHY}, kind="defender"),
    Form("defenders.seen", SUPERVISOR, nothing, kind="unmasking"),
    Form("defenders.export", SUPERVISOR, nothing),
    *(Form(f"{feature}.export", DUTY, lambda w: {"format": "csv"})
      for feature in ("alerts", "incidents", "threats", "patrols", "havens")),
    Form("sites.set_from_form", COMMAND, lambda w: site(w) | {"place": "P1"}),
    Form("sites.change_from_form", COMMAND, site, kind="site"),
    Form("plans.ask", COMMAND, lambda w: {
        "sector": str(w.sector_id(OWN)), "first": day(1), "days": "1", "seconds": "3", "joint_unit_1": str(unit(w)),
        "joint_clearance_1": str(clearance(w)), "joint_people_1": "8"}),
    Form("plans.again", COMMAND, lambda w: {"wish_0": "out"}, kind="plan"),
    Form("plans.search_again", COMMAND, nothing, kind="plan"),
    Form("plans.issue", COMMAND, nothing, kind="plan", ends=True),
    Form("plans.withdraw", COMMAND, nothing, kind="plan", ends=True),
    Form("draws.ask", COMMAND, lambda w: {
        "sector": str(w.sector_id(OWN)), "first": day(2), "days": "3", "seconds": "10"}),
    *(Form(f"draws.{act}", COMMAND, nothing, kind="mix")
      for act in ("accept", "search_again", "withdraw", "release", "take_over")),
    *(Form(f"draws.{act}", COMMAND, nothing, kind="draw") for act in ("draw", "open_seed")),
    Form("solves.stop", COMMAND, nothing, kind="solve"),
    Form("sites.drop", COMMAND, lambda w: {"why": WHY}, kind="site", ends=True),
    Form("means.set_from_form", COMMAND, means, kind="means"),
    Form("means.owe_from_form", COMMAND, lambda w: {
        "kind": "market", "from_place": "P1", "to_place": f"PS{w.sector_id(OWN)}", "on_day": day(1), "earliest": "07:00",
        "latest": "09:00", "ready_minutes": "15", "note": "EXERCISE"}),
    Form("means.end_escort", COMMAND, lambda w: {"outcome": "done"}, kind="escort", ends=True),
    Form("roads.say_from_form", COMMAND, lambda w: {
        "condition": "slowed", "factor": "2.5", "cause": "rain", "until": moment(9), "reason": WHY}, kind="road_link"),
    Form("roads.open_from_form", COMMAND, lambda w: {"why": WHY}, kind="road_condition", ends=True),
    Form("coverage.export", COMMAND, nothing),
    Form("surfaces.order", COMMAND, nothing),
    Form("surfaces.export", COMMAND, nothing),
    Form("measures.export", COMMAND, lambda w: {"period": "2026-Q2"}),
    Form("carriers.register_from_form", COMMAND, lambda w: {
        "kind": "vehicle", "unit_id": str(unit(w)), "call_sign": f"EXERCISE {uuid4()}"}),
    Form("carriers.give_device", COMMAND, lambda w: {"days": "9"}, kind="carrier"),
    Form("carriers.end_device", COMMAND, lambda w: {"lost_since": moment(-1)}, kind="device"),
    Form("carriers.retire", COMMAND, nothing, kind="vehicle", ends=True),
    Form("ladders.change", COMMAND, lambda w: {
        "seen": str(named(w, "ladder")["ladder_id"]), "kind": "abduction", "then": "tell_again", "reason": WHY,
        "quiet_from": "", "quiet_until": "", "post_1": "duty_officer", "minutes_1": "5", "sms_1": "y"}, kind="ladder"),
    Form("watches.begin_from_form", ANALYST, lambda w: {
        "post": "duty_officer", "sector_id": str(w.sector_id("own sector")), "until": moment(8), "deputy": "y"}),
    Form("watches.end_from_form", Role.SECTOR_OPS, nothing, kind="own_watch"),
    Form("messages.add_from_form", DUTY, lambda w: {"route": "sms", "address": "+24399000001"}),
    Form("messages.test_from_form", Role.SECTOR_OPS, nothing, kind="contact"),
    Form("messages.answer_from_form", Role.SECTOR_OPS, lambda w: {"code": "000000"}, kind="contact"),
    Form("messages.remove_from_form", Role.SECTOR_OPS, nothing, kind="contact"),
    Form("messages.looked", DUTY, nothing, kind="reply"),
    Form("messages.sender", DUTY, nothing, kind="reply"),
    Form("imports.send", COMMAND, lambda w: {"kind": "places", "file": (BytesIO(b"code,name\n"), "EXERCISE.csv")}),
    Form("imports.look_again", Role.SECTOR_OPS, lambda w: {"layer": "EXERCISE"}, kind="import"),
    Form("imports.start", Role.SECTOR_OPS, lambda w: {"field-code": "c:EXERCISE", "source": "EXERCISE list"},
         kind="import"),
    Form("imports.remove", Role.SECTOR_OPS, nothing, kind="import"),
    Form("handovers.hand_over_from_form", DUTY, lambda w: {
        "id": str(uuid4()), "sector_id": str(w.sector_id("own sector")), "note": WHY,
        "tasks": "EXERCISE one\nEXERCISE two"}),
    Form("handovers.accept_from_form", DUTY, lambda w: {"remark": WHY}, kind="handover"),
    Form("documents.order_from_form", Role.HOM, period),
    Form("documents.order_from_form", Role.HOM, one_alert),
    Form("documents.print_view", Role.HOM, lambda w: {
        "box": "0.0,0.0,2.0,1.0", "layers": ["alerts", "havens"], "since": "2026-01-01", "until": moment()}),
    Form("documents.order_again", Role.HOM, nothing, kind="document"),
]  # fmt: skip
