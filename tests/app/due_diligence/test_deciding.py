"""The page on which support to State forces is decided."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from lxml import html

from app.permissions import Role
from tests.people import Staff, csrf_of

SAID = {
    "recipient": "EXERCISE 4th company", "support": "EXERCISE joint patrols on the north road", "risk": "medium",
    "mitigation": "EXERCISE a human rights officer goes with them", "decision": "conditional",
    "review_on": (datetime.now(UTC) + timedelta(days=30)).date().isoformat(),
}  # fmt: skip


def test_the_form_judges_nothing_beforehand(staff: Staff) -> None:
    form = html.fromstring(staff.client(Role.HOM).get("/due-diligence").get_data(as_text=True))
    for name in ("risk", "decision"):
        (field,) = form.xpath(f"//select[@name='{name}']")
        assert field.value == "" and "required" in field.attrib, name


@pytest.mark.parametrize("left_out", ["risk", "decision"])
def test_what_nobody_chose_is_not_recorded(client: FlaskClient, staff: Staff, left_out: str) -> None:
    head = staff.client(Role.HOM)
    token = {"csrf_token": csrf_of(head, "/due-diligence")}
    answer = head.post("/due-diligence", data=SAID | token | {left_out: ""})
    assert answer.status_code == 422
    assert head.post("/due-diligence", data=SAID | token).status_code == 303
    kept = client.get("/api/v1/due-diligence", headers=staff.bearer(Role.HOM)).json
    assert kept and [(d["risk"], d["decision"]) for d in kept["decisions"]] == [("medium", "conditional")]
