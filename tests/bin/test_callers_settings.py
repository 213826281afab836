"""Which settings bin/run takes from whoever starts it: how alerts leave the house, the base map, the largest upload."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.servers import ROOT

sys.path.insert(0, str(ROOT / "bin/lib"))
from run import callers_settings

from app.settings import Settings, routes_open


def test_sms_e_mail_and_the_largest_upload_are_the_caller_s_and_nothing_else_is(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    given = {
        "VIGIL_SMS_SPOOL": "spool", "VIGIL_SMTP_HOST": "mail.example", "VIGIL_SMTP_FROM": "vigil@mission.example",
        "VIGIL_LARGEST_UPLOAD_MB": "200", "VIGIL_DATABASE_URL": "postgresql://elsewhere", "VIGIL_BEHIND_PROXY": "1",
    }  # fmt: skip
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    taken = callers_settings()
    assert taken == {
        "VIGIL_SMS_SPOOL": str(tmp_path / "spool"), "VIGIL_SMTP_HOST": "mail.example",
        "VIGIL_SMTP_FROM": "vigil@mission.example", "VIGIL_LARGEST_UPLOAD_MB": "200",
    }  # fmt: skip
    key = tmp_path / "key"
    key.write_text("k")
    rest = {
        "VIGIL_DATABASE_URL": "x",
        "VIGIL_REDIS_URL": "x",
        "VIGIL_VAR": "x",
        "VIGIL_SECRET_KEY_FILE": str(key),
    }
    settings = Settings.from_environment(rest | taken)
    assert routes_open(settings) == {"sms", "email"} and settings.largest_upload == 200 * 1024 * 1024
