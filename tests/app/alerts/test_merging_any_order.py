"""Merging and taking back in any order: nothing is lost, and what stands alone again has its clocks as before."""

from __future__ import annotations

from typing import Any

import psycopg
from flask.testing import FlaskClient
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from app.permissions import Role
from tests.app.alerts.entries import WHY, entered
from tests.people import Staff, record
from tests.reports import act

ALERTS = 5


def test_merging_and_taking_back_in_any_order_loses_nothing(
    client: FlaskClient, staff: Staff, owner: psycopg.Connection
) -> None:
    duty = staff.bearer(Role.WATCHKEEPER_JOC)

    class Merging(RuleBasedStateMachine):
        """Beside the room a plain model: who follows whom, and which clocks each alert had."""

        def __init__(self) -> None:
            super().__init__()
            self.ids = [entered(client, duty) for _n in range(ALERTS)]
            self.leader: dict[int, int] = {}
            self.taken: set[int] = set()
            self.steps = dict.fromkeys(self.ids, 1)
            self.due = {i: self.clocks(i) for i in self.ids}

        def clocks(self, alert: int) -> dict[str, Any]:
            rows = owner.execute(
                "SELECT clock, due_at, stopped_at IS NULL FROM alert_clocks WHERE alert_id = %s", [alert]
            )
            return {clock: (due, runs) for clock, due, runs in rows}

        @rule(one=st.integers(0, ALERTS - 1), other=st.integers(0, ALERTS - 1))
        def merge(self, one: int, other: int) -> None:
            alert, leader = self.ids[one], self.ids[other]
            sound = alert != leader and alert not in self.leader and leader not in self.leader
            answer = act(client, duty, alert, "merge", leader_id=leader, note=WHY)
            assert (answer.status_code == 200) == sound, answer.json
            if sound:
                self.leader[alert] = leader
                self.steps[alert] += 1

        @rule(one=st.integers(0, ALERTS - 1))
        def part(self, one: int) -> None:
            alert = self.ids[one]
            answer = act(client, duty, alert, "part", note=WHY)
            assert (answer.status_code == 200) == (alert in self.leader)
            if alert in self.leader:
                del self.leader[alert]
                self.steps[alert] += 1

        @rule(one=st.integers(0, ALERTS - 1))
        def acknowledge(self, one: int) -> None:
            alert = self.ids[one]
            sound = alert not in self.leader and alert not in self.taken
            assert (act(client, duty, alert, "acknowledge").status_code == 200) == sound
            if sound:
                self.taken.add(alert)
                self.steps[alert] += 1
                self.due[alert]["acknowledge"] = (self.due[alert]["acknowledge"][0], False)

        @invariant()
        def everything_stands(self) -> None:
            rows = owner.execute(
                "SELECT a.id, a.leader_id, a.status, (SELECT count(*) FROM alert_steps s WHERE s.alert_id = a.id), "
                "a.verbatim IS NOT NULL FROM alerts a WHERE a.id = ANY (%s) ORDER BY a.id", [self.ids],
            ).fetchall()  # fmt: skip
            assert [r[0] for r in rows] == sorted(self.ids)
            for alert, leader, status, steps, worded in rows:
                assert leader == self.leader.get(alert)
                assert status == ("acknowledged" if alert in self.taken else "received")
                assert steps == self.steps[alert] and worded

        @invariant()
        def clocks_run_as_if_never_merged_or_stand_still(self) -> None:
            for alert in self.ids:
                now = self.clocks(alert)
                assert {c: due for c, (due, _runs) in now.items()} == {
                    c: d for c, (d, _r) in self.due[alert].items()
                }
                runs = {c for c, (_due, going) in now.items() if going}
                wanted = (
                    set()
                    if alert in self.leader
                    else {c for c, (_d, going) in self.due[alert].items() if going}
                )
                assert runs == wanted

        @invariant()
        def the_queue_holds_each_event_once(self) -> None:
            answer = client.get("/api/v1/alerts?status=open", headers=duty).json["alerts"]
            led = {i for i in self.ids if i not in self.leader}
            assert {a["id"] for a in answer} & set(self.ids) == led
            assert led, "something always leads"

        def teardown(self) -> None:
            # Those of the run before would fill the list's page.
            with owner.transaction():
                owner.execute("UPDATE alerts SET status = 'closed' WHERE id = ANY (%s)", [self.ids])
                record(owner)

    run_state_machine_as_test(
        Merging,
        settings=settings(
            max_examples=12, stateful_step_count=12, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
