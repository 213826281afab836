"""The register as CSV, for what consent lets leave."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from werkzeug.wrappers import Response

from app.defenders.queries import Line
from app.exchange.csv_file import answer, cell
from app.exchange.tables import Marking

COLUMNS = ("id", "codename", "profiles", "risk_band", "sector", "case_status", "review_on")


def as_csv(lines: Iterable[Line], marking: Marking) -> Response:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([*COLUMNS, "marking"])
    for line in lines:
        values = line.fields | {"sector": line.sector}
        writer.writerow([*(cell(values.get(name)) for name in COLUMNS), marking.words])
    return answer(out.getvalue(), "register.csv")
