"""The ledger checkpoint as a QR code: anybody's phone can keep it as a witness."""

from __future__ import annotations

import io

import segno


def qr_svg(text: str) -> str:
    """An `<svg>` element without size or style; the quiet zone of four modules is part of it."""
    buffer = io.BytesIO()
    segno.make(text, micro=False, error="m").save(
        buffer, kind="svg", xmldecl=False, svgns=True, omitsize=True, border=4, light="white", nl=False
    )
    return buffer.getvalue().decode("utf-8")


def qr_png(text: str) -> bytes:
    """The same as PNG, six pixels a module."""
    buffer = io.BytesIO()
    segno.make(text, micro=False, error="m").save(buffer, kind="png", scale=6, border=4)
    return buffer.getvalue()
