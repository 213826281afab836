"""Every route that names a thing: which kind, and what it takes to do something to it. A route that is missing here
fails the matrix, so that nobody forgets to ask who may see what a new address shows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from werkzeug.routing import Rule

from app.permissions import Permission as P
from tests.app.patrol_orders.world import an_order
from tests.matrix.lookers import Thing
from tests.matrix.world import World

WHY = "EXERCISE: said in a sentence why."
NOBODYS_UUID = "00000000-0000-4000-8000-00000000dead"
NOBODYS_ID = 999_999_999


@dataclass(frozen=True)
class Names:
    """`kind` of the thing (lookers.READ says who reads it); `rest` of the address; for what writes, a `body` that is
    sound, so that the answer is about the right to do it, and by which of `by` it is done."""

    kind: str
    rest: dict[str, object] = field(default_factory=dict)
    body: dict[str, Any] = field(default_factory=dict)
    by: tuple[P, ...] = ()


VERIFY = {"verification": "corroborated", "note": WHY}
MOVES_PATROLS = (P.PLAN_PATROLS, P.SEND_PATROLS)
FIX = {"positions": [{"at": "2026-01-01T00:00:00Z", "lon": 0.5, "lat": 0.5}]}
KEEPS: dict[str, Any] = {"by": (P.KEEP_DEFENDERS,)}
HEARD_OF = {"way": "in_person"}
UNMASK: dict[str, Any] = {"body": {"fields": ["name"], "reason": WHY}, "by": (P.UNMASK_DEFENDERS,)}
# Whoever kept a view takes it away, whoever sent a report has read the answer; nobody else does, whatever his post.
OWNS: dict[str, Any] = {"by": ()}
MANAGES: dict[str, Any] = {"by": (P.MANAGE_PEOPLE,)}

TABLE: dict[str, Names] = {
    "alerts.page": Names("alert"),
    "alerts.panel": Names("alert"),
    "alerts.do": Names("alert", {"act": "acknowledge"}, by=(P.HANDLE_ALERTS, P.DECIDE_ALERTS)),
    "alerts_api.one_alert": Names("alert"),
    "alerts_api.do_by_api": Names("alert", {"act": "note"}, {"note": WHY}, (P.HANDLE_ALERTS,)),
    "field_reports.page": Names("report"),
    "field_reports_api.get_report": Names("report"),
    "field_reports.heard": Names("report", **OWNS),
    "field_reports.settle": Names("conflict", by=(P.HANDLE_ALERTS,)),
    **dict.fromkeys(
        ("field_reports.raise_alert", "field_reports_api.raise_by_api"),
        Names("report", {}, {"priority": "P3", "why": WHY}, (P.HANDLE_ALERTS,)),
    ),
    **dict.fromkeys(
        ("field_reports.no_alert", "field_reports_api.no_alert_by_api"),
        Names("report", by=(P.HANDLE_ALERTS,)),
    ),
    "incidents.page": Names("incident"),
    "incidents.panel": Names("incident"),
    "incidents.verify_from_form": Names("incident", {}, VERIFY, (P.VERIFY_INCIDENTS,)),
    "incidents_api.one_incident": Names("incident"),
    "incidents_api.verify_by_api": Names("incident", {}, VERIFY, (P.VERIFY_INCIDENTS,)),
    "threats.page": Names("threat"),
    "threats.panel": Names("threat"),
    "threats.edit": Names("threat", by=(P.ASSESS_THREATS,)),
    "threats.reassess_from_form": Names("threat", by=(P.ASSESS_THREATS,)),
    "threats.end": Names("threat", {}, {"reason": WHY}, (P.ASSESS_THREATS,)),
    "threats_api.one_threat": Names("threat"),
    "threats_api.reassess_by_api": Names("threat", by=(P.ASSESS_THREATS,)),
    "threats_api.end_by_api": Names("threat", {}, {"reason": WHY}, (P.ASSESS_THREATS,)),
    "defenders.page": Names("defender"),
    "defenders.assess": Names("defender", **KEEPS),
    "defenders.consents": Names("defender", **KEEPS),
    "defenders.identity": Names("defender", **KEEPS),
    "defenders.note": Names("defender", {}, {"note": WHY}, (P.KEEP_DEFENDERS,)),
    "defenders.review": Names("defender", **KEEPS),
    "defenders.withdraw": Names("defender", **KEEPS),
    "defenders.checked_in": Names("defender", {}, HEARD_OF, (P.READ_DEFENDERS,)),
    "defenders.agree": Names("defender", **KEEPS),
    "defenders.suspend": Names("defender", **KEEPS),
    "defenders.resume": Names("defender", **KEEPS),
    "defenders.end_plan": Names("defender", {}, {"why": "persons_wish"}, (P.KEEP_DEFENDERS,)),
    "defenders_api.read_check_ins": Names("defender"),
    "defenders_api.check_in_by_api": Names("defender", {}, HEARD_OF, (P.READ_DEFENDERS,)),
    "defenders.unmask": Names("defender", **UNMASK),
    "defenders.seen": Names("unmasking", by=(P.SUPERVISE_UNMASKING,)),
    "defenders_api.one": Names("defender"),
    "defenders_api.unmask": Names("defender", **UNMASK),
    "patrols.page": Names("patrol"),
    "patrols.panel": Names("patrol"),
    "patrols.do": Names("patrol", {"act": "pause"}, {}, MOVES_PATROLS),
    "patrols_api.one_patrol": Names("patrol"),
    "patrols_api.track": Names("patrol"),
    "patrols_api.do_by_api": Names("patrol", {"act": "abandon"}, {"reason": WHY}, MOVES_PATROLS),
    "patrols_api.add_positions": Names("patrol", {}, FIX, (P.PLAN_PATROLS,)),
    "plans.page": Names("plan"),
    "plans.again": Names("plan", by=(P.PLAN_PATROLS,)),
    "plans.search_again": Names("plan", by=(P.PLAN_PATROLS,)),
    "plans.issue": Names("plan", by=(P.PLAN_PATROLS,)),
    "plans.withdraw": Names("plan", by=(P.PLAN_PATROLS,)),
    "plans_api.one_plan": Names("plan"),
    "draws.mix": Names("mix"),
    "draws_api.one_mix": Names("mix"),
    **dict.fromkeys(
        ("draws.accept", "draws.search_again", "draws.withdraw", "draws.release", "draws.take_over"),
        Names("mix", by=(P.PLAN_PATROLS,)),
    ),
    **dict.fromkeys(("draws.page", "draws.proof", "draws_api.one_draw"), Names("draw")),
    **dict.fromkeys(("draws.draw", "draws.open_seed"), Names("draw", by=(P.PLAN_PATROLS,))),
    "solves.progress": Names("solve"),
    "solves.stop": Names("solve", by=(P.PLAN_PATROLS,)),
    "solves_api.told": Names("solve"),
    "solves_api.stop_told": Names("solve", by=(P.PLAN_PATROLS,)),
    "sites.page": Names("site"),
    "sites.change_from_form": Names("site", by=(P.PLAN_PATROLS,)),
    "sites.drop": Names("site", {}, {"why": WHY}, (P.PLAN_PATROLS,)),
    "means.page": Names("means"),
    "means.set_from_form": Names("means", by=(P.PLAN_PATROLS,)),
    "means.end_escort": Names("escort", {}, {"outcome": "done"}, (P.PLAN_PATROLS,)),
    "roads.link": Names("road_link"),
    "roads.say_from_form": Names("road_link", by=(P.SEND_PATROLS,)),
    "roads.open_from_form": Names("road_condition", {}, {"why": WHY}, (P.SEND_PATROLS,)),
    "patrol_reports.write": Names("led_patrol"),
    "patrol_reports.keep": Names("led_patrol", {"block": "assessment"}),
    "patrol_reports.quiet": Names("led_patrol"),
    "patrol_reports.send": Names("led_patrol"),
    "patrol_reports.page": Names("patrol_report"),
    "patrol_reports.do": Names("patrol_report", {"act": "debrief"}, {"note": WHY}, (P.DEBRIEF_PATROLS,)),
    "patrol_reports.make_record": Names(
        "patrol_report", {"group": "incidents", "number": 0}, by=(P.DEBRIEF_PATROLS,)
    ),
    **dict.fromkeys(
        ("signals.take_from_form", "signals_api.take_by_api"),
        Names("child_signal", by=(P.SEE_CHILD_SIGNALS,)),
    ),
    **dict.fromkeys(
        ("signals.settle_from_form", "signals_api.settle_by_api"),
        Names("violence_signal", body={"outcome": "known"}, by=(P.SEE_VIOLENCE_SIGNALS,)),
    ),
    "patrol_reports_api.own_report": Names("led_patrol"),
    "patrol_reports_api.put_report": Names("led_patrol"),
    "patrol_reports_api.one_report": Names("patrol_report"),
    "patrol_reports_api.do_by_api": Names(
        "patrol_report", {"act": "debrief"}, {"note": WHY}, (P.DEBRIEF_PATROLS,)
    ),
    "patrol_orders.page": Names("patrol"),
    "patrol_orders.mine": Names("own_patrol"),
    "patrol_orders.new": Names("patrol", by=MOVES_PATROLS),
    "patrol_orders.write_from_form": Names("patrol", by=MOVES_PATROLS),
    "patrol_orders.approve_from_form": Names("patrol", {"version": 1}, by=(P.PLAN_PATROLS,)),
    "patrol_orders.give_codes": Names("patrol", by=MOVES_PATROLS),
    "patrol_orders.print_order": Names("patrol", by=(P.ORDER_DOCUMENTS, P.PRINT_ORDERS)),
    "patrol_orders_api.list_versions": Names("patrol"),
    "patrol_orders_api.write_by_api": Names("patrol", {}, an_order(), MOVES_PATROLS),
    "patrol_orders_api.approve_by_api": Names("patrol", {"version": 1}, by=(P.PLAN_PATROLS,)),
    "evacuations.page": Names("evacuation"),
    "evacuations.plan_again_from_form": Names("evacuation", {}, {"as": "before"}, (P.PLAN_EVACUATIONS,)),
    "evacuations.issue_from_form": Names("evacuation", {"version": 2}, by=(P.DECIDE_ALERTS,)),
    "evacuations.end_from_form": Names("evacuation", by=(P.DECIDE_ALERTS,)),
    "evacuations.print_order": Names("evacuation", by=(P.ORDER_DOCUMENTS,)),
    "evacuations_api.one_evacuation": Names("evacuation"),
    "evacuations_api.plan_again_by_api": Names("evacuation", {}, {"groups": []}, (P.PLAN_EVACUATIONS,)),
    "replanning.page": Names("patrol", by=MOVES_PATROLS),
    "replanning.confirm": Names("patrol", by=MOVES_PATROLS),
    "deviations.explain_from_form": Names("patrol", {}, {"reason": "weather"}, MOVES_PATROLS),
    "deviations_api.list_deviations": Names("patrol"),
    "deviations_api.explain_by_api": Names("patrol", {}, {"reason": "weather"}, MOVES_PATROLS),
    "due_diligence.suspend_from_form": Names("decision", {}, {"reason": WHY}, (P.DECIDE_DUE_DILIGENCE,)),
    "due_diligence_api.suspend_by_api": Names("decision", {}, {"reason": WHY}, (P.DECIDE_DUE_DILIGENCE,)),
    "positions.panel": Names("carrier"),
    "carriers.page": Names("carrier"),
    "carriers.give_device": Names("carrier", {}, {"days": "3"}, (P.PLAN_PATROLS,)),
    "carriers.retire": Names("vehicle", by=(P.PLAN_PATROLS,)),
    "carriers.end_device": Names("device", by=(P.SEND_PATROLS,)),
    "positions_api.track": Names("carrier"),
    "positions_api.carrier": Names("carrier"),
    "positions_api.retire": Names("vehicle", by=(P.PLAN_PATROLS,)),
    "positions_api.give_device": Names("carrier", {}, {"days": 3}, (P.PLAN_PATROLS,)),
    "positions_api.end_device": Names("device", by=(P.SEND_PATROLS,)),
    "havens.page": Names("haven"),
    "havens.panel": Names("haven"),
    "havens.record": Names("haven", by=(P.KEEP_HAVENS,)),
    "havens.correction": Names("haven", by=(P.KEEP_HAVENS,)),
    "havens.correct_from_form": Names(
        "haven",
        {},
        {"name": "EXERCISE", "kind": "hospital", "why": "EXERCISE: a slip of the pen."},
        (P.KEEP_HAVENS,),
    ),
    "havens.at_gate": Names("haven", by=(P.KEEP_HAVENS,)),
    "havens.sheet": Names("haven", by=(P.KEEP_HAVENS,)),
    "havens.do": Names("haven", {"act": "headcount"}, {"people": 1}, (P.KEEP_HAVENS,)),
    "havens_api.one_haven": Names("haven"),
    "havens_api.do_by_api": Names("haven", {"act": "headcount"}, {"people": 1}, (P.KEEP_HAVENS,)),
    "siting.page": Names("siting_study"),
    "siting.change_from_form": Names(
        "siting_study", {}, {"close": "place:1"}, (P.KEEP_HAVENS, P.PLAN_PATROLS)
    ),
    "siting.search_again": Names("siting_study", by=(P.KEEP_HAVENS, P.PLAN_PATROLS)),
    "siting.withdraw": Names("siting_study", by=(P.KEEP_HAVENS, P.PLAN_PATROLS)),
    "siting.export": Names("siting_study", by=(P.READ_HAVENS,)),
    "siting_api.one_study": Names("siting_study"),
    "handovers.page": Names("handover"),
    "handovers.accept_from_form": Names("handover", by=(P.HAND_OVER,)),
    "handovers_api.one_handover": Names("handover"),
    "handovers_api.accept_by_api": Names("handover", by=(P.HAND_OVER,)),
    "sources.page": Names("source"),
    "sources.grade_from_form": Names("source", {}, {"grade": "B"}, (P.KEEP_SOURCES,)),
    "sources_api.one_source": Names("source"),
    "sources_api.grade_by_api": Names("source", {}, {"grade": "B"}, (P.KEEP_SOURCES,)),
    "ladders.page": Names("ladder"),
    "ladders.change": Names("ladder", by=(P.MANAGE_MISSION,)),
    "watches.end_from_form": Names("own_watch"),
    "watches_api.end_by_api": Names("own_watch"),
    "messages.test_from_form": Names("contact"),
    "messages.answer_from_form": Names("contact", {}, {"code": "000000"}),
    "messages.remove_from_form": Names("contact"),
    "messages_api.test_by_api": Names("contact"),
    "messages_api.answer_by_api": Names("contact", {}, {"code": "000000"}),
    "messages_api.remove_by_api": Names("contact"),
    "messages.looked": Names("reply", by=(P.READ_REPLIES,)),
    "messages.sender": Names("reply", by=(P.READ_REPLIES,)),
    "rules.page": Names("rule"),
    "rules.edit": Names("rule", by=(P.KEEP_RULES,)),
    "rules.rewrite_from_form": Names("rule", by=(P.KEEP_RULES,)),
    "rules.switch_from_form": Names("rule", {}, {"on": "yes"}, (P.KEEP_RULES,)),
    "rules_api.one_rule": Names("rule"),
    "rules_api.rewrite_by_api": Names("rule", by=(P.KEEP_RULES,)),
    "rules_api.switch_by_api": Names("rule", {}, {"on": True}, (P.KEEP_RULES,)),
    "rules_api.lapses_of_rule": Names("rule"),
    "rules_api.history_of_rule": Names("rule"),
    "documents.page": Names("document"),
    "documents.progress": Names("document"),
    "documents.download": Names("document", {"file_format": "page"}),
    "documents.order_again": Names("document", by=(P.ORDER_DOCUMENTS,)),
    "documents_api.order_again_by_api": Names("document", by=(P.ORDER_DOCUMENTS,)),
    "documents_api.status": Names("document"),
    "documents_api.file": Names("document", {"file_format": "page"}),
    "imports.page": Names("import"),
    "imports.progress": Names("import"),
    "imports.refused_rows": Names("import"),
    "imports.look_again": Names("import", {}, {"layer": "x"}),
    "imports.start": Names("import"),
    "imports.remove": Names("import"),
    "imports_api.one": Names("import"),
    "imports_api.refused_by_api": Names("import"),
    "imports_api.look_again_by_api": Names("import", {}, {"layer": "x"}),
    "imports_api.start_by_api": Names("import", {}, {"fields": []}),
    "imports_api.remove_by_api": Names("import"),
    "surfaces.page": Names("surface"),
    "surfaces.panel": Names("surface_cell"),
    "surfaces_api.one_surface": Names("surface"),
    "measures.page": Names("measure"),
    "measures_api.one_measure": Names("measure"),
    "ledger.entry": Names("entry"),
    "ogc.collection": Names("collection"),
    "ogc.items": Names("collection"),
    "ogc.item": Names("feature"),
    "tiles.tile": Names("tiles", {"z": 0, "x": 0, "y": 0}),
    "basemap.tile": Names("base_map", {"z": 0, "x": 0, "y": 0}),
    "basemap.file": Names("base_map"),
    "maps.layer": Names("layer"),
    "maps.open_view": Names("view"),
    "maps.remove_view": Names("view", **OWNS),
    "mission.base_panel": Names("base"),
    "mission.procedure": Names("procedure"),
    "mission.change": Names("procedure", by=(P.MANAGE_MISSION,)),
    "people.person_page": Names("person"),
    "people.disable": Names("person", **MANAGES),
    "people.enable": Names("person", **MANAGES),
    "people.reset_password": Names("person", **MANAGES),
    "people.rights": Names("person", **MANAGES),
    "people.revoke_session": Names("person", **MANAGES),
    "people.revoke_token": Names("person", **MANAGES),
    # One's own tokens alone: everybody else's answers as one that does not exist.
    "people.revoke_own_token": Names("person", **MANAGES),
}

# How the markers of things begin: a box that finds names alike is asked for each of them.
NAMES_OF_THINGS = ("qzhave", "qzpatr", "qzthre", "qzdefe", "qzbase", "qzrepo", "hawk")

# Whose id is chosen by the sender: nothing is named by it that was there before.
MAKES = {"field_reports_api.put_report"}
# What has no word for itself in the address and is found by a question. The word stands for every thing of a kind.
ASKED = {
    "maps.what_is_inside": ("?area=0,0;0,1;1,1;1,0", "?area=0,0;0,1;2,1;2,0&known_at=2099-01-01T00:00:00Z"),
    "alerts.board": (
        "?search=qz",
        "?search={alert_id}",
        "?sort=status",
        "?status=open",
        "?grade=C&verification=reported&since=2020-01-01",
    ),
    "alerts_api.list_alerts": ("?sort=-kind", "?priority=P1"),
    "incidents.table": ("?search=qz", "?actor=qz&grade=C"),
    "incidents.new": ("?alert={alert_id}", "?report={report_id}"),
    "incidents_api.list_incidents": ("?bbox=-10,-10,10,10", "?sort=-killed"),
    "threats.table": ("?state=all", "?search=qz", "?actor=qz"),
    "patrols.board": ("?state=open", "?search=qz"),
    "plans.compare": ("?a={plan_id}&b={plan_id}",),
    "sites.table": ("?search=qz", "?sort=-over", "?state=over"),
    "sites_api.list_sites": ("?sort=days", "?priority=must"),
    "coverage.board": ("?sector=1", "?sector=3"),
    "roads.board": ("?place=P1", "?place=0.5, 1.5"),
    "patrol_reports.board": ("?state=submitted",),
    "positions_api.latest": ("?kind=vehicle", "?since=2026-01-01T00:00:00Z"),
    "havens.board": ("?search=qz", "?sort=-free"),
    "siting.board": ("?page=2",),
    "havens.nearest": ("?place=0.5, 1.5&states=all",),
    "havens_api.nearest_by_api": ("?place=0.5, 1.5&states=all",),
    "sources.register": ("?search=QZ",),
    "sources_api.list_sources": ("?search=QZ", "?page=2"),
    "call_backs.board": ("?page=1",),
    "console.desk": ("?channel=radio", "?reply={reply_id}"),
    "console.places": ("?place=exe",),
    "handovers.new": ("?sector=1", "?sector=2"),
    "find.page": (
        "?q=qz",
        *(f"?q={word}" for word in NAMES_OF_THINGS),
        "?q={alert_id}",
        "?q=Incident+{incident_id}",
    ),
    "find_api.find_by_api": (
        "?q=qz",
        *(f"?q={word}" for word in NAMES_OF_THINGS),
        "?q={document_id}",
        "?q=Alert+{alert_id}",
    ),
    "documents.shelf": ("?state=ready",),
    "documents.new": ("?alert={alert_id}", "?incident={incident_id}"),
    "field_reports.in_tray": ("?kind=attack_under_way", "?alert=none"),
    "defenders.register": ("?search=qz", "?sort=-band", "?band=high", "?consent=ended"),
    "defenders.panel": ("?ids={defender_ids}",),
    "defenders_api.register": ("?sort=band",),
    "ledger.log": ("?role=system",),
    "measures.board": ("?since=2020-01-01", "?view=released", "?period=2026-Q3"),
    "measures_api.list_measures": ("?view=exact&since=2020-01-01", "?period=2026-08"),
    "ogc.collections": ("?f=json",),
    "rules.new": ("?kind=area", "?kind=stale_threat"),
}


def address(app: Flask, rule: Rule, values: dict[str, object]) -> str:
    """The rule's path. Raises KeyError where the values name too little."""
    needed = {name: values[name] for name in rule.arguments}
    return app.url_map.bind("localhost").build(rule.endpoint, needed)


def of_thing(app: Flask, rule: Rule, thing: Thing) -> str:
    return address(app, rule, thing.arguments | TABLE[rule.endpoint].rest)


def of_nothing(app: Flask, rule: Rule, thing: Thing) -> str:
    """The address of a thing of this kind that does not exist."""
    absent = {name: NOBODYS_UUID if name == "report_id" else NOBODYS_ID for name in thing.arguments}
    if thing.kind in ("layer", "procedure"):
        absent = dict.fromkeys(thing.arguments, "nothing")
    return address(app, rule, {**absent, **TABLE[rule.endpoint].rest})


def questions(rule: Rule, world: World) -> list[str]:
    """The route without and with its questions, each asked of every thing that they can name."""
    found = {rule.rule}
    ids = ",".join(str(t.arguments["defender_id"]) for t in world.of_kind("defender"))
    for asked in ASKED.get(rule.endpoint, ()):
        for thing in world.things:
            try:
                found.add(rule.rule + asked.format(defender_ids=ids, **thing.arguments))
            except KeyError:
                continue
    return sorted(found)
