"""The menu leads only where its reader may go, and each page carries its marking."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from app.navigation import ENTRIES
from app.permissions import Role
from tests.people import Staff


def links(page: str) -> list[str]:
    menu = re.search(r'<nav class="wide".*?</nav>', page, re.DOTALL)
    return re.findall(r'href="([^"]+)"', menu[0]) if menu else []


def test_every_entry_of_the_menu_leads_to_a_page_that_asks_the_same_permission(app: Flask) -> None:
    for _label, endpoint, permission in ENTRIES:
        view = app.view_functions[endpoint]
        assert getattr(view, "needs_permission", None) == permission, endpoint


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
