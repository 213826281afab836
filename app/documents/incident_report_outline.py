"""What an incident report says, in order: the event, who was harmed, what was known, what was done."""

from __future__ import annotations

from flask_babel import gettext as _

from app.documents.blocks import Column, Facts, Headline, Items, Prose, Section, Table
from app.documents.incident_report_brief import ChainStep, IncidentBrief, Place
from app.documents.parts import Figure
from app.documents.picture_words import chart_drawing, chart_table, map_drawing
from app.documents.wording import (
    coordinates,
    dtg,
    dtg_and_local,
    duration,
    kilometres,
    known,
    low_best_high,
    whole,
)


def elapsed(step: ChainStep, brief: IncidentBrief) -> float | None:
    """Minutes from t0 to a step; None where either is not on record."""
    if step.at is None or brief.received_at is None:
        return None
    return (step.at - brief.received_at).total_seconds() / 60


def _headline(brief: IncidentBrief) -> Headline:
    figures = [
        Figure(harm.kind, low_best_high(harm.low, harm.best, harm.high), note=_("reported"))
        for harm in brief.harm[:3]
    ]
    leads = [warning.lead_minutes for warning in brief.warnings if warning.lead_minutes is not None]
    if brief.warnings:
        lead = duration(max(leads)) if leads else _("not known")
        figures.append(Figure(_("Warned before"), lead, note=_("earliest alert to event")))
    else:
        figures.append(Figure(_("Warned before"), _("no"), note=_("no earlier alert on record")))
    distances = [base.distance_km for base in brief.presence if base.distance_km is not None]
    nearest = kilometres(min(distances)) if distances else _("not known")
    figures.append(Figure(_("Nearest base"), nearest))
    for step in brief.chain:
        if step.headline:
            figures.append(Figure(step.step, duration(elapsed(step, brief)), note=_("from t0")))
    return Headline(tuple(figures))


def _place(place: Place) -> list[tuple[str, str]]:
    rows = [(_("Place"), known(place.name)), (_("Precision of place"), place.precision)]
    if place.exact and place.lon is not None and place.lat is not None:
        rows.append((_("Latitude, longitude"), coordinates(place.lon, place.lat, place.uncertainty_m)))
    else:
        rows.append(
            (_("Latitude, longitude"), _("None given: the place is known as an area, not as a point"))
        )
    rows.append((_("Grid (MGRS, WGS 84)"), known(place.mgrs)))
    admin = " ".join(
        part for part in (place.admin_name, f"({place.admin_code})" if place.admin_code else "") if part
    )
    rows.append((_("Administrative area"), known(admin)))
    return rows


def _event(brief: IncidentBrief) -> Section:
    when = (
        dtg_and_local(brief.event_at, brief.header.local_offset_minutes) if brief.event_at else _("Not known")
    )
    category = brief.category
    if brief.original_category:
        category += " " + _(
            "(in the source: %(original)s, %(scheme)s)",
            original=brief.original_category,
            scheme=brief.original_scheme or _("scheme not known"),
        )
    rows = [
        (_("Incident"), brief.incident_serial),
        (_("Time of event"), when),
        (_("Precision of time"), known(brief.event_precision)),
        *_place(brief.place),
        (_("Category"), category),
        (_("Weapon or method"), known(brief.weapon_or_method)),
        (_("Source and grade"), brief.source_grade),
        (_("Verification"), brief.verification),
        (_("Basis of verification"), known(brief.verification_reason)),
        (_("Sensitivity"), brief.sensitivity),
    ]
    return Section(_("The event"), (_headline(brief), Facts(tuple(rows))))


def _paragraphs(text: str | None) -> tuple[str, ...]:
    return tuple(line.strip() for line in known(text).splitlines() if line.strip())


def _narrative(brief: IncidentBrief) -> Section:
    return Section(_("What happened"), (Prose(_paragraphs(brief.narrative)),))


def _surroundings(brief: IncidentBrief) -> Section:
    if brief.map is None:
        return Section(_("The place"), (Prose((_("No map: no place is known that could be drawn."),)),))
    return Section(_("The place"), (map_drawing(brief.map, _("The place and its surroundings")),))


def _people(brief: IncidentBrief) -> Section:
    harm = Table(
        _("People harmed, as reported"),
        (Column(_("Harm"), 3), *(Column(t, 1, "right") for t in (_("Low"), _("Best"), _("High")))),
        tuple((h.kind, *(_count(n) for n in (h.low, h.best, h.high))) for h in brief.harm),
        _("No count of people harmed is known."),
    )
    groups = Table(
        _("Of these, by sex and age where known"),
        (Column(_("Harm"), 2), Column(_("Sex"), 1.5), Column(_("Age"), 1.5), Column(_("People"), 1, "right")),
        tuple((g.kind, g.sex, g.age_band, _count(g.count)) for g in brief.harm_groups),
        _("Sex and age of the people harmed are not known."),
    )
    actors = Table(
        _("Alleged actors and the basis of attribution"),
        (Column(_("Actor"), 2), Column(_("Part in the event"), 1.5), Column(_("Basis of attribution"), 4)),
        tuple((a.name, a.part, known(a.basis)) for a in brief.actors),
        _("Nobody is named as an actor."),
    )
    return Section(_("Who was harmed, and by whom as alleged"), (harm, groups, actors))


def _count(value: int | None) -> str:
    return _("not known") if value is None else whole(value)


def _warning(brief: IncidentBrief) -> Section:
    warnings = Table(
        _("Warnings received before the event"),
        (
            Column(_("Alert"), 2, mono=True),
            Column(_("Raised"), 2, mono=True),
            Column(_("Lead time"), 1.5, "right"),
            Column(_("Distance"), 1.5, "right"),
        ),
        tuple(
            (w.alert_serial, dtg(w.raised_at), duration(w.lead_minutes), kilometres(w.distance_km))
            for w in brief.warnings
        ),
        _("No alert on record warned of this event."),
    )
    presence = Table(
        _("Mission presence near the event"),
        (
            Column(_("Base"), 3),
            Column(_("Distance"), 1.5, "right"),
            Column(_("Nearest patrol before the event"), 4),
        ),
        tuple((p.base, kilometres(p.distance_km), known(p.nearest_patrol)) for p in brief.presence),
        _("No base is on record near the event."),
    )
    return Section(_("Warning and presence"), (warnings, presence))


def _response(brief: IncidentBrief) -> Section:
    rows = []
    for step in brief.chain:
        span = elapsed(step, brief)
        late = step.limit_minutes is not None and span is not None and span > step.limit_minutes
        text = duration(span) + (" " + _("late") if late else "")
        limit = "–" if step.limit_minutes is None else duration(step.limit_minutes)
        at = dtg(step.at) if step.at else _("not on record")
        rows.append((step.step, at, text, limit, known(step.role), step.note or "–"))
    chain = Table(
        _("The chain, each step with its time from t0"),
        (
            Column(_("Step"), 1.6),
            Column(_("Date-time group"), 1.7, mono=True),
            Column(_("From t0"), 1.3, "right"),
            Column(_("Clock"), 1.1, "right"),
            Column(_("Role"), 1.8),
            Column(_("Note"), 3.2),
        ),
        tuple(rows),
        _("No alert stands behind this incident, so there is no chain of response to show."),
    )
    facts = [(_("Decision"), known(brief.decision))]
    if brief.non_response_reason:
        facts.append((_("Reason for not responding"), brief.non_response_reason))
        facts.append((_("Approved by"), known(brief.non_response_approver)))
    facts += [
        (_("Outcome"), known(brief.outcome)),
        (_("Displacement"), known(brief.displacement)),
        (_("Humanitarian impact"), known(brief.humanitarian_impact)),
    ]
    return Section(_("Response and outcome"), (chain, Facts(tuple(facts))))


def _after(brief: IncidentBrief) -> Section:
    follow_up = Table(
        _("Follow-up"),
        (
            Column(_("Action"), 4),
            Column(_("Owner"), 2),
            Column(_("Due"), 1.6, mono=True),
            Column(_("State"), 1.5),
        ),
        tuple(
            (f.action, known(f.owner_role), dtg(f.due) if f.due else _("no date"), known(f.state))
            for f in brief.follow_up
        ),
        _("No follow-up action is on record."),
    )
    return Section(
        _("Follow-up and feedback"),
        (follow_up, Facts(((_("Feedback to the source"), known(brief.feedback)),))),
    )


def _pattern(brief: IncidentBrief) -> Section:
    if brief.monthly is None:
        return Section(_("Pattern"), (Prose((_("No earlier incidents were counted for this place."),)),))
    return Section(_("Pattern"), (chart_drawing(brief.monthly), chart_table(brief.monthly, _("Month"))))


def _sources(brief: IncidentBrief) -> Section:
    sources = Table(
        _("Sources"),
        (
            Column(_("Source"), 1.5, mono=True),
            Column(_("Kind"), 3),
            Column(_("Grade"), 1),
            Column(_("Received"), 2, mono=True),
        ),
        tuple(
            (s.code, s.kind, s.grade, dtg(s.received_at) if s.received_at else _("not known"))
            for s in brief.sources
        ),
        _("No source is shown to this audience."),
    )
    return Section(_("Sources"), (sources,))


def incident_report_sections(brief: IncidentBrief) -> tuple[Section, ...]:
    """The sections of an incident report (POC incident report) in order."""
    unknown = Items(brief.not_known) if brief.not_known else Prose((_("Nothing is listed as unknown."),))
    assessment = Section(
        _("Assessment"),
        (
            Prose((_("Opinion of the author, kept apart from the facts above."),), "small"),
            Prose(_paragraphs(brief.assessment)),
        ),
    )
    return (
        _event(brief),
        _narrative(brief),
        Section(_("What is not known"), (unknown,)),
        _surroundings(brief),
        _people(brief),
        _warning(brief),
        _response(brief),
        assessment,
        _after(brief),
        _pattern(brief),
        _sources(brief),
    )
