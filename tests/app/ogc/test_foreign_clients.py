"""Programs that officers have: GDAL's command line and OWSLib walk the collections with a token of their own."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from flask import Flask
from owslib.ogcapi.features import Features

from app.exchange.queries import LAYERS
from app.permissions import Permission, Role
from tests.app.exchange import ground
from tests.app.exchange.served import served
from tests.people import Staff

MANY = 25


@pytest.fixture
def site(app: Flask, staff: Staff, owner: psycopg.Connection) -> Iterator[str]:
    ground.incidents(owner, staff, MANY)
    ground.incidents(owner, staff, 4, "EAST")
    ground.haven(owner, staff)
    ground.patrol(owner, staff, 3)
    with served(app) as address:
        yield address


@pytest.fixture
def token(staff: Staff) -> str:
    scopes = [Permission.SEE_MAP, Permission.READ_INCIDENTS, Permission.READ_HAVENS, Permission.READ_PATROLS]
    return staff.bearer(Role.SECTOR_OPS, scopes=scopes)["Authorization"]


def gdal(*command: str, token: str) -> str:
    environment = os.environ | {"GDAL_HTTP_HEADERS": f"Authorization: {token}", "GDAL_HTTP_TIMEOUT": "30"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert "ERROR" not in done.stderr, done.stderr
    return done.stdout


def test_ogrinfo_lists_the_collections_that_the_token_opens(site: str, token: str) -> None:
    listed = gdal("ogrinfo", "-ro", f"OAPIF:{site}/ogc/", token=token)
    named = {line.split(": ")[1].split(" ")[0] for line in listed.splitlines() if line[:1].isdigit()}
    assert named == set(LAYERS) - {"alerts", "threats"}


def test_ogr2ogr_brings_all_pages_home(site: str, token: str, tmp_path: Path) -> None:
    target = tmp_path / "incidents.geojson"
    gdal(
        "ogr2ogr",
        "-f",
        "GeoJSON",
        str(target),
        f"OAPIF:{site}/ogc/",
        "incidents",
        "-oo",
        "PAGE_SIZE=7",
        token=token,
    )
    features = json.loads(target.read_text())["features"]
    assert len(features) == MANY
    assert {f["properties"]["kind"] for f in features} == {"killing", "abduction"}
    assert all(0 <= f["geometry"]["coordinates"][0] <= 1 for f in features)


def test_ogrinfo_filters_by_box_and_by_time(site: str, token: str) -> None:
    def count(*asked: str) -> int:
        said = gdal("ogrinfo", "-ro", "-al", f"OAPIF:{site}/ogc/", "incidents", *asked, token=token)
        return said.count("OGRFeature(incidents)")

    assert count("-spat", "0", "0", "0.5", "0.5") == sum(n / (MANY + 1) <= 0.5 for n in range(1, MANY + 1))
    late = "occurred_from >= '2026/03/02 00:00:00+00'"
    assert count("-where", late) == sum(12 + n >= 24 for n in range(1, MANY + 1))


def test_owslib_walks_pages_boxes_times_and_single_features(site: str, token: str) -> None:
    features = Features(f"{site}/ogc/", headers={"Authorization": token})
    assert features.conformance()["conformsTo"]
    assert set(features.feature_collections()) == set(LAYERS) - {"alerts", "threats"}
    assert features.api()["openapi"].startswith("3.0")
    page: Any = features.collection_items("incidents", limit=10)
    assert page["numberReturned"] == 10
    assert [link["rel"] for link in page["links"]].count("next") == 1
    box = features.collection_items("incidents", bbox=[0, 0, 0.2, 0.2])
    assert 0 < box["numberReturned"] < MANY
    timed = features.collection_items("incidents", datetime_="2026-03-01T13:00:00Z/2026-03-01T14:00:00Z")
    assert timed["numberReturned"] == 2
    one = features.collection_item("incidents", str(page["features"][0]["id"]))
    assert one["geometry"] == page["features"][0]["geometry"]
    haven = features.collection_items("havens", state="open")
    assert haven["features"][0]["properties"]["name"] == "EXERCISE haven"


def test_without_a_token_gdal_is_turned_away(site: str) -> None:
    done = subprocess.run(
        ["ogrinfo", "-ro", f"OAPIF:{site}/ogc/"], capture_output=True, text=True, timeout=60
    )
    assert done.returncode != 0
    assert "incidents" not in done.stdout
