"""A sound body for every route of the API that takes one, to be broken in one place. A route that is missing here
fails test_api.py: a new one is tried from its first day."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from flask import Flask

from app.alerts.acts import ACTS as ALERT_ACTS
from app.api.openapi import PREFIX
from app.havens import tokens
from app.havens.acts import ACTS as HAVEN_ACTS
from app.patrol_reports.debriefing import ACTS as REPORT_ACTS
from app.patrols.acts import ACTS as PATROL_ACTS
from app.permissions import Permission, Role
from tests.app.patrol_orders.world import an_order
from tests.app.routes import routes, writes
from tests.malformed.case import ANALYST, COMMAND, DUTY, HERE, WHY, Case, day, moment, named
from tests.matrix.world import OWN, World


def new_token(w: World) -> str:
    """A token of the haven that is asked for: its marker is its code."""
    return tokens.new(w.of_kind("haven")[0].marker)


def decision(world: World) -> dict[str, Any]:
    return {
        "recipient": "EXERCISE 4th company", "support": WHY, "risk": "low", "mitigation": WHY, "decision": "proceed",
        "review_on": day(90),
    }  # fmt: skip


def unit(world: World) -> object:
    return named(world, "base")["unit_id"]


def led(world: World) -> object:
    """The patrol that the patrol commander leads."""
    return next(t.arguments["patrol_id"] for t in world.of_kind("patrol") if t.owner)


def patrol_report(world: World) -> dict[str, Any]:
    route = {
        "started_at": moment(-2),
        "waypoints": [{"name": "EXERCISE", "place": "0.5, 0.5", "arrived_at": moment(-1)}],
    }
    return {"device_id": str(uuid4()), "blocks": {"route": route, "signal": {"child": False}}, "send": False}


def stop(world: World) -> dict[str, Any]:
    return {"stop_id": named(world, "patrol")["stop_id"], "at": moment()}


def threat(world: World) -> dict[str, Any]:
    return {
        "name": "EXERCISE threat", "actor_id": named(world, "actor")["actor_id"], "target": "EXERCISE village",
        "kind": "attack_under_way", "circle": {"centre": HERE, "radius_metres": 5000.0}, "intent": 2,
        "capability": 2, "likelihood": 3, "impact": 3, "residual_likelihood": 2, "residual_impact": 2,
        "vulnerable": True, "protected": False, "confidence": "low", "most_likely_course": "EXERCISE",
        "most_dangerous_course": "EXERCISE", "review_on": day(30),
    }  # fmt: skip


def outlined(world: World) -> dict[str, Any]:
    ring = [[0.4, 0.4], [0.6, 0.4], [0.6, 0.6], [0.4, 0.6], [0.4, 0.4]]
    return {k: v for k, v in threat(world).items() if k != "circle"} | {
        "area": {"type": "Polygon", "coordinates": [ring]}
    }


def report(world: World) -> dict[str, Any]:
    return {
        "kind": "attack_under_way", "what": "EXERCISE: armed men entered", "occurred_at": moment(-1),
        "date_precision": 1, "place": HERE | {"precision": 1}, "channel": "patrol", "actors": ["EXERCISE group"],
        "people_affected": [{"count": 3, "effect": "killed", "sex": "woman", "age": "25-59"}],
        "source_reliability": "B", "credibility": 2, "text": "EXERCISE", "patrol_id": led(world),
    }  # fmt: skip


def by_hand(world: World) -> dict[str, Any]:
    return {
        "id": str(uuid4()), "kind": "attack_under_way", "priority": "P2", "channel": "hotline", "verbatim": "EXERCISE",
        "place": HERE, "occurred_at": moment(), "source_reliability": "B", "credibility": 2, "source_code": "S-1",
        "source_contactable": True,
    }  # fmt: skip


def incident(world: World) -> dict[str, Any]:
    return {
        "id": str(uuid4()), "kind": "killing", "occurred_from": moment(-9), "occurred_to": moment(-8),
        "date_precision": 1, "place": HERE | {"precision": 2}, "side_a": "EXERCISE group", "side_b": "EXERCISE villagers",
        "killed_low": 1, "killed_best": 2, "killed_high": 3, "injured": 4, "abducted": 0, "summary": "EXERCISE",
        "source_reliability": "B", "credibility": 2, "alert_id": named(world, "alert")["alert_id"],
        "report_id": str(named(world, "report")["report_id"]),
    }  # fmt: skip


def plan(world: World) -> dict[str, Any]:
    return {
        "unit_id": unit(world), "leader_id": None, "mode": "vehicle", "purpose": "presence", "task": "EXERCISE",
        "planned_start": moment(1), "planned_end": moment(7),
        "stops": [
            {"place": HERE, "name": "EXERCISE stop", "arrive_planned": moment(2), "depart_planned": moment(3)},
            {"place": {"mgrs": "31N BA 22 66"}, "name": ""},
        ],
    }  # fmt: skip


def fixes(world: World) -> dict[str, Any]:
    return {"positions": [{"at": moment(-0.1 * n), **HERE, "accuracy_metres": 9.5} for n in range(3)]}


def batch(world: World) -> dict[str, Any]:
    patrol, device = named(world, "patrol")["patrol_id"], device_name(world)
    carriers = ({"patrol": patrol}, {"device": device}, {"call_sign": f"EXERCISE nobody {uuid4()}"})
    facts = {**HERE, "accuracy_metres": 9.5, "speed_kph": 20.5, "course": 90.0}
    return {"positions": [{"at": moment(-0.1), **facts, **carrier} for carrier in carriers]}


def device_name(world: World) -> str:
    return f"{next(t for t in world.of_kind('vehicle') if t.where == OWN).marker}D".upper()


def forwarded(world: World) -> dict[str, Any]:
    facts = {
        "latitude": HERE["lat"],
        "longitude": HERE["lon"],
        "speed": 11.5,
        "course": 180.0,
        "accuracy": 9.5,
    }
    return {
        "position": {"fixTime": moment(-0.2), "valid": True, **facts},
        "device": {"uniqueId": device_name(world)},
    }


def vehicle(world: World) -> dict[str, Any]:
    return {"kind": "vehicle", "unit_id": unit(world), "call_sign": f"EXERCISE {uuid4()}"}


def ladder(world: World) -> dict[str, Any]:
    rungs = [
        {"post": "duty_officer", "minutes": 5, "ways": ["screen"]},
        {"post": "sector", "minutes": 6, "ways": ["sms"]},
    ]
    return {
        "kind": "abduction", "priority": "P2", "rungs": rungs, "then": "stay", "quiet_from": 1320, "quiet_until": 360,
        "reason": WHY, "seen": named(world, "ladder")["ladder_id"],
    }  # fmt: skip


def rule(world: World) -> dict[str, Any]:
    return {
        "name": "EXERCISE rule", "sector_id": world.sector_id(OWN), "priority": "P3", "alert_kind": "other", "why": WHY,
        "circle": {"centre": HERE, "radius_metres": 5000.0},
        "parameters": {"kind": "absence", "carriers": ["patrol", "vehicle"], "red": 48, "amber": 24},
    }  # fmt: skip


def gathering(world: World) -> dict[str, Any]:
    parameters = {
        "kind": "gathering", "kinds": ["killing"], "within_km": 5.5, "period_hours": 72, "red": 3, "amber": 2,
    }  # fmt: skip
    ring = [[0.4, 0.4], [0.6, 0.4], [0.6, 0.6], [0.4, 0.6], [0.4, 0.4]]
    return {k: v for k, v in rule(world).items() if k != "circle"} | {
        "area": {"type": "Polygon", "coordinates": [ring]}, "parameters": parameters,
    }  # fmt: skip


def verification(world: World) -> dict[str, Any]:
    return {"verification": "corroborated", "source_reliability": "B", "credibility": 2, "note": WHY}


def area(world: World) -> dict[str, Any]:
    return HERE | {"radius_km": 20.5, "restricted": False}


def town(world: World) -> int:
    """The mission's place that lies in the own sector's evacuation."""
    row = world.owner.execute("SELECT id FROM places WHERE code = 'P1'").fetchone()
    assert row
    return int(row[0])


def new_haven(world: World) -> dict[str, Any]:
    return {
        "name": f"EXERCISE {uuid4()}", "kind": "secured_area", "place": HERE, "capacity_day": 90, "capacity_night": 60,
        "exposure": "mission", "why": WHY, "accessibility": ["step_free"], "ways": [{"to": "EXERCISE junction"}],
    }  # fmt: skip


def evacuation(world: World) -> dict[str, Any]:
    return {
        "groups": [{"place_id": town(world), "people": 900, "wounded": 3, "danger": 2, "community": "G1"}],
        "escorts": [{"unit_id": unit(world), "vehicles": 4, "seats": 40, "ready_minutes": 30}],
        "children_percent": 40, "without_transport_percent": 50,
    }  # fmt: skip


# Act → its sound body.
OF_ALERTS: dict[str, Callable[[World], dict[str, Any]]] = {
    "acknowledge": lambda w: {},
    "act-at-once": lambda w: {"note": WHY},
    "pass-on": lambda w: {"note": WHY},
    "verify": verification,
    "decide": lambda w: {
        "response": "patrol",
        "authority": "standing_order",
        "mandate": "EXERCISE 7(a)",
        "rule_of_engagement": "EXERCISE 2",
        "note": WHY,
    },
    "decline": lambda w: {
        "reason": "outside_capability",
        "authority": "head_of_mission",
        "mandate": "EXERCISE 7(a)",
        "note": WHY,
    },
    "review": lambda w: {"approve": True, "note": WHY},
    "task": lambda w: {"response": "patrol", "order": WHY, "unit_id": unit(w)},
    "send-patrol": lambda w: {"unit_id": unit(w), "mode": "foot", "leader_id": None, "order": WHY},
    "open-haven": lambda w: {"haven_id": named(w, "haven")["haven_id"], "reason": WHY},
    "depart": lambda w: {"at": moment(), "note": WHY},
    "arrive": lambda w: {"at": moment(), "note": WHY},
    "outcome": lambda w: {"outcome": "threat_averted", "note": WHY},
    "feedback": lambda w: {"told": True, "note": WHY, "for_reporter": ""},
    "hand-over": lambda w: {"to": "state", "note": WHY},
    "close": lambda w: {"lesson": WHY},
    "reopen": lambda w: {"note": WHY},
    "note": lambda w: {"note": WHY},
    "approve-verification": lambda w: {"approve": True, "note": WHY},
    "triage": lambda w: {
        "priority": "P2",
        "source_reliability": "B",
        "credibility": 2,
        "place": "0.512, 0.512",
        "note": WHY,
    },
    "source": lambda w: {"source_code": "S-1", "repeats_code": "S-2", "note": WHY},
    "call-back": lambda w: {"source_code": "S-1", "question": WHY, "due_at": moment(1)},
    "hand-call-back": lambda w: {"call_back_id": 1, "watch_id": 1},
    "called-back": lambda w: {"call_back_id": 1, "result": "adds", "answer": WHY},
    "merge": lambda w: {"leader_id": 102, "note": WHY},
    "part": lambda w: {"note": WHY},
}
OF_PATROLS: dict[str, Callable[[World], dict[str, Any]]] = {
    "set-off": lambda w: {"at": moment()},
    "arrive": stop,
    "check-in": lambda w: {"code": "ABC-234", "at": moment()},
    "leave": stop,
    "pause": lambda w: {},
    "resume": lambda w: {},
    "finish": lambda w: {"at": moment()},
    "abandon": lambda w: {"reason": WHY},
}
OF_HAVENS: dict[str, Callable[[World], dict[str, Any]]] = {
    "state": lambda w: {"to_state": "standby", "reason": WHY, "inspected_on": day(0)},
    "headcount": lambda w: {"people": 12},
    "needs": lambda w: {"needs": ["water", "food"], "supplies": {"food_days": 3.5}},
    "stocks": lambda w: {"water_litres": 900.5, "rations": 40, "latrines": 3},
    "gate": lambda w: {"way": "in", "token": new_token(w), "people": 2, "kind": "family"},
    "record": lambda w: {
        "why": WHY, "capacity_most": 40 + uuid4().int % 10**5, "medical_level": "first_aid",
        "perimeter": ["wall", "gate"], "guard_force": "military", "screening_point": True,
        "groups_accepted": ["G1"], "do_not_mix": ["G1/G2"],
        "agreement_with": "EXERCISE school board", "agreement_until": day(30),
    },
    "correction": lambda w: {
        "name": f"EXERCISE {uuid4()}", "kind": "secured_area", "place": HERE, "why": WHY, "seen": None,
    },
    "inspection": lambda w: {
        "inspected_on": day(0), "post": "engineers", "finding": "fit", "found": WHY, "next_due": day(30),
    },
    "compromise": lambda w: {"step": "stop_intake", "note": WHY},
}  # fmt: skip

CASES = [
    Case("alerts_api.raise_alert", DUTY, by_hand),
    *(
        Case("alerts_api.do_by_api", COMMAND if act == "review" else DUTY, OF_ALERTS[act], act, "alert")
        for act in ALERT_ACTS
    ),
    Case("defenders_api.unmask", Role.HR_CASE_SUPERVISOR, lambda w: {"fields": ["name"], "reason": WHY}, kind="defender"),
    Case("defenders_api.check_in_by_api", Role.HR_CASE_SUPERVISOR, lambda w: {"way": "in_person"}, kind="defender"),
    Case("documents_api.order", Role.HOM, lambda w: {
        "kind": "accountability_report", "subject": {"since": "2026-01-01", "until": moment()}, "audience": "command"}),
    Case("documents_api.order", Role.HOM, lambda w: {
        "kind": "map_view", "audience": "command",
        "subject": {"box": [0.0, 0.0, 2.0, 1.0], "layers": ["alerts", "roads"], "since": "2026-01-01"}}),
    Case("documents_api.order_again_by_api", Role.HOM, lambda w: {}, kind="document"),
    Case("havens_api.enter_by_api", DUTY, new_haven),
    *(Case("havens_api.do_by_api", DUTY, OF_HAVENS[act], act, "haven") for act in HAVEN_ACTS),
    Case("handovers_api.hand_over_by_api", DUTY, lambda w: {
        "id": str(uuid4()), "sector_id": w.sector_id(OWN), "note": WHY, "tasks": ["EXERCISE: call the hotline at 1800"]}),
    Case("handovers_api.accept_by_api", DUTY, lambda w: {"remark": WHY}, kind="handover"),
    Case("sources_api.add_by_api", DUTY, lambda w: {
        "code": f"S-{uuid4().int % 10**6}", "kind": "caller", "known_by": "code_word", "contactable": True,
        "contact_held_by": "network", "sector_id": w.sector_id(OWN)}),
    Case("sources_api.grade_by_api", DUTY, lambda w: {"grade": "B"}, kind="source"),
    Case("ladders_api.set_by_api", COMMAND, ladder),
    Case("watches_api.begin_by_api", DUTY, lambda w: {
        "post": "duty_officer", "sector_id": w.sector_id(OWN), "until": moment(8), "deputy": False}),
    Case("watches_api.end_by_api", Role.SECTOR_OPS, lambda w: {}, kind="own_watch"),
    Case("messages_api.add_by_api", DUTY, lambda w: {"route": "sms", "address": "+24399000001"}),
    Case("messages_api.test_by_api", Role.SECTOR_OPS, lambda w: {}, kind="contact"),
    Case("messages_api.answer_by_api", Role.SECTOR_OPS, lambda w: {"code": "000000"}, kind="contact"),
    Case("messages_api.remove_by_api", Role.SECTOR_OPS, lambda w: {}, kind="contact"),
    Case("imports_api.send_by_api", COMMAND, lambda w: {}),
    Case("imports_api.look_again_by_api", Role.SECTOR_OPS, lambda w: {"layer": "EXERCISE"}, kind="import"),
    Case("imports_api.start_by_api", Role.SECTOR_OPS, lambda w: {
        "fields": [{"field": "code", "column": "EXERCISE"}, {"field": "level", "every": "1"}], "source": "EXERCISE list",
        "tracked_id": 1}, kind="import"),
    Case("imports_api.remove_by_api", Role.SECTOR_OPS, lambda w: {}, kind="import"),
    Case("incidents_api.record_by_api", DUTY, incident),
    Case("incidents_api.verify_by_api", Role.HR_OFFICER, verification, kind="incident"),
    Case("patrols_api.plan_by_api", COMMAND, plan),
    *(Case("patrols_api.do_by_api", COMMAND, OF_PATROLS[act], act, "patrol") for act in PATROL_ACTS),
    Case("patrol_orders_api.write_by_api", COMMAND, lambda w: an_order(), kind="patrol"),
    Case("patrol_orders_api.approve_by_api", Role.HEAD_OF_OFFICE, lambda w: {}, kind="patrol"),
    Case("evacuations_api.plan_by_api", COMMAND, area),
    Case("evacuations_api.plan_again_by_api", COMMAND, evacuation, kind="evacuation"),
    Case("signals_api.take_by_api", Role.CP_OFFICER, lambda w: {}, kind="child_signal"),
    Case("signals_api.settle_by_api", Role.CP_OFFICER, lambda w: {"outcome": "known"}, kind="child_signal"),
    Case("deviations_api.explain_by_api", COMMAND, lambda w: {"reason": "weather", "note": WHY}, kind="patrol"),
    Case("due_diligence_api.decide_by_api", Role.HOM, decision),
    Case("due_diligence_api.suspend_by_api", Role.HOM, lambda w: {"reason": WHY}, kind="decision", ends=True),
    Case("patrols_api.add_positions", COMMAND, fixes, kind="patrol"),
    Case("patrol_reports_api.put_report", Role.PATROL_CDR, patrol_report, kind="led_patrol"),
    *(Case("patrol_reports_api.do_by_api", COMMAND, lambda w: {"note": WHY}, act, "patrol_report")
      for act in REPORT_ACTS),
    Case("positions_api.add_positions", COMMAND, batch),
    Case("positions_api.from_traccar", COMMAND, forwarded),
    Case("positions_api.register", COMMAND, vehicle),
    Case("positions_api.give_device", COMMAND, lambda w: {"days": 9}, kind="carrier"),
    Case("positions_api.end_device", COMMAND, lambda w: {"lost_since": moment(-1)}, kind="device"),
    Case("positions_api.retire", COMMAND, lambda w: {}, kind="vehicle", ends=True),
    Case("positions_api.from_phone", COMMAND, lambda w: {}),
    Case("field_reports_api.put_report", Role.PATROL_CDR, report),
    Case("field_reports_api.raise_by_api", Role.WATCHKEEPER_JOC, lambda w: {"priority": "P3", "why": WHY}, kind="report"),
    Case("field_reports_api.no_alert_by_api", Role.WATCHKEEPER_JOC, lambda w: {}, kind="report"),
    Case("rules_api.write_by_api", ANALYST, gathering),
    Case("rules_api.test_by_api", ANALYST, lambda w: rule(w) | {"days": 3}),
    Case("rules_api.rewrite_by_api", ANALYST, rule, kind="rule"),
    Case("rules_api.switch_by_api", ANALYST, lambda w: {"on": True}, kind="rule"),
    Case("threats_api.assess_by_api", ANALYST, outlined),
    Case("threats_api.reassess_by_api", ANALYST, threat, kind="threat"),
    Case("threats_api.end_by_api", ANALYST, lambda w: {"reason": WHY}, kind="threat", ends=True),
    Case("solves_api.stop_told", COMMAND, lambda w: {}, kind="solve"),
]  # fmt: skip
# Nothing is said to these but that they shall be done: their body is not read. Or it is a file's (tests/app/imports).
WITHOUT_BODY = {
    "messages_api.remove_by_api",
    "messages_api.test_by_api",
    "watches_api.end_by_api",
    "documents_api.order_again_by_api",
    "imports_api.send_by_api",
    "positions_api.from_phone",
    "positions_api.retire",
    "solves_api.stop_told",
}


def taking(app: Flask) -> set[str]:
    """Endpoints of the API that may take a body."""
    return {r.endpoint for r in routes(app) if r.rule.startswith(PREFIX) and writes(r)}


def bearers(world: World) -> dict[Role, dict[str, str]]:
    return {role: world.staff.bearer(role, scopes=list(Permission)) for role in {case.role for case in CASES}}
