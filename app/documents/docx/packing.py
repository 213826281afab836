"""The same DOCX bytes for the same content: every date inside the file is the brief's own."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime


def repack(file: bytes, at: datetime) -> bytes:
    """The same zip with its members in the order of their names after the content types, all dated `at`.

    Zip knows no zones and nothing before 1980; `at` is written in UTC.
    """
    stamp = at.astimezone(UTC).timetuple()[:6]
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(file)) as before, zipfile.ZipFile(buffer, "w") as after:
        # Readers expect the content types first.
        for name in sorted(before.namelist(), key=lambda name: (name != "[Content_Types].xml", name)):
            member = zipfile.ZipInfo(name, date_time=stamp)
            member.compress_type = zipfile.ZIP_DEFLATED
            member.external_attr = 0o600 << 16
            member.create_system = 3
            after.writestr(member, before.read(name))
    return buffer.getvalue()
