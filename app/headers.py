"""Security headers, in one function. A strict policy: nothing runs or loads that we did not send."""

from __future__ import annotations

import secrets
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, g, request

from app.settings import Settings


def csp_nonce() -> str:
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    return str(g.csp_nonce)


def live_url(settings: Settings) -> str:
    """Where this browser finds the live stream: the same host, so that the session's cookie goes with it."""
    if settings.live_url:
        return settings.live_url
    if settings.live_port is None:
        return ""
    host = urlsplit(request.host_url).hostname or "127.0.0.1"
    return f"{request.scheme}://{host}:{settings.live_port}/live/alerts"


def register(app: Flask, settings: Settings) -> None:
    app.jinja_env.globals["csp_nonce"] = csp_nonce
    app.jinja_env.globals["live_url"] = lambda: live_url(settings)

    @app.after_request
    def protect(response: Response) -> Response:
        if request.endpoint == "static":
            # A script or a style sheet carries no page: forty of them with a page's headers are a second on a thin line.
            response.headers.setdefault("Content-Security-Policy", "default-src 'none'")
            response.headers.setdefault("X-Content-Type-Options", "nosniff")
            response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
            return response
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if current_app.config["SESSION_COOKIE_SECURE"]:
            response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        response.headers.setdefault("Cache-Control", "no-store")
        if (response.mimetype or "").endswith("json"):
            # Data is no page either, and the picture asks for fifteen layers of it.
            response.headers.setdefault(
                "Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"
            )
            return response
        nonce = csp_nonce()
        stream = live_url(settings)
        connect = "'self'" + (f" {stream}" if stream.startswith("http") else "")
        response.headers.setdefault(
            "Content-Security-Policy",
            "default-src 'none'; "
            f"script-src 'self' 'nonce-{nonce}'; style-src 'self' 'nonce-{nonce}'; "
            f"img-src 'self' data:; font-src 'self'; connect-src {connect}; "
            "form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
        )
        response.headers.setdefault("Referrer-Policy", "same-origin")
        response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        response.headers.setdefault("Permissions-Policy", "geolocation=(self), camera=(), microphone=()")
        return response
