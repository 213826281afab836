"""A document is shown and handed out to those who may read it and what it is about, and each time is recorded."""

from __future__ import annotations

import io
import re
import zipfile
from typing import Any, get_args, get_type_hints

import psycopg
import pytest
from flask import Flask
from pypdf import PdfReader

from app.documents.blocks import Prose
from app.documents.brief import thaw
from app.documents.render_page import STYLES
from app.permissions import Role
from tests.app.documents.ordering import order, raise_alert, surroundings, ucdp_event, whole_chain, written
from tests.people import EAST, WEST, Staff, record

PERIOD = {"since": "2026-01-01", "until": "2026-12-31"}


pytestmark = pytest.mark.usefixtures("worker")


def fetched(staff: Staff, role: Role, told: dict[str, Any], sector: str = WEST) -> dict[str, bytes]:
    headers = staff.bearer(role, sector)
    answers = {f["format"]: staff.app.test_client().get(f["url"], headers=headers) for f in told["files"]}
    assert {a.status_code for a in answers.values()} == {200}
    return {name: answer.data for name, answer in answers.items()}


def packed(text: str) -> str:
    return re.sub(r"[\s\u200b\ufeff]+", "", text)


def texts(files: dict[str, bytes]) -> dict[str, str]:
    page = re.sub(r"<[^>]*>", "", files["page"].decode())
    word = zipfile.ZipFile(io.BytesIO(files["docx"])).read("word/document.xml").decode()
    pdf = "".join(sheet.extract_text() for sheet in PdfReader(io.BytesIO(files["pdf"])).pages)
    return {"page": packed(page), "pdf": packed(pdf), "docx": packed(re.sub(r"<[^>]*>", "", word))}


def test_page_pdf_and_docx_of_a_real_chain_say_the_same(staff: Staff, owner: psycopg.Connection) -> None:
    surroundings(owner, staff.sectors[WEST])
    alert = raise_alert(staff, owner)
    whole_chain(staff, alert)
    told = written(staff, owner, Role.HOM, {"alert_id": alert})
    for name, text in texts(fetched(staff, Role.HOM, told)).items():
        for said in (
            told["serial"], told["brief_sha256"], f"Alert {alert}", "EXERCISE Base Lima", "11 km",
            "EXERCISE: they withdrew", "Patrol; Standing order", "Threat averted", "EXERCISE district",
            "EXERCISE: patrol the market road earlier",
        ):  # fmt: skip
            assert packed(said) in text, f"{name} lacks {said}"


def test_the_figures_of_an_accountability_report_are_counted_from_the_chain_in_all_three(
    staff: Staff, owner: psycopg.Connection
) -> None:
    answered, _open = raise_alert(staff, owner), raise_alert(staff, owner, EAST, 1.5)
    whole_chain(staff, answered)
    told = written(staff, owner, Role.HOM, PERIOD)
    for text in texts(fetched(staff, Role.HOM, told)).values():
        assert packed("50 %") in text and packed("1 of 2 actionable alerts") in text
        assert packed("Sector West") in text and packed("Sector East") in text
        assert told["brief_sha256"] in text


def test_a_file_goes_out_as_an_attachment_named_by_its_serial_and_the_download_is_recorded_before(
    staff: Staff, owner: psycopg.Connection
) -> None:
    told = written(staff, owner, Role.HOM, PERIOD)
    pdf = next(f for f in told["files"] if f["format"] == "pdf")
    answer = staff.app.test_client().get(pdf["url"], headers=staff.bearer(Role.FC_STAFF))
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{told["serial"]}.pdf"'
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.content_type == "application/pdf" and len(answer.data) == pdf["size"]
    rows = owner.execute("SELECT format, by_id FROM downloads").fetchall()
    assert rows == [("pdf", staff.person(Role.FC_STAFF))]
    event = owner.execute(
        "SELECT subject, role, details FROM ledger_events WHERE action = 'documents.downloaded'"
    ).fetchone()
    assert event == (f"documents:{told['id']}", "fc_staff", {"format": "pdf"})


def test_a_download_that_cannot_be_recorded_hands_nothing_out(
    staff: Staff, owner: psycopg.Connection, app: Flask
) -> None:
    told = written(staff, owner, Role.HOM, PERIOD)
    owner.execute("ALTER TABLE downloads ADD CONSTRAINT refused CHECK (false) NOT VALID")
    app.config["PROPAGATE_UNEXPECTED"] = False
    answer = app.test_client().get(told["files"][1]["url"], headers=staff.bearer(Role.HOM))
    assert answer.status_code == 500
    assert b"%PDF" not in answer.data


def test_showing_a_document_is_recorded_too_and_shows_the_stored_page_under_its_own_policy(
    staff: Staff, owner: psycopg.Connection
) -> None:
    told = written(staff, owner, Role.HOM, PERIOD)
    shown = staff.client(Role.HOM).get(f"/documents/{told['id']}")
    text = shown.get_data(as_text=True)
    assert "unsafe" not in shown.headers["Content-Security-Policy"]
    assert '<article class="document"' in text and "/static/built/document-" in text
    assert re.search(r"<article.* style=", text, re.S) is None
    assert told["brief_sha256"] in text and all(f["sha256"] in text for f in told["files"])
    assert owner.execute("SELECT format FROM downloads").fetchall() == [("page",)]


def test_each_tone_of_a_paragraph_has_its_look_on_the_page() -> None:
    tones = set(get_args(get_type_hints(Prose)["tone"])) - {"plain"}
    styles = STYLES.read_text()
    assert "danger" in tones
    assert all(
        re.search(rf"\.doc-{tone}\b[^}}]*{{[^}}]*color|\.doc-{tone}\b[^}}]*background", styles)
        for tone in tones
    )


def test_readers_without_rights_get_what_does_not_exist(staff: Staff, owner: psycopg.Connection) -> None:
    told = written(staff, owner, Role.HOM, PERIOD)
    client = staff.app.test_client()
    pdf = next(f["url"] for f in told["files"] if f["format"] == "pdf")
    # One may order, has not ordered this, and reads no others' documents; the other prints orders of patrols alone.
    for stranger in (staff.bearer(Role.HR_OFFICER), staff.bearer(Role.SECTOR_OPS)):
        for address in (told["status_url"], pdf):
            hidden, missing = (
                client.get(address, headers=stranger),
                client.get("/api/v1/documents/999", headers=stranger),
            )
            assert hidden.status_code == 404
            assert hidden.data == missing.data
    page = staff.client(Role.HR_OFFICER)
    assert page.get(f"/documents/{told['id']}").status_code == 404
    assert page.get(f"/documents/{told['id']}/progress").status_code == 404
    assert told["serial"] not in page.get("/documents").get_data(as_text=True)
    assert client.get(pdf, headers=staff.bearer(Role.ANALYST_JMAC)).status_code == 403
    assert owner.execute("SELECT count(*) FROM downloads").fetchone() == (0,)


@pytest.mark.parametrize("about", ["alert", "incident", "period"])
def test_one_s_own_document_is_gone_once_one_may_not_read_its_subject_any_more(
    staff: Staff, owner: psycopg.Connection, about: str
) -> None:
    subject = {
        "alert": lambda: {"alert_id": raise_alert(staff, owner)},
        "incident": lambda: {"incident_id": ucdp_event(owner, staff.sectors[WEST])},
        "period": lambda: PERIOD,
    }[about]()
    told = written(staff, owner, Role.HEAD_OF_OFFICE, subject)
    assert told["state"] == "ready"
    head = staff.bearer(Role.HEAD_OF_OFFICE)
    client = staff.app.test_client()
    assert client.get(told["files"][0]["url"], headers=head).status_code == 200
    with owner.transaction():
        moved = "UPDATE person_sectors SET sector_id = %s WHERE person_id = %s"
        owner.execute(moved, [staff.sectors[EAST], staff.person(Role.HEAD_OF_OFFICE)])
        record(owner)
    assert client.get(told["status_url"], headers=head).status_code == 404
    assert client.get(told["files"][0]["url"], headers=head).status_code == 404
    assert owner.execute("SELECT count(*) FROM downloads").fetchone() == (1,)


def test_the_application_s_wall_holds_with_the_policies_off(staff: Staff, owner: psycopg.Connection) -> None:
    told = written(staff, owner, Role.HOM, PERIOD)
    for table in ("documents", "document_files", "downloads"):
        owner.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
    client, stranger = staff.app.test_client(), staff.bearer(Role.HR_OFFICER)
    assert client.get(told["status_url"], headers=stranger).status_code == 404
    assert client.get(told["files"][0]["url"], headers=stranger).status_code == 404


def test_a_format_that_is_not_one_and_a_document_that_is_not_ready_are_not_there(
    staff: Staff, owner: psycopg.Connection
) -> None:
    waiting = order(staff, Role.HOM, PERIOD).json
    client, headers = staff.app.test_client(), staff.bearer(Role.HOM)
    assert client.get(f"{waiting['status_url']}/files/pdf", headers=headers).status_code == 404
    assert client.get(f"{waiting['status_url']}/files/exe", headers=headers).status_code == 404
    assert client.get(f"/api/v1/documents/{2**70}", headers=headers).status_code == 404


def test_the_hash_printed_on_the_document_is_that_of_the_stored_brief(
    staff: Staff, owner: psycopg.Connection
) -> None:
    told = written(staff, owner, Role.HOM, PERIOD)
    row = owner.execute("SELECT brief, encode(brief_hash, 'hex') FROM documents").fetchone()
    assert row and row[1] == told["brief_sha256"]
    assert thaw(row[0]).header.serial == told["serial"]
    for text in texts(fetched(staff, Role.HOM, told)).values():
        assert row[1] in text
