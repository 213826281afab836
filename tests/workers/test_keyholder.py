"""The key-holder: what was bent is found, nothing of it leaks, and its socket is for its account alone."""

from __future__ import annotations

import json
import os
import signal
import socket
import stat
import subprocess
import sys
import time

import psycopg
import pytest

from app.defenders.sealing import LONGEST_LINE
from app.permissions import Role
from tests.app.defenders.files import CONTACT, HOME, NAME, OFFICER, SUPERVISOR, registered
from tests.people import WEST, Staff
from tests.servers import ROOT, Clone, superuser_url
from tests.workers.keyholding import events, look
from workers.keyholder import Keyholder


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
    # Of clocks and threads, which hold digits by chance.
    clocks = {"created", "msecs", "relativeCreated", "thread", "process"}
    written = " ".join(
        str({key: told for key, told in vars(record).items() if key not in clocks})
        for record in caplog.records
        if record.name.startswith("vigil")
    )
    assert "opened" in written
    for word in ("Zibbelwort", "77345", "Plompmill", "escort"):
        assert word not in written


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
