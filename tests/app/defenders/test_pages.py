"""Pages and API of the register, the file and the looks, through the whole application."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.db import db
from app.defenders import actions, gate
from app.permissions import Permission, Role
from tests.app.defenders import files
from tests.app.defenders.files import CONTACT, HOME, NAME, OFFICER, SUPERVISOR, registered, withdraw_all
from tests.people import EAST, WEST, Staff, csrf_of
from tests.servers import Clone

running = pytest.mark.usefixtures("keyholder")
REASON = "EXERCISE: to arrange an escort tonight"


def post(client: FlaskClient, path: str, page: str = "/defenders/new", **fields: object) -> object:
    return client.post(path, data={"csrf_token": csrf_of(client, page), **fields})


def codename(owner: psycopg.Connection, made: int) -> str:
    row = owner.execute("SELECT codename FROM defenders WHERE id = %s", [made]).fetchone()
    assert row
    return str(row[0])


@running
def test_a_defender_is_registered_assessed_and_read_on_pages_alone(
    staff: Staff, owner: psycopg.Connection
) -> None:
    client = staff.client(OFFICER)
    until = gate.today() + timedelta(days=365)
    fields = {
        "name": NAME, "contact": CONTACT, "home": HOME, "place": "0.512, 0.512", "profiles": ["journalist", "youth"],
        "work": "EXERCISE: radio", "sector_id": staff.sectors[WEST], "compartment": "north", "scopes": ["1", "2", "3"],
        "how": "verbal_witnessed", "until": until.isoformat(),
    }  # fmt: skip
    answer = post(client, "/defenders/new", **fields)
    assert answer.status_code == 303
    path = answer.headers["Location"]
    assert re.fullmatch(r"/defenders/\d+", path)
    body = client.get(path).get_data(as_text=True)
    assert "Assess risk" in body
    assert "journalist" in body
    for word in (NAME, CONTACT, HOME, "0.512"):
        assert word not in body
    score = {
        "threats": 5,
        "vulnerabilities": 4,
        "capacities": 2,
        "reasoning": "EXERCISE",
        "defenders_view": "EXERCISE",
    }
    assert post(client, f"{path}/assess", **score).headers["Location"] == path
    body = client.get(path).get_data(as_text=True)
    assert "5 × 4 ÷ 2 = 10.0" in body
    assert "waits for a second person" in body
    assert "Agree with the assessment" not in body
    supervisor = staff.client(SUPERVISOR)
    body = supervisor.get(path).get_data(as_text=True)
    action = re.search(rf'action="({path}/assessments/\d+/review)"', body)
    assert action
    assert post(supervisor, action[1]).status_code == 303
    assert "waits for a second person" not in supervisor.get(path).get_data(as_text=True)
    assert post(client, f"{path}/notes", note="EXERCISE: call on Mondays").status_code == 303
    assert "call on Mondays" in client.get(path).get_data(as_text=True)


@running
def test_what_was_typed_stands_again_when_it_can_t_be_stored(staff: Staff) -> None:
    client = staff.client(OFFICER)
    answer = post(
        client, "/defenders/new", name=NAME, place="nowhere at all", work="EXERCISE: radio", until="yesterday"
    )
    body = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "EXERCISE: radio" in body
    assert "This place is not known" in body
    for place in ("91, 0", "36N SG 9 7", "\x00", "0.5", "36N ZZ 12345 12345"):
        assert post(client, "/defenders/new", name=NAME, place=place).status_code == 422, place


@running
def test_titles_and_addresses_tell_no_codename(staff: Staff, owner: psycopg.Connection) -> None:
    made = registered(staff)
    word = codename(owner, made)
    client = staff.client(SUPERVISOR)
    paths = [f"/defenders/{made}", "/defenders", "/defenders/unmaskings", f"/defenders/panel?ids={made}"]
    paths += [f"/defenders/{made}/{part}" for part in ("assess", "consents", "identity")]
    for path in paths:
        answer = client.get(path)
        assert answer.status_code == 200, path
        body = answer.get_data(as_text=True)
        title = re.search(r"<title>(.*?)</title>", body, re.DOTALL)
        assert word not in (title[1] if title else "")
        for address in re.findall(r'(?:href|action|src)="([^"]*)"', body):
            assert word not in address.replace("%20", " ").replace("+", " ")
        assert answer.headers["Cache-Control"] == "no-store"


@running
def test_unmasking_shows_for_a_minute_says_so_and_is_kept_nowhere(staff: Staff) -> None:
    made = registered(staff)
    client = staff.client(OFFICER)
    answer = post(client, f"/defenders/{made}/unmask", fields=["name", "home"], reason=REASON)
    body = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert NAME in body
    assert HOME in body
    assert CONTACT not in body
    assert "This look was recorded as number" in body
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Refresh"] == f"60; url=/defenders/{made}"
    title = re.search(r"<title>(.*?)</title>", body, re.DOTALL)
    assert title
    assert NAME not in title[1]
    assert NAME not in client.get(f"/defenders/{made}").get_data(as_text=True)
    assert client.get(f"/defenders/{made}/unmask").status_code == 405


@running
@pytest.mark.parametrize(
    "fields", [{"reason": REASON}, {"fields": ["name"], "reason": "because"}, {"fields": ["name"]}]
)
def test_a_look_without_a_field_or_a_reason_is_not_taken(
    staff: Staff, owner: psycopg.Connection, fields: dict[str, object]
) -> None:
    made = registered(staff)
    answer = post(staff.client(OFFICER), f"/defenders/{made}/unmask", **fields)
    assert answer.status_code == 422
    assert NAME not in answer.get_data(as_text=True)
    assert owner.execute("SELECT count(*) FROM unmaskings").fetchone() == (0,)


@running
def test_an_attempt_at_a_file_that_is_closed_answers_404_and_is_recorded(
    staff: Staff, owner: psycopg.Connection
) -> None:
    made = registered(staff, EAST, lon=1.512)
    client = staff.client(OFFICER)
    assert post(client, f"/defenders/{made}/unmask", fields=["name"], reason=REASON).status_code == 404
    assert post(client, f"/defenders/{made + 99}/unmask", fields=["name"], reason=REASON).status_code == 404
    query = (
        "SELECT details ->> 'code' FROM ledger_events WHERE action = 'defenders.unmask_refused' ORDER BY id"
    )
    assert [r[0] for r in owner.execute(query)] == ["not_your_file", "no_such_defender"]


def test_with_the_keyholder_down_a_sentence_and_nothing_else(staff: Staff, clone: Clone) -> None:
    files.settle(clone)
    with files.listening(clone):
        made = registered(staff)
    client = staff.client(OFFICER)
    answer = post(client, f"/defenders/{made}/unmask", fields=["name"], reason=REASON)
    assert answer.status_code == 503
    assert "key-holder does not answer" in answer.get_data(as_text=True)
    assert NAME not in answer.get_data(as_text=True)
    assert client.get(f"/defenders/{made}").status_code == 200, "everything else works on"


@running
def test_the_supervisor_sees_unseen_looks_first_and_marks_them_never_his_own(
    staff: Staff, owner: psycopg.Connection
) -> None:
    made = registered(staff)
    officer, supervisor = staff.client(OFFICER), staff.client(SUPERVISOR)
    post(officer, f"/defenders/{made}/unmask", fields=["name"], reason=REASON)
    post(supervisor, f"/defenders/{made}/unmask", fields=["contact"], reason="EXERCISE: the officer is away")
    body = supervisor.get("/defenders/unmaskings").get_data(as_text=True)
    assert "2 looks wait" in body
    assert REASON in body
    assert "EXERCISE hr_officer" in body, "who looked, by name"
    numbers = [r[0] for r in owner.execute("SELECT id FROM unmaskings ORDER BY id")]
    assert post(supervisor, f"/defenders/unmaskings/{numbers[0]}/seen").status_code == 303
    assert post(supervisor, f"/defenders/unmaskings/{numbers[0]}/seen").status_code == 409
    assert post(supervisor, f"/defenders/unmaskings/{numbers[1]}/seen").status_code == 403
    assert "1 look waits" in supervisor.get("/defenders/unmaskings").get_data(as_text=True)
    assert officer.get("/defenders/unmaskings").status_code == 403


@running
def test_withdrawn_consent_is_said_in_the_file_and_gone_from_the_rest(staff: Staff) -> None:
    made = registered(staff)
    withdraw_all(staff, made)
    client = staff.client(OFFICER)
    body = client.get(f"/defenders/{made}").get_data(as_text=True)
    assert "Consent has ended or was withdrawn" in body
    assert "EXERCISE: reports on checkpoints" not in body
    assert "1 file without consent in force" in client.get("/defenders").get_data(as_text=True)
    headers = staff.bearer(OFFICER)
    (entry,) = client.get("/api/v1/defenders", headers=headers).get_json()["defenders"]
    assert entry["consent_state"] == "ended"
    assert not {"risk_band", "profiles", "consent_until"} & set(entry)
    narrow = staff.bearer(OFFICER, scopes=[Permission.READ_DEFENDERS])
    assert client.get("/api/v1/defenders", headers=narrow).get_json()["defenders"] == []
    assert client.get(f"/api/v1/defenders/{made}", headers=narrow).status_code == 404
    assert len(export(staff)) == 0


def export(staff: Staff) -> list[dict[str, str]]:
    answer = post(staff.client(OFFICER), "/defenders/export")
    assert answer.headers["Cache-Control"] == "no-store"
    return list(csv.DictReader(io.StringIO(answer.get_data(as_text=True))))


@running
def test_an_export_holds_what_consent_lets_leave_and_is_recorded(
    staff: Staff, owner: psycopg.Connection
) -> None:
    shared = registered(staff)
    registered(staff, scopes=(1,), lon=0.501)
    (line,) = export(staff)
    assert (line["id"], line["codename"]) == (str(shared), codename(owner, shared))
    assert "work" not in line
    assert "CONFIDENTIAL" in line["marking"]
    query = "SELECT details FROM ledger_events WHERE action = 'defenders.exported'"
    assert owner.execute(query).fetchone() == ({"count": 1},)


@running
def test_the_register_is_filtered_sorted_and_paged_by_its_address(
    staff: Staff, owner: psycopg.Connection
) -> None:
    first, second = registered(staff), registered(staff, lon=0.501)
    with staff.acting(OFFICER):
        actions.assess_risk(second, actions.Scores(5, 5, 1, False, False, "EXERCISE", "EXERCISE"))
        db.session.commit()
    headers, client = staff.bearer(OFFICER), staff.client(OFFICER)

    def ids(query: str) -> list[int]:
        return [
            d["id"] for d in client.get(f"/api/v1/defenders?{query}", headers=headers).get_json()["defenders"]
        ]

    assert ids("") == [first, second], "the review that is due first stands first"
    assert ids("sort=-band") == [second, first]
    assert ids("band=extreme") == [second]
    assert ids(f"search={codename(owner, first).split()[1].upper()}")[:1] == [first]
    assert ids("search=%25") == [], "a per cent sign is looked for, not obeyed"
    assert ids("consent=ended") == []
    assert ids("sector=EAST") == []
    assert ids("page=2") == []
    for odd in ("sort=nothing", "page=-1", "page=x", "band=%00", "consent=x", "profile='", "sort=%27%3B--"):
        assert client.get(f"/defenders?{odd}").status_code == 200, odd


@running
def test_the_api_gives_a_file_and_unmasks_for_a_reason(staff: Staff) -> None:
    made = registered(staff)
    client, headers = staff.client(OFFICER), staff.bearer(OFFICER)
    body = client.get(f"/api/v1/defenders/{made}", headers=headers).get_json()
    assert [c["tier"] for c in body["cells"]] == ["fine", "coarse"]
    assert body["sealed"] == ["contact", "home", "name"]
    assert [c["scope"] for c in body["consents"]] == [1, 2, 3]
    path = f"/api/v1/defenders/{made}/unmask"
    answer = client.post(path, headers=headers, json={"fields": ["name"], "reason": REASON})
    assert answer.get_json()["values"] == {"name": NAME}
    assert answer.headers["Cache-Control"] == "no-store"
    for wrong in (
        {"fields": ["name"], "reason": "short"},
        {"fields": [], "reason": REASON},
        {"fields": ["cells"], "reason": REASON},
    ):
        assert client.post(path, headers=headers, json=wrong).status_code == 422
    assert client.post(path, json={"fields": ["name"], "reason": REASON}).status_code in (400, 403), (
        "a cookie needs its form's token"
    )
    assert client.get(f"/api/v1/defenders/{2**63}", headers=headers).status_code == 404
    assert client.get(f"/defenders/panel?ids={2**70},x,,{made}").status_code == 200


@running
@pytest.mark.parametrize("role", [r for r in Role if r not in (OFFICER, SUPERVISOR)])
def test_no_other_role_reaches_a_page_of_defenders(staff: Staff, role: Role) -> None:
    made = registered(staff)
    client, headers = staff.client(role), staff.bearer(role)
    for path in (
        "/defenders",
        f"/defenders/{made}",
        "/defenders/new",
        "/defenders/unmaskings",
        f"/defenders/{made}/assess",
    ):
        assert client.get(path).status_code == 403, path
    for path in ("/api/v1/defenders", f"/api/v1/defenders/{made}"):
        assert client.get(path, headers=headers).status_code == 403, path


@running
def test_markup_in_every_text_field_is_shown_as_text(staff: Staff, app: Flask) -> None:
    evil = "<script>alert(1)</script>${alert(2)}{{ 7*7 }}"
    client = staff.client(OFFICER)
    answer = post(
        client, "/defenders/new", name=evil, contact=evil, home=evil, place="0.512, 0.512", profiles=["journalist"],
        work=evil, sector_id=staff.sectors[WEST], compartment="north", scopes=["1", "2", "3"], how="signed_form",
        until=gate.today().isoformat(),
    )  # fmt: skip
    path = answer.headers["Location"]
    made = int(path.rsplit("/", 1)[1])
    post(client, f"{path}/notes", note=evil)
    post(
        client,
        f"{path}/assess",
        threats=1,
        vulnerabilities=1,
        capacities=1,
        reasoning=evil,
        defenders_view=evil,
    )
    day = gate.today().isoformat()
    post(client, f"{path}/consents", scope=4, given_on=day, until=day, how="signed_form", conditions=evil)
    pages = [
        client.get(path),
        post(client, f"{path}/unmask", fields=["name", "contact", "home"], reason=evil),
    ]
    pages += [
        client.get(f"/defenders/panel?ids={made}"),
        staff.client(SUPERVISOR).get("/defenders/unmaskings"),
    ]
    for page in pages:
        body = page.get_data(as_text=True)
        assert "<script>alert" not in body
        assert page.status_code == 200
    assert body.count("&lt;script&gt;alert(1)") == 1
