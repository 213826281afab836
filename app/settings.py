"""Settings, read once from the environment (prefix VIGIL_); the README lists them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from flask.sansio.app import App


class SettingMissing(RuntimeError):
    """A setting without which the application must not start."""


@dataclass(frozen=True)
class Smtp:
    """A server that takes e-mail. `tls`: starttls, tls or none (on this machine alone)."""

    host: str
    port: int
    sender: str
    tls: str = "starttls"
    user: str = ""
    password_file: Path | None = None  # read by the process that sends alone


@dataclass(frozen=True)
class Settings:
    database_url: str
    redis_url: str
    var: Path
    secret_key: str
    keyholder_socket: Path
    ledger_key_file: Path
    ledger_public_key_file: Path
    live_port: int | None
    live_url: str | None
    exercise: bool
    secure_cookies: bool
    behind_proxy: bool
    largest_upload: int  # bytes of a file that is brought in
    base_map: Path | None = None
    sms_spool: Path | None = None  # gammu-smsd's folders outbox, inbox, sent, error
    smtp: Smtp | None = None

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Settings:
        values = os.environ if environment is None else environment

        def need(name: str) -> str:
            value = values.get(name, "")
            if not value:
                raise SettingMissing(f"Set {name}: the README's settings table says what it is.")
            return value

        var = Path(need("VIGIL_VAR"))
        live_port = values.get("VIGIL_LIVE_PORT")
        return cls(
            database_url=need("VIGIL_DATABASE_URL"),
            redis_url=need("VIGIL_REDIS_URL"),
            var=var,
            secret_key=Path(need("VIGIL_SECRET_KEY_FILE")).read_text().strip(),
            keyholder_socket=Path(values.get("VIGIL_KEYHOLDER_SOCKET") or var / "keyholder.sock"),
            ledger_key_file=Path(values.get("VIGIL_LEDGER_KEY_FILE") or var / "ledger.key"),
            ledger_public_key_file=Path(values.get("VIGIL_LEDGER_PUBLIC_KEY_FILE") or var / "ledger.pub"),
            live_port=int(live_port) if live_port else None,
            live_url=values.get("VIGIL_LIVE_URL") or None,
            exercise=values.get("VIGIL_EXERCISE", "") == "1",
            secure_cookies=values.get("VIGIL_SECURE_COOKIES", "") == "1",
            behind_proxy=values.get("VIGIL_BEHIND_PROXY", "") == "1",
            base_map=Path(values["VIGIL_BASE_MAP"]) if values.get("VIGIL_BASE_MAP") else None,
            sms_spool=Path(values["VIGIL_SMS_SPOOL"]) if values.get("VIGIL_SMS_SPOOL") else None,
            smtp=smtp_of(values),
            largest_upload=int(values.get("VIGIL_LARGEST_UPLOAD_MB") or 64) * 1024 * 1024,
        )


def smtp_of(values: Mapping[str, str]) -> Smtp | None:
    host = values.get("VIGIL_SMTP_HOST")
    if not host:
        return None
    sender, tls = values.get("VIGIL_SMTP_FROM", ""), values.get("VIGIL_SMTP_TLS") or "starttls"
    if not sender:
        raise SettingMissing("Set VIGIL_SMTP_FROM: the address that e-mail is sent from.")
    if tls not in ("starttls", "tls", "none"):
        raise SettingMissing("VIGIL_SMTP_TLS is starttls, tls or none.")
    password = values.get("VIGIL_SMTP_PASSWORD_FILE")
    return Smtp(
        host, int(values.get("VIGIL_SMTP_PORT") or (465 if tls == "tls" else 587)), sender, tls,
        values.get("VIGIL_SMTP_USER", ""), Path(password) if password else None,
    )  # fmt: skip


def settings_of(app: App) -> Settings:
    """The settings that this application was made with."""
    found: Settings = app.extensions["vigil_settings"]
    return found


def routes_open(settings: Settings) -> frozenset[str]:
    """By which routes messages can leave the house; none: the screen alone tells."""
    open_now = {"sms": settings.sms_spool, "email": settings.smtp}
    return frozenset(route for route, gateway in open_now.items() if gateway is not None)
