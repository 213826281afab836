"""Tests run against a real PostGIS and a real Redis, started by bin/test.

A template database is migrated once; each test gets a clone of it (some 20 ms), so that commits are commits and no
test sees another's rows.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import settings
from playwright.sync_api import Browser, sync_playwright

from app.permissions import Role
from tests import servers
from tests.people import Staff
from tests.reports import raised
from workers import runtime


def pytest_sessionstart(session: pytest.Session) -> None:
    """Browsers in tests get what browsers get: the scripts as built, of these sources. One process builds."""
    if not hasattr(session.config, "workerinput"):
        servers.build_assets()


# The same examples at each run, however busy the machine: what fails here fails for whoever looks into it, too. New ones
# are drawn where VIGIL_TEST_EXPLORE is set.
settings.register_profile("steady", deadline=None, derandomize=True, database=None, print_blob=True)
if not os.environ.get("VIGIL_TEST_EXPLORE"):
    settings.load_profile("steady")

# Begun last, one of these would be waited for by all the others.
LONG = (
    "tests/workers/test_moved_clock.py",
    "tests/geo/surfaces/test_forecaster.py",
    "tests/attacks/test_trilaterating",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: not item.nodeid.startswith(LONG))


def pytest_sessionfinish(session: pytest.Session) -> None:
    servers.finish()


@pytest.fixture(scope="session")
def template_database() -> str:
    return servers.template()


# Of the browser's own features. The first line names small pages that it opens beside each window, for an address bar
# that nobody sees, which take as long as a page of ours. The last list given to a browser is the one that counts: the
# others are those that Playwright switches off.
SWITCHED_OFF = (
    "WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "WebUIOmniboxFullPopup",
    "AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose", "HttpsUpgrades",
    "HttpsFirstBalancedModeAutoEnable", "LensOverlay", "MediaRouter", "PaintHolding", "ThirdPartyStoragePartitioning",
    "AvoidCorsURLLoaderRestartOnRedirect", "OptimizationHints", "NetworkTimeServiceQuerying", "AimEnabled",
    "PreconnectToSearch",
)  # fmt: skip


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One for all tests of a process: a second Playwright does not start beside a running one."""
    path = os.environ.get("VIGIL_TEST_CHROMIUM", "/usr/bin/chromium")
    if not Path(path).exists():
        raise RuntimeError("Chromium is missing: bin/test installs it.")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=path,
            args=["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
                  "--disable-background-networking", "--disable-component-update", "--disable-sync",
                  f"--disable-features={','.join(SWITCHED_OFF)}"],
        )  # fmt: skip
        yield started
        started.close()


@pytest.fixture
def clone(template_database: str, tmp_path: Path) -> Iterator[servers.Clone]:
    made = servers.Clone.of(template_database, tmp_path)
    yield made
    made.drop()


@pytest.fixture
def app(clone: servers.Clone) -> Iterator[Flask]:
    with servers.SITE.on(clone) as site:
        yield site


@pytest.fixture
def worker(clone: servers.Clone, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """The application as the workers run it: on their own database role."""
    with servers.WORKER.on(clone) as jobs:
        monkeypatch.setattr(runtime, "worker_app", lambda: jobs)
        yield jobs


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser or device that has not signed in."""
    return app.test_client()


@pytest.fixture
def owner(clone: servers.Clone) -> Iterator[psycopg.Connection]:
    """The database as its owner sees it, each statement committed."""
    with psycopg.connect(clone.plain_url("vigil_owner"), autocommit=True) as connection:
        yield connection


@pytest.fixture
def staff(app: Flask, clone: servers.Clone) -> Iterator[Staff]:
    """A small mission and its people: `staff.client(Role.PATROL_CDR)`, `staff.acting(Role.HR_OFFICER)`."""
    made = Staff(app, clone)
    yield made
    made.owner.close()


@pytest.fixture
def alert(client: FlaskClient, staff: Staff, owner: psycopg.Connection) -> int:
    """The number of an alert that a patrol's report has raised in the western sector."""
    raised(client, staff.bearer(Role.PATROL_CDR))
    row = owner.execute("SELECT id FROM alerts").fetchone()
    assert row
    return int(row[0])
