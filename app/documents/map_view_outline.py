"""What a printed view says: the map first, what its marks mean, then each thing on it as a line."""

from __future__ import annotations

from flask_babel import gettext as _

from app.documents.blocks import Block, Column, Drawing, Facts, Items, Section, Table
from app.documents.map_view_brief import MapViewBrief
from app.documents.picture_words import fit_to_page, map_alt
from app.documents.wording import dtg, kilometres


def legend() -> Items:
    return Items(
        (
            _("Red square with its number: open alert"),
            _("Red ring: incident whose place is known, whether or not it is verified"),
            _("Red hatched area: threat"),
            _("Blue diamond with its call sign: patrol, where it was last seen"),
            _("Green triangle: haven. Blue square: base. Grey dot: settlement"),
            _("Brown lines: roads, the wider the better. Grey lines: districts"),
            _("On roads, red dots: closed. Orange dashes: slow. As it was known when the picture was taken"),
        )
    )


def period_words(brief: MapViewBrief) -> str:
    since = dtg(brief.since) if brief.since else _("the beginning")
    until = dtg(brief.until) if brief.until else dtg(brief.header.data_cutoff)
    return f"{since} – {until}"


def facts(brief: MapViewBrief) -> Facts:
    step = brief.map.grid_step
    side = kilometres(step / 1000) if step >= 1000 else _("%(n)s m", n=step)
    return Facts(
        (
            (_("Picture of"), dtg(brief.header.data_cutoff)),
            (_("Incidents of the period"), period_words(brief)),
            (_("Layers"), ", ".join(brief.layers) or _("none")),
            (_("Lower left corner"), brief.south_west),
            (_("Upper right corner"), brief.north_east),
            (_("Grid"), _("UTM, WGS 84, squares of %(side)s; figures at the lower and left edge", side=side)),
        )
    )


def map_view_sections(brief: MapViewBrief) -> tuple[Section, ...]:
    fitted = fit_to_page(brief.map)
    counts = ", ".join(
        f"{words}: {n}"
        for words, n in (
            (_("alerts"), sum(m.kind == "alert" for m in brief.map.events)),
            (_("incidents"), sum(m.kind == "incident" for m in brief.map.events)),
            (_("patrols"), sum(m.kind == "patrol" for m in brief.map.events)),
            (_("threats"), len(brief.map.threats)),
            (_("closed roads"), sum(r.state == "closed" for r in brief.map.hindered)),
            (_("slow roads"), sum(r.state == "slowed" for r in brief.map.hindered)),
        )
    )
    picture: list[Block] = [
        Drawing(fitted, _("What was on the map"), f"{map_alt(fitted)} {counts}."),
        facts(brief),
    ]
    if brief.left_out:
        picture.append(Items(brief.left_out))
    columns = (
        Column(_("What"), 1.1), Column(_("Serial"), 1.7), Column(_("Kind or state"), 2.2),
        Column(_("Grid"), 1.8, mono=True), Column(_("As it stands"), 2.4),
    )  # fmt: skip
    rows = tuple((r.layer, r.serial, r.what, r.grid, r.state) for r in brief.rows)
    empty = _("Nothing of the chosen layers lies in this view, as far as you may see.")
    return (
        Section(_("Map"), tuple(picture), wide=True),
        Section(_("Legend"), (legend(),)),
        Section(_("In the view"), (Table(_("Each thing in the view"), columns, rows, empty),)),
    )
