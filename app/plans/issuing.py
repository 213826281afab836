"""From a plan to patrols with their stops and lines, and drafts of their orders: once, all or none.

An order's signals, medical and reserve can't be planned: the draft takes them from the unit's newest order. A unit
without one gets its patrol, and its order is written by hand. A draft is a joint one where the plan says so, whatever it
was taken from, and stands behind the gate of due diligence as every joint order; where nothing is drafted the order's own
form begins with what the plan says.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from sqlalchemy import insert, select, update

from app.db import db
from app.due_diligence.actions import is_cleared
from app.due_diligence.places import shut_stops
from app.errors import Conflict
from app.ledger.actions import record
from app.mission.queries import identity
from app.patrol_orders.actions import write_order
from app.patrol_orders.body import UNLOOKED, OrderBody, TaskAt
from app.patrol_orders.models import PatrolOrder
from app.patrols.actions import plan_patrol
from app.patrols.models import Patrol, PatrolMode
from app.patrols.planning import MOST_STOPS, Plan, Stop
from app.patrols.visits import no_visit
from app.permissions import viewer
from app.plans import actions, wording
from app.plans.frozen import on_roads_of_now, problem_of, slept_out
from app.plans.joint import Partner, partner_of
from app.plans.models import PatrolPlan, PlanPatrol, PlanState
from app.plans.results import is_night, plan_of
from app.plans.showing import labels_of
from app.plans.verifying import all_wait
from app.plans.wishes import Wishes
from geo.patrols.check import faults

ESCORTS = {"humanitarian": "humanitarian_escort"}


def issue(plan_id: int) -> tuple[int, int]:
    """(patrols, drafts of orders). Raises NotFound, NotAllowed, Invalid, or Conflict: not ready, roads closed since, a
    tour longer than an order holds, support to State forces that does not hold on the day of a tour."""
    plan = actions.to_change(plan_id, PlanState.READY)
    ground: Any = plan.ground
    result: Any = plan.result
    check_still_holds(plan, ground, result)
    drafts, uncleared, shut = 0, [], set[str]()
    tours = [n for n, each in enumerate(result["rounds"]) if each["stops"] or each["travel"]]
    labels = labels_of(ground, datetime.fromisoformat(ground["begins"]), plan.days)
    for tour in tours:
        patrol_id = patrol_from(plan, ground, result, tour)
        partner = partner_of(ground["units"][tour])
        if partner and not is_cleared(partner.clearance, patrol_id):
            uncleared.append(f"{labels[tour]} ({_('decision %(n)s', n=partner.clearance)})")
            continue
        if partner and (names := shut_stops(patrol_id)):
            shut.update(names)
            continue
        drafts += draft_order(patrol_id, ground, result, tour, partner)
        new = {
            "patrol_id": patrol_id, "plan_id": plan_id, "tour": tour,
            "clearance_id": partner.clearance if partner else None, "state_forces": partner.people if partner else None,
        }  # fmt: skip
        db.session.execute(insert(PlanPatrol).inline(), new)
        record("plans.became_patrol", "plan_patrols", patrol_id, {"plan": plan_id, "tour": tour})
    if uncleared:
        words = _(
            "Support to State forces is refused, suspended or ends before these tours do: %(tours)s. "
            "Plan these days anew without it.",
            tours=", ".join(uncleared),
        )
        raise Conflict(words, code="support_ended")
    if shut:
        words = _(
            "State forces may not come along any more to %(sites)s. Leave these visits to others, and search again.",
            sites=", ".join(sorted(shut)),
        )
        raise Conflict(words, code="shut_to_state_forces")
    plan.state = PlanState.ISSUED.value
    plan.issued_by_id, plan.issued_at = viewer().person_id, datetime.now(UTC)
    db.session.flush()
    record("plans.issued", "plans", plan_id, {"patrols": len(tours), "drafts": drafts})
    return len(tours), drafts


def check_still_holds(plan: PatrolPlan, ground: dict[str, Any], result: dict[str, Any]) -> None:
    """The independent checker, once more, on the roads of now."""
    problem = Wishes.read(plan.wishes).on(problem_of(on_roads_of_now(ground)))
    if faults(problem, plan_of(result)):
        raise Conflict(
            _("Roads have changed since this plan was made: it no longer holds. Search again."),
            code="roads",
        )
    visited = (ground["about"][stop[0]] for each in result["rounds"] for stop in each["stops"])
    if not all_wait([n for fact in visited if fact["kind"] == "alert" for n in fact["alert_ids"]]):
        raise Conflict(
            _(
                "An alert that this plan is to verify was answered or merged since, or is not yours to read. "
                "Leave its visit out, and search again."
            ),
            code="alerts",
        )
    if any(len(stops_of(ground, result, n)) > MOST_STOPS for n in range(len(result["rounds"]))):
        raise Conflict(
            _("A tour has more than eight stops, which no order holds. Move some, and search again."),
            code="stops",
        )


def patrol_from(plan: PatrolPlan, ground: dict[str, Any], result: dict[str, Any], tour: int) -> int:
    begins = midnight_of(ground)
    each, unit = result["rounds"][tour], ground["units"][tour]
    post = slept_out(ground, result)[0].get(tour)
    task = _("By patrol plan %(n)s.", n=plan.id)
    if post:
        task += " " + _("The night is spent at %(post)s.", post=post)
    patrol = plan_patrol(
        Plan(
            unit_id=unit["id"], mode=PatrolMode(unit["going"]), purpose=purpose_of(ground, each),
            task=task, planned_start=begins + timedelta(minutes=each["depart"]),
            planned_end=begins + timedelta(minutes=each["back"]),
            stops=tuple(
                Stop(name, lon, lat, code, begins + timedelta(minutes=come), begins + timedelta(minutes=go))
                for name, lon, lat, code, come, go in stops_of(ground, result, tour)
            ),
        )
    )  # fmt: skip
    line = result["ways"][tour]["line"]
    if len(line) > 1:
        points = ", ".join(f"{lon} {lat}" for lon, lat in line)
        db.session.execute(
            update(Patrol)
            .where(Patrol.id == patrol.id)
            .values(route=f"SRID=4326;LINESTRING({points})")
            .execution_options(synchronize_session=False)
        )
        record("patrols.routed", "patrols", patrol.id, {"plan": plan.id})
    return int(patrol.id)


def midnight_of(ground: dict[str, Any]) -> datetime:
    """The first day's midnight by the mission's clocks, which minutes are counted on: where clocks change within the
    plan, seven in the morning stays seven in the morning."""
    return datetime.fromisoformat(ground["begins"]).replace(tzinfo=ZoneInfo(identity().time_zone))


def stops_of(
    ground: dict[str, Any], result: dict[str, Any], tour: int
) -> list[tuple[str, float, float, str | None, float, float]]:
    """(name, lon, lat, code, arrives, leaves) of a tour's stops; an escort has two, where it begins and where it ends.
    One that only drives to where its unit sleeps has that place."""
    found: list[tuple[str, float, float, str | None, float, float]] = []
    each = result["rounds"][tour]
    if not each["stops"] and each["travel"]:
        name = slept_out(ground, result)[0].get(tour) or ground["units"][tour]["base"]
        lon, lat = result["ways"][tour]["line"][-1]
        return [(name, lon, lat, None, each["back"], each["back"])]
    for task, _arrive, begin, leave in each["stops"]:
        fact = ground["about"][task]
        lon, lat = ground["spots"][ground["tasks"]["node"][task]]
        if fact["kind"] != "escort":
            found.append((fact["name"], lon, lat, fact["code"], begin, leave))
            continue
        to_lon, to_lat = ground["spots"][ground["tasks"]["end"][task]]
        found.append((fact["name"], lon, lat, None, begin, begin + ground["tasks"]["service"][task]))
        found.append((fact["to"], to_lon, to_lat, None, leave, leave))
    return found


def purpose_of(ground: dict[str, Any], each: dict[str, Any]) -> str:
    facts = [ground["about"][stop[0]] for stop in each["stops"]]
    if not facts:
        return "presence"
    escort = next((f for f in facts if f["kind"] == "escort"), None)
    if escort is not None:
        return ESCORTS.get(escort["what"], "market_escort")
    return "night" if all(is_night(stop[2]) for stop in each["stops"]) else "presence"


def draft_order(
    patrol_id: int, ground: dict[str, Any], result: dict[str, Any], tour: int, partner: Partner | None
) -> bool:
    unit = ground["units"][tour]
    last = db.session.execute(
        select(PatrolOrder.content)
        .join(Patrol, Patrol.id == PatrolOrder.patrol_id)
        .where(
            Patrol.unit_id == unit["id"],
            no_visit(),
            PatrolOrder.approved_at.is_not(None),
        )
        .order_by(PatrolOrder.id.desc())
        .limit(1)
    ).scalar()
    if last is None:
        return False
    tasks: list[TaskAt] = []
    for task, *_times in result["rounds"][tour]["stops"]:
        for said in wording.at_stop(ground["about"][task], joint=partner is not None):
            tasks.append(TaskAt(stop=len(tasks) + 1, task=said))
    if not tasks:
        tasks = [TaskAt(stop=1, task=_("Go there, and spend the night."))]
    composition = last["composition"] | {"state_forces": partner.people if partner else 0}
    # What was said of another way is not said of this one: hazards, who was told, where a helicopter lands, who signed.
    elsewhere: dict[str, Any] = {
        **dict.fromkeys(("alternate_route", "deconfliction", "risk_signed_by"), UNLOOKED),
        "hazards": [], "hazards_note": "",
        "medical": last["medical"] | dict.fromkeys(("evacuation", "landing_site"), UNLOOKED),
    }  # fmt: skip
    body = OrderBody.model_validate(
        last | elsewhere | {
            "composition": composition, "tasks": [t.model_dump() for t in tasks], "sealed_sheet": False,
            "clearance_id": partner.clearance if partner else None,
        }
    )  # fmt: skip
    write_order(patrol_id, body)
    return True
