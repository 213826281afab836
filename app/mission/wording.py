"""The words of the mission's codes. Kinds of units, bases and channels come from the mission's own files: one that
has no word here is shown as it was written, with spaces."""

from __future__ import annotations

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

ECHELONS: dict[str, LazyString] = {
    "mission": _l("mission"),
    "sector": _l("sector"),
    "battalion": _l("battalion"),
    "company": _l("company"),
}

UNIT_KINDS: dict[str, LazyString] = {
    "fhq": _l("force headquarters"),
    "shq": _l("sector headquarters"),
    "bn": _l("battalion"),
    "coy": _l("company"),
    "pl": _l("platoon"),
    "unmo_ts": _l("team site of military observers"),
    "fpu": _l("formed police unit"),
    "qrf": _l("quick reaction force"),
    "avn": _l("aviation"),
    "med": _l("medical"),
    "eng": _l("engineers"),
}

BASE_KINDS: dict[str, LazyString] = {
    "permanent": _l("permanent camp"),
    "company_operating_base": _l("company operating base"),
    "cob": _l("company operating base"),
    "temporary_operating_base": _l("temporary operating base"),
    "tob": _l("temporary operating base"),
    "team_site": _l("team site"),
    "observation_post": _l("observation post"),
    "helicopter_landing_site": _l("helicopter landing site"),
    "poc_site": _l("protection of civilians site"),
}

CHANNELS: dict[str, LazyString] = {"phone": _l("phone"), "radio": _l("radio"), "runner": _l("runner")}


def kind_words(kind: str, words: dict[str, LazyString]) -> str:
    known = words.get(kind.lower())
    return str(known) if known else kind.replace("_", " ")
