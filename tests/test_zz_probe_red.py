from __future__ import annotations
import itertools
from app.permissions import Role
from tests.app.routes import address_of, routes
from tests.reports import body, defender_near, put, raised

ODD = ["\x00", "a\x00b", "9"*30, "-1", "nan", "1e400", "%", "'", "\ud800", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "\u202e", "1,2,3", "nan,nan,nan,nan", "9999-12-31", "0001-01-01", "-999999999999999999999"]
ARGS = "status priority kind search sort page bbox zoom since until state unit place states ids help next role sector group subject index size from to band profile consent due verification source precision alert incident box large q".split()

def test_probe(staff, app, owner):
    app.config["PROPAGATE_UNEXPECTED"] = False
    defender_near(owner, staff.sectors["WEST"])
    raised(app.test_client(), staff.bearer(Role.SECTOR_OPS))
    bad = set()
    for role in (Role.HOM, Role.FC_STAFF, Role.POC_OFFICER, Role.HR_CASE_SUPERVISOR, Role.SYSADMIN, Role.SECTOR_OPS):
        c = staff.client(role)
        for rule in routes(app):
            if "GET" not in (rule.methods or ()) or rule.endpoint == "static" or rule.endpoint.startswith("api."):
                continue
            path = address_of(rule)
            if c.get(path).status_code == 403: continue
            for odd in ODD:
                try:
                    r = c.get(path, query_string={a: odd for a in ARGS})
                    if r.status_code >= 500: bad.add((rule.rule, repr(odd), r.status_code))
                except UnicodeEncodeError: pass
            for a in ARGS:
              for odd in ("\x00", "9"*30,"0001-01-01T00:00:00+14:00"):
                r = c.get(path, query_string={a: odd})
                if r.status_code >= 500: bad.add((rule.rule, a, repr(odd), r.status_code))
            big = path.replace("/1", "/99999999999999999999999")
            r = c.get(big)
            if r.status_code >= 500: bad.add((big, r.status_code))
    for b in sorted(map(str,bad)): print(b)
    assert not bad
