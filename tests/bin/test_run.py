"""bin/run from a checkout of its own: to the ready line, back to nothing, and on from what the last start left."""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from tests import base_maps
from tests.journeys.house import free_port
from tests.servers import ROOT

pytestmark = pytest.mark.xdist_group("journeys")
BASE_MAP = Path("country.mbtiles")


@pytest.fixture(scope="module")
def checkout() -> Iterator[Path]:
    """The files of this tree that git knows, in a folder that the account of Vigil may enter."""
    folder = Path(tempfile.mkdtemp(prefix="vigil-run-"))
    try:
        folder.chmod(0o755)
        listed = subprocess.run(
            ["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT, check=True, capture_output=True, text=True,
        ).stdout  # fmt: skip
        for name in filter(None, listed.split("\0")):
            if (ROOT / name).is_file():
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(ROOT / name, folder / name)
        base_maps.mbtiles(folder / BASE_MAP, base_maps.pictures()).chmod(0o644)
        yield folder.resolve()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def running(checkout: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    """bin/run, from its ready line to its orderly end. Its output holds passwords: it is never shown."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("VIGIL_")}
    environment["VIGIL_BASE_MAP"] = BASE_MAP.name
    process = subprocess.Popen(
        [checkout / "bin/run", "--port", str(port)], cwd=checkout, env=environment, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        lines = (line.strip() for line in process.stdout)
        assert any(line == f"Vigil is ready at http://127.0.0.1:{port}" for line in lines), (
            "it never got ready"
        )
        yield process
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=90)
    assert process.returncode == 0


def ready(port: int) -> bool:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/ready", timeout=5) as answer:
        return bool(answer.status == 200)


def owner_url(checkout: Path) -> str:
    for line in (checkout / "var/env.sh").read_text().splitlines():
        words = shlex.split(line)
        if words and words[-1].startswith("VIGIL_OWNER_DATABASE_URL="):
            return words[-1].partition("=")[2].replace("postgresql+psycopg://", "postgresql://")
    raise AssertionError("var/env.sh names no database of the owner")


def process_of(checkout: Path, module: str) -> int:
    """The id of the process of this checkout that runs the module; it may take its time to start."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                words = (entry / "cmdline").read_bytes().split(b"\0")
                if module.encode() in words and (entry / "cwd").resolve() == checkout:
                    return int(entry.name)
            except OSError:
                continue  # it ended meanwhile, or is not ours to look into
        time.sleep(0.1)
    raise AssertionError(f"{module} does not run")


def left_running(checkout: Path) -> list[str]:
    def folder_of(pid: str) -> Path | None:
        try:
            return Path(f"/proc/{pid}/cwd").resolve()
        except OSError:
            return None

    return [pid for pid in os.listdir("/proc") if pid.isdigit() and folder_of(pid) == checkout]


def test_a_start_gets_ready_and_goes_on_with_what_the_last_one_left_undone(checkout: Path) -> None:
    port = free_port()
    with running(checkout, port):
        assert ready(port)
        assert f"export VIGIL_BASE_MAP={checkout / BASE_MAP}\n" in (checkout / "var/env.sh").read_text()
        os.kill(process_of(checkout, "workers.relay"), signal.SIGSTOP)  # nobody passes work on any more
        with psycopg.connect(owner_url(checkout)) as owner:
            owner.execute(
                "INSERT INTO outbox (queue, job, args, not_before, created_at) "
                "SELECT 'slow', 'workers.upkeep.forget', '[]', now() - interval '1 hour', now() - interval '1 hour'"
            )
    accounts = checkout / "var/exercise-accounts.json"
    assert accounts.stat().st_mode & 0o777 == 0o600
    compiled = checkout / "var/pycache"
    assert any(compiled.rglob("factory.*.pyc")), "each start compiles the application anew"
    installed = (checkout / "var/venv/lib").rglob("flask/*.py")
    assert {file.stat().st_nlink for file in installed} == {1}, (
        "another checkout's change would reach this one"
    )
    with running(checkout, port):
        assert ready(port)
    with pytest.raises(ConnectionRefusedError), socket.create_connection(("127.0.0.1", port), timeout=2):
        pass
    assert left_running(checkout) == []
