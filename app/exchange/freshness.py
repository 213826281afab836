"""Answers that a client may keep and must ask about: known by the layer's version and the viewer's scope."""

from __future__ import annotations

from flask import Response, request


def unchanged(tag: str) -> Response | None:
    """304 for whoever has this answer already."""
    if request.if_none_match.contains_weak(tag):
        return tagged(Response(status=304), tag)
    return None


def tagged(response: Response, tag: str) -> Response:
    # Private: what one viewer may see is no other's. Asked again each time: a right may have been taken away.
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Vary"] = "Authorization, Cookie"
    response.set_etag(tag, weak=True)
    return response
