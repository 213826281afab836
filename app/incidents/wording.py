"""The words of incidents' codes; types after the handbook's 4.7, precision after UCDP's where_prec and date_prec."""

from __future__ import annotations

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

KINDS: dict[str, LazyString] = {
    "armed_clash": _l("Armed clash"),
    "attack_on_civilians": _l("Attack on civilians"),
    "shelling_remote_violence": _l("Shelling or remote violence"),
    "ied_mine": _l("Mine or improvised explosive device"),
    "killing": _l("Killing"),
    "injury": _l("Injury"),
    "abduction": _l("Abduction"),
    "crsv": _l("Conflict-related sexual violence"),
    "torture": _l("Torture or ill-treatment"),
    "arbitrary_detention": _l("Arbitrary detention"),
    "displacement": _l("Displacement"),
    "looting_burning": _l("Looting or burning"),
    "extortion": _l("Extortion"),
    "cattle_raid": _l("Cattle raid"),
    "robbery": _l("Robbery"),
    "demonstration": _l("Demonstration"),
    "riot_mob": _l("Riot or mob violence"),
    "roadblock": _l("Roadblock"),
    "attack_on_un": _l("Attack on the United Nations"),
    "restriction_of_movement": _l("Restriction of movement"),
    "armed_group_movement": _l("Movement of an armed group"),
    "attack_on_protected_site": _l("Attack on a protected site"),
    "hate_speech": _l("Hate speech"),
    "access_denial": _l("Denial of humanitarian access"),
    "agreement": _l("Agreement"),
    "other": _l("Other"),
}

SOURCES: dict[str, LazyString] = {
    "vigil": _l("Recorded here"),
    "ucdp": _l("UCDP"),
    "acled": _l("ACLED"),
    "exercise": _l("Exercise"),
}

PLACE_PRECISION: dict[int, LazyString] = {
    1: _l("exact place"),
    2: _l("near this place, within some 25 km"),
    3: _l("somewhere in the district"),
    4: _l("somewhere in the province"),
    5: _l("only roughly known: a region, a road, a river"),
    6: _l("somewhere in the country"),
    7: _l("at sea or in the air"),
}
# From here on the point is the middle of an area and tells nothing of its own.
COARSE = 3

DATE_PRECISION: dict[int, LazyString] = {
    1: _l("the exact day"),
    2: _l("within two to six days"),
    3: _l("within a week"),
    4: _l("within a month"),
    5: _l("within a year, or not clear"),
}

SIDES: dict[str, LazyString] = {
    "a": _l("Side A"),
    "b": _l("Side B"),
    "side_a": _l("Side A"),
    "side_b": _l("Side B"),
    "deaths_a": _l("Side A"),
    "deaths_b": _l("Side B"),
    "civilians": _l("Civilians"),
    "deaths_civilians": _l("Civilians"),
    "unknown": _l("Not known who"),
    "deaths_unknown": _l("Not known who"),
}
