"""What may be asked of measures, and the plain answer to what can't be."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from app.errors import Invalid
from app.measures import charts
from app.measures.catalogue import measure_of
from app.measures.models import Figure
from app.measures.periods import any_period, last_quarters, quarter_of, read_period
from app.measures.views import trend
from app.permissions import Role
from tests.people import Staff

NOW = datetime(2026, 11, 21, 14, 30, tzinfo=UTC)


@pytest.mark.parametrize("address", [
    "?period=2026-Q5", "?period=2026-13", "?period=x", "?period=%00", "?since=2026-02-30", "?since=9999-12-31",
    "?since=2026-03-01&until=2026-02-01", "?since=0001-01-01", "?until=0001-01-01",
])  # fmt: skip
def test_a_period_that_is_none_gets_a_sentence(staff: Staff, address: str) -> None:
    client = staff.client(Role.HOM)
    for path in ("/measures", "/measures/killed", "/api/v1/measures", "/api/v1/measures/killed"):
        answer = client.get(path + address)
        assert answer.status_code == 422 or address == "?period=%00", (path, answer.status_code)
        assert answer.status_code < 500


def test_what_is_no_measure_or_no_division_of_it_is_said(staff: Staff) -> None:
    client = staff.client(Role.HOM)
    assert client.get("/measures/nothing").status_code == 404
    for by in ("drop", "actor", "sector'--"):
        assert client.get(f"/measures/response_any?by={by}").status_code == 422, by
    page = client.get("/measures/response_any?by=kind&key=' OR 1=1 --")
    assert page.status_code == 200
    assert client.get("/measures/women_sources?by=").status_code == 200


def test_roles_without_the_permission_are_refused(staff: Staff) -> None:
    for role in (Role.CLA, Role.PATROL_CDR, Role.SYSADMIN, Role.WATCHKEEPER_JOC):
        assert staff.client(role).get("/measures").status_code == 403, role


def test_periods_are_quarters_months_and_spans() -> None:
    quarter = read_period("2026-Q1")
    assert (quarter.since, quarter.until) == (
        datetime(2026, 1, 1, tzinfo=UTC),
        datetime(2026, 4, 1, tzinfo=UTC),
    )
    assert quarter.months() == ["2026-01", "2026-02", "2026-03"]
    december = read_period("2025-12")
    assert (december.until, december.quarter.code) == (datetime(2026, 1, 1, tzinfo=UTC), "2025-Q4")
    assert [q.code for q in last_quarters(NOW, 4)] == ["2026-Q3", "2026-Q2", "2026-Q1", "2025-Q4"]
    assert any_period(None, None, NOW) == quarter_of(NOW)
    span = any_period(datetime(2026, 11, 1, tzinfo=UTC), None, NOW)
    assert (span.until, span.words) == (datetime(2026, 11, 22, tzinfo=UTC), "2026-11-01 to 2026-11-21")
    with pytest.raises(Invalid):
        read_period("2026-00")


@pytest.mark.parametrize(
    ("code", "first"), [("2026-08", "2025-09"), ("2026-Q4", "2026-01"), ("2026-01", "2025-02")]
)
def test_a_trend_is_of_the_twelve_months_that_end_with_the_period(code: str, first: str) -> None:
    months = trend(read_period(code)).months()
    assert (months[0], len(months)) == (first, 12)


def test_bars_begin_at_nought_and_hide_what_is_hidden() -> None:
    share, time = measure_of("response_any"), measure_of("time_to_arrive")
    half = Figure(month="2026-01", numerator=5, denominator=10)
    drawn = charts.bars(share, [half, half.veiled()])
    assert [(b.height, b.y, b.value) for b in drawn] == [(48.0, 48.0, 0.5), (0.0, 96.0, None)]
    medians = charts.bars(time, [Figure(median=30.0), Figure(median=60.0), Figure()])
    assert [b.height for b in medians] == [48.0, 96.0, 0.0]
    assert charts.bars(share, []) == []
