"""How the forecast reads: classes, reasons, what a score says; plain sentences with the numbers in them."""

from __future__ import annotations

from math import ceil

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_babel.speaklater import LazyString

from app.alerts.wording import CHANNELS
from app.surfaces.models import Surface, Used
from app.surfaces.queries import Cell
from app.surfaces.repeats import Band, Repeats
from app.surfaces.scores import Tally, Warner
from app.words import share, span

# As geo.surfaces.issue.FEWEST_JUDGED and geo.surfaces.forecaster, which no web process loads; a test holds them together.
JUDGEMENTS_NEEDED = 6
PERIODS_NEEDED = 24

CLASSES: dict[str, LazyString] = {
    "new": _l("New"), "persistent": _l("Persistent"), "diminishing": _l("Diminishing"), "sporadic": _l("Sporadic"),
    "calm": _l("No hotspot"), "no_data": _l("No data"),
}  # fmt: skip
MEANINGS: dict[str, LazyString] = {
    "new": _l("hot in the last period, and in none of those before"),
    "persistent": _l("hot in the last period and in at least half of the last twelve"),
    "diminishing": _l("hot in at least half of the last twelve periods, and falling or no longer"),
    "sporadic": _l("hot in some of the last twelve periods"),
    "calm": _l("reports come, and in none of the last twelve periods did it stand out from the other cells"),
    "no_data": _l("nothing was heard of it: that is not calm"),
}
KINDS: dict[str, LazyString] = {"issued": _l("As issued"), "afterwards": _l("Made afterwards")}


def chance(probability: float) -> str:
    """A probability as people say it."""
    return _("under 1 %") if probability < 0.01 else share(probability)


def skill(value: float | None) -> str:
    return "–" if value is None else f"{100 * value:+.1f} %"


def hours(value: float | None) -> str:
    return "–" if value is None else span(value * 3600)


def why(cell: Cell, surface: Surface) -> str:
    """What a cell's number stands on, in counts that an officer can check against the incidents."""
    days, said = surface.period_days, []
    recent = 4 * days
    if cell.lately:
        said.append(
            ngettext(
                "%(num)d incident here in the last %(days)d days",
                "%(num)d incidents here in the last %(days)d days",
                cell.lately,
                days=recent,
            )
        )
    elif cell.since is not None:
        said.append(_("none here for %(days)d days", days=cell.since * days))
    else:
        said.append(_("none here on record"))
    if cell.beside:
        said.append(ngettext("%(num)d in the cells beside it", "%(num)d in the cells beside it", cell.beside))
    if cell.lately and cell.since is not None:
        said.append(_("the last one within %(days)d days", days=(cell.since + 1) * days))
    if cell.ever > cell.lately:
        said.append(
            ngettext(
                "%(num)d since %(day)s", "%(num)d since %(day)s", cell.ever,
                day=(surface.from_at - (surface.until_at - surface.from_at) * surface.past_periods).date().isoformat(),
            )
        )  # fmt: skip
    sentence = ", ".join(said)
    return sentence[:1].upper() + sentence[1:] + "."


def stands_on(surface: Surface) -> list[str]:
    """What is shown and why: the model or persistence, and what is not known."""
    told = []
    if surface.used == Used.MODEL:
        told.append(
            _(
                "The model is used: over %(n)d judgements it was %(skill)s better than what happened the last four "
                "periods.",
                n=surface.judged, skill=percent(surface.skill),
            )
        )  # fmt: skip
    elif not surface.learned:
        told.append(
            _(
                "There is too little past to learn from: %(n)d periods with %(events)d incidents, and %(needed)d "
                "periods are needed. Shown is what happened in the last four periods.",
                n=surface.past_periods, events=surface.events, needed=PERIODS_NEEDED,
            )
        )  # fmt: skip
    elif surface.judged < JUDGEMENTS_NEEDED:
        told.append(
            _(
                "The model is not used yet: it was judged %(n)d times, and %(needed)d are needed. Shown is what "
                "happened in the last four periods.",
                n=surface.judged, needed=JUDGEMENTS_NEEDED,
            )
        )  # fmt: skip
    else:
        told.append(
            _(
                "The model is not used: over %(n)d judgements it did not beat what happened the last four periods "
                "(skill %(skill)s). Shown is what happened in the last four periods.",
                n=surface.judged, skill=skill(surface.skill),
            )
        )  # fmt: skip
    if surface.kind == "afterwards":
        told.append(
            _(
                "Made afterwards, on %(day)s, by the same rules from what of the time before is on record now: nobody "
                "could read it then.",
                day=surface.made_at.date().isoformat(),
            )
        )
    if not surface.people_known:
        told.append(_("How many people live where is not on record, and was not counted."))
    return told


def percent(value: float | None) -> str:
    return "–" if value is None else f"{100 * value:.1f} %"


def in_short(tally: Tally) -> str:
    """How often it was right, in one breath."""
    warned, happened = tally.hits + tally.false_alarms, tally.hits + tally.misses
    if not warned and not happened:
        return _(
            "Nothing was warned of, and nothing happened in the %(n)d cells that were heard from.",
            n=tally.cells,
        )
    told = [
        _(
            "Warnings that came true: %(hits)d of %(warned)d (%(right)s).",
            warned=warned, hits=tally.hits, right=share(tally.right),
        )
        if warned
        else _("Nothing was warned of."),
        _(
            "Cells with an event that had been warned of: %(hits)d of %(happened)d (%(caught)s).",
            happened=happened, hits=tally.hits, caught=share(tally.caught),
        )
        if happened
        else _("Nothing happened in the cells that were heard from."),
    ]  # fmt: skip
    return " ".join(told)


def warner(found: Warner) -> str:
    if found.rule_id is not None:
        return found.rule or _("Rule %(id)s", id=found.rule_id)
    return str(CHANNELS.get(found.channel, found.channel))


def repeats(found: Repeats) -> str:
    """What a sector's table says, for who reads no table."""
    if not found.soonest:
        return _(
            "None were found: after an incident, others near and soon after were no more frequent than chance explains, "
            "or too few to tell."
        )
    band, *outwards = found.soonest
    when = later(band) if band.after else _("in the next %(days)s days", days=f"{band.until:g}")
    told = _(
        "After an incident, another %(where)s %(when)s was %(times)s times as frequent as if place and time had nothing "
        "to do with each other; chance alone would do that in %(cases)s.",
        where=away(band), when=when, times=times(band), cases=cases(band.probability or 0.0),
    )  # fmt: skip
    if outwards:
        told += " " + _(
            "It was more than chance as far as %(far)s km away (%(km)s: %(times)s times).",
            far=f"{outwards[-1].within / 1000:g}", km=distance(outwards[-1]), times=times(outwards[-1]),
        )  # fmt: skip
    last = found.rows[-1][-1]
    if last.marked and last is not band:
        # What lasts so long and reaches so far is less likely one incident that made another.
        told += " " + _(
            "Even %(where)s and %(when)s it was %(times)s times: so much may be violence that moved about.",
            where=away(last), when=later(last), times=times(last),
        )  # fmt: skip
    return told


def away(band: Band) -> str:
    ends = {"near": f"{band.beyond / 1000:g}", "far": f"{band.within / 1000:g}"}
    return _("%(near)s to %(far)s km away", **ends) if band.beyond else _("within %(far)s km", **ends)


def later(band: Band) -> str:
    return _("%(first)s to %(last)s days later", first=f"{band.after + 1:g}", last=f"{band.until:g}")


def distance(band: Band) -> str:
    return _("%(near)s–%(far)s km", near=f"{band.beyond / 1000:g}", far=f"{band.within / 1000:g}")


def time(band: Band) -> str:
    first = band.after + 1 if band.after else 0
    return _("%(first)s–%(last)s days", first=f"{first:g}", last=f"{band.until:g}")


def times(band: Band) -> str:
    return "–" if band.times is None else f"{band.times:.1f}"


def cases(probability: float) -> str:
    if probability < 0.01:
        return _("fewer than 1 of 100 cases")
    return _("at most %(n)d of 100 cases", n=ceil(100 * probability))


def compared(found: Repeats) -> str:
    """What a sector's table stands on."""
    assert found.since is not None
    told = _(
        "Compared were the %(n)d incidents since %(day)s that are known to their very place and day, with the same "
        "places and their times dealt out anew %(dealings)d times.",
        n=found.incidents, day=found.since.date().isoformat(), dealings=found.dealings,
    )  # fmt: skip
    if found.shortened:
        told += " " + _("Older ones were left out: there are more than can be compared in time.")
    return told
