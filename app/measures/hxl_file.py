"""Released figures as CSV with a row of HXL hashtags (version 1.1) under the headings, for those who share figures.

A row is one measure in one month or quarter and in one cell; what a cell is not divided by stays empty. A hidden cell has
a row of its own that says so. Hashtags and attributes are those of the HXL dictionary where it has one.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from flask_babel import gettext as _

from app.exchange.csv_file import cell
from app.exchange.tables import Marking
from app.measures import queries, released, wording
from app.measures.catalogue import CATALOGUE
from app.measures.models import Figure, Measure, Shape, Source
from app.measures.periods import Period, read_period
from app.measures.sources import DIVISIONS

#: Column → its hashtag.
COLUMNS = {
    "measure": "#indicator+code", "name": "#indicator+name", "from": "#date+start", "to": "#date+end",
    "sector": "#region+name", "unit": "#org+unit+name", "kind": "#event+type", "priority": "#severity+code",
    "channel": "#channel+code", "actor": "#org+perpetrator+name", "area": "#loc+area+name", "mode": "#modality+code",
    "part": "#indicator+type", "numerator": "#indicator+numerator+num", "denominator": "#indicator+denominator+num",
    "value": "#indicator+value+num", "ninetieth": "#indicator+p90+num", "missing": "#indicator+missing+num",
    "counted_in": "#indicator+unit", "shown": "#status", "marking": "#meta+classification",
}  # fmt: skip

Told = dict[str, object]


def rows(period: Period) -> Iterator[Told]:
    """Every released figure of a month or quarter: totals, months, cells of each division."""
    sectors = queries.sector_names()
    for source in Source:
        measures = [m for m in CATALOGUE.values() if m.source is source]
        if source.now:
            continue
        for by in ("", *DIVISIONS[source]):
            found = released.in_period(measures, period, by)
            for measure in measures:
                if measure.code not in found:
                    if not by:
                        yield {**head(measure, period, None), "shown": "not recorded"}
                    continue
                block = found[measure.code]
                for figure in (block.total, *block.months) if not by else block.cells:
                    said: Told = {by: wording.cell_words(measure, by, figure.key, sectors)} if by else {}
                    yield from told(measure, period, figure, said)


def head(measure: Measure, period: Period, month: str | None) -> Told:
    of = read_period(month) if month else period
    return {
        "measure": measure.code, "name": str(measure.name), "from": of.since.date(),
        "to": of.last_day, "counted_in": measure.unit,
    }  # fmt: skip


def told(measure: Measure, period: Period, figure: Figure, said: Told) -> Iterator[Told]:
    start = head(measure, period, figure.month) | said
    if figure.hidden:
        yield {**start, "shown": "suppressed"}
        return
    if measure.shape is Shape.TIMES:
        yield {
            **start, "denominator": figure.counted, "value": figure.median, "ninetieth": figure.ninetieth,
            "missing": figure.missing, "shown": "shown",
        }  # fmt: skip
        return
    value = figure.numerator if measure.shape is Shape.TOTAL else figure.share
    below = None if measure.shape is Shape.TOTAL else figure.denominator
    if measure.shape is not Shape.PARTS:
        yield {**start, "numerator": figure.numerator, "denominator": below, "value": value, "shown": "shown"}
    for part, count in figure.parts.items():
        words = {"part": wording.part_words(measure, part)}
        if count is None:
            yield {**start, **words, "shown": "suppressed"}
        else:
            share = count / figure.among if figure.among else None
            figures: Told = {"numerator": count, "denominator": figure.among, "value": share}
            yield {**start, **words, **figures, "shown": "shown"}


def plain(value: object) -> object:
    """A whole number without its point, a long fraction cut."""
    if isinstance(value, float):
        return int(value) if value.is_integer() else round(value, 4)
    return value


def written(period: Period, marking: Marking) -> tuple[bytes, int]:
    """The file (UTF-8 with a mark of its order, which spreadsheets want), and how many rows of figures it has."""
    text = io.StringIO(newline="")
    out = csv.writer(text)
    headings = {"measure": _("Code"), "name": _("Measure"), "ninetieth": _("90th percentile")}
    out.writerow([headings.get(name, name.replace("_", " ").capitalize()) for name in COLUMNS])
    out.writerow(COLUMNS.values())
    count = 0
    for row in rows(period):
        out.writerow([cell(plain(row.get(name))) for name in list(COLUMNS)[:-1]] + [marking.words])
        count += 1
    return text.getvalue().encode("utf-8-sig"), count
