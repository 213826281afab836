"""What an evacuation order says: first who has no place, then who goes where, in which wave, with whom."""

from __future__ import annotations

from flask_babel import gettext as _

from app.documents.blocks import Column, Drawing, Facts, Headline, Items, Prose, Section, Table
from app.documents.evacuation_order_brief import EvacuationOrderBrief, OrderedLeg, OrderedWave
from app.documents.parts import Figure
from app.documents.picture_words import fit_to_page, map_alt
from app.documents.wording import dtg, duration


def evacuation_order_sections(brief: EvacuationOrderBrief) -> tuple[Section, ...]:
    return (in_short(brief), where(brief), waves(brief), signed(brief))


def in_short(brief: EvacuationOrderBrief) -> Section:
    figures = (
        Figure(_("Have a place"), str(brief.people)),
        Figure(_("Have no place"), str(brief.without_place)),
        Figure(_("Without escort"), str(brief.without_escort)),
        Figure(_("Waves"), str(len(brief.waves))),
    )
    said = (Prose((brief.overflow,), "note"), Items(brief.left)) if brief.overflow else ()
    order = Facts(((_("Order"), brief.order_serial),))
    return Section(_("In short"), (*corrected(brief), *said, Headline(figures), order))


def corrected(brief: EvacuationOrderBrief) -> tuple[Prose | Items, ...]:
    if not brief.corrected:
        return ()
    warning = _(
        "This order stands as it was issued, and says otherwise than holds now. Tell those on the way."
    )
    return (Prose((warning,), "danger"), Items(brief.corrected))


def where(brief: EvacuationOrderBrief) -> Section:
    columns = (
        Column(_("From"), 1.6), Column(_("To"), 1.6), Column(_("People"), 0.7, "right"),
        Column(_("Wounded"), 0.8, "right"), Column(_("Without transport"), 0.9, "right"), Column(_("Way"), 0.8, "right"),
        Column(_("First leaves"), 1.2, mono=True), Column(_("Last arrives"), 1.2, mono=True),
    )  # fmt: skip
    fitted = fit_to_page(brief.map)
    grids = (Column(_("Place or haven"), 2), Column(_("Grid (MGRS, WGS 84)"), 2, mono=True))
    return Section(
        _("Who goes where"),
        (
            Table(_("Places and havens"), columns, tuple(map(leg, brief.legs)), _("Nobody has a place")),
            Drawing(fitted, _("Places by their numbers, havens by their letters"), map_alt(fitted)),
            Table(_("Where they lie"), grids, (*brief.places, *brief.havens), _("No places")),
        ),
    )


def leg(row: OrderedLeg) -> tuple[str, ...]:
    return (
        row.from_place, row.haven, str(row.people), str(row.wounded), str(row.without_transport), duration(row.minutes),
        dtg(row.first) if row.first else "–", dtg(row.last) if row.last else "–",
    )  # fmt: skip


def waves(brief: EvacuationOrderBrief) -> Section:
    columns = (
        Column(_("Wave"), 0.5, "right"), Column(_("Leaves"), 1.2, mono=True), Column(_("From"), 1.4),
        Column(_("To"), 1.4), Column(_("Escort"), 1), Column(_("People"), 0.7, "right"),
        Column(_("In seats"), 0.7, "right"), Column(_("Vehicles"), 0.8, "right"), Column(_("Arrives"), 1.2, mono=True),
    )  # fmt: skip
    rows = tuple(map(wave, brief.waves))
    return Section(
        _("Waves"), (Table(_("Waves with their escorts"), columns, rows, _("No escort brings anybody")),)
    )


def wave(row: OrderedWave) -> tuple[str, ...]:
    return (
        str(row.number), dtg(row.leaves), row.from_place, row.haven, row.escort, str(row.people), str(row.in_seats),
        str(row.vehicles), dtg(row.arrives),
    )  # fmt: skip


def signed(brief: EvacuationOrderBrief) -> Section:
    facts = Facts(
        (
            (_("Planned by"), f"{brief.planned_by_role}, {dtg(brief.planned_at)}"),
            (_("Issued by"), f"{brief.issued_by_role}, {dtg(brief.issued_at)}"),
        )
    )
    return Section(_("Signed"), (facts,))
