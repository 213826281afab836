"""What a patrol order says, as a commander reads it: task and times, way, tasks by place, signals, dangers, help."""

from __future__ import annotations

from flask_babel import gettext as _

from app.documents.blocks import Column, Drawing, Facts, Headline, Items, Prose, Section, Table
from app.documents.parts import Figure
from app.documents.patrol_order_brief import OrderedStop, PatrolOrderBrief
from app.documents.picture_words import fit_to_page, map_alt
from app.documents.wording import dtg, duration, kilometres, known


def patrol_order_sections(brief: PatrolOrderBrief) -> tuple[Section, ...]:
    return (
        task(brief),
        way(brief),
        composition(brief),
        signals(brief),
        dangers(brief),
        help_(brief),
        signed(brief),
    )


def task(brief: PatrolOrderBrief) -> Section:
    whole = sum(stop.km for stop in brief.stops) + brief.home_km
    figures = (
        Figure(_("Sets off"), dtg(brief.start)),
        Figure(_("Back"), dtg(brief.back), note=duration((brief.back - brief.start).total_seconds() / 60)),
        Figure(_("Way"), kilometres(whole), note=_("straight") if brief.straight else _("on roads")),
        Figure(_("Stops"), str(len(brief.stops))),
    )
    facts = Facts(
        (
            (_("Order"), brief.order_serial),
            (_("Call sign"), brief.call_sign),
            (_("Unit"), known(brief.unit)),
            (_("Commander"), brief.commander_post),
            (_("Purpose"), brief.purpose),
            (_("How"), brief.mode),
            (_("Task"), known(brief.task)),
            (_("Together with State forces"), brief.joint or _("No")),
            (_("Sealed instruction sheet"), _("Yes") if brief.sealed_sheet else _("No")),
        )
    )
    return Section(_("Task"), (Headline(figures), facts))


def way(brief: PatrolOrderBrief) -> Section:
    columns = (
        Column(_("No."), 0.4, "right"), Column(_("Stop"), 1.6), Column(_("Grid (MGRS, WGS 84)"), 1.5, mono=True),
        Column(_("Arrive"), 1.3, mono=True), Column(_("Leave"), 1.3, mono=True), Column(_("Leg, km"), 0.7, "right"),
        Column(_("Leg, time"), 0.9, "right"),
    )  # fmt: skip
    rows = tuple(leg(stop) for stop in brief.stops)
    fitted = fit_to_page(brief.map)
    said = Items(tuple(f"{stop.number} · {stop.name}: {there(stop)}" for stop in brief.stops))
    line = _("The legs are straight: nobody has planned a line on roads.") if brief.straight else _(
        "The legs follow the planned line on roads."
    )  # fmt: skip
    return Section(
        _("Way and tasks by place"),
        (
            Table(_("Stops"), columns, rows, _("No stops")),
            Prose((line, _("From the last stop home: %(km)s.", km=kilometres(brief.home_km))), "small"),
            said,
            Facts(((_("Alternate route"), brief.alternate_route),)),
            Drawing(fitted, _("Stops by their numbers"), map_alt(fitted)),
        ),
    )


def leg(stop: OrderedStop) -> tuple[str, ...]:
    return (
        str(stop.number), stop.name, stop.mgrs, dtg(stop.arrive) if stop.arrive else "–",
        dtg(stop.leave) if stop.leave else "–", f"{stop.km:.1f}",
        "–" if stop.minutes is None else duration(stop.minutes),
    )  # fmt: skip


def there(stop: OrderedStop) -> str:
    meet = _("to meet: %(roles)s", roles=", ".join(stop.to_meet)) if stop.to_meet else ""
    return "; ".join(part for part in (stop.task, meet) if part) or _("no task of its own")


def composition(brief: PatrolOrderBrief) -> Section:
    more = ((_("Vehicles"), brief.vehicles), (_("Weapons"), known(brief.weapons)))
    return Section(_("Composition"), (Facts((*brief.people, *more)),))


def signals(brief: PatrolOrderBrief) -> Section:
    lost = _("The watch is told after %(n)s minutes without a word.", n=brief.lost_comms_minutes)
    return Section(_("Signals"), (Facts(brief.pace), Prose((lost,), "note")))


def dangers(brief: PatrolOrderBrief) -> Section:
    facts = Facts(
        (
            (_("Hazards"), ", ".join(brief.hazards) or _("None is known")),
            (_("Where, and what to do"), known(brief.hazards_note)),
            (_("Deconfliction"), brief.deconfliction),
            (_("Rules of engagement card"), brief.rules_of_engagement),
        )
    )
    return Section(_("Dangers and rules"), (facts, Facts(brief.actions_on)))


def help_(brief: PatrolOrderBrief) -> Section:
    facts = Facts(
        (
            (_("Treatment"), brief.treatment),
            (_("Evacuation"), brief.evacuation),
            (_("Landing site"), brief.landing_site),
            (_("Quick reaction force"), brief.reserve),
            (_("Its notice to move"), duration(brief.reserve_notice_minutes)),
        )
    )
    return Section(_("Help"), (facts,))


def signed(brief: PatrolOrderBrief) -> Section:
    facts = Facts(
        (
            (_("Risk of the patrol"), brief.risk),
            (_("Risk assessment signed by"), brief.risk_signed_by),
            (_("Written by"), f"{brief.written_by_role}, {dtg(brief.written_at)}"),
            (_("Approved by"), f"{brief.approved_by_role}, {dtg(brief.approved_at)}"),
        )
    )
    return Section(_("Signed"), (facts,))
