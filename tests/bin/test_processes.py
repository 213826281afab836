"""What the processes of bin/run find in their environment: each its own role's password, and no other's."""

from __future__ import annotations

import re
import subprocess
import sys

from tests.servers import ROOT

sys.path.insert(0, str(ROOT / "bin/lib"))
import database
from processes import read_procfile, wrapped

PROCESSES = read_procfile(ROOT / "Procfile")
SETTINGS = {role: f"VIGIL_{role.upper()}_DATABASE_URL" for role in database.ROLES if role != "app"}


def told_to(process: str) -> set[str]:
    """The roles whose passwords stand in its environment, as its own command would find it."""
    everything = dict.fromkeys(SETTINGS.values(), "secret") | {"PATH": "/usr/bin:/bin"}
    said = subprocess.run(
        wrapped(process, "env"), shell=True, env=everything, check=True, capture_output=True, text=True
    ).stdout
    return {role for role, setting in SETTINGS.items() if f"{setting}=secret" in said.splitlines()}


def test_each_process_knows_its_own_role_s_password_alone() -> None:
    worker = {"worker"}
    assert {process: told_to(process) for process in PROCESSES} == {
        "web": set(), "live": set(), "relay": worker, "slow": {"worker", "auditor"}, "files": worker, "plans": worker,
        "clocks": worker, "messages": worker, "rules": worker, "schedule": worker, "sequencer": {"sequencer"},
        "keyholder": {"keyholder"},
    }  # fmt: skip


def test_the_site_gets_a_process_a_processor_but_never_so_many_that_connections_run_short() -> None:
    found = {processors: database.web_processes(processors) for processors in (1, 2, 3, 4, 64)}
    assert found == {1: 2, 2: 2, 3: 3, 4: 4, 64: 4}
    # gunicorn counts by the setting only as long as the line itself names no number.
    assert "--workers" not in PROCESSES["web"]
    given = re.findall(r"^WEB_CONCURRENCY=(\d)$", (ROOT / "deploy/vigil.env").read_text(), re.MULTILINE)
    assert given == ["2"]


def test_a_real_server_gives_the_same_processes_the_same_passwords() -> None:
    """deploy/vigil.env names the files, by process, above the settings that stand in them."""
    given: dict[str, set[str]] = {process: set() for process in PROCESSES}
    files: list[str] = []
    for line in (ROOT / "deploy/vigil.env").read_text().splitlines():
        if line.startswith("# ") and ".env" in line:
            files = re.findall(r"([a-z]+)\.env", line)
        for role, setting in SETTINGS.items():
            if line.startswith(f"# {setting}="):
                for process in set(files) & given.keys():
                    given[process].add(role)
    assert given == {process: told_to(process) for process in PROCESSES}
