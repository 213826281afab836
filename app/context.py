"""What every page shows: its marking, the menu, who has signed in; and the clock that the macros count from."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask import Flask, g, url_for

from app.mission import queries as mission
from app.navigation import navigation
from app.permissions import HEARD_LIVE, current_viewer, role_words
from app.permissions import Permission as P
from app.settings import Settings


def register(app: Flask, settings: Settings) -> None:
    app.jinja_env.globals["now"] = lambda: datetime.now(UTC)

    @app.context_processor
    def frame() -> dict[str, Any]:
        identity = mission.identity()
        g.time_zone = identity.time_zone
        viewer = current_viewer.get()
        person = g.get("signed_in")
        g.navigation = navigation()
        return {
            # Either says that this is an exercise: real data under the mark is a nuisance, the reverse a danger.
            "exercise": identity.exercise or settings.exercise,
            "classification": identity.classification,
            "mission_name": identity.name,
            "signed_in": person if viewer else None,
            "role_words": role_words(viewer.role) if viewer else "",
            "account_url": url_for("people.account"),
            "sign_out_url": url_for("people.sign_out"),
            "find_url": url_for("find.page") if viewer and viewer.holds(P.SEE_MAP) else "",
            # Where a browser asks whether alerts have changed when the live stream is cut.
            "alerts_version_url": url_for("alerts.version") if viewer and viewer.holds(P.READ_ALERTS) else "",
            "hears_live": bool(viewer and any(map(viewer.holds, HEARD_LIVE.values()))),
        }
