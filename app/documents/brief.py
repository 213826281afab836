"""Canonical bytes: a brief as what is kept and hashed, and back.

The bytes (RFC 8785 JSON) are what is kept and what the hash printed on the document is taken over, so
anybody who holds them can render the document again and compare it to the byte.
"""

from __future__ import annotations

import hashlib
import json
from typing import Annotated, Any

import rfc8785
from pydantic import Discriminator, TypeAdapter, ValidationError

from app.documents.accountability_report_brief import AccountabilityBrief
from app.documents.evacuation_order_brief import EvacuationOrderBrief
from app.documents.incident_report_brief import IncidentBrief
from app.documents.map_view_brief import MapViewBrief
from app.documents.patrol_order_brief import PatrolOrderBrief
from app.documents.patrol_report_brief import PatrolReportBrief

Brief = (
    IncidentBrief
    | AccountabilityBrief
    | MapViewBrief
    | PatrolReportBrief
    | PatrolOrderBrief
    | EvacuationOrderBrief
)

_either: TypeAdapter[Brief] = TypeAdapter(Annotated[Brief, Discriminator("kind")])


def _plain(brief: Brief) -> Any:
    return _either.dump_python(brief, mode="json")


def _checked(text: bytes | str) -> Brief:
    try:
        brief = _either.validate_json(text, strict=False)
    except ValidationError as fault:
        # Only where and what: the values themselves may name people and must not reach a log.
        first = fault.errors(include_input=False, include_url=False)[0]
        where = ".".join(str(step) for step in first["loc"])
        raise ValueError(f"not a brief: {where}: {first['type']}") from None
    return brief


def freeze(brief: Brief) -> bytes:
    """Canonical bytes of a brief; equal briefs give equal bytes. ValueError where a value doesn't fit."""
    return rfc8785.dumps(_plain(_checked(json.dumps(_plain(brief)))))


def thaw(frozen: bytes) -> Brief:
    """The brief that was frozen. ValueError where the bytes are not one, with the field but no value."""
    brief = _checked(frozen)
    if rfc8785.dumps(_plain(brief)) != frozen:
        # Unknown fields or another spelling: the printed hash would not be the hash of what is rendered.
        raise ValueError("not a brief: the bytes are not in canonical form")
    return brief


def fingerprint(brief: Brief) -> str:
    """SHA-256 of the frozen bytes in hex: what the document prints as its own origin."""
    return hashlib.sha256(freeze(brief)).hexdigest()
