"""Pages and API of alerts. What can be done to one stands in acts.py; both doors lead to it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from app.alerts import group, guards, likely, queries, steps, wording
from app.alerts.acts import ACTS
from app.alerts.by_hand import AlertByHand, raise_by_hand
from app.alerts.chain import ANSWERED, UNDECIDED
from app.alerts.models import AlertStatus, AlertStep, Channel
from app.alerts.panel import possible, timeline
from app.api.bodies import Body, read
from app.api.schemas import describes
from app.asked import argument, number, page_number, period
from app.call_backs import queries as call_backs
from app.call_backs import wording as call_back_words
from app.db import db
from app.defenders import check_ins
from app.errors import Invalid, NotAllowed, NotFound
from app.evacuations import queries as evacuations
from app.evacuations import wording as evacuation_words
from app.exchange.actions import export as exported
from app.exchange.actions import formats_of
from app.exchange.danger import ALERTS
from app.field_reports import queries as reports
from app.field_reports.allowance import counted
from app.havens import by_road
from app.havens import wording as haven_words
from app.havens.models import OPENLY_KNOWN
from app.messages import queries as messages
from app.messages import wording as message_words
from app.patrol_reports import queries as patrol_reports
from app.patrols import queries as patrols
from app.patrols import wording as patrol_words
from app.patrols.planning import SENT_AS
from app.permissions import Permission, needs, viewer
from app.replanning import nearest
from app.replanning import wording as reach_words
from app.rules import queries as rules
from app.sources import queries as sources
from app.watches import queries as watches

pages = Blueprint("alerts", __name__, url_prefix="/alerts")
api = Blueprint("alerts_api", __name__, url_prefix="/api/v1")
BLUEPRINTS = (pages, api)
MOST_HAVENS = 12


def asked_for() -> queries.Filters:
    given: dict[str, Any] = {
        f: argument(f) for f in ("status", "priority", "kind", "verification", "grade", "search", "sort")
    }
    since, until = period()
    given |= {"sector": number("sector"), "since": since, "until": until}
    return queries.Filters(**{k: v for k, v in given.items() if v})


@pages.get("")
@needs(Permission.READ_ALERTS)
def board() -> str:
    """All alerts as a table, what waits for a decision first."""
    found, total = queries.table(asked_for(), page_number())
    return render_template(
        "alerts/board.html", alerts=found, total=total, page=page_number(), page_size=queries.PAGE,
        filters=asked_for(), wording=wording, queue=queries.queue(8), may_raise=viewer().holds(Permission.RAISE_ALERTS),
        formats=formats_of(ALERTS),
    )  # fmt: skip


@pages.post("/export")
@needs(Permission.READ_ALERTS)
def export() -> Response:
    """The table as a file of the chosen format, with the filters of its address."""
    filters = asked_for()
    written = exported(ALERTS, filters.where(), asdict(filters))
    db.session.commit()
    return written


@pages.get("/queue")
@needs(Permission.READ_ALERTS)
def queue() -> BaseResponse:
    ambers = rules.ambers() if viewer().holds(Permission.READ_RULES) else 0
    replies = messages.waiting() if viewer().holds(Permission.READ_REPLIES) else 0
    late, mine = call_backs.overdue() if viewer().holds(Permission.READ_SOURCES) else (0, 0)
    page = render_template(
        "alerts/queue.html", alerts=queries.queue(), wording=wording, ambers=ambers, replies=replies,
        reports=reports.waiting(), to_call=late, mine_to_call=mine,
    )  # fmt: skip
    response = Response(page)
    response.headers["Vigil-Untaken"] = str(queries.untaken())
    return response


@pages.get("/version")
@needs(Permission.READ_ALERTS)
def version() -> BaseResponse:
    now = queries.version()
    response = Response(now, mimetype="text/plain")
    response.headers["Vigil-Untaken"] = str(queries.untaken())
    response.set_etag(now)
    return response.make_conditional(request)


@pages.get("/new")
@needs(Permission.RAISE_ALERTS)
def new() -> BaseResponse:
    """Where alerts were entered before there was a console: links to it lead on, with the channel that they name."""
    asked = argument("channel")
    return redirect(url_for("console.desk", channel=asked if asked in wording.CHANNELS else None), 301)


@pages.get("/<int:alert_id>")
@needs(Permission.READ_ALERTS)
def page(alert_id: int) -> str:
    return render_template("alerts/page.html", **thing(alert_id))


@pages.get("/<int:alert_id>/panel")
@needs(Permission.READ_ALERTS)
def panel(alert_id: int) -> str:
    return render_template("alerts/panel.html", **thing(alert_id))


def thing(alert_id: int) -> dict[str, Any]:
    chain = queries.chain(alert_id)
    acts = possible(chain)
    here = (chain.alert.lon, chain.alert.lat)
    ways = where_to(chain.alert)
    # Known to the district alone it still may lead to a haven's opening; what is near is then no more than a hint.
    to_open = ways or []
    if ways is None and "open-haven" in acts and viewer().holds(Permission.READ_HAVENS):
        to_open = by_road.soonest_havens(*here, few=MOST_HAVENS)
    reaches = nearest.reaches(*here) if "send-patrol" in acts else []
    return {
        "chain": chain,
        "alert": chain.alert,
        **around(chain),
        "acts": acts,
        "acts_words": {name: ACTS[name].words for name in acts},
        "events": timeline(chain),
        "wording": wording,
        "haven_words": haven_words,
        "patrol_words": patrol_words,
        "reaches": reaches,
        "unruled": unruled(alert_id, reaches),
        "reach_words": reach_words,
        "where_to": ways[: by_road.FEW] if ways is not None else None,
        # One that few may know of is opened on its own page, never for an alert.
        "open_havens": [w for w in to_open if w.haven.exposure in OPENLY_KNOWN],
        "may_order": viewer().may(Permission.ORDER_DOCUMENTS, chain.alert.sector_id),
        "told": (told := messages.of_alert(alert_id)),
        "names": watches.watchers() if told else {},
        "message_words": message_words,
        "patrols": (sent := patrols.of_alert(alert_id) if viewer().holds(Permission.READ_PATROLS) else []),
        "patrol_reports": patrol_reports.numbers_of([p.id for p in sent]) if sent else {},
        "file": file_of(chain.alert),
        **evacuating(chain.alert),
    }


def unruled(alert_id: int, found: list[nearest.Reach]) -> list[int]:
    """Units that go out under a rule of engagement alone, where none stands beside the decision."""
    forces = [r.unit.id for r in found if r.unit.kind.lower() in SENT_AS]
    return forces if forces and not guards.ruled(alert_id) else []


def evacuating(alert: Any) -> dict[str, Any]:
    """Plans to bring people away from here, and whether the viewer may make one."""
    sees = viewer().may(Permission.READ_EVACUATIONS, alert.sector_id)
    return {
        "may_evacuate": viewer().may(Permission.PLAN_EVACUATIONS, alert.sector_id),
        "evacuations": evacuations.of_alert(alert.id) if sees else [],
        "evacuation_words": evacuation_words,
    }


def where_to(alert: Any) -> list[by_road.Within] | None:
    """Havens for people there, as long as it is to be decided or carried out where they go; None where that is not asked,
    or not the viewer's to know."""
    asked = AlertStatus(alert.status) in UNDECIDED | ANSWERED and alert.leader_id is None
    if not asked or alert.place_precision >= 4 or not viewer().holds(Permission.READ_HAVENS):
        return None
    return by_road.soonest_havens(alert.lon, alert.lat, few=MOST_HAVENS)


def file_of(alert: Any) -> int | None:
    """The defender's file behind a missed check-in, for those who may read it: nobody else learns that there is one."""
    missed = alert.channel == Channel.MISSED_CHECK_IN and viewer().holds(Permission.READ_DEFENDERS)
    return check_ins.file_behind(alert.id) if missed else None


def around(chain: queries.Chain) -> dict[str, Any]:
    """What tells of the same event: those merged, those that may be, the sources behind them, and whom one calls back."""
    alert, who = chain.alert, viewer()
    ids = group.whole(alert.id)
    merges = who.may(Permission.HANDLE_ALERTS, alert.sector_id) and alert.leader_id is None
    undecided = AlertStatus(alert.status) in UNDECIDED
    codes = who.holds(Permission.READ_SOURCES)
    behind = sources.behind(alert.id, ids) if codes else None
    return {
        "group": ids,
        "untold": group.untold(alert.id) if len(ids) > 1 else [],
        "likely": likely.of_alert(alert, chain.verbatim) if merges and undecided else [],
        "behind": behind,
        "as_said": as_said(chain) if behind and behind.source_id is None else None,
        "call_backs": call_backs.of_alert(alert.id) if codes else [],
        "takers": call_backs.takers(alert.id) if codes else [],
        "call_back_words": call_back_words,
    }


def as_said(chain: queries.Chain) -> dict[str, str] | None:
    """The codes that were given at the entry; they count as a source once somebody who keeps sources has named it."""
    if not chain.source_code:
        return None
    return {"code": chain.source_code, "repeats": steps.repeats_said(chain.steps)}


@pages.post("/<int:alert_id>/<act>")
@needs(Permission.READ_ALERTS)
def do(alert_id: int, act: str) -> BaseResponse | str:
    """One act, from a form. HTMX gets the panel anew; without scripts the page is shown again."""
    perform(alert_id, act, {k: v for k, v in request.form.items() if k != "csrf_token" and v != ""})
    if request.headers.get("HX-Request"):
        response = Response(render_template("alerts/panel.html", **thing(alert_id)))
        response.headers["HX-Trigger"] = "vigil:alerts"
        return response
    flash(_("Recorded: %(what)s.", what=str(ACTS[act].words)))
    return redirect(url_for("alerts.page", alert_id=alert_id), 303)


def perform(alert_id: int, act: str, fields: Any) -> None:
    if act not in ACTS:
        raise NotFound
    rule = ACTS[act]
    body: Body = read(rule.body, fields)
    if not rule.allowed(viewer().holds):
        queries.chain(alert_id)  # what may not be seen answers as what does not exist
        raise NotAllowed(_("Your role may read this alert and may not do this. Ask the duty officer."))
    try:
        rule.call(alert_id, body)
    except ValueError as error:
        raise Invalid(str(error)) from None
    db.session.commit()


@api.get("/alerts")
@needs(Permission.READ_ALERTS)
@describes("Alerts of your sectors, newest first; filters: status, priority, kind, search, sort, page.")
def list_alerts() -> Response:
    found, total = queries.table(asked_for(), page_number())
    return jsonify({"total": total, "page": page_number(), "alerts": [queries.as_json(a) for a in found]})


@api.post("/alerts")
@needs(Permission.RAISE_ALERTS)
@describes("Raise an alert by hand: hotline, community network, radio.", takes=AlertByHand)
def raise_alert() -> tuple[Response, int]:
    with counted():
        alert_id, new = raise_by_hand(read(AlertByHand))
    db.session.commit()
    seen = alert_id if viewer().holds(Permission.READ_ALERTS) else None
    return jsonify({"id": seen, "serial": queries.serial(seen) if seen else None}), 201 if new else 200


@api.get("/alerts/<int:alert_id>")
@needs(Permission.READ_ALERTS)
@describes("One alert with its chain of steps, clocks and taskings.")
def one_alert(alert_id: int) -> Response:
    return jsonify(whole(alert_id))


def whole(alert_id: int) -> dict[str, Any]:
    chain = queries.chain(alert_id)
    return {
        **queries.as_json(chain.alert),
        "verbatim": chain.verbatim,
        **told_together(chain),
        "reasons": chain.reasons,
        "score": chain.weighing.score if chain.weighing else None,
        "weighing": chain.weighing.reasons if chain.weighing else None,
        "weighed_anew": {
            "proposed": chain.anew.details["proposed"], "reasons": chain.anew.details["reasons"],
            "score": chain.reweighing.score if chain.reweighing else None,
            "weighing": chain.reweighing.reasons if chain.reweighing else None,
        } if chain.anew else None,
        "steps": [
            {
                "kind": s.kind, "at": s.at.isoformat(), "recorded_at": s.recorded_at.isoformat(),
                "by_role": s.by_role, "note": s.note, "details": details_of(s),
            }
            for s in chain.steps
        ],
        "clocks": [
            {
                "clock": c.clock, "echelon": c.echelon, "due_at": c.due_at.isoformat(),
                "stopped_at": c.stopped_at.isoformat() if c.stopped_at else None,
                "ran_out_at": c.ran_out_at.isoformat() if c.ran_out_at else None,
            }
            for c in chain.clocks
        ],
        "taskings": [
            {"response": t.response, "patrol_id": t.patrol_id, "haven_id": t.haven_id, "unit_id": t.unit_id,
             "order": t.order, "ordered_at": t.ordered_at.isoformat()}
            for t in chain.taskings
        ],
    }  # fmt: skip


def details_of(step: AlertStep) -> dict[str, Any]:
    """Without the code of a source for those who read none."""
    if viewer().holds(Permission.READ_SOURCES):
        return step.details
    return {name: value for name, value in step.details.items() if name != "repeats_code"}


def told_together(chain: queries.Chain) -> dict[str, Any]:
    """As the page has it: reports and independent sources, the source as said at the entry, what may be the same,
    call-backs."""
    found = around(chain)
    return {
        "group": found["group"],
        "sources": asdict(found["behind"]) if found["behind"] else None,
        "source_as_said": found["as_said"],
        "likely": [{"id": x.alert.id, "score": x.score, "reasons": x.reasons} for x in found["likely"]],
        "call_backs": [call_backs.as_json(c) for c in found["call_backs"]],
    }


@api.post("/alerts/<int:alert_id>/<act>")
@needs(Permission.READ_ALERTS)
@describes(
    "Do one thing to an alert: "
    + ", ".join(ACTS)
    + ". The body is that act's fields; the answer is the alert."
)
def do_by_api(alert_id: int, act: str) -> Response:
    perform(alert_id, act, None if request.get_data(cache=True) else {})
    return jsonify(whole(alert_id))
