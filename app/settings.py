"""Settings, read once from the environment (prefix VIGIL_); the README lists them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


class SettingMissing(RuntimeError):
    """A setting without which the application must not start."""


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
    base_map: Path | None = None

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
        )
