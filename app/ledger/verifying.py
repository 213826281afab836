"""`ledger verify`: export, run the stand-alone verifier on it with the kept checkpoints, inspect the database,
store the result for command's page. The verifier runs as a process of its own: what an auditor runs on his laptop.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, insert

from app.ledger import exporting, inspecting, keeping
from app.ledger.checkpoint import parse_vkey
from app.ledger.models import LedgerVerification
from app.settings import Settings

VERIFIER = Path(__file__).parents[2] / "bin" / "verify-ledger"
PATIENCE_SECONDS = 840  # a little less than the job is given


@dataclass(frozen=True)
class Result:
    """`code` is the exit code of bin/verify-ledger, or one of inspecting.CODES where that found nothing wrong."""

    ok: bool
    fault: str
    code: int
    sentence: str
    size: int
    root: str
    sentences: tuple[str, ...]  # of all faults
    warnings: tuple[str, ...]


def verify(url: str, public_key_file: Path, witnesses: Sequence[Path]) -> Result:
    """Verify the ledger of the database at `url` (the auditor's role). Does not store the result.

    Raises OSError or CheckpointError when the public key can't be read.
    """
    key = parse_vkey(public_key_file.read_text(encoding="utf-8"))
    with (
        exporting.auditor_engine(url) as engine,
        tempfile.TemporaryDirectory(prefix="vigil-ledger-") as folder,
    ):
        bundle = Path(folder) / "bundle.jsonl"
        # Before the snapshot: what the sequencer signs and keeps while the log is read is not in it, and would accuse it.
        copies = {as_it_stands(given, Path(folder) / str(n)): given for n, given in enumerate(witnesses)}
        with exporting.snapshot(engine) as connection:
            exporting.write_to(bundle, connection, key)
            inspected = inspecting.faults(connection)
        found = run_verifier(bundle, key.vkey, copies)
    return combine(found, inspected)


def as_it_stands(witness: Path, folder: Path) -> Path:
    """A copy under the same name."""
    folder.mkdir()
    return Path(shutil.copy(witness, folder / witness.name))


def run_verifier(bundle: Path, vkey: str, witnesses: Mapping[Path, Path]) -> dict[str, Any]:
    """`witnesses`: a copy → the file that it is of, which the verifier's sentences name in its place."""
    # Leaves and the checkpoint over them are written in one transaction: none may stand uncovered.
    command = [
        sys.executable,
        "-I",
        str(VERIFIER),
        str(bundle),
        "--json",
        "--max-uncovered",
        "0",
        "--public-key",
        vkey,
    ]
    for witness in witnesses:
        command += ["--witness", str(witness)]
    done = subprocess.run(  # noqa: S603 - our own verifier, on a file of our own
        command, capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False
    )
    told = done.stdout
    for copy, given in witnesses.items():
        told = told.replace(json.dumps(str(copy))[1:-1], json.dumps(given.name)[1:-1])
    found: dict[str, Any] = json.loads(told)
    if found["code"] != done.returncode:
        raise RuntimeError("the verifier's answer and its exit code differ")
    return found


def combine(found: dict[str, Any], inspected: Sequence[inspecting.Fault]) -> Result:
    sentences = [sentence for fault in found["faults"] for sentence in fault["told"]]
    sentences += [fault.sentence for fault in inspected]
    first = inspected[0] if found["ok"] and inspected else None
    return Result(
        ok=found["ok"] and not inspected,
        fault=first.fault if first else found["fault"],
        code=first.code if first else found["code"],
        sentence=first.sentence if first else found["sentence"],
        size=found["size"],
        root=found["root"],
        sentences=tuple(sentences),
        warnings=tuple(found["warnings"]),
    )


def verify_and_store(url: str, settings: Settings, witnesses: Sequence[Path] = ()) -> Result:
    """As `flask ledger verify` and the hourly job do it: with the kept checkpoints as first witness."""
    kept = keeping.file_in(settings.var)
    if kept.exists():
        witnesses = [kept, *witnesses]
    result = verify(url, settings.ledger_public_key_file, witnesses)
    with exporting.auditor_engine(url) as engine:
        store(engine, result)
    return result


def store(engine: Engine, result: Result) -> None:
    row = {name: getattr(result, name) for name in ("ok", "fault", "sentence", "size", "root")}
    with engine.begin() as connection:
        # Into the house's own table, whatever the role's path says.
        connection.exec_driver_sql("SET LOCAL search_path = public, pg_temp")
        connection.execute(insert(LedgerVerification).inline(), row)
