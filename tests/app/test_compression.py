"""What goes out compressed, and that it is the same when it is unpacked."""

from __future__ import annotations

import gzip

from flask.testing import FlaskClient

from app.permissions import Role
from tests.people import Staff

GZIP = {"Accept-Encoding": "gzip"}


def test_a_page_a_layer_and_a_script_come_compressed_and_unpack_to_the_same(staff: Staff) -> None:
    watch = staff.client(Role.WATCHKEEPER_JOC)
    for path in ("/map/layers/sectors.geojson", "/static/js/picture.js", "/static/css/tokens.css"):
        plain, packed = watch.get(path), watch.get(path, headers=GZIP)
        assert plain.headers.get("Content-Encoding") is None
        if len(plain.data) >= 700:
            assert packed.headers["Content-Encoding"] == "gzip", path
            assert len(packed.data) < len(plain.data)
            assert gzip.decompress(packed.data) == plain.data
        assert "Accept-Encoding" in packed.headers["Vary"]
    page = watch.get("/map", headers=GZIP)
    assert page.headers["Content-Encoding"] == "gzip"
    assert b"</html>" in gzip.decompress(page.data)


def test_the_length_of_a_page_does_not_tell_of_what_stands_in_it(client: FlaskClient) -> None:
    lengths = {len(client.get("/sign-in", headers=GZIP).data) for _ in range(12)}
    assert max(lengths) - min(lengths) > 20


def test_what_is_short_and_what_has_not_changed_is_left_alone(staff: Staff) -> None:
    watch = staff.client(Role.WATCHKEEPER_JOC)
    assert watch.get("/alerts/version", headers=GZIP).headers.get("Content-Encoding") is None
    first = watch.get("/map/layers/sectors.geojson", headers=GZIP)
    again = watch.get("/map/layers/sectors.geojson", headers={**GZIP, "If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
