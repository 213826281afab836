"""After a run: is everybody told, and does a ladder climb each step once while its process is killed again and again?"""

from __future__ import annotations

import time
from dataclasses import dataclass

import psycopg
from ground import Ground

TURNS = 1000
OVER = 15.0  # s in which these turns end, at any moment of it
KILLED_EVERY = 4.0  # s
PATIENCE = 90.0  # s until all is done
UNTOLD = """
SELECT count(*) FROM alert_clocks
WHERE clock = 'acknowledge' AND told_at IS NULL AND stopped_at IS NULL AND ran_out_at IS NULL
"""
UNNUMBERED = "SELECT count(*) FROM ledger_events WHERE leaf_index IS NULL"
# As the owner, with an event of it: the ledger refuses what was not recorded.
END_TURNS = """
WITH ending AS (
    SELECT id FROM alert_clocks WHERE clock = 'acknowledge' AND rung IS NULL AND stopped_at IS NULL AND ran_out_at IS NULL
    AND alert_id IN (SELECT id FROM alerts WHERE raised_at > now() - interval '1 hour') ORDER BY md5(id::text) LIMIT %s),
recorded AS (
    INSERT INTO ledger_events (at, action, subject, body) SELECT now(), 'bench.turns_ended', 'alert_clocks:all',
        convert_to('{"action":"bench.turns_ended","v":1}', 'UTF8'))
UPDATE alert_clocks c SET due_at = now() + %s * random() * interval '1 second' FROM ending WHERE c.id = ending.id
RETURNING c.id
"""
# A turn that ended has one step in its alert's chain, one turn after it and one event; the clock names its turn.
CLIMBED = """
SELECT count(*) FILTER (WHERE c.ran_out_at IS NULL OR steps = 0 OR turns = 0),
       count(*) FILTER (WHERE steps > 1 OR turns > 1 OR events > 1)
FROM alert_clocks c CROSS JOIN LATERAL (SELECT
    (SELECT count(*) FROM alert_steps s WHERE s.alert_id = c.alert_id AND s.kind = 'escalated'
     AND s.details ->> 'clock' = 'acknowledge') AS steps,
    (SELECT count(*) FROM alert_clocks n WHERE n.alert_id = c.alert_id AND n.clock = 'acknowledge'
     AND n.rung = 1) AS turns,
    (SELECT count(*) FROM ledger_events e WHERE e.subject = 'alerts:' || c.alert_id
     AND e.action = 'alerts.escalated') AS events
) AS found WHERE c.id = ANY (%s)
"""


@dataclass(frozen=True)
class Climbed:
    turns: int
    kills: int
    lost: int
    doubled: int


def settle(ground: Ground) -> dict[str, int]:
    """Wait until everybody is told and all is in the log; what is not done in time, by name."""
    with psycopg.connect(ground.url("postgres"), autocommit=True) as database:
        deadline = time.monotonic() + PATIENCE
        while True:
            left = {"untold": count(database, UNTOLD), "not_in_the_log": count(database, UNNUMBERED)}
            if not any(left.values()) or time.monotonic() > deadline:
                return {name: n for name, n in left.items() if n}
            time.sleep(0.2)


def count(database: psycopg.Connection, question: str) -> int:
    row = database.execute(question).fetchone()  # type: ignore[call-overload]
    assert row is not None
    return int(row[0])


def climb(ground: Ground) -> Climbed:
    """End a thousand turns at random moments, and kill the clocks' process meanwhile."""
    kills = 0
    with psycopg.connect(ground.url("postgres"), autocommit=True) as database:
        ending = [row[0] for row in database.execute(END_TURNS, [TURNS, OVER])]
        deadline = time.monotonic() + PATIENCE
        until = time.monotonic() + OVER
        while True:
            time.sleep(KILLED_EVERY)
            if time.monotonic() < until:
                ground.kill("clocks")
                ground.launch_again("clocks")
                kills += 1
            lost, doubled = database.execute(CLIMBED, [ending]).fetchone() or (0, 0)
            if time.monotonic() > deadline or (not lost and time.monotonic() > until):
                return Climbed(len(ending), kills, lost, doubled)
