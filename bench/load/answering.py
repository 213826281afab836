"""A room that answers its alerts: without it they would only pile up, and what grows with them would look like a leak."""

from __future__ import annotations

import http.client
import json
import subprocess
import threading
import time
from typing import Any

import psycopg
from client import PATIENCE
from ground import COMMANDS, ROOT, Ground

USER = "watchkeeper_joc"
SCOPES = ("alerts:read", "alerts:handle", "alerts:decide")
TAKEN_AFTER = 20.0  # s that an alert stands on the maps before somebody takes it
WHY = "EXERCISE: said in a sentence why."
ANSWER: tuple[tuple[str, dict[str, Any]], ...] = (
    ("acknowledge", {}),
    ("verify", {"verification": "corroborated", "source_reliability": "B", "credibility": 2, "note": WHY}),
    ("decide", {"response": "state_forces_only", "authority": "tactical_control", "note": WHY}),
    ("hand-over", {"to": "state", "note": WHY}),
    ("feedback", {"told": True, "note": WHY}),
    ("close", {"lesson": WHY}),
)


def token(ground: Ground, user: str, scopes: tuple[str, ...]) -> str:
    words = [word for scope in scopes for word in ("--scope", scope)]
    command = [COMMANDS / "flask", "tokens", "create", "--user", user, *words]
    made = subprocess.run(
        command, cwd=ROOT, env=ground.environment(), check=True, capture_output=True, text=True
    )
    return made.stdout.strip().splitlines()[-1]


class DutyOfficer(threading.Thread):
    """Carries each alert that comes in from acknowledgement to its end, one after the other, until told to end."""

    def __init__(self, ground: Ground) -> None:
        super().__init__(daemon=True)
        self.port = ground.port
        self.headers = {
            "Authorization": f"Bearer {token(ground, USER, SCOPES)}",
            "Content-Type": "application/json",
        }
        self.ground = ground
        self.last = 0
        self.last = max(self.newer(), default=0)
        self.came: dict[int, float] = {}
        self.closed, self.fault = 0, ""
        self.ended = threading.Event()

    def ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """The answer's JSON. Raises RuntimeError with the status for anything but 200."""
        sent = None if body is None else json.dumps(body)
        # A connection each: the site ends one that rests, and an act may not be sent twice.
        site = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            site.request(method, f"/api/v1/alerts{path}", sent, self.headers)
            answer = site.getresponse()
            told = answer.read()
        finally:
            site.close()
        if answer.status != 200:
            raise RuntimeError(f"{answer.status} for {path.rpartition('/')[2]}")
        return json.loads(told)

    def newer(self) -> list[int]:
        """The alerts that came since the last look. Of the table itself: a list's first page tells of old ones, too."""
        with psycopg.connect(self.ground.url("postgres")) as c:
            return [
                row[0] for row in c.execute("SELECT id FROM alerts WHERE id > %s ORDER BY id", [self.last])
            ]

    def run(self) -> None:
        try:
            while not self.ended.wait(2.0):
                for alert_id in self.newer():
                    self.last = alert_id
                    self.came[alert_id] = time.monotonic()
                for alert_id, since in list(self.came.items()):
                    if time.monotonic() - since > TAKEN_AFTER:
                        for act, body in ANSWER:
                            self.ask("POST", f"/{alert_id}/{act}", body)
                        del self.came[alert_id]
                        self.closed += 1
        except (OSError, RuntimeError, http.client.HTTPException, psycopg.Error) as error:
            self.fault = f"the duty officer: {error}"

    def end(self) -> None:
        self.ended.set()
        self.join()
