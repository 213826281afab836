"""The lines that hovering shows: words in the reader's language, with the database's figures in them."""

from __future__ import annotations

from flask import Flask
from flask.testing import FlaskClient
from flask_babel import LazyString

from app.havens import wording as havens
from app.havens.models import HavenState
from app.maps import queries
from app.patrols import wording as patrols
from app.patrols.models import PatrolState
from app.permissions import Role
from tests.app.incidents.test_incidents import incident, post
from tests.people import Staff
from tests.reports import body, put


def titles(client: FlaskClient, name: str) -> list[str]:
    features = client.get(f"/map/layers/{name}.geojson?zoom=8").json["features"]  # type: ignore[index]
    return [f["properties"]["title"] for f in features]


def test_an_alert_and_an_incident_are_called_by_number_and_figures(client: FlaskClient, staff: Staff) -> None:
    raised = put(client, staff.bearer(Role.PATROL_CDR), body())
    assert raised.status_code == 201
    ops = staff.bearer(Role.SECTOR_OPS)
    number = post(client, ops, incident()).json["id"]
    watching = staff.client(Role.SECTOR_OPS)
    alert = watching.get("/api/v1/alerts").json["alerts"][0]  # type: ignore[index]
    assert titles(watching, "alerts") == [f"Alert {alert['id']} · {alert['priority']} · {alert['grade']}"]
    assert titles(watching, "incidents") == [f"Incident {number} · killed: 3 · F6"]
    post(client, ops, incident())
    assert titles(watching, "incidents") == ["Incidents: 2 · killed: 6"]


def test_each_state_has_its_words_in_the_titles(app: Flask) -> None:
    with app.test_request_context():
        assert queries.words().keys() >= {"words_haven_states", "words_patrol_states"}
    said: tuple[dict[str, LazyString], ...] = (havens.STATES, patrols.STATES)
    assert [set(words) for words in said] == [set(HavenState), set(PatrolState)]
