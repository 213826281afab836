"""Where a browser finds our scripts and style sheets: under names that tell their content, kept for a year.

bin/lib/assets.py builds them (bin/lib/bundles.py) and writes `static/built/manifest.json`, which holds the digests of the
sources. A page is refused rather than sent with scripts of another day: `Stale`.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from flask import Flask, Response, request

YEAR = "public, max-age=31536000, immutable"
HOW = "bin/run --prepare makes them"


class Stale(RuntimeError):
    """What is built is missing, or was made of other sources than those that stand here."""


class Built:
    def __init__(self, static: Path, *, watches: bool = False) -> None:
        self.static = static
        self.watches = watches  # looks at the sources again for each page, as whoever writes them needs
        self.told: dict[str, Any] | None = None

    def manifest(self) -> dict[str, Any]:
        if self.told is None or self.watches:
            self.told = self.read()
        return self.told

    def read(self) -> dict[str, Any]:
        try:
            told: dict[str, Any] = json.loads((self.static / "built/manifest.json").read_text())
        except FileNotFoundError:
            raise Stale(f"The scripts and style sheets are not built: {HOW}.") from None
        files = [*self.static.glob("js/*.js"), *self.static.glob("css/*.css")]
        here = {str(f.relative_to(self.static)): hashlib.sha256(f.read_bytes()).hexdigest() for f in files}
        other = sorted(n for n in here | told["sources"] if here.get(n) != told["sources"].get(n))
        if other:
            raise Stale(f"{', '.join(other)}: not as they were when they were built. {HOW}.")
        return told

    def address(self, name: str) -> str:
        """Of `js/picture.js`, `css/queue.css` or `vendor/leaflet.js`. Raises `Stale`."""
        folder, _, file = name.partition("/")
        told = self.manifest()
        if folder == "vendor":
            return f"/static/{name}?v={told['vendor'][file]}" if file in told["vendor"] else f"/static/{name}"
        if name not in told["files"]:
            raise Stale(f"{name} is not built. {HOW}.")
        return f"/static/built/{told['files'][name]['file']}"

    def parts(self, name: str) -> list[str]:
        """The script itself and what it can't start without."""
        needed = self.manifest()["files"][name]["needs"] if self.address(name) else []
        return [self.address(name), *(f"/static/built/{part}" for part in needed)]

    def named_by_content(self, file: str, version: str) -> bool:
        """Whether this address will never give anything else."""
        folder, _, name = file.partition("/")
        if folder == "built":
            return name != "manifest.json"
        # An old page may still ask for what stood here before: then it is not the content that its address names.
        return folder == "vendor" and bool(version) and self.manifest()["vendor"].get(name) == version


def register(app: Flask) -> None:
    built = Built(Path(str(app.static_folder)), watches=app.debug)
    app.extensions["vigil_built"] = built
    app.jinja_env.globals["asset"] = built.address
    app.jinja_env.globals["parts_of"] = built.parts

    @app.after_request
    def keep(response: Response) -> Response:
        if request.endpoint == "static" and response.status_code in (200, 206, 304):
            file = str((request.view_args or {}).get("filename", ""))
            if built.named_by_content(file, request.args.get("v", "")):
                response.headers["Cache-Control"] = YEAR
        return response
