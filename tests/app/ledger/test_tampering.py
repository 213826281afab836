"""A hundred times the owner of the database bends it behind the application; each time `ledger verify` says how."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from app.ledger import checkpoint, verifying
from app.ledger.inspecting import CODES
from tests.app.ledger import log_tamperings, owner_tamperings, prepared, standing
from tests.app.ledger.ledgers import verifier
from tests.app.ledger.owner_tamperings import Owner
from tests.servers import Clone

TAMPERINGS = [*owner_tamperings.FACTS, *log_tamperings.LOG]
CASES = [(TAMPERINGS[n % len(TAMPERINGS)], n) for n in range(100)]
ALL_CODES = verifier.CODES | CODES
# What must stand in the sentence, of each fault.
WORDS = {
    "fact_altered": "changed behind the log", "fact_deleted": "deleted behind the log",
    "fact_inserted": "inserted behind the log", "seal_missing": "lost its salt",
    "leaf_altered": "altered, removed or reordered", "leaf_missing": "missing|announces",
    "log_shorter": "keeps a signed checkpoint of",
    "no_checkpoint": "no signed checkpoint", "signature_wrong": "signature|as a signed checkpoint",
    "hash_altered": "beside another",
    "uncovered": "not covered", "wrong_key": "not signed with the key", "split_view": "two histories",
    "event_altered": "shown otherwise", "guard_missing": "not the one that|disabled",
}  # fmt: skip


@pytest.fixture(scope="module")
def mission(template_database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clone]:
    with prepared.mission(template_database, tmp_path_factory.mktemp("mission")) as made:
        yield made


@pytest.fixture
def copy(mission: Clone, tmp_path: Path) -> Iterator[Clone]:
    with prepared.copy_of(mission, tmp_path) as made:
        yield made


def owner_of(copy: Clone, seed: int) -> Iterator[Owner]:
    with psycopg.connect(copy.plain_url("vigil_owner")) as connection:
        yield Owner(connection, random.Random(seed))


def assert_told(result: verifying.Result, fault: str) -> None:
    assert not result.ok
    assert (result.fault, result.code) == (fault, ALL_CODES[fault]), result.sentences
    assert any(word in result.sentence for word in WORDS[fault].split("|")), result.sentence


def test_an_untouched_ledger_is_complete_and_unaltered(copy: Clone) -> None:
    result = standing.verify(copy)
    assert result.ok, result.sentences
    assert result.size > 30
    assert (result.code, result.fault, result.warnings) == (0, "ok", ())
    assert f"{result.size} entries verified" in result.sentence and result.root in result.sentence


@pytest.mark.parametrize(("bend", "seed"), CASES, ids=lambda value: getattr(value, "__name__", str(value)))
def test_whoever_bends_the_database_is_found(copy: Clone, bend: object, seed: int) -> None:
    for owner in owner_of(copy, seed):
        fault = bend(owner)  # type: ignore[operator]
    assert_told(standing.verify(copy), fault)


@pytest.mark.parametrize("blind", owner_tamperings.BLINDINGS, ids=lambda value: value.__name__)
def test_whoever_keeps_the_log_from_seeing_is_found(copy: Clone, blind: Callable[[Owner], str]) -> None:
    for owner in owner_of(copy, 5):
        told = blind(owner)
    result = standing.verify(copy)
    assert not result.ok
    assert any(told in sentence for sentence in result.sentences), result.sentences


def test_history_rewritten_without_the_key_is_found(copy: Clone, tmp_path: Path) -> None:
    for owner in owner_of(copy, 1):
        log_tamperings.rewrite_history(owner, log_tamperings.strangers_key(tmp_path))
    assert_told(standing.verify(copy), "wrong_key")


def test_history_rewritten_with_a_stolen_key_is_found_by_what_was_kept_outside(copy: Clone) -> None:
    for owner in owner_of(copy, 1):
        log_tamperings.rewrite_history(owner, checkpoint.load_signer(copy.settings().ledger_key_file))
    assert_told(standing.verify(copy), "split_view")


def test_a_witness_far_away_finds_what_the_kept_file_no_longer_tells(copy: Clone, tmp_path: Path) -> None:
    """The owner of the machine takes the last entries out of the database and out of the kept file."""
    witness = tmp_path / "auditors-laptop.txt"
    witness.write_text(standing.kept_file(copy).read_text())
    for owner in owner_of(copy, 2):
        log_tamperings.delete_the_last_entries_with_their_checkpoints_and_facts(owner)
    standing.kept_file(copy).unlink()
    assert standing.verify(copy).fault != "log_shorter"
    assert_told(standing.verify(copy, witness), "log_shorter")


def test_events_that_never_enter_the_log_are_told(copy: Clone) -> None:
    for owner in owner_of(copy, 3):
        owner.run(
            "INSERT INTO ledger_events (at, action, subject, body) "
            "VALUES (now() - interval '2 minutes', 'alerts.noted', 'alerts:1', '')"
        )
    result = standing.verify(copy)
    assert (result.fault, result.code) == ("not_sequenced", 44)
    assert "1 events have waited" in result.sentence


def test_a_change_that_waits_for_the_sequencer_is_no_fault(copy: Clone) -> None:
    for owner in owner_of(copy, 4):
        owner.run("UPDATE havens SET occupancy = 17")
        owner.run(
            "INSERT INTO ledger_events (at, action, subject, body) VALUES (now(), 'havens.changed', 'havens:1', '')"
        )
    result = standing.verify(copy)
    assert result.ok, result.sentences
    assert "not yet in the log" in result.warnings[0]


def test_the_hundred_are_of_every_kind() -> None:
    assert len(CASES) == 100
    assert min(Counter(bend for bend, _ in CASES).values()) >= 3
