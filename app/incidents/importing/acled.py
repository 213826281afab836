"""ACLED export columns → incidents (ACLED codebook). Its types are mapped to the house list, its own words are kept.

ACLED gives one count of fatalities, which stands for low, best and high; the order of its actors does not say who
attacked whom.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from app.mission.importing.reading import GEOMETRY, Row, RowRefused, first, need, number, point

BY_SUB_EVENT = {
    "armed clash": "armed_clash", "government regains territory": "armed_clash",
    "non-state actor overtakes territory": "armed_clash", "attack": "attack_on_civilians",
    "sexual violence": "crsv", "abduction/forced disappearance": "abduction",
    "air/drone strike": "shelling_remote_violence", "shelling/artillery/missile attack": "shelling_remote_violence",
    "remote explosive/landmine/ied": "ied_mine", "grenade": "shelling_remote_violence", "suicide bomb": "ied_mine",
    "chemical weapon": "shelling_remote_violence", "peaceful protest": "demonstration",
    "protest with intervention": "demonstration", "excessive force against protesters": "demonstration",
    "violent demonstration": "riot_mob", "mob violence": "riot_mob", "agreement": "agreement",
    "arrests": "arbitrary_detention", "looting/property destruction": "looting_burning",
    "change to group/activity": "armed_group_movement", "headquarters or base established": "armed_group_movement",
    "non-violent transfer of territory": "armed_group_movement", "disrupted weapons use": "other", "other": "other",
}  # fmt: skip
# geo_precision 1 town, 2 near a town, 3 larger region; time_precision 1 day, 2 week, 3 month.
PLACE = {1: 1, 2: 2, 3: 4}
TIME = {1: 1, 2: 3, 3: 4}
DATES = ("%Y-%m-%d", "%d %B %Y", "%d-%B-%Y", "%d %b %Y", "%d/%m/%Y")


def day(written: str) -> datetime:
    for form in DATES:
        try:
            return datetime.strptime(written, form).replace(tzinfo=UTC)
        except ValueError:
            continue
    raise RowRefused("acled_date")


def event(row: Row) -> dict[str, Any]:
    sub_event = need(row, "sub_event_type")
    kind = BY_SUB_EVENT.get(sub_event.lower())
    if kind is None:
        raise RowRefused("acled_type")
    place, time = number(row, "geo_precision"), number(row, "time_precision")
    if place not in PLACE or time not in TIME:
        raise RowRefused("acled_precision")
    killed = number(row, "fatalities")
    if killed < 0:
        raise RowRefused("acled_deaths")
    start = day(need(row, "event_date"))
    lon, lat = point(row)
    return {
        "source": "acled", "source_id": need(row, "event_id_cnty", "data_id"), "kind": kind,
        "original_kind": f"{first(row, 'event_type') or ''}: {sub_event}".lstrip(": "),
        "occurred_from": start, "occurred_to": start + timedelta(days=1) - timedelta(seconds=1),
        "date_precision": TIME[time], "place_precision": PLACE[place], "lon": lon, "lat": lat,
        "place_name": first(row, "location"), "side_a": first(row, "actor1"), "side_b": first(row, "actor2"),
        "killed_low": killed, "killed_best": killed, "killed_high": killed, "killed_by_side": {},
        "source_reliability": "C", "credibility": 3, "summary": first(row, "notes") or "",
        "original": {k: v for k, v in row.items() if k != GEOMETRY},
    }  # fmt: skip
