"""The smallest tests: the application starts on its database, and says what it lacks."""

from __future__ import annotations

import pytest
from flask import Flask

from app.permissions import Role
from app.settings import SettingMissing, Settings, Smtp, smtp_of
from tests.people import Staff


def test_a_missing_setting_is_named() -> None:
    with pytest.raises(SettingMissing, match="VIGIL_VAR"):
        Settings.from_environment({})


@pytest.mark.parametrize("wrong", [{}, {"VIGIL_SMTP_FROM": "a@b.example", "VIGIL_SMTP_TLS": "maybe"}])
def test_a_mail_server_without_a_sender_or_with_half_a_lock_is_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(SettingMissing, match="VIGIL_SMTP"):
        smtp_of({"VIGIL_SMTP_HOST": "mail.example", **wrong})


def test_mail_goes_out_encrypted_unless_it_is_said_otherwise() -> None:
    found = smtp_of({"VIGIL_SMTP_HOST": "mail.example", "VIGIL_SMTP_FROM": "a@b.example"})
    assert found == Smtp("mail.example", 587, "a@b.example", "starttls")
    assert smtp_of({}) is None


def test_an_unknown_page_answers_404_to_anybody(app: Flask) -> None:
    assert app.test_client().get("/api/v1/nowhere").status_code == 404


def test_a_viewer_s_permissions_reach_the_database(staff: Staff) -> None:
    from sqlalchemy import text

    from app.db import db

    with staff.acting(Role.SECTOR_OPS) as viewer:
        row = db.session.execute(text("SELECT vigil.person_id(), vigil.sectors_for('alerts:read')")).one()
        assert row == (viewer.person_id, [staff.sectors["WEST"]])
