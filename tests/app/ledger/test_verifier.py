"""bin/verify-ledger: whole ledgers pass, and each way of bending one is found under its own name."""

from __future__ import annotations

import gzip
import json
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.ledger import bundle, canonical, checkpoint
from tests.app.ledger.ledgers import VERIFIER, Ledger, digest_of, grown, verifier
from tests.app.ledger.tamperings import TAMPERINGS, edit_an_entry, give_a_checkpoint_another_root

SEEDS = range(5)
Run = Callable[..., dict[str, Any]]


def key_of(folder: Path, name: str = "vigil.example/exercise") -> checkpoint.Signer:
    folder.mkdir()
    checkpoint.make_keys(folder / "key", folder / "pub", name)
    return checkpoint.load_signer(folder / "key")


@pytest.fixture(scope="module")
def signer(tmp_path_factory: pytest.TempPathFactory) -> checkpoint.Signer:
    return key_of(tmp_path_factory.mktemp("keys") / "ledger")


@pytest.fixture(scope="module")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> checkpoint.Signer:
    return key_of(tmp_path_factory.mktemp("keys") / "stranger")


@pytest.fixture
def run(tmp_path: Path, signer: checkpoint.Signer, capsys: pytest.CaptureFixture[str]) -> Run:
    """Verify lines or bytes; `witnesses` are texts of witness files. The exit code must agree with the result."""

    def verify(
        lines: list[bytes] | bytes, *extra: str, witnesses: tuple[str, ...] = (), given: str | None = "ours"
    ) -> dict[str, Any]:
        path = tmp_path / "bundle"
        path.write_bytes(lines if isinstance(lines, bytes) else b"".join(lines))
        arguments = [str(path), "--json", *extra]
        if given is not None:
            arguments += ["--public-key", signer.public.vkey if given == "ours" else given]
        for at, text in enumerate(witnesses):
            (tmp_path / f"witness-{at}").write_text(text)
            arguments += ["--witness", str(tmp_path / f"witness-{at}")]
        code = verifier.main(arguments)
        result: dict[str, Any] = json.loads(capsys.readouterr().out)
        assert code == result["code"]
        assert result["ok"] == (code == 0) == (result["fault"] == "ok")
        assert result["sentence"]
        return result

    return verify


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("tamper", TAMPERINGS, ids=lambda tamper: tamper.__name__)
def test_what_somebody_with_the_database_does_is_found_under_its_name(
    tamper: Callable[[Ledger, random.Random], str], seed: int, signer: checkpoint.Signer, run: Run
) -> None:
    rng = random.Random(f"{tamper.__name__} {seed}")
    ledger = grown(rng, signer)
    assert run(ledger.lines(), "--max-uncovered", "0")["ok"]
    expected = tamper(ledger, rng)
    result = run(ledger.lines(), "--max-uncovered", "0")
    assert (result["fault"], result["code"]) == (expected, verifier.CODES[expected])


@pytest.mark.parametrize("seed", range(10))
def test_an_altered_entry_is_narrowed_down_to_the_checkpoints_around_it(
    seed: int, signer: checkpoint.Signer, run: Run
) -> None:
    rng = random.Random(seed)
    ledger = grown(rng, signer, entries=60, every=7)
    at = rng.randrange(60)
    ledger.leaves[at] = (at, ledger.leaves[at][1].replace(b"watchkeeper", b"commander"))
    start, end = at // 7 * 7, min(at // 7 * 7 + 7, 60)
    result = run(ledger.lines())
    assert result["size"] == start
    assert f"Entries {start} to {end - 1} (between the checkpoints of {start} and {end}" in result["sentence"]


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("packed", [False, True])
def test_a_bundle_cut_anywhere_is_truncated(
    packed: bool, seed: int, signer: checkpoint.Signer, run: Run
) -> None:
    rng = random.Random(seed)
    lines = grown(rng, signer).lines()
    whole = b"".join(bundle.gzipped(lines)) if packed else b"".join(lines)
    assert run(whole)["ok"]
    for _ in range(4):
        assert run(whole[: rng.randrange(len(whole))])["fault"] == "truncated"


@pytest.mark.parametrize("seed", SEEDS)
def test_a_bundle_that_lost_one_of_its_lines_is_never_ok(
    seed: int, signer: checkpoint.Signer, run: Run
) -> None:
    rng = random.Random(seed)
    lines = grown(rng, signer).lines()
    for at in rng.sample(range(1, len(lines)), 8):
        kind = next(iter(json.loads(lines[at])))
        expected = "leaf_missing" if kind == "leaf" else "truncated"
        assert run(lines[:at] + lines[at + 1 :])["fault"] == expected
    assert run(lines[1:])["fault"] == "unreadable"


@pytest.mark.parametrize("seed", SEEDS)
def test_a_damaged_byte_anywhere_is_found_and_never_breaks_the_verifier(
    seed: int, signer: checkpoint.Signer, run: Run
) -> None:
    rng = random.Random(seed)
    whole = b"".join(grown(rng, signer).lines())
    for _ in range(25):
        at = rng.randrange(
            whole.index(b"\n") + 1, len(whole)
        )  # the header's time of export is free to be any
        other = rng.choice([byte for byte in b'0"{}[]:,\n\\gz\x00\xff' if byte != whole[at]])
        assert not run(whole[:at] + bytes([other]) + whole[at + 1 :])["ok"]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_row_that_stands_twice_in_the_file_is_found(seed: int, signer: checkpoint.Signer, run: Run) -> None:
    lines = grown(random.Random(seed), signer).lines()
    at = next(i for i, line in enumerate(lines) if line.startswith(b'{"fact"'))
    twice = [*lines[: at + 1], *lines[at:-1], json.dumps({"end": True, "lines": len(lines)}).encode() + b"\n"]
    assert run(twice)["fault"] == "fact_repeated"


@pytest.mark.parametrize("seed", SEEDS)
def test_a_history_signed_anew_with_another_key_is_found_by_the_key_from_outside(
    seed: int, signer: checkpoint.Signer, stranger: checkpoint.Signer, run: Run
) -> None:
    rng = random.Random(seed)
    ledger = grown(rng, signer)
    edit_an_entry(ledger, rng)
    kept = ledger.checkpoints[3]
    ledger.checkpoints = [ledger.sign(stranger, size) for size in (7, 30, 60)]
    assert run(ledger.lines())["fault"] == "wrong_key"  # its checkpoints alone
    ledger.signer = stranger
    assert run(ledger.lines())["fault"] == "wrong_key"  # its header too
    alone = run(ledger.lines(), given=None)
    assert alone["ok"]
    assert "taken from the bundle itself" in alone["warnings"][0]
    assert run(ledger.lines(), given=None, witnesses=(kept,))["fault"] == "wrong_key"


@pytest.mark.parametrize("seed", SEEDS)
def test_a_history_signed_anew_with_the_ledgers_own_key_is_found_by_a_witness(
    seed: int, signer: checkpoint.Signer, run: Run
) -> None:
    rng = random.Random(seed)
    ledger = grown(rng, signer)
    honest = list(ledger.checkpoints)
    edit_an_entry(ledger, rng)
    ledger.checkpoints = [ledger.sign(size=size) for size in (20, 40, 60)]
    assert run(ledger.lines())["ok"]
    assert run(ledger.lines(), witnesses=("\n".join(honest),))["fault"] == "split_view"
    ledger.checkpoints.append(honest[-1])  # and the bundle betrays itself if it keeps one of the old ones
    assert run(ledger.lines())["fault"] == "split_view"


@pytest.mark.parametrize("seed", SEEDS)
def test_a_log_cut_with_its_checkpoints_is_found_by_a_witness(
    seed: int, signer: checkpoint.Signer, run: Run
) -> None:
    rng = random.Random(seed)
    ledger = grown(rng, signer)
    honest = "".join(ledger.checkpoints)  # one after the other, as a witness's file may hold them
    result = run(ledger.lines(), witnesses=(honest,))
    assert (result["ok"], result["witnessed"]) == (True, len(ledger.checkpoints))
    shorter = grown(random.Random(seed), signer)
    left = rng.randrange(7, 60)
    del shorter.leaves[left:]
    shorter.checkpoints = [shorter.sign()]
    result = run(shorter.lines(), witnesses=(honest,))
    assert result["fault"] == "log_shorter"
    assert f"60 entries, the bundle holds {left}" in " ".join(result["faults"][0]["told"])


def test_an_erased_row_is_counted_and_no_fault(signer: checkpoint.Signer, run: Run) -> None:
    ledger = grown(random.Random(1), signer)
    gone, kept, rewritten = list(ledger.facts)[:3]
    ledger.add(
        [
            bundle.Change(*gone, "E", None, 901),
            bundle.Change(*kept, "E", None, 902),
            bundle.Change(*rewritten, "E", digest_of("without its text"), 903),
        ],
        "ledger.erase",
    )
    ledger.checkpoints.append(ledger.sign())
    del ledger.facts[gone], ledger.facts[kept]
    ledger.erased.append(kept)
    ledger.facts[rewritten] = digest_of("without its text")
    result = run(ledger.lines())
    assert (result["ok"], result["erased"]) == (True, 2)


def test_the_last_change_of_a_row_counts_whichever_entry_it_stands_in(
    signer: checkpoint.Signer, run: Run
) -> None:
    ledger = Ledger(signer)
    ledger.add([bundle.Change("alerts", "1", "U", digest_of("later"), 8)])
    ledger.add([bundle.Change("alerts", "1", "I", digest_of("sooner"), 3)])
    ledger.checkpoints.append(ledger.sign())
    ledger.facts["alerts", "1"] = digest_of("later")
    assert run(ledger.lines())["ok"]
    ledger.facts["alerts", "1"] = digest_of("sooner")
    assert run(ledger.lines())["fault"] == "fact_altered"


def test_what_is_recorded_but_not_yet_in_the_log_is_said_and_no_fault(
    signer: checkpoint.Signer, run: Run
) -> None:
    ledger = grown(random.Random(2), signer)
    row = next(iter(ledger.facts))
    ledger.facts[row] = digest_of("new")
    ledger.pending.append(bundle.Change(*row, "U", digest_of("new"), 9_999))
    ledger.add([])
    result = run(ledger.lines())
    assert (result["ok"], result["pending"], result["uncovered"], result["size"]) == (True, 1, 1, 60)
    assert len(result["warnings"]) == 2
    assert run(ledger.lines(), "--max-uncovered", "0")["fault"] == "uncovered"


@pytest.mark.parametrize(
    "body",
    [
        b"not JSON",
        b'{"changes": [],"event":{}}',
        b'{"changes":[]}',
        b'{"changes":[],"event":{"action":"a","actor":"b","at":"2026-11-21","subject":"c","v":1}}',
        b'{"changes":[],"event":{"action":"a","actor":"b","at":"2026-11-21T05:00:00Z","subject":"c","v":1.0}}',
        b'{"changes":[],"event":{"action":NaN,"actor":"b","at":"2026-11-21T05:00:00Z","subject":"c","v":1}}',
        b'{"changes":[],"changes":[],"event":{"action":"a","actor":"b","at":"2026-11-21T05:00:00Z","subject":"c","v":1}}',
        b'{"changes":[{"digest":null,"op":"U","row":"1","table":"alerts"}],"event":{"action":"a","actor":"b","at":"2026-11-21T05:00:00Z","subject":"c","v":1}}',
        b"\xff",
        b"[" * 100_000,
    ],
)
def test_a_signed_entry_that_is_no_canonical_event_is_a_fault(
    body: bytes, signer: checkpoint.Signer, run: Run
) -> None:
    ledger = Ledger(signer, leaves=[(0, body)])
    ledger.checkpoints.append(ledger.sign())
    assert run(ledger.lines())["fault"] == "leaf_malformed"


@given(
    st.dictionaries(st.text(), st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text())
)
@settings(deadline=None)
def test_the_verifier_knows_the_canonical_form_of_what_entries_hold(value: dict[str, Any]) -> None:
    value = {name: kept for name, kept in value.items() if name.isascii()}
    text = canonical.dumps(value).decode()
    assert verifier.COMPACT.encode(verifier.STRICT.decode(text)) == text


@pytest.mark.parametrize(
    "content", [b"\x00\x01\x02\n", b"[]\n", b"{}\n", b'{"format":"vigil-ledger-bundle/2"}\n', b"\x1f\x8b\n"]
)
def test_what_is_no_bundle_is_unreadable(content: bytes, run: Run) -> None:
    assert run(content)["fault"] in (
        "unreadable",
        "truncated" if content[:2] == b"\x1f\x8b" else "unreadable",
    )


def test_an_empty_file_is_truncated_and_a_missing_one_unreadable(run: Run, tmp_path: Path) -> None:
    assert run(b"")["fault"] == "truncated"
    assert verifier.main([str(tmp_path / "nothing"), "--json"]) == verifier.CODES["unreadable"]


def test_lines_of_an_unknown_kind_or_in_a_wrong_place_are_unreadable(
    signer: checkpoint.Signer, run: Run
) -> None:
    lines = grown(random.Random(3), signer).lines()
    assert run([*lines[:-1], b'{"note":1}\n', lines[-1]])["fault"] == "unreadable"
    assert run([*lines, lines[-1]])["fault"] == "unreadable"
    assert run([lines[0], lines[-2], *lines[1:]])["fault"] == "unreadable"
    for leaf in (b'{"leaf":1.5,"body":""}', b'{"leaf":0}', b'{"leaf":0,"body":7}', b'{"leaf":0,"body":"*"}'):
        assert run([lines[0], leaf + b"\n", *lines[2:]])["fault"] == "unreadable"


def test_a_bundle_that_announces_another_count_is_found(signer: checkpoint.Signer, run: Run) -> None:
    ledger = grown(random.Random(4), signer)
    for announced, fault in ((61, "leaf_missing"), (59, "truncated")):
        ledger.announced = announced
        assert run(ledger.lines())["fault"] == fault


def test_a_key_or_witness_file_that_can_not_be_read_is_never_passed_over(
    signer: checkpoint.Signer, run: Run, tmp_path: Path
) -> None:
    ledger = grown(random.Random(5), signer)
    for given_key in ("", "vigil.example+00000000+AAAA", str(tmp_path / "missing")):
        assert run(ledger.lines(), given=given_key)["fault"] == "input_unreadable"
    for text in ("", "\n\n", "no checkpoint\n", ledger.checkpoints[0] + "rest of a torn page\n"):
        assert run(ledger.lines(), witnesses=(text,))["fault"] == "input_unreadable"
    (tmp_path / "key").write_text(signer.public.vkey + "\n")
    assert run(ledger.lines(), given=str(tmp_path / "key"))["ok"]


def test_odd_times_are_told_but_no_fault(signer: checkpoint.Signer, run: Run) -> None:
    ledger = grown(random.Random(6), signer, entries=10)
    ledger.leaves.append((10, ledger.leaves[0][1].replace(b"2026-11-21", b"2026-11-30")))
    ledger.leaves.append((11, ledger.leaves[0][1].replace(b"2026-11-21", b"2026-11-01")))
    ledger.checkpoints.append(ledger.sign())
    result = run(ledger.lines())
    assert result["ok"]
    assert [warning.split(":")[0] for warning in result["warnings"]] == [
        "1 entries are dated earlier than the one before them, by up to 2505600 s.",
        "1 entries carry a time after the export",
    ]


def test_an_empty_ledger_is_ok_when_its_emptiness_is_signed(signer: checkpoint.Signer, run: Run) -> None:
    ledger = Ledger(signer)
    assert run(ledger.lines())["fault"] == "no_checkpoint"
    ledger.checkpoints.append(ledger.sign())
    result = run(ledger.lines())
    assert (result["ok"], result["size"]) == (True, 0)
    assert result["root"] == "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="


def test_a_bare_python_without_any_package_verifies_and_prints_count_and_head(
    signer: checkpoint.Signer, tmp_path: Path
) -> None:
    ledger = grown(random.Random(7), signer)
    (tmp_path / "bundle.gz").write_bytes(b"".join(bundle.gzipped(ledger.lines())))
    bare = [sys.executable, "-I", "-S", "-OO", str(VERIFIER), str(tmp_path / "bundle.gz")]
    bare += ["--public-key", signer.public.vkey]
    done = subprocess.run(bare, capture_output=True, text=True, check=False)
    root = ledger.checkpoints[-1].split("\n")[2]
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.startswith(
        f"OK: 60 entries verified against {len(ledger.checkpoints)} signed checkpoints"
    )
    assert f"head {root}." in done.stdout.splitlines()[0]
    give_a_checkpoint_another_root(ledger, random.Random(7))
    (tmp_path / "bundle.gz").write_bytes(gzip.compress(b"".join(ledger.lines())))
    done = subprocess.run(bare, capture_output=True, text=True, check=False)
    assert done.returncode == 12
    assert done.stdout.startswith("FAULT 12 signature_wrong\n")
    assert "OK" not in done.stdout


def test_no_text_of_a_bundle_steers_the_terminal(
    signer: checkpoint.Signer, run: Run, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    ledger = grown(random.Random(8), signer)
    ledger.facts["alerts\x1b[2J", "1\nOK: all is well"] = bytes(32)
    (tmp_path / "bent").write_bytes(b"".join(ledger.lines()))
    assert verifier.main([str(tmp_path / "bent")]) == verifier.CODES["fact_inserted"]
    out = capsys.readouterr().out
    assert "\x1b" not in out
    assert "\nOK" not in out


def test_the_help_lists_every_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        verifier.main(["--help"])
    told = capsys.readouterr().out
    assert len(verifier.CODES) == len(set(verifier.CODES.values())) == 19
    for name, code in verifier.CODES.items():
        assert f"{code} {name} " in told
    source = VERIFIER.read_text()
    assert len(source.splitlines()) <= 500
    for name in verifier.CODES:
        assert name == "ok" or f'"{name}"' in source
