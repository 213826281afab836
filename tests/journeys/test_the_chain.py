"""The main job, from a patrol's report to command's proof, in a real browser against the whole house."""

from __future__ import annotations

import subprocess
import sys
import time
import urllib.request
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import SignIn
from tests.journeys.house import House
from tests.servers import ROOT

# One worker for all journeys: each would start a house of its own, and two houses are too many for two cores.
pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("journeys")]


def place_near_a_defender(house: House) -> str:
    """Latitude, longitude of the middle of a defender's cell that operations may see."""
    with house.owner() as owner:
        row = owner.execute(
            "SELECT ST_Y(ST_Centroid(cell)), ST_X(ST_Centroid(cell)) FROM defender_cells "
            "WHERE tier = 'fine' AND shared_until > now() ORDER BY id LIMIT 1"
        ).fetchone()
    assert row
    return f"{row[0]:.5f}, {row[1]:.5f}"


def file_report(page: Page, place: str, what: str) -> None:
    page.get_by_role("link", name="Report", exact=True).first.click()
    page.select_option("[name=kind]", "armed_group_movement")
    page.fill("[name=what]", what)
    page.fill("[name=place]", place)
    page.get_by_role("button", name="Send report").click()
    expect(page.get_by_text("Receipt").first).to_be_visible()


def act(page: Page, label: str, fields: dict[str, str] | None = None) -> None:
    """Open an act of the alert if it is folded, fill it, press its button, and wait until it has been recorded."""
    article = page.locator("#thing-alert")
    folded = article.locator("details.act").filter(has=page.locator("summary", has_text=f"{label}…"))
    plain = article.get_by_role("button", name=label)
    # The panel is drawn anew after the act before: only now is it known whether this one is folded.
    expect(folded.or_(plain).first).to_be_visible()
    if folded.count():
        if folded.get_attribute("open") is None:
            folded.locator("summary").click()
        for name, value in (fields or {}).items():
            control = folded.locator(f"[name={name}]").first
            if control.evaluate("e => e.tagName") == "SELECT":
                control.select_option(value)
            elif control.get_attribute("type") == "radio":
                folded.locator(f"[name={name}][value={value}]").check()
            else:
                control.fill(value)
        button = folded.get_by_role("button", name=label)
    else:
        button = plain
    # Drawn anew after the answer: what is asked of it in between is asked of the old one.
    article.evaluate("e => e.dataset.old = ''")
    with page.expect_response(lambda r: r.request.method == "POST" and "/alerts/" in r.url) as answer:
        button.first.click()
    assert answer.value.status in (200, 303), answer.value.text()[:300]
    expect(page.locator("#thing-alert[data-old]")).to_have_count(0)
    expect(article).to_be_attached()


def test_from_a_patrol_s_report_to_command_s_proof(house: House, sign_in: SignIn, tmp_path: Path) -> None:
    duty = sign_in("watchkeeper_joc", width=1600)
    duty.goto(f"{house.url}/map")
    expect(duty.locator("#queue li").first).to_be_visible()
    listed = sign_in("watchkeeper_joc")
    listed.goto(f"{house.url}/alerts")
    before = duty.locator("#queue [data-alert]").count()
    time.sleep(1)  # both streams are open

    patrol = sign_in("patrol_cdr", width=360, height=740)
    what = "EXERCISE: some twenty armed men move towards the settlement"
    file_report(patrol, place_near_a_defender(house), what)
    # Without a reload. How soon is measured by bench/live, on a machine that does nothing else.
    expect(duty.locator("#queue [data-alert]")).to_have_count(before + 1)
    expect(listed.locator("#queue .fresh").first).to_be_visible()

    with house.owner() as owner:
        row = owner.execute("SELECT id FROM alerts ORDER BY id DESC LIMIT 1").fetchone()
    assert row
    alert = row[0]
    duty.locator(f"#q-{alert}").click()
    expect(duty.locator("#thing-alert")).to_contain_text(what)
    expect(duty.locator("#thing-alert")).to_contain_text("defender")
    why = "EXERCISE: said in a sentence why."
    act(duty, "Acknowledge")
    found = {"verification": "corroborated", "source_reliability": "B", "credibility": "2"}
    act(duty, "Record verification", {**found, "note": why})
    act(duty, "Decide to respond", {"response": "patrol", "authority": "tactical_control", "note": why})
    act(duty, "Send patrol", {"order": "EXERCISE: go there, be seen, ask the people"})
    act(duty, "Open haven", {"reason": why})
    act(duty, "Record departure")
    act(duty, "Record arrival")
    act(duty, "Record outcome", {"outcome": "threat_averted", "note": why})
    act(duty, "Record feedback to the source", {"told": "true", "note": why})
    act(duty, "Close", {"lesson": "EXERCISE: the network rang early"})
    expect(duty.locator("#thing-alert")).to_contain_text("Closed")

    command = sign_in("hom")
    order_and_open(command, house, "alert", {"number": str(alert)})
    today = datetime.now(UTC).date()
    order_and_open(command, house, "period", {"since": str(today - timedelta(days=30)), "until": str(today)})

    for _ in range(40):
        done = house.flask("ledger", "verify")
        if done.returncode == 0:
            break
        time.sleep(0.5)
    assert done.returncode == 0, done.stdout + done.stderr
    command.goto(f"{house.url}/accountability")
    expect(command.locator("main")).to_contain_text("Complete and unaltered")
    check_bundle(command, house, tmp_path)


def order_and_open(page: Page, house: House, about: str, fields: dict[str, str]) -> None:
    """Order a document by the form, wait for the workers, open it as a page and fetch both files."""
    page.goto(f"{house.url}/documents/new")
    page.locator(f"[name=about][value={about}]").check()
    for name, value in fields.items():
        page.fill(f"[name={name}]", value)
    page.get_by_role("button", name="Order document").click()
    page.wait_for_url(lambda url: not url.endswith("/new"))
    # The workers write it; the page says how far they are and offers it when it is there.
    page.get_by_role("link", name="Show the document").click(timeout=180_000)
    expect(page.locator("article").first).to_contain_text("EXERCISE")
    for name in ("PDF", "Word"):
        with page.expect_download() as download:
            page.locator(f"a[download][aria-label$='{name}']").first.click()
        assert Path(download.value.path()).stat().st_size > 10_000


def check_bundle(page: Page, house: House, folder: Path) -> None:
    """The exported log stands on its own: the verifier needs no database."""
    cookie = "; ".join(f"{c['name']}={c['value']}" for c in page.context.cookies())
    request = urllib.request.Request(f"{house.url}/api/v1/ledger/bundle", headers={"Cookie": cookie})
    bundle = folder / "bundle.gz"
    with urllib.request.urlopen(request, timeout=60) as answer:
        bundle.write_bytes(answer.read())
    done = subprocess.run(
        [sys.executable, "-I", str(ROOT / "bin/verify-ledger"), str(bundle), "--public-key",
         house.environment["VIGIL_LEDGER_PUBLIC_KEY_FILE"]],
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
