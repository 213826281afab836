"""Which settings bin/run takes from whoever starts it: how alerts leave the house, and the base map."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.servers import ROOT

sys.path.insert(0, str(ROOT / "bin/lib"))
from run import callers_settings

from app.settings import Settings, routes_open


def test_sms_and_e_mail_are_the_caller_s_and_nothing_else_is(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    given = {
        "VIGIL_SMS_SPOOL": "spool", "VIGIL_SMTP_HOST": "mail.example", "VIGIL_SMTP_FROM": "vigil@mission.example",
        "VIGIL_DATABASE_URL": "postgresql://elsewhere",
    }  # fmt: skip
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    taken = callers_settings()
    assert taken == {
        "VIGIL_SMS_SPOOL": str(tmp_path / "spool"), "VIGIL_SMTP_HOST": "mail.example",
        "VIGIL_SMTP_FROM": "vigil@mission.example",
    }  # fmt: skip
    key = tmp_path / "key"
    key.write_text("k")
    rest = {
        "VIGIL_DATABASE_URL": "x",
        "VIGIL_REDIS_URL": "x",
        "VIGIL_VAR": "x",
        "VIGIL_SECRET_KEY_FILE": str(key),
    }
    assert routes_open(Settings.from_environment(rest | taken)) == {"sms", "email"}
