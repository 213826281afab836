"""A ledger that stands in a database: keys, the sequencer's work, a verification as `flask ledger verify` does it."""

from __future__ import annotations

from pathlib import Path

import psycopg

from app.ledger import checkpoint, keeping, verifying
from app.ledger.sequencing import Sequencer
from tests.servers import Clone

NAME = "vigil.example/exercise"


def make_keys(clone: Clone) -> checkpoint.Signer:
    settings = clone.settings()
    if not settings.ledger_key_file.exists():
        checkpoint.make_keys(settings.ledger_key_file, settings.ledger_public_key_file, NAME)
    return checkpoint.load_signer(settings.ledger_key_file)


def kept_file(clone: Clone) -> Path:
    return keeping.file_in(clone.var)


def sequence(clone: Clone) -> int:
    """Bring all that was recorded into the log; returns its size."""
    signer = make_keys(clone)
    with psycopg.connect(clone.plain_url("vigil_sequencer"), autocommit=True) as connection:
        sequencer = Sequencer(connection, signer, kept_file(clone))
        sequencer.take_up()
        while sequencer.step():
            pass
        return sequencer.frontier.size


def verify(clone: Clone, *witnesses: Path) -> verifying.Result:
    """As the operator does it, without storing the result."""
    make_keys(clone)
    kept = [kept_file(clone)] if kept_file(clone).exists() else []
    return verifying.verify(
        clone.url("vigil_auditor"), clone.settings().ledger_public_key_file, [*kept, *witnesses]
    )
