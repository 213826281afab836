"""The Python environments: `var/tools` (uv, supervisor) and the application's own, from hashed lists."""

from __future__ import annotations

import sys
from pathlib import Path

from checkout import Checkout, Stamp
from steps import Refused, quiet_environment, run

LIBRARY = Path(__file__).parent
OLDEST_PYTHON = (3, 11)


def demand_python() -> None:
    if sys.version_info < OLDEST_PYTHON:
        raise Refused(f"Vigil needs Python 3.11 or later; /usr/bin/python3 here is {sys.version.split()[0]}.")


def tools(checkout: Checkout, log: Path) -> Path:
    """The folder of commands with `uv` and `supervisord`."""
    folder, listed = checkout.var / "tools", LIBRARY / "tools.txt"
    stamp = Stamp(folder / ".stamp", listed, sys.version, str(folder))
    if not stamp.holds():
        # Debian keeps pip as a wheel for venv to install, which takes longer than all else here: run it as it lies.
        wheel = max(Path("/usr/share/python-wheels").glob("pip-*.whl"), default=None)
        pip: list[str | Path] = (
            [folder / "bin/pip"] if wheel is None else [folder / "bin/python", wheel / "pip"]
        )
        made = [sys.executable, "-m", "venv", "--clear", *(["--without-pip"] if wheel else []), str(folder)]
        run("Preparing tools", made, log)
        listing: list[str | Path] = ["--quiet", "--no-deps", "--require-hashes", "-r", listed]
        run("Fetching tools", [*pip, "install", *listing], log, environment=quiet_environment())
        stamp.renew()
    return folder / "bin"


def application(checkout: Checkout, log: Path, name: str, listed: Path) -> Path:
    """The folder of commands of `var/<name>`, which holds exactly what `listed` names."""
    folder = checkout.var / name
    stamp = Stamp(folder / ".stamp", listed, sys.version, str(folder))
    if not stamp.holds():
        uv = tools(checkout, log) / "uv"
        settings = quiet_environment()
        made: list[str | Path] = [
            uv,
            "venv",
            "--quiet",
            "--allow-existing",
            "--no-project",
            "--python",
            sys.executable,
            folder,
        ]
        run("Making the Python environment", made, log, environment=settings)
        run(
            f"Installing Python packages ({listed.name})",
            [uv, "pip", "sync", "--quiet", "--require-hashes", "--python", folder / "bin/python", listed],
            log,
            environment=settings,
        )
        stamp.renew()
    return folder / "bin"
