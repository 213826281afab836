"""Files as other tools write them, sent by the API and worked on as a worker does."""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import psycopg
import pyogrio
import shapely
from numpy import array, object_

from app.permissions import Role
from tests.people import WEST, Staff
from workers import runtime

PLACES = [("P1", "EXERCISE Àbà", 0.5, 0.6), ("P2", "EXERCISE B", 1.5, 0.4)]
KINDS_OF_FILES = ("gpkg", "kml", "gpx", "zip", "geojson", "csv")


def written(folder: Path, ending: str, rows: list[tuple[str, str, float, float]] = PLACES) -> Path:
    """The same places in a file of any format that is taken; all but CSV by GDAL."""
    path = folder / f"places.{ending}"
    if ending == "csv":
        path.write_text(
            "code,name,lon,lat\n" + "".join(f"{c},{n},{x},{y}\n" for c, n, x, y in rows), encoding="utf-8"
        )
        return path
    made = path if ending != "zip" else folder / "places.shp"
    driver = {"gpkg": "GPKG", "kml": "LIBKML", "gpx": "GPX", "zip": "ESRI Shapefile", "geojson": "GeoJSON"}[
        ending
    ]
    # GPX has columns of its own; the comment holds the code there.
    fields = ["cmt", "name"] if ending == "gpx" else ["code", "name"]
    pyogrio.raw.write(
        str(made), geometry=array([shapely.to_wkb(shapely.Point(x, y)) for _c, _n, x, y in rows], dtype=object_),
        field_data=[array([r[i] for r in rows], dtype=object_) for i in (0, 1)], fields=fields,
        geometry_type="Point", crs="EPSG:4326", driver=driver, encoding="UTF-8",
        **({"layer": "waypoints"} if ending == "gpx" else {}),
    )  # fmt: skip
    if ending == "zip":
        with ZipFile(path, "w") as packed:
            for part in folder.glob("places.*"):
                if part.suffix in (".shp", ".shx", ".dbf", ".prj", ".cpg"):
                    packed.write(part, part.name)
    return path


def text(path: Path, content: str) -> Path:
    path.write_text(content, encoding="utf-8")
    return path


def collection(path: Path, *features: tuple[dict[str, Any], Any]) -> Path:
    listed = [{"type": "Feature", "properties": p, "geometry": g} for p, g in features]
    return text(path, json.dumps({"type": "FeatureCollection", "features": listed}))


class Sender:
    """Somebody of a role who sends files by the API."""

    def __init__(self, staff: Staff, owner: psycopg.Connection, role: Role, sector: str = WEST) -> None:
        self.client, self.owner, self.headers = staff.app.test_client(), owner, staff.bearer(role, sector)

    def post(self, path: Path, kind: str) -> Any:
        data = {"kind": kind, "file": (BytesIO(path.read_bytes()), path.name)}
        return self.client.post("/api/v1/imports", data=data, headers=self.headers)

    def send(self, path: Path, kind: str = "places") -> dict[str, Any]:
        """Send it and have it looked into; what the API tells of it then."""
        answer = self.post(path, kind)
        assert answer.status_code == 202, answer.get_json()
        work(self.owner)
        return self.told(answer.get_json()["id"])

    def told(self, number: int) -> dict[str, Any]:
        found: dict[str, Any] = self.client.get(f"/api/v1/imports/{number}", headers=self.headers).get_json()
        return found

    def start(self, number: int, **body: Any) -> Any:
        return self.client.post(f"/api/v1/imports/{number}/start", json=body, headers=self.headers)

    def bring_in(
        self, path: Path, kind: str = "places", every: dict[str, str] | None = None, **more: Any
    ) -> dict[str, Any]:
        """Send it, take the guesses for true, and have it brought in; what the API tells at the end."""
        seen = self.send(path, kind)
        assert seen["state"] == "looked", seen["failure"]
        return self.go_on(seen, every, **more)

    def go_on(self, seen: dict[str, Any], every: dict[str, str] | None = None, **more: Any) -> dict[str, Any]:
        columns = {k: v for k, v in seen["found"]["guesses"].items() if k not in (every or {})}
        fields = [{"field": k, "column": v} for k, v in columns.items()]
        fields += [{"field": k, "every": v} for k, v in (every or {}).items()]
        answer = self.start(seen["id"], fields=fields, **more)
        assert answer.status_code == 202, answer.get_json()
        work(self.owner)
        return self.told(seen["id"])

    def refused(self, number: int) -> list[str]:
        answer = self.client.get(f"/api/v1/imports/{number}/refused", headers=self.headers)
        return answer.get_data().decode("utf-8-sig").splitlines()


def work(owner: psycopg.Connection) -> None:
    """Do what the outbox holds of files, as a worker does."""
    rows = owner.execute(
        "SELECT id FROM outbox WHERE job LIKE 'workers.imports.%' AND finished_at IS NULL ORDER BY id"
    ).fetchall()
    for (outbox_id,) in rows:
        runtime.run(outbox_id)


def counts(told: dict[str, Any]) -> tuple[int, int, int, int]:
    return told["new"], told["changed"], told["unchanged"], told["refused"]
