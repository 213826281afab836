"""A mission that holds nothing yet, not even a sector: each page says so, and none breaks."""

from __future__ import annotations

from flask import Flask

from app.permissions import Role
from tests.people import Staff, record

WHO_LOOK_AT_MOST = (Role.HOM, Role.PATROL_CDR, Role.SYSADMIN)


def test_no_page_breaks_before_the_first_sector_is_there(app: Flask, staff: Staff) -> None:
    clients = {role: staff.client(role) for role in WHO_LOOK_AT_MOST}
    with staff.writing() as c:
        record(c)
        c.execute("DELETE FROM person_sectors")
        c.execute("DELETE FROM sectors")
        c.execute("DELETE FROM mission_identity")
    addresses = [
        rule.rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ()) and not rule.arguments
    ]
    found = {
        address: {client.get(address).status_code for client in clients.values()} for address in addresses
    }
    assert len([address for address, states in found.items() if 200 in states]) >= 80
    assert [address for address, states in found.items() if 500 in states] == []
    assert "flask import boundaries" in clients[Role.HOM].get("/map").get_data(as_text=True)
