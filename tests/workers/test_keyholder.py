"""The key-holder: what it seals nobody else opens, and every look is on record before it is a look."""

from __future__ import annotations

import json
import os
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.db import db
from app.defenders import actions, gate
from app.defenders.sealing import LONGEST_LINE
from app.permissions import Permission, Role
from app.sessions import COOKIE, hash_secret
from tests.app.defenders import files
from tests.app.defenders.files import CONTACT, HOME, NAME, OFFICER, SUPERVISOR, registered
from tests.people import EAST, WEST, Staff, record
from tests.servers import ROOT, Clone, superuser_url
from workers.keyholder import Keyholder
from workers.keyholder_keys import Keys, NoSuchCompartment, SealBroken, Standing
from workers.keyholder_looks import MOST_LOOKS_AN_HOUR, Looks, Refused

REASON = "EXERCISE: to arrange an escort tonight"
HERE = Standing("sealed_values", "ciphertext", "1/name", "north")


@pytest.fixture
def keyholder(clone: Clone) -> Iterator[Keyholder]:
    files.settle(clone)
    with files.listening(clone) as running:
        yield running


def look(
    client: FlaskClient | None, keyholder: Keyholder, defender: int, *fields: str, secret: str = ""
) -> dict[str, Any]:
    """Ask the key-holder itself, past the application."""
    if client is not None:
        cookie = client.get_cookie(COOKIE)
        assert cookie is not None
        secret = cookie.value
    question = {
        "op": "open", "proof": {"kind": "session", "secret": secret}, "defender": defender,
        "fields": list(fields or ("name",)), "reason": REASON,
    }  # fmt: skip
    return keyholder.answer(json.dumps(question).encode())


def events(owner: psycopg.Connection, action: str) -> list[Any]:
    return owner.execute(
        "SELECT subject, actor_id, details FROM ledger_events WHERE action = %s ORDER BY id", [action]
    ).fetchall()


def test_what_was_sealed_opens_in_its_place_alone(tmp_path: Path) -> None:
    keys = Keys(tmp_path / "keys")
    sealed = keys.seal(HERE, b"somebody")
    keys.seal(Standing("sealed_values", "ciphertext", "1/name", "women"), b"another key")
    assert keys.open(HERE, *sealed) == b"somebody"
    for other in (
        Standing("sealed_values", "ciphertext", "2/name", "north"),
        Standing("sealed_values", "ciphertext", "1/home", "north"),
        Standing("sealed_values", "wrapped_key", "1/name", "north"),
        Standing("elsewhere", "ciphertext", "1/name", "north"),
        Standing("sealed_values", "ciphertext", "1/name", "women"),
        Standing("sealed_values", "ciphertext", "1/name", "nowhere"),
    ):
        with pytest.raises(SealBroken):
            keys.open(other, *sealed)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    plaintext=st.binary(min_size=1, max_size=400),
    part=st.integers(0, 2),
    at=st.integers(0, 10_000),
    bit=st.integers(0, 7),
)
def test_a_flipped_bit_anywhere_is_found(
    tmp_path: Path, plaintext: bytes, part: int, at: int, bit: int
) -> None:
    keys = Keys(tmp_path / "keys")
    sealed = list(keys.seal(HERE, plaintext))
    bent = bytearray(sealed[part])
    bent[at % len(bent)] ^= 1 << bit
    sealed[part] = bytes(bent)
    with pytest.raises(SealBroken):
        keys.open(HERE, *sealed)


def test_the_same_value_never_seals_alike(tmp_path: Path) -> None:
    keys = Keys(tmp_path / "keys")
    assert len({keys.seal(HERE, b"x") for _ in range(20)}) == 20


def test_keys_are_files_that_only_their_account_reads(tmp_path: Path) -> None:
    keys = Keys(tmp_path / "keys")
    keys.seal(HERE, b"x")
    path = tmp_path / "keys" / "north.key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert len(path.read_bytes()) == 32
    (tmp_path / "keys").chmod(0o755)
    with pytest.raises(PermissionError):
        Keys(tmp_path / "keys")


@pytest.mark.parametrize("name", ["", "../north", "north/../../x", "North", "a" * 33, "north\n"])
def test_a_compartment_s_name_can_t_lead_out_of_the_folder(tmp_path: Path, name: str) -> None:
    with pytest.raises(NoSuchCompartment):
        Keys(tmp_path / "keys").seal(Standing("t", "c", "r", name), b"x")
    assert list((tmp_path / "keys").iterdir()) == []


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


def test_ciphertexts_that_were_swapped_open_no_more_and_are_told_of(
    staff: Staff, keyholder: Keyholder, owner: psycopg.Connection
) -> None:
    first, second = registered(staff), registered(staff, lon=0.501)
    with owner.transaction():
        from tests.people import record

        record(owner)
        owner.execute(
            "UPDATE sealed_values s SET wrapped_key = o.wrapped_key, nonce = o.nonce, ciphertext = o.ciphertext "
            "FROM sealed_values o WHERE s.field = 'name' AND o.field = 'name' AND s.defender_id <> o.defender_id"
        )
    client = staff.client(OFFICER)
    for made in (first, second):
        assert look(client, keyholder, made) == {"ok": False, "code": "seal_broken"}
    assert len(events(owner, "defenders.seal_broken")) == 2
    assert look(client, keyholder, first, "contact")["values"] == {"contact": CONTACT}


def test_a_file_moved_to_another_compartment_behind_our_back_opens_for_nobody(
    staff: Staff, keyholder: Keyholder, owner: psycopg.Connection
) -> None:
    made = registered(staff)
    registered(staff, compartment="women", lon=0.501)
    with owner.transaction():
        from tests.people import record

        record(owner)
        owner.execute("UPDATE defenders SET compartment = 'women' WHERE id = %s", [made])
    assert look(staff.client(OFFICER), keyholder, made)["code"] == "not_your_file"
    assert look(staff.client(SUPERVISOR, WEST, ("women",)), keyholder, made)["code"] == "seal_broken"


def test_no_sealed_word_stands_anywhere_in_the_database(
    staff: Staff, keyholder: Keyholder, clone: Clone
) -> None:
    made = registered(staff)
    assert look(staff.client(OFFICER), keyholder, made, "name", "contact", "home")["ok"]
    parts = psycopg.conninfo.conninfo_to_dict(superuser_url())
    dumped = subprocess.run(
        ["pg_dump", "-h", str(parts["host"]), "-U", str(parts["user"]), clone.name], check=True, capture_output=True
    ).stdout  # fmt: skip
    assert b"EXERCISE: reports on checkpoints" in dumped, "the dump holds what it should"
    for text in (NAME, CONTACT, HOME, "Zibbelwort", "0199-77345", "Plompmill"):
        for form in (text.encode(), text.encode().hex().encode()):
            assert form not in dumped


def test_refusals_and_looks_leave_no_word_of_the_person_in_the_log(
    staff: Staff, keyholder: Keyholder, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    made = registered(staff)
    look(staff.client(OFFICER), keyholder, made, "name", "contact", "home")
    look(staff.client(Role.HOM), keyholder, made)
    keyholder.answer(b'{"op": "seal", "plaintext": "EXERCISE Zibbelwort", "row": 5}')
    written = " ".join(str(vars(r)) for r in caplog.records if r.name.startswith("vigil"))
    assert "opened" in written
    for word in ("Zibbelwort", "77345", "Plompmill", "escort"):
        assert word not in written


def test_two_at_once_share_the_last_look(staff: Staff, keyholder: Keyholder) -> None:
    from concurrent.futures import ThreadPoolExecutor

    made = registered(staff)
    client = staff.client(OFFICER)
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: look(client, keyholder, made), range(MOST_LOOKS_AN_HOUR + 5)))
    assert sum(a["ok"] for a in answers) == MOST_LOOKS_AN_HOUR
    assert {a["code"] for a in answers if not a["ok"]} == {"too_many"}


BROKEN = [
    b"", b"{", b"[]", b"null", b'{"op": "steal"}', b'{"op": "open"}', b"\xff\xfe", b'{"op":"health","more":1}',
    b'{"op":"open","proof":{"kind":"person","secret":"x"},"defender":1,"fields":["name"],"reason":"long enough"}',
    b'{"op":"open","proof":{"kind":"session","secret":"x"},"defender":true,"fields":["name"],"reason":"long enough"}',
    b'{"op":"open","proof":{"kind":"session","secret":"x"},"defender":1e99,"fields":["name"],"reason":"long enough"}',
    b'{"op":"open","proof":{"kind":"session","secret":"x"},"defender":1,"fields":["cells"],"reason":"long enough"}',
    b'{"op":"open","proof":{"kind":"session","secret":"x"},"defender":1,"fields":["name"],"reason":"          x"}',
    b"[" * 5000,
]  # fmt: skip


def test_what_can_t_be_read_is_refused_and_the_line_stays_usable(keyholder: Keyholder, clone: Clone) -> None:
    with socket.socket(socket.AF_UNIX) as line:
        line.connect(str(clone.settings().keyholder_socket))
        answers = line.makefile("rb")
        for question in BROKEN:
            line.sendall(question + b"\n")
            assert json.loads(answers.readline()) == {"ok": False, "code": "unreadable"}
        line.sendall(b'{"op": "health"}\n')
        assert json.loads(answers.readline()) == {"ok": True}
    with socket.socket(socket.AF_UNIX) as line:
        line.connect(str(clone.settings().keyholder_socket))
        line.sendall(b"x" * (LONGEST_LINE + 1))
        assert json.loads(line.makefile("rb").readline())["code"] == "unreadable"


def test_the_socket_is_for_its_account_alone_and_a_second_holder_steps_back(
    keyholder: Keyholder, clone: Clone
) -> None:
    path = clone.settings().keyholder_socket
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    from workers.keyholder import Socket

    with pytest.raises(RuntimeError):
        Socket(path, keyholder)


def test_a_refused_look_names_its_code(staff: Staff, keyholder: Keyholder, clone: Clone) -> None:
    with pytest.raises(Refused) as refused:
        Looks(clone.url("vigil_keyholder")).record({"kind": "session", "secret": "x"}, 1, ["name"], REASON)
    assert refused.value.code is gate.UnmaskRefusal.NOT_SIGNED_IN


def test_the_process_starts_answers_and_stops_without_leaving_its_socket(clone: Clone) -> None:
    path = clone.var / "keyholder.sock"
    path.touch()  # left over from a process that was killed
    inherited = {k: v for k, v in os.environ.items() if k in ("PATH", "PYTHONPATH", "HOME")}
    needed = ("VIGIL_VAR", "VIGIL_KEYHOLDER_DATABASE_URL")
    running = subprocess.Popen(
        [sys.executable, "-m", "workers.keyholder"], cwd=ROOT, stderr=subprocess.PIPE, text=True,
        env=inherited | {k: v for k, v in clone.environment().items() if k in needed},
    )  # fmt: skip
    try:
        assert running.stderr is not None
        assert json.loads(running.stderr.readline())["message"] == "ready"
        for _ in range(100):
            with socket.socket(socket.AF_UNIX) as line:
                try:
                    line.connect(str(path))
                except OSError:
                    time.sleep(0.05)
                    continue
                line.sendall(b'{"op": "health"}\n')
                assert json.loads(line.makefile("rb").readline()) == {"ok": True}
                break
        assert stat.S_IMODE((clone.var / "keys").stat().st_mode) == 0o700
    finally:
        running.send_signal(signal.SIGTERM)
        assert running.wait(10) == 0
        if running.stderr:
            running.stderr.close()
    assert not path.exists()
