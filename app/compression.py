"""Text goes out compressed: on a thin line that is the difference between eight seconds and forty.

Static files of the asset step lie beside their compressed twins, by brotli for browsers that read it; what is made for
the request is compressed here. Pages hold secrets (a form's token) beside what an address may bring in, and the length
of what is compressed tells of both: each answer therefore carries a name of random length in gzip's own header, which
hides some bytes more or less (as Palacios and others, "Heal the Breach", 2022).
"""

from __future__ import annotations

import gzip
import io
import secrets
from pathlib import Path

from flask import Flask, Response, request

LEAST = 700  # bytes; below, the header outweighs the gain
LEVEL = 6
TEXT = (
    "text/",
    "application/json",
    "application/geo+json",
    "application/problem+json",
    "application/javascript",
)
LONGEST_NAME = 64


def compressed(body: bytes) -> bytes:
    held = io.BytesIO()
    name = secrets.token_hex(LONGEST_NAME)[: 1 + secrets.randbelow(2 * LONGEST_NAME)]
    with gzip.GzipFile(filename=name, mode="wb", compresslevel=LEVEL, fileobj=held, mtime=0) as packed:
        packed.write(body)
    return held.getvalue()


class Twins:
    """The static files that don't change while the server runs, compressed once each and kept."""

    def __init__(self) -> None:
        self.known: dict[tuple[str, float, str], bytes] = {}

    def of(self, path: Path, brotli: bool) -> tuple[str, bytes]:
        """(encoding, body). Brotli only where a twin lies ready."""
        written = path.stat().st_mtime
        twin = path.with_name(f"{path.name}.br")
        if brotli and twin.is_file() and twin.stat().st_mtime >= written:
            return "br", self.kept((str(path), written, "br"), twin)
        twin = path.with_name(f"{path.name}.gz")
        ready = twin.is_file() and twin.stat().st_mtime >= written
        return "gzip", self.kept((str(path), written, "gzip"), twin if ready else None)

    def kept(self, key: tuple[str, float, str], twin: Path | None) -> bytes:
        if key not in self.known:
            self.known[key] = (
                twin.read_bytes() if twin else gzip.compress(Path(key[0]).read_bytes(), 9, mtime=0)
            )
        return self.known[key]


def register(app: Flask) -> None:
    twins = Twins()

    @app.after_request
    def compress(response: Response) -> Response:
        wanted = (response.mimetype or "").startswith(TEXT) or response.mimetype == "image/svg+xml"
        if not wanted or (response.is_streamed and request.endpoint != "static"):
            return response
        response.vary.add("Accept-Encoding")
        if response.status_code != 200 or "gzip" not in request.accept_encodings or request.range:
            return response
        if "Content-Encoding" in response.headers or (response.content_length or LEAST) < LEAST:
            return response
        encoding = "gzip"
        if request.endpoint == "static" and app.static_folder:
            path = Path(app.static_folder) / (request.view_args or {})["filename"]
            encoding, body = twins.of(path, "br" in request.accept_encodings)
            response.direct_passthrough = False
        else:
            body = compressed(response.get_data())
        response.set_data(body)
        response.headers["Content-Encoding"] = encoding
        return response
