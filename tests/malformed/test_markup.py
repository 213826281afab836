"""What was taken with markup in it is text on every page that shows it, and in the documents made of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import pytest
from werkzeug.routing import Rule

from app.factory import create_app
from app.permissions import Role
from tests.app.documents.ordering import write_all
from tests.malformed.bodies import CASES, bearers
from tests.malformed.breaking import MARKUP
from tests.malformed.case import WHY
from tests.malformed.forms import FORMS
from tests.matrix import addresses
from tests.matrix.lookers import LOOKERS, Looker
from tests.matrix.sweep import gets, guarded, opens
from tests.matrix.world import OWN, World, standing
from workers import runtime

pytestmark = pytest.mark.xdist_group("malformed")

# For fields that hold no more.
SHORT = "\"'><img src=x onerror=alert(1)>"
# Table, and what an address names a row of it by.
MADE = {
    "alerts": ("alert", "alert_id"), "field_reports": ("report", "report_id"), "incidents": ("incident", "incident_id"),
    "threats": ("threat", "threat_id"), "patrols": ("patrol", "patrol_id"), "defenders": ("defender", "defender_id"),
    "people": ("person", "person_id"), "documents": ("document", "document_id"),
}  # fmt: skip


class Live(HTMLParser):
    """What a browser would run of what was sent."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.in_script = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.in_script = tag in ("script", "style")
        self.found += [
            f"{tag} {name}" for name, value in attrs if name.startswith("on") or (tag, value) == ("img", "x")
        ]

    def handle_endtag(self, tag: str) -> None:
        self.in_script = False

    def handle_data(self, data: str) -> None:
        if self.in_script and "alert(" in data and "alert(alert_" not in data:
            self.found.append(f"script {data[:80]}")


def marked(value: Any, markup: str) -> Any:
    """The body with markup for each of its texts."""
    if isinstance(value, dict):
        return {key: marked(part, markup) for key, part in value.items()}
    if isinstance(value, list):
        return [marked(part, markup) for part in value]
    return markup if isinstance(value, str) and value.startswith(("EXERCISE", WHY)) else value


# A phone's fix comes in the address, its device's name is letters and digits; files have tests of their own
# (tests/app/imports).
OTHERWISE = ("positions_api.from_phone", "imports_api.send_by_api", "imports_api.start_by_api")


def send_all(world: World) -> None:
    headers = bearers(world)
    for case in CASES:
        if case.ends or case.act in ("close", "decline", "hand-over", "abandon"):
            continue  # what comes after them would be refused
        if case.endpoint in OTHERWISE:
            continue
        method, path = case.address(world)
        for markup in (MARKUP, SHORT):
            sent = marked(case.body(world), markup)
            answer = world.app.test_client().open(path, method=method, json=sent, headers=headers[case.role])
            if answer.status_code != 422:
                break
        assert answer.status_code in (200, 201, 202, 409), (str(case), answer.get_json())
    for form in FORMS:
        if form.endpoint.startswith(
            ("people.add", "people.rights", "defenders.", "mission.", "patrols.plan")
        ):
            method, path = form.address(world)
            looker = Looker(form.role)
            client, token = world.client(looker), {"X-CSRFToken": world.tokens[looker]}
            for markup in (MARKUP, SHORT):
                sent = marked(form.body(world), markup)
                if client.open(path, method=method, data=sent, headers=token).status_code != 422:
                    break


@pytest.fixture(scope="module")
def marked_world(template_database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with standing(template_database, tmp_path_factory.mktemp("markup")) as world:
        send_all(world)
        for table, (kind, name) in MADE.items():
            before = [t.arguments[name] for t in world.of_kind(kind)]
            new = world.owner.execute(f"SELECT id FROM {table} WHERE id <> ALL (%s)", [before]).fetchall()
            assert new, table
            for (row_id,) in new[-3:]:
                world.thing(kind, OWN, "", {name: row_id, "consent_id": 1, "assessment_id": 1, "token_id": 1})
        yield world


def shown(world: World, rule: Rule, path: str) -> Any:
    """The page as somebody sees it who may; None where nobody does."""
    for looker in LOOKERS:
        if opens(world.app, rule, looker):
            answer = world.client(looker).get(path)
            if answer.status_code == 200:
                return answer
    return None


def test_no_page_runs_what_was_sent(marked_world: World) -> None:
    with_it = set()
    for rule, _thing, path in gets(marked_world):
        answer = shown(marked_world, rule, path)
        if answer is None or answer.mimetype != "text/html":
            continue
        text = answer.get_data(as_text=True)
        live = Live()
        live.feed(text)
        assert live.found == [], path
        with_it |= {rule.endpoint} if "onerror=alert(1)" in text else set()
    # Without these the pages would have been empty, and the test would have proved nothing.
    assert with_it >= {
        "alerts.page", "alerts.panel", "field_reports.in_tray", "field_reports.page", "incidents.table",
        "incidents.page", "incidents.panel", "threats.table", "threats.page", "patrols.board", "patrols.page",
        "havens.page", "defenders.page", "people.people_page", "people.person_page",
    }  # fmt: skip


def test_a_form_shows_again_what_was_typed_and_runs_none_of_it(marked_world: World) -> None:
    again = set()
    for form in FORMS:
        method, path = form.address(marked_world)
        looker = Looker(form.role)
        client, token = marked_world.client(looker), {"X-CSRFToken": marked_world.tokens[looker]}
        if form.again or form.endpoint in ("people.disable", "people.reset_password"):
            continue
        fields = form.body(marked_world)
        for name in fields:
            sent = {key: MARKUP if key == name else value for key, value in fields.items()}
            text = client.open(path, method=method, data=sent, headers=token).get_data(as_text=True)
            live = Live()
            live.feed(text)
            assert live.found == [], (form.endpoint, name)
            again |= {form.endpoint} if "onerror=alert(1)" in text else set()
    assert len(again) > 8


def test_a_document_about_it_runs_none_of_it(marked_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world = marked_world
    settings = replace(world.clone.settings(), database_url=world.clone.url("vigil_worker"))
    worker = create_app(settings)
    monkeypatch.setattr(runtime, "worker_app", lambda: worker)
    client, headers = world.app.test_client(), world.staff.bearer(Role.HOM)
    for kind in ("alert", "incident"):
        number = world.of_kind(kind)[-1].arguments[f"{kind}_id"]
        sent = {"kind": "incident_report", "subject": {f"{kind}_id": number}}
        ordered = client.post("/api/v1/documents", json=sent, headers=headers).get_json()
        write_all(world.owner)
        text = client.get(f"{ordered['status_url']}/files/page", headers=headers).get_data(as_text=True)
        live = Live()
        live.feed(text)
        assert live.found == []
        assert "onerror=alert(1)" in text


def test_every_kind_that_is_made_has_pages(marked_world: World) -> None:
    named = {names.kind for names in addresses.TABLE.values()}
    assert {kind for kind, _name in MADE.values()} <= named
    assert guarded(marked_world.app)
