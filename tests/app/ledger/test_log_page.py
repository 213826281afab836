"""/accountability: the state of the log, what waits, the entries; and proofs by the API."""

from __future__ import annotations

import base64
from datetime import UTC, datetime

import psycopg
import pytest

from app.alerts.wording import NON_RESPONSES
from app.ledger import checkpoint, merkle
from app.permissions import MAP, Permission, Role
from tests.app.ledger import prepared, standing
from tests.people import Staff, csrf_of
from tests.servers import Clone

READERS = MAP[Permission.READ_LEDGER].anywhere


def page(staff: Staff, path: str = "/accountability", role: Role = Role.HOM) -> str:
    answer = staff.client(role).get(path)
    assert answer.status_code == 200, answer.status_code
    return answer.get_data(as_text=True)


def stored(owner: psycopg.Connection, ok: bool, fault: str, sentence: str, size: int = 48_212) -> None:
    owner.execute(
        "INSERT INTO ledger_verifications (at, ok, fault, sentence, size, root) "
        "VALUES ('2026-11-21 14:30Z', %s, %s, %s, %s, '')",
        [ok, fault, sentence, size],
    )


@pytest.mark.parametrize("role", sorted(Role))
def test_the_log_opens_to_those_who_read_it(staff: Staff, clone: Clone, role: Role) -> None:
    standing.sequence(clone)
    client = staff.client(role)
    for path in ("/accountability", "/accountability/state", "/accountability/0"):
        assert client.get(path).status_code == (200 if role in READERS else 403), path
    for path in ("checkpoint", "entries", "proof/inclusion?index=0", "proof/consistency?from=1"):
        assert client.get(f"/api/v1/ledger/{path}").status_code == (200 if role in READERS else 403), path


def test_before_any_verification_the_page_says_so(staff: Staff) -> None:
    assert "has not been verified yet" in page(staff)


def test_the_state_is_one_plain_sentence(staff: Staff, owner: psycopg.Connection) -> None:
    stored(owner, True, "ok", "48212 entries verified")
    body = page(staff)
    assert "Complete and unaltered up to entry 48,211" in body
    assert "211430ZNOV26" in body


def test_a_fault_stands_in_red_with_what_to_do(staff: Staff, owner: psycopg.Connection) -> None:
    stored(owner, True, "ok", "all well")
    stored(owner, False, "fact_altered", "Row 143 of alerts was changed behind the log.")
    body = page(staff)
    assert "Row 143 of alerts was changed behind the log." in body
    assert 'class="verdict errors" role="alert"' in body
    assert "Do not restore or repair anything" in body
    assert "Complete and unaltered" not in body


def test_verify_now_asks_a_worker_and_the_page_polls_until_the_result_is_there(
    staff: Staff, owner: psycopg.Connection
) -> None:
    client = staff.client(Role.HOM)
    token = csrf_of(client, "/accountability")
    answer = client.post("/accountability/verify", data={"csrf_token": token})
    assert answer.status_code == 303
    client.post("/accountability/verify", data={"csrf_token": token})
    jobs = owner.execute("SELECT queue, args FROM outbox WHERE job = 'workers.ledger.verify'").fetchall()
    assert jobs == [("slow", [])]  # asking again while one is awaited asks for no second
    waiting = client.get("/accountability/state").get_data(as_text=True)
    assert 'hx-trigger="every 2s"' in waiting and "Verifying" in waiting and "Verify now" not in waiting
    owner.execute(
        "INSERT INTO ledger_verifications (ok, fault, sentence, size, root) VALUES (true, 'ok', '', 3, '')"
    )
    done = client.get("/accountability/state").get_data(as_text=True)
    assert "hx-trigger" not in done and "Verify now" in done and "up to entry 2" in done


def test_a_verification_that_does_not_come_back_is_not_promised_for_ever(
    staff: Staff, owner: psycopg.Connection
) -> None:
    client = staff.client(Role.HOM)
    client.post("/accountability/verify", data={"csrf_token": csrf_of(client, "/accountability")})
    owner.execute("UPDATE ledger_events SET at = at - interval '1 hour'")
    body = client.get("/accountability/state").get_data(as_text=True)
    assert "has not come back" in body and "Verify now" in body and "hx-trigger" not in body


def test_what_waits_for_command_is_counted(staff: Staff, owner: psycopg.Connection) -> None:
    prepared.work(staff)
    owner.execute("BEGIN")
    owner.execute("UPDATE alert_clocks SET ran_out_at = now() WHERE id = (SELECT min(id) FROM alert_clocks)")
    prepared.record(owner)
    owner.execute("COMMIT")
    body = page(staff)
    assert "<strong>0</strong> alerts wait for a decision" in body
    assert "<strong>1</strong> clock ran out in the last 24 hours" in body
    assert "<strong>2</strong> decisions not to respond wait for approval" in body
    assert body.count(str(NON_RESPONSES["distance_time"])) == 2
    assert "<strong>0</strong> identities unmasked" in body
    prepared.do(staff.app.test_client(), "/api/v1/alerts", staff.bearer(Role.HOM), prepared.alert(50), 201)
    assert "<strong>1</strong> alert waits for a decision" in page(staff)


def test_who_may_not_read_alerts_is_shown_no_figures_of_them(staff: Staff) -> None:
    prepared.work(staff)
    for role in (Role.LEGAL, Role.AUDITOR):
        body = page(staff, role=role)
        assert "wait for a decision" not in body and "wait for approval" not in body
        assert "/alerts/" not in body


def test_entries_stand_newest_first_in_words_with_their_role_and_thing(staff: Staff, clone: Clone) -> None:
    prepared.work(staff)
    standing.sequence(clone)
    body = page(staff, "/accountability?group=alerts")
    assert body.index("Alert: Note") < body.index("Alert: Acknowledged")
    assert "Watchkeeper, operations centre" in body
    assert 'href="/alerts/' in body
    assert "What waits for command" not in body  # a filtered log is the log alone
    assert "EXERCISE caller" not in body and "EXERCISE watchkeeper" not in body


@pytest.mark.parametrize(
    ("query", "some"),
    [
        ("group=alerts", True), ("group=people", False), ("role=watchkeeper_joc", True), ("role=legal", False),
        ("role=system", True), ("subject=alerts", True), ("subject=alerts:999999", False), ("since=2000-01-01", True),
        ("until=2000-01-01", False), ("since=2999-01-01", False), ("group=al%25", False), ("subject=%00", True),
    ],
)  # fmt: skip
def test_entries_are_filtered_by_the_address(staff: Staff, query: str, some: bool) -> None:
    prepared.work(staff)
    assert ('<td class="num">' in page(staff, f"/accountability?{query}")) is some
    found = staff.client(Role.HOM).get(f"/api/v1/ledger/entries?{query}").get_json()
    assert (found["total"] > 0) is some


def test_a_day_that_is_none_is_refused_in_a_sentence(staff: Staff) -> None:
    answer = staff.client(Role.HOM).get("/api/v1/ledger/entries?since=yesterday")
    assert answer.status_code == 422 and "year-month-day" in answer.get_json()["detail"]


def test_the_log_comes_in_pages_of_fifty(staff: Staff) -> None:
    headers = staff.bearer(Role.HOM)
    with psycopg.connect(staff.clone.plain_url("vigil_owner")) as owner:
        for _ in range(60):
            prepared.record(owner, "tests.counted")
    client = staff.app.test_client()
    first = client.get("/api/v1/ledger/entries?group=tests", headers=headers).get_json()
    second = client.get("/api/v1/ledger/entries?group=tests&page=2", headers=headers).get_json()
    assert len(first["entries"]) == 50 and len(second["entries"]) == first["total"] - 50 >= 10


def test_an_entry_shows_its_bytes_and_a_proof_that_holds(staff: Staff, clone: Clone) -> None:
    prepared.work(staff)
    size = standing.sequence(clone)
    body = page(staff, f"/accountability/{size - 1}")
    assert f"stands in the log of {size} entries that was signed" in body
    assert "&#34;action&#34;:&#34;alerts.note&#34;" in body
    assert "<svg" in body and "EXERCISE second call" not in body


def test_an_entry_that_was_changed_is_shown_as_changed(
    staff: Staff, clone: Clone, owner: psycopg.Connection
) -> None:
    prepared.work(staff)
    standing.sequence(clone)
    owner.execute("UPDATE ledger_leaves SET body = body || ' ' WHERE index = 5")
    assert "not the one that was signed" in page(staff, "/accountability/5")
    staff.app.extensions.pop("vigil_ledger_tree")  # as after a restart
    owner.execute("DELETE FROM ledger_leaves WHERE index = 7")
    assert staff.client(Role.HOM).get("/accountability/7").status_code == 404
    assert "Entries are missing from the log" in page(staff, "/accountability/8")


def test_proofs_by_the_api_hold_against_the_signed_checkpoint(staff: Staff, clone: Clone) -> None:
    sizes = [standing.sequence(clone)]
    staff.person(Role.WPA)
    sizes.append(standing.sequence(clone))
    prepared.work(staff)
    sizes.append(standing.sequence(clone))
    client = staff.client(Role.AUDITOR)
    key = checkpoint.parse_vkey(clone.settings().ledger_public_key_file.read_text())
    head = checkpoint.verify(client.get("/api/v1/ledger/checkpoint").get_data(as_text=True), key)
    assert head.size == sizes[-1]
    for index in range(head.size):
        found = client.get(f"/api/v1/ledger/proof/inclusion?index={index}&size={head.size}").get_json()
        path = [base64.b64decode(node) for node in found["proof"]]
        assert merkle.verify_inclusion(
            base64.b64decode(found["leaf_hash"]), index, head.size, path, head.root
        )
        assert checkpoint.verify(found["checkpoint"], key).root == head.root
    for old in sizes:
        found = client.get(f"/api/v1/ledger/proof/consistency?from={old}").get_json()
        path = [base64.b64decode(node) for node in found["proof"]]
        before = checkpoint.verify(note_of(clone, old), key)
        assert merkle.verify_consistency(old, head.size, path, before.root, head.root)


def note_of(clone: Clone, size: int) -> str:
    with psycopg.connect(clone.plain_url("vigil_auditor")) as auditor:
        row = auditor.execute("SELECT note FROM ledger_checkpoints WHERE size = %s", [size]).fetchone()
    assert row
    return str(row[0])


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("inclusion", 422), ("inclusion?index=-1", 422), ("inclusion?index=x", 422), ("inclusion?index=10000", 422),
        ("inclusion?index=0&size=99999", 422), ("inclusion?index=" + "9" * 40, 422), ("consistency", 422),
        ("consistency?from=3&to=1", 422), ("consistency?from=0&to=99999", 422), ("consistency?from=0", 200),
    ],
)  # fmt: skip
def test_a_proof_that_can_not_be_is_refused(staff: Staff, clone: Clone, query: str, status: int) -> None:
    standing.sequence(clone)
    assert staff.client(Role.AUDITOR).get(f"/api/v1/ledger/proof/{query}").status_code == status


def test_without_a_checkpoint_there_is_no_proof(staff: Staff) -> None:
    answer = staff.client(Role.AUDITOR).get("/api/v1/ledger/checkpoint")
    assert (answer.status_code, answer.get_json()["code"]) == (422, "no_checkpoint")


def test_the_tree_is_built_anew_when_the_database_was_replaced(staff: Staff, clone: Clone) -> None:
    """A proof from what was remembered of another log would fit nothing."""
    standing.sequence(clone)
    client = staff.client(Role.AUDITOR)
    assert client.get("/api/v1/ledger/proof/inclusion?index=0").status_code == 200
    wrong = merkle.Tree([merkle.leaf_hash(b"another log")] * 3)
    staff.app.extensions["vigil_ledger_tree"] = wrong
    standing.sequence(clone)
    found = client.get("/api/v1/ledger/proof/inclusion?index=0").get_json()
    path = [base64.b64decode(node) for node in found["proof"]]
    root = checkpoint.parse(found["checkpoint"]).root
    assert merkle.verify_inclusion(base64.b64decode(found["leaf_hash"]), 0, found["size"], path, root)


def test_times_are_told_as_date_time_groups(staff: Staff) -> None:
    body = page(staff)
    assert datetime.now(UTC).strftime("%b%y").upper() in body
