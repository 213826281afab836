"""The words of siting: its codes, and the answer in a sentence."""

from __future__ import annotations

from typing import Any

from flask_babel import LazyString, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.words import number

GOALS: dict[str, LazyString] = {
    "most_within": _l("Most people within the minutes"),
    "least_mean": _l("Shortest way on the average"),
    "least_worst": _l("Shortest longest way"),
}
SEASONS: dict[str, LazyString] = {
    "rainy": _l("Rainy season"),
    "dry": _l("Dry season"),
    "both": _l("Both seasons, all year"),
}
STATES: dict[str, LazyString] = {"open": _l("Open"), "full": _l("Full"), "standby": _l("On standby")}
IN_SEASON: dict[str, LazyString] = {
    "rainy": _l("in the rainy season"),
    "dry": _l("in the dry season"),
    "both": _l("all year"),
}
FAILURES: dict[str, LazyString] = {
    "no_people": _l("No place of this sector has people on record."),
    "no_roads": _l("The mission has no roads on record."),
    "no_way": _l("No road leads from any place to a site that may open."),
    "no_room": _l(
        "No placement was found in which everybody has room. Ask for more sites, or for more people in each."
    ),
    "no_candidates": _l(
        "Too few places are left where a site may open. Ask for fewer sites, or less distance from threats."
    ),
}
REACH = {"in": _l("within"), "part": _l("in part"), "out": _l("not within")}


def listed(names: list[str]) -> str:
    if len(names) < 2:
        return "".join(names)
    return _("%(first)s and %(last)s", first=", ".join(names[:-1]), last=names[-1])


def sites(study: Any) -> str:
    """The placement as the subject of a sentence."""
    found = study.answer["sites"]
    new = [site["name"] for site in found if not site["existing"]]
    standing = len(found) - len(new)
    if not new:
        return ngettext("The one existing haven", "The %(num)s existing havens", standing)
    words = ngettext(
        "One new site, at %(names)s,", "%(num)s new sites, at %(names)s,", len(new), names=listed(new)
    )
    if not standing:
        return words
    return _("%(sites)s with %(havens)s", sites=words.rstrip(","), havens=ngettext(
        "the one existing haven", "the %(num)s existing havens", standing
    ))  # fmt: skip


def sentence(study: Any) -> str:
    """What the placement reaches, and for whom."""
    found = study.answer
    when = IN_SEASON[study.seasons]
    if study.goal == "least_mean":
        if found["mean"]["after"] is None:
            return _("%(sites)s would be reached by nobody %(when)s.", sites=sites(study), when=when)
        return _(
            "%(sites)s would have people %(mean)s minutes from shelter on the average %(when)s.",
            sites=sites(study), mean=f"{found['mean']['after']:g}", when=when,
        )  # fmt: skip
    if study.goal == "least_worst":
        if found["worst"]["after"] is None:
            return _("With %(sites)s some places would have no way %(when)s.", sites=sites(study), when=when)
        if study.room is not None:
            return _(
                "%(sites)s would have room for everybody, no further than %(worst)s minutes away %(when)s.",
                sites=sites(study), worst=f"{found['worst']['after']:g}", when=when,
            )  # fmt: skip
        return _(
            "%(sites)s would have nobody further than %(worst)s minutes from shelter %(when)s.",
            sites=sites(study), worst=f"{found['worst']['after']:g}", when=when,
        )  # fmt: skip
    return _(
        "%(sites)s would put %(near)s of %(people)s people within %(minutes)s minutes %(when)s.",
        sites=sites(study), near=number(found["within"]["after"]), people=number(found["people"]),
        minutes=study.minutes, when=when,
    )  # fmt: skip


def proof(study: Any) -> str:
    """How good no other placement can be."""
    found = study.answer
    if found["gap"] <= 0:
        return _("No placement of as many sites does better: this is proven.")
    percent = f"{100 * found['gap']:.1f}" if found["gap"] >= 0.0005 else _("less than 0.1")
    more = _("more") if study.goal == "most_within" else _("less")
    return _(
        "No placement of as many sites can do better than %(percent)s %% %(more)s.",
        percent=percent,
        more=more,
    )


def better(study: Any) -> str:
    """Of a change by hand: where as many new sites would do best, or nothing."""
    found = study.answer
    if study.fixed is None or abs(found["best_value"] - found["value"]) <= 1e-6 * max(abs(found["value"]), 1):
        return ""
    if study.goal == "most_within":
        return _("As many new sites would do best at %(names)s: %(near)s people.", names=listed(found["best_sites"]),
                 near=number(found["within"]["best"]))  # fmt: skip
    return _("As many new sites would do best at %(names)s.", names=listed(found["best_sites"]))


def minutes(value: float | None) -> str:
    return _("no way") if value is None else f"{value:.0f}"
