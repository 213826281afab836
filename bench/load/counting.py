"""After a run, by SQL as the superuser: is every accepted report there, with exactly the alert that it must have?"""

from __future__ import annotations

from dataclasses import dataclass, fields

import psycopg
from bodies import Report

# What one alert consists of: its weighing, its first step, its three clocks, its events; and those whose turn began
# with it are told once.
SQL = """
WITH alert AS (
    SELECT a.id, a.report_id,
           (SELECT count(*) FROM alert_weighings w WHERE w.alert_id = a.id) = 1
           AND (SELECT count(*) FROM alert_steps s WHERE s.alert_id = a.id AND s.kind = 'raised') = 1
           AND (SELECT count(*) FROM alert_clocks c WHERE c.alert_id = a.id AND c.echelon = 'duty_officer'
                AND c.rung IS NULL) = 3
           AND (SELECT count(DISTINCT c.clock) FROM alert_clocks c WHERE c.alert_id = a.id) = 3
           AND (SELECT count(*) FROM ledger_events e
                WHERE e.subject = 'alerts:' || a.id AND e.action = 'alerts.raised') = 1 AS whole,
           (SELECT count(*) FROM alert_clocks c JOIN ledger_events e ON e.subject = 'alert_clocks:' || c.id
            WHERE c.alert_id = a.id AND c.clock = 'acknowledge' AND c.rung IS NULL AND c.told_at IS NOT NULL
            AND e.action = 'alerts.told') AS told
    FROM alerts a WHERE a.report_id IN (SELECT id FROM bench_accepted)),
sent AS (
    SELECT s.id, s.raises, r.id IS NOT NULL AS stored,
           (SELECT count(*) FROM alert WHERE report_id = s.id) AS alerts,
           (SELECT count(*) FROM ledger_events e
            WHERE e.subject = 'field_reports:' || s.id AND e.action = 'reports.filed') AS events
    FROM bench_accepted s LEFT JOIN field_reports r ON r.id = s.id)
SELECT count(*) AS accepted,
       count(*) FILTER (WHERE alerts > 0) AS alerts,
       count(*) FILTER (WHERE NOT stored) AS lost_reports,
       count(*) FILTER (WHERE raises AND alerts = 0) AS lost_alerts,
       count(*) FILTER (WHERE alerts > 1) AS doubled_alerts,
       count(*) FILTER (WHERE NOT raises AND alerts > 0) AS alerts_without_cause,
       count(*) FILTER (WHERE stored AND events <> 1) AS unrecorded,
       (SELECT count(*) FROM alert WHERE NOT whole) AS incomplete_alerts,
       (SELECT count(*) FROM alert WHERE told = 0) AS untold_alerts,
       (SELECT count(*) FROM alert WHERE told > 1) AS alerts_told_twice
FROM sent
"""


@dataclass(frozen=True)
class Count:
    accepted: int
    alerts: int
    lost_reports: int
    lost_alerts: int
    doubled_alerts: int
    alerts_without_cause: int
    unrecorded: int
    incomplete_alerts: int
    untold_alerts: int
    alerts_told_twice: int

    @property
    def faults(self) -> dict[str, int]:
        found = {f.name: int(getattr(self, f.name)) for f in fields(self)}
        return {name: n for name, n in found.items() if n and name not in ("accepted", "alerts")}


def count(url: str, accepted: list[Report]) -> Count:
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TEMP TABLE bench_accepted (id uuid PRIMARY KEY, raises boolean)")
        with connection.cursor() as cursor, cursor.copy("COPY bench_accepted FROM STDIN") as copy:
            for report in accepted:
                copy.write_row((report.id, report.raises))
        connection.execute("ANALYZE")
        row = connection.execute(SQL).fetchone()
        connection.rollback()
    assert row is not None
    return Count(*row)
