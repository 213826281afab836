"""UCDP GED columns → incidents (Sundberg and Melander 2013; the codebook of GED 23.1).

`where_prec` and `date_prec` are the house's own scales, so they are carried over as they are. Deaths keep the triple
low/best/high and the split by side.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from app.mission.importing.reading import GEOMETRY, Row, RowRefused, first, need, number, point

KINDS = {
    1: ("armed_clash", "1 state-based"),
    2: ("armed_clash", "2 non-state"),
    3: ("attack_on_civilians", "3 one-sided"),
}


def day(written: str) -> datetime:
    """Midnight UTC of an ISO date, with or without a time; '2009-02-20T00:00:00' and '2009-02-20 00:00:00.000'."""
    try:
        return datetime.strptime(written[:10], "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        raise RowRefused("ucdp_date") from None


def event(row: Row) -> dict[str, Any]:
    violence = number(row, "type_of_violence")
    if violence not in KINDS:
        raise RowRefused("ucdp_violence")
    kind, original = KINDS[violence]
    where, when = number(row, "where_prec"), number(row, "date_prec")
    if not 1 <= where <= 7 or not 1 <= when <= 5:
        raise RowRefused("ucdp_precision")
    low, best, high = number(row, "low"), number(row, "best"), number(row, "high")
    if min(low, best, high) < 0:
        raise RowRefused("ucdp_deaths")
    start, end = day(need(row, "date_start")), day(need(row, "date_end", "date_start"))
    if end < start:
        raise RowRefused("ucdp_order")
    lon, lat = point(row)
    sides = {k: number(row, k, 0) for k in ("deaths_a", "deaths_b", "deaths_civilians", "deaths_unknown")}
    return {
        "source": "ucdp", "source_id": need(row, "id"), "kind": kind, "original_kind": original,
        "occurred_from": start, "occurred_to": end + timedelta(days=1) - timedelta(seconds=1),
        "date_precision": when, "place_precision": where, "lon": lon, "lat": lat,
        "place_name": first(row, "where_description", "where_coordinates"),
        "side_a": first(row, "side_a"), "side_b": first(row, "side_b"),
        "killed_low": low, "killed_best": best, "killed_high": high, "killed_by_side": sides,
        # One clear event is probably true, an aggregate of several only possibly.
        "source_reliability": "B", "credibility": 2 if number(row, "event_clarity", 2) == 1 else 3,
        "summary": first(row, "source_headline") or "",
        "original": {k: v for k, v in row.items() if k != GEOMETRY},
    }  # fmt: skip
