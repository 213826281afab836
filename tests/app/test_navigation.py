"""The menu leads only where its reader may go, and each page carries its marking."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from app.navigation import ENTRIES, GROUPS, MOST_IN_A_ROW
from app.permissions import MAP, Role, asked_by
from tests.people import Staff


def links(page: str) -> list[str]:
    menu = re.search(r'<nav class="wide".*?</nav>', page, re.DOTALL)
    return re.findall(r'href="([^"]+)"', menu[0]) if menu else []


def test_every_entry_of_the_menu_leads_to_a_page_that_asks_the_same_permission(app: Flask) -> None:
    for _label, endpoint, permission in ENTRIES:
        view = app.view_functions[endpoint]
        assert asked_by(view) == (permission,), endpoint


def test_each_group_holds_what_the_menu_has_and_nothing_twice(app: Flask) -> None:
    grouped = [feature for _label, features in GROUPS for feature in features]
    assert len(set(grouped)) == len(grouped)
    alone = {endpoint.split(".")[0] for _label, endpoint, _permission in ENTRIES} - set(grouped)
    assert alone == {"maps", "console", "alerts", "signals"}


def test_many_entries_open_in_groups_and_few_stand_beside_each_other(staff: Staff) -> None:
    """A bar that wraps hides the page's own head: so many words stand in it, whoever looks."""
    for role in Role:
        page = staff.client(role).get("/account").get_data(as_text=True)
        menu = re.search(r'<nav class="wide".*?</nav>', page, re.DOTALL)
        held = sum(
            1
            for _l, _e, permission in ENTRIES
            if role in MAP[permission].anywhere | MAP[permission].in_sector
        )
        assert len(links(page)) == held, role
        bar = re.sub(r"<details.*?</details>", "<details>", menu[0], flags=re.DOTALL) if menu else ""
        assert bar.count("<a ") + bar.count("<details>") <= (8 if held > MOST_IN_A_ROW else MOST_IN_A_ROW), (
            role
        )
        assert bar.count("<details>") == 0 or held > MOST_IN_A_ROW, role


@pytest.mark.parametrize("role", list(Role))
def test_no_entry_of_the_menu_refuses_its_reader(staff: Staff, role: Role) -> None:
    client = staff.client(role)
    first = client.get("/", follow_redirects=True)
    assert first.status_code == 200
    for link in links(first.get_data(as_text=True)):
        answer = client.get(link)
        assert answer.status_code == 200, link
        page = answer.get_data(as_text=True)
        for where in ("top", "bottom"):
            marking = re.search(rf'<div class="marking {where}".*?</div>', page, re.DOTALL)
            assert marking, link
            assert "CONFIDENTIAL" in marking[0]
            assert marking[0].count("EXERCISE") == 2


def test_the_menu_shows_where_one_is(staff: Staff) -> None:
    page = staff.client(Role.SYSADMIN).get("/people").get_data(as_text=True)
    assert re.search(r'<a href="/people" aria-current="page"', page)


def test_the_menu_of_a_visitor_is_empty(staff: Staff, app: Flask) -> None:
    assert links(app.test_client().get("/sign-in").get_data(as_text=True)) == []
