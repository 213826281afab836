"""tipg and pygeoapi on the same database, as the superuser, with as many workers as Vigil's site and nobody to ask for a
right."""

from __future__ import annotations

import json
import shlex
import subprocess
from pathlib import Path
from urllib.parse import quote

import environment
from ground import Ground, wait
from psycopg.conninfo import conninfo_to_dict

WORKERS, THREADS = 2, 8  # the same for all three: threads as in the Procfile
# The same attributes from all three; Vigil adds the radius of what is not known exactly.
ATTRIBUTES = (
    "kind", "occurred_from", "occurred_to", "date_precision", "place_name", "place_precision", "admin_code", "sector_id",
    "side_a", "side_b", "killed_low", "killed_best", "killed_high", "injured", "abducted", "verification",
    "source_reliability", "credibility", "source",
)  # fmt: skip


class Others:
    """The two servers on the ports after the site's."""

    def __init__(self, ground: Ground) -> None:
        self.ground = ground
        ground.settings["WEB_CONCURRENCY"] = str(WORKERS)
        listed = Path(__file__).parent / "others.txt"
        log = ground.checkout.log / "others.log"
        self.commands = environment.application(ground.checkout, log, "others", listed)
        self.tipg_port, self.pygeoapi_port = ground.port + 2, ground.port + 3
        self.database = conninfo_to_dict(ground.url("postgres"))

    def start_tipg(self) -> None:
        d = self.database
        # The socket's folder stands where a host's name would: it knows no other way to a socket.
        address = f"postgresql://postgres:{d['password']}@{quote(str(d['host']), safe='')}:5432/{d['dbname']}"
        settings = {
            "DATABASE_URL": address, "TIPG_DB_SCHEMAS": '["public"]', "TIPG_DB_TABLES": '["public.incidents"]',
            "TIPG_DB_SPATIAL_EXTENT": "FALSE", "TIPG_DB_DATETIME_EXTENT": "FALSE", "DB_MAX_CONN_SIZE": str(THREADS),
            "TIPG_DB_EXCLUDE_FUNCTION_SCHEMAS": '["public", "vigil"]',
        }  # fmt: skip
        command = f"-m uvicorn --workers {WORKERS} --log-level warning --port {self.tipg_port} tipg.main:app"
        self.launch("tipg", command, settings)
        self.wait(self.tipg_port, "tipg")

    def start_pygeoapi(self) -> None:
        folder = self.ground.checkout.var / "pygeoapi"
        folder.mkdir(exist_ok=True)
        config, described = folder / "config.yml", folder / "openapi.yml"
        config.write_text(json.dumps(self.pygeoapi_settings()))  # JSON is YAML
        settings = {"PYGEOAPI_CONFIG": str(config), "PYGEOAPI_OPENAPI": str(described)}
        subprocess.run(
            [self.commands / "pygeoapi", "openapi", "generate", config, "--output-file", described],
            env=self.ground.environment() | settings, check=True, capture_output=True,
        )  # fmt: skip
        command = (
            f"-m gunicorn --worker-class gthread --workers {WORKERS} --threads {THREADS} --log-level warning "
            f"--bind 127.0.0.1:{self.pygeoapi_port} pygeoapi.flask_app:APP"
        )
        self.launch("pygeoapi", command, settings)
        self.wait(self.pygeoapi_port, "pygeoapi")

    def pygeoapi_settings(self) -> dict[str, object]:
        d = self.database
        data = {"host": d["host"], "port": 5432, "dbname": d["dbname"], "user": "postgres",
                "password": d["password"], "search_path": ["public"]}  # fmt: skip
        provider = {"type": "feature", "name": "PostgreSQL", "data": data, "id_field": "id", "table": "incidents",
                    "geom_field": "place", "properties": list(ATTRIBUTES)}  # fmt: skip
        said = {"en": "EXERCISE"}
        return {
            "server": {
                "bind": {"host": "127.0.0.1", "port": self.pygeoapi_port}, "mimetype": "application/json; charset=UTF-8",
                "url": f"http://127.0.0.1:{self.pygeoapi_port}", "encoding": "utf-8", "languages": ["en-US"],
                "limits": {"default_items": 1000, "max_items": 10000, "on_exceed": "throttle"},
                "map": {"url": "", "attribution": ""},
            },
            "logging": {"level": "ERROR"},
            "metadata": {
                "identification": {"title": said, "description": said, "keywords": {"en": ["x"]},
                                   "keywords_type": "theme", "terms_of_service": "x", "url": "http://localhost"},
                "license": {"name": "x", "url": "http://localhost"},
                "provider": {"name": "x", "url": "http://localhost"},
                "contact": {"name": "x", "position": "x", "address": "x", "city": "x", "stateorprovince": "x",
                            "postalcode": "x", "country": "x", "phone": "x", "fax": "x", "email": "x", "url": "x",
                            "hours": "x", "instructions": "x", "role": "x"},
            },
            "resources": {
                "incidents": {
                    "type": "collection", "title": "incidents", "description": "EXERCISE", "keywords": ["x"], "links": [],
                    "extents": {"spatial": {"bbox": [-180, -90, 180, 90],
                                            "crs": "http://www.opengis.net/def/crs/OGC/1.3/CRS84"}},
                    "providers": [provider],
                }
            },
        }  # fmt: skip

    def launch(self, name: str, command: str, settings: dict[str, str]) -> None:
        words = [f"{key}={value}" for key, value in settings.items()]
        self.ground.launch(name, ["env", *words, str(self.commands / "python"), *shlex.split(command)])

    def wait(self, port: int, name: str) -> None:
        from client import answers

        wait(
            lambda: answers(port), f"{name} does not start; see its log in {self.ground.checkout.log}.", 60.0
        )
