"""Answers that a client may keep and must ask about: known by the layer's version and the viewer's scope."""

from __future__ import annotations

from flask import Response, request

from app.exchange.layers import Layer
from app.exchange.protection import HAVENS, PATROLS
from app.patrols import visits
from app.permissions import knows_restricted


def unchanged(tag: str) -> Response | None:
    """304 for whoever has this answer already."""
    if request.if_none_match.contains_weak(tag):
        response = Response(status=304)
        response.headers["Vary"] = "Authorization, Cookie"
        return with_tag(response, tag)
    return None


def tagged(response: Response, tag: str, layer: Layer) -> Response:
    response.headers["Vary"] = "Authorization, Cookie"
    if (layer is HAVENS and knows_restricted()) or (layer is PATROLS and visits.any_known()):
        return response  # kept by nobody (app/headers.py)
    return with_tag(response, tag)


def with_tag(response: Response, tag: str) -> Response:
    # Private: what one viewer may see is no other's. Asked again each time: a right may have been taken away.
    response.headers["Cache-Control"] = "private, no-cache"
    response.set_etag(tag, weak=True)
    return response
