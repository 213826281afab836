"""Who may look at what is sealed: every look and every refusal is on record before it is answered."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import psycopg
import pytest

from app.db import db
from app.defenders import actions, gate
from app.permissions import Permission, Role
from app.sessions import COOKIE, hash_secret
from tests.app.defenders import files
from tests.app.defenders.files import CONTACT, HOME, NAME, OFFICER, SUPERVISOR, registered
from tests.people import EAST, WEST, Staff, record
from tests.servers import Clone
from tests.workers.keyholding import REASON, events, look
from workers.keyholder import Keyholder
from workers.keyholder_looks import MOST_LOOKS_AN_HOUR, Looks, Refused


def test_an_officer_sees_what_was_sealed_and_the_look_is_on_record(
    staff: Staff, keyholder: Keyholder, owner: psycopg.Connection
) -> None:
    made = registered(staff)
    answer = look(staff.client(OFFICER), keyholder, made, "name", "contact", "home")
    assert answer["values"] == {"name": NAME, "contact": CONTACT, "home": HOME}
    row = owner.execute(
        "SELECT defender_id, fields, by_id, role, reason FROM unmaskings WHERE id = %s", [answer["unmasking"]]
    )
    person = staff.person(OFFICER)
    assert row.fetchone() == (made, ["contact", "home", "name"], person, "hr_officer", REASON)
    ((subject, actor, details),) = events(owner, "defenders.unmasked")
    assert (subject, actor) == (f"unmaskings:{answer['unmasking']}", person)
    assert details == {"defender": made, "fields": ["contact", "home", "name"]}


def test_the_record_is_on_disk_before_anything_is_opened(
    staff: Staff, keyholder: Keyholder, owner: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = registered(staff)
    client = staff.client(OFFICER)
    seen: list[tuple[int, int]] = []
    opens = keyholder.keys.open

    def watched(*parts: Any) -> bytes:
        looks = owner.execute("SELECT count(*) FROM unmaskings").fetchone()
        assert looks is not None
        seen.append((looks[0], len(events(owner, "defenders.unmasked"))))
        return opens(*parts)

    monkeypatch.setattr(keyholder.keys, "open", watched)
    look(client, keyholder, made)
    assert seen == [(1, 1)]

    # Struck dead between the record and the answer: the look stands on record, and nobody has seen anything.
    def killed(*parts: Any) -> bytes:
        raise SystemExit

    monkeypatch.setattr(keyholder.keys, "open", killed)
    with pytest.raises(SystemExit):
        look(client, keyholder, made)
    assert len(events(owner, "defenders.unmasked")) == 2


def test_without_a_record_nothing_is_shown(
    staff: Staff, keyholder: Keyholder, owner: psycopg.Connection
) -> None:
    made = registered(staff)
    client = staff.client(OFFICER)
    owner.execute("REVOKE INSERT ON ledger_events FROM vigil_keyholder")
    assert look(client, keyholder, made) == {"ok": False, "code": "database_down"}
    assert owner.execute("SELECT count(*) FROM unmaskings").fetchone() == (0,)


@pytest.mark.parametrize(
    ("role", "sector", "compartments", "code"),
    [
        (OFFICER, EAST, ("north",), "not_your_file"),
        (OFFICER, WEST, ("women",), "not_your_file"),
        (SUPERVISOR, WEST, ("women",), "not_your_file"),
        (Role.POC_OFFICER, WEST, ("north",), "not_your_file"),
        (Role.HOM, WEST, ("north",), "not_your_file"),
        (Role.SYSADMIN, WEST, ("north",), "not_your_file"),
    ],
)
def test_a_refusal_is_recorded_with_its_reason(
    staff: Staff, keyholder: Keyholder, owner: psycopg.Connection, role: Role, sector: str,
    compartments: tuple[str, ...], code: str,
) -> None:  # fmt: skip
    made = registered(staff)
    assert look(staff.client(role, sector, compartments), keyholder, made) == {"ok": False, "code": code}
    ((subject, actor, details),) = events(owner, "defenders.unmask_refused")
    assert (subject, actor) == (f"defenders:{made}", staff.person(role, sector, compartments))
    assert details == {"code": code, "fields": ["name"]}
    assert owner.execute("SELECT count(*) FROM unmaskings").fetchone() == (0,)


def test_consent_decides_who_may_look(staff: Staff, keyholder: Keyholder) -> None:
    made = registered(staff, scopes=(1, 2))
    officer, supervisor = staff.client(OFFICER), staff.client(SUPERVISOR)
    assert look(supervisor, keyholder, made)["code"] == "no_consent"
    assert look(officer, keyholder, made)["ok"], "the case officer, on consent to keep for follow-up"
    with staff.acting(OFFICER):
        third = actions.give_consent(made, files.given(3)[0])
        db.session.commit()
    assert look(supervisor, keyholder, made)["ok"]
    with staff.acting(OFFICER):
        actions.withdraw_consent(made, third)
        db.session.commit()
    assert look(supervisor, keyholder, made)["code"] == "no_consent"
    files.withdraw_all(staff, made)
    assert look(officer, keyholder, made)["code"] == "no_consent"


def test_consent_that_has_run_out_counts_no_more(
    staff: Staff, keyholder: Keyholder, owner: psycopg.Connection
) -> None:
    made = registered(staff)
    yesterday = gate.today() - timedelta(days=1)
    with owner.transaction():
        owner.execute(
            "UPDATE consents SET given_on = %s, until = %s", [yesterday - timedelta(days=9), yesterday]
        )
        from tests.people import record

        record(owner)
    assert look(staff.client(OFFICER), keyholder, made)["code"] == "no_consent"


def test_a_revoked_session_is_refused_at_once(
    staff: Staff, keyholder: Keyholder, owner: psycopg.Connection
) -> None:
    made = registered(staff)
    client = staff.client(OFFICER)
    assert look(client, keyholder, made)["ok"]
    with owner.transaction():
        owner.execute("UPDATE sessions SET revoked_at = now()")
        record(owner)
    assert look(client, keyholder, made) == {"ok": False, "code": "not_signed_in"}
    ((_subject, actor, details),) = events(owner, "defenders.unmask_refused")
    assert (actor, details["code"]) == (None, "not_signed_in")


def test_what_stands_in_the_database_is_no_proof(
    staff: Staff, keyholder: Keyholder, owner: psycopg.Connection
) -> None:
    made = registered(staff)
    client = staff.client(OFFICER)
    cookie = client.get_cookie(COOKIE)
    assert cookie is not None
    stolen = hash_secret(cookie.value)
    for secret in (stolen.hex(), stolen.decode("latin-1")):
        assert look(None, keyholder, made, secret=secret)["code"] == "not_signed_in"


def test_a_token_opens_no_further_than_its_scopes(staff: Staff, keyholder: Keyholder) -> None:
    made = registered(staff)

    def by_token(scopes: list[Permission] | None) -> dict[str, Any]:
        secret = staff.bearer(OFFICER, scopes=scopes)["Authorization"].removeprefix("Bearer ")
        question = {
            "op": "open", "proof": {"kind": "token", "secret": secret}, "defender": made, "fields": ["name"],
            "reason": REASON,
        }  # fmt: skip
        return keyholder.answer(json.dumps(question).encode())

    assert by_token(None)["values"] == {"name": NAME}
    assert by_token([Permission.READ_DEFENDERS])["code"] == "not_your_file"


def test_too_many_looks_in_an_hour_are_refused_and_recorded(
    staff: Staff, keyholder: Keyholder, owner: psycopg.Connection
) -> None:
    made = registered(staff)
    client = staff.client(OFFICER)
    for _ in range(MOST_LOOKS_AN_HOUR):
        assert look(client, keyholder, made)["ok"]
    assert look(client, keyholder, made) == {"ok": False, "code": "too_many"}
    assert [e[2]["code"] for e in events(owner, "defenders.unmask_refused")] == ["too_many"]
    assert look(staff.client(SUPERVISOR), keyholder, made)["ok"], "counted for each person"


def test_two_at_once_share_the_last_look(staff: Staff, keyholder: Keyholder) -> None:
    from concurrent.futures import ThreadPoolExecutor

    made = registered(staff)
    client = staff.client(OFFICER)
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: look(client, keyholder, made), range(MOST_LOOKS_AN_HOUR + 5)))
    assert sum(a["ok"] for a in answers) == MOST_LOOKS_AN_HOUR
    assert {a["code"] for a in answers if not a["ok"]} == {"too_many"}


def test_a_refused_look_names_its_code(staff: Staff, keyholder: Keyholder, clone: Clone) -> None:
    with pytest.raises(Refused) as refused:
        Looks(clone.url("vigil_keyholder")).record({"kind": "session", "secret": "x"}, 1, ["name"], REASON)
    assert refused.value.code is gate.UnmaskRefusal.NOT_SIGNED_IN
