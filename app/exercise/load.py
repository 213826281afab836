"""The exercise into the database, as the owner, in one transaction: all of it or nothing."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, text

from app.defenders.cells import fine_and_coarse
from app.defenders.consents import shared_until
from app.defenders.models import SealedField
from app.defenders.sealing import Sealed, seal
from app.exercise.alerts import load_alerts
from app.exercise.dataset import Dataset
from app.exercise.ground import load_ground
from app.exercise.people import Defender
from app.exercise.told import told
from app.mission.procedures import SEEDS
from app.operator import record_as_operator
from geo.risk import defender_risk

Say = Callable[[str], None]


def many(connection: Connection, statement: str, rows: Iterable[Mapping[str, Any]]) -> None:
    found = [dict(r) for r in rows]
    if found:
        connection.execute(text(statement), found)


def load(connection: Connection, data: Dataset, say: Say) -> None:
    """Write the whole data set; the deferred ledger triggers hold at the commit, so each part records itself."""
    say("Loading the country …")
    country(connection, data)
    say("Loading forces and actors …")
    forces(connection, data)
    say(f"Loading {len(data.incidents)} incidents …")
    incidents(connection, data)
    threats_and_havens(connection, data)
    say(f"Loading {len(data.defenders)} defenders …")
    defenders(connection, data)
    patrols(connection, data)
    load_ground(connection, data)
    load_alerts(connection, data)
    record_as_operator(connection, "exercise.loaded", "mission_identity", 1, {"seed": data.seed})


def country(c: Connection, data: Dataset) -> None:
    c.execute(
        text("INSERT INTO mission_identity (id, name, code, exercise) VALUES (1, :name, :code, true) "
             "ON CONFLICT (id) DO UPDATE SET name = excluded.name, code = excluded.code, exercise = true"),
        {"name": data.mission_name, "code": data.mission_code},
    )  # fmt: skip
    many(c, "INSERT INTO admin_areas (code, name, level, parent_code, area) "
            "VALUES (:code, :name, :level, :parent, ST_GeomFromText(:area, 4326))",
         ({"code": a.code, "name": a.name, "level": a.level, "parent": a.parent_code, "area": a.area.wkt}
          for a in data.admin_areas))  # fmt: skip
    many(c, "INSERT INTO rivers (code, name, line) VALUES (:code, :name, ST_GeomFromText(:line, 4326))",
         ({"code": r.code, "name": r.name, "line": r.line.wkt} for r in data.rivers))  # fmt: skip
    many(c, "INSERT INTO places (code, name, kind, population, admin_code, place) "
            "VALUES (:code, :name, :kind, :population, :admin, ST_GeomFromText(:place, 4326))",
         ({"code": s.code, "name": s.name, "kind": s.kind, "population": s.population, "admin": s.district_code,
           "place": s.place.wkt} for s in data.settlements))  # fmt: skip
    many(c, "INSERT INTO road_nodes (code, place) VALUES (:code, ST_GeomFromText(:place, 4326))",
         ({"code": n.code, "place": n.place.wkt} for n in data.road_nodes))  # fmt: skip
    many(c, "INSERT INTO road_links (code, from_node_id, to_node_id, road_class, state, metres, minutes, line) "
            "VALUES (:code, (SELECT id FROM road_nodes WHERE code = :a), (SELECT id FROM road_nodes WHERE code = :b), "
            ":road_class, :state, :metres, :minutes, ST_GeomFromText(:line, 4326))",
         ({"code": k.code, "a": k.from_code, "b": k.to_code, "road_class": k.road_class, "state": k.state,
           "metres": k.length_m, "minutes": k.minutes, "line": k.line.wkt} for k in data.road_links))  # fmt: skip


SECTOR = "(SELECT id FROM sectors WHERE code = :sector)"


def forces(c: Connection, data: Dataset) -> None:
    many(c, "INSERT INTO sectors (code, name, echelon, parent_id, area) VALUES (:code, :name, :echelon, "
            "(SELECT id FROM sectors WHERE code = :parent), ST_GeomFromText(:area, 4326))",
         ({"code": s.code, "name": s.name, "echelon": s.echelon, "parent": s.parent_code, "area": s.area.wkt}
          for s in data.sectors))  # fmt: skip
    many(c, "INSERT INTO bases (code, name, kind, place, sector_id) "
            f"VALUES (:code, :name, :kind, ST_GeomFromText(:place, 4326), {SECTOR})",
         ({"code": b.code, "name": b.name, "kind": b.kind, "place": b.place.wkt, "sector": b.sector_code}
          for b in data.bases))  # fmt: skip
    many(c, "INSERT INTO units (code, name, call_sign, kind, parent_id, base_id, sector_id, strength, "
            "notice_to_move_minutes) VALUES (:code, :name, :call_sign, :kind, "
            "(SELECT id FROM units WHERE code = :parent), (SELECT id FROM bases WHERE code = :base), "
            f"{SECTOR}, :strength, :notice)",
         ({"code": u.code, "name": u.name, "call_sign": u.call_sign, "kind": u.kind, "parent": u.parent_code,
           "base": u.base_code, "sector": u.sector_code, "strength": u.strength,
           "notice": u.notice_to_move_minutes}
          for u in data.units))  # fmt: skip
    many(c, "INSERT INTO actors (code, name, kind) VALUES (:code, :name, :kind)",
         ({"code": a.code, "name": a.name, "kind": a.kind} for a in data.actors))  # fmt: skip
    many(c, "INSERT INTO community_networks (code, name, channel, place, sector_id, working, tested_at) "
            f"VALUES (:code, :name, :channel, ST_GeomFromText(:place, 4326), {SECTOR}, :working, :tested_at)",
         ({"code": n.code, "name": n.name, "channel": n.channel, "place": n.place.wkt, "sector": n.sector_code,
           "working": n.working, "tested_at": n.tested_at} for n in data.community_networks))  # fmt: skip


def incidents(c: Connection, data: Dataset) -> None:
    many(c, "INSERT INTO incidents (source, source_id, kind, occurred_from, occurred_to, date_precision, place, "
            "place_precision, place_name, admin_code, sector_id, side_a, side_b, killed_low, killed_best, killed_high, "
            "injured, abducted, killed_by_side, source_reliability, credibility, verification, summary, recorded_at) "
            "VALUES ('exercise', :source_id, :kind, :start, :end, :date_precision, ST_GeomFromText(:place, 4326), "
            f":place_precision, :place_name, :admin, {SECTOR}, :side_a, :side_b, :low, :best, :high, :injured, "
            ":abducted, CAST(:by_side AS jsonb), :reliability, :credibility, :verification, :summary, :end)",
         ({"source_id": i.source_id, "kind": i.kind, "start": i.occurred_from, "end": i.occurred_to,
           "date_precision": i.date_precision, "place": i.place.wkt, "place_precision": i.place_precision,
           "place_name": i.place_name, "admin": i.admin_code, "sector": i.sector_code, "side_a": i.side_a,
           "side_b": i.side_b, "low": i.killed_low, "best": i.killed_best, "high": i.killed_high,
           "injured": i.injured, "abducted": i.abducted, "reliability": i.source_reliability,
           "credibility": i.credibility, "verification": i.verification, "summary": i.summary,
           "by_side": json.dumps({"deaths_a": i.killed_side_a, "deaths_b": i.killed_side_b,
                                  "deaths_civilians": i.killed_civilians})} for i in data.incidents))  # fmt: skip


def threats_and_havens(c: Connection, data: Dataset) -> None:
    plain = ("name", "target", "kind", "intent", "capability", "likelihood", "impact", "residual_likelihood",
             "residual_impact", "vulnerable", "protected", "confidence", "most_likely_course",
             "most_dangerous_course", "review_on", "opened_at")  # fmt: skip
    many(c, f"INSERT INTO threats (actor_id, area, sector_id, {', '.join(plain)}) VALUES ("
            f"(SELECT id FROM actors WHERE code = :actor), ST_GeomFromText(:area, 4326), {SECTOR}, "
            f"{', '.join(':' + p for p in plain)})",
         ({**{p: getattr(t, p) for p in plain}, "actor": t.actor_code, "area": t.area.wkt, "sector": t.sector_code}
          for t in data.threats))  # fmt: skip
    # They stood when the history of the alerts begins.
    told(c, data.now - timedelta(days=60))
    many(c, "INSERT INTO havens (code, name, kind, place, sector_id, capacity_day, capacity_night, occupancy, state, "
            "exposure, needs, supplies, inspected_on) VALUES (:code, :name, :kind, ST_GeomFromText(:place, 4326), "
            f"{SECTOR}, :day, :night, :occupancy, :state, :exposure, :needs, CAST(:supplies AS jsonb), :inspected)",
         ({"code": h.code, "name": h.name, "kind": h.kind, "place": h.place.wkt, "sector": h.sector_code,
           "day": h.capacity_day, "night": h.capacity_night, "occupancy": h.occupancy, "state": h.state,
           "exposure": h.exposure, "needs": list(h.needs), "supplies": json.dumps(dict(h.supplies)),
           "inspected": h.inspected_on} for h in data.havens))  # fmt: skip
    told(c, None)


def defenders(c: Connection, data: Dataset) -> None:
    settled = [(s.place.x, s.place.y, s.population) for s in data.settlements]
    procedures = {s.key: s.value for s in SEEDS.values()}
    for d in data.defenders:
        risk = defender_risk_of(d)
        defender_id = c.execute(
            text("INSERT INTO defenders (codename, profiles, work, compartment, sector_id, case_status, risk_band, "
                 f"review_on, registered_at) VALUES (:codename, :profiles, :work, :compartment, {SECTOR}, :status, "
                 ":band, :review_on, :registered_at) RETURNING id"),
            {"codename": d.codename, "profiles": list(d.profiles), "work": d.work, "compartment": d.compartment,
             "sector": d.sector_code, "status": d.case_status, "band": risk, "review_on": d.review_on,
             "registered_at": d.registered_at},
        ).scalar_one()  # fmt: skip
        today = data.now.date()
        until = shared_until(
            (x.scope, x.until) for x in d.consents if not x.withdrawn_at and x.given_on <= today <= x.until
        )
        home = d.sealed.home
        cells = fine_and_coarse(home.x, home.y, settled, procedures)
        many(c, "INSERT INTO defender_cells (defender_id, tier, cell, compartment, sector_id, risk_band, shared_until) "
                f"VALUES (:id, :tier, ST_GeomFromText(:cell, 4326), :compartment, {SECTOR}, :band, :until)",
             ({"id": defender_id, "tier": tier.value, "cell": cell.wkt, "compartment": d.compartment,
               "sector": d.sector_code, "band": risk, "until": until} for tier, cell in cells.items()))  # fmt: skip
        assessments_and_consents(c, d, defender_id)
        identity = {
            SealedField.NAME: d.sealed.name,
            SealedField.CONTACT: d.sealed.contact,
            SealedField.HOME: f"{home.y:.5f}, {home.x:.5f}",
        }
        many(c, "INSERT INTO sealed_values (defender_id, field, compartment, wrapped_key, nonce, ciphertext) "
                "VALUES (:id, :field, :compartment, :wrapped_key, :nonce, :ciphertext)",
             ({"id": defender_id, "field": f.value, "compartment": d.compartment,
               **sealed_row(seal(d.compartment, defender_id, f, value))} for f, value in identity.items()))  # fmt: skip


def sealed_row(sealed: Sealed) -> dict[str, bytes]:
    return {"wrapped_key": sealed.wrapped_key, "nonce": sealed.nonce, "ciphertext": sealed.ciphertext}


def defender_risk_of(d: Defender) -> str:
    a = d.assessments[-1]
    return defender_risk(
        a.threats, a.vulnerabilities, a.capacities, death_threat=a.death_threat, imminent=a.imminent
    ).band.value


def assessments_and_consents(c: Connection, d: Defender, defender_id: int) -> None:
    for a in d.assessments:
        risk = defender_risk(
            a.threats, a.vulnerabilities, a.capacities, death_threat=a.death_threat, imminent=a.imminent
        )
        c.execute(
            text("INSERT INTO risk_assessments (defender_id, threats, vulnerabilities, capacities, death_threat, "
                 "imminent, raw, band, override, reasoning, assessed_at) VALUES (:id, :t, :v, :c, :death, :imminent, "
                 ":raw, :band, :override, :reasoning, :at)"),
            {"id": defender_id, "t": a.threats, "v": a.vulnerabilities, "c": a.capacities, "death": a.death_threat,
             "imminent": a.imminent, "raw": risk.raw, "band": risk.band.value,
             "override": ", ".join(o.value for o in risk.overrides) or None, "reasoning": a.reasoning,
             "at": a.assessed_at},
        )  # fmt: skip
    many(c, "INSERT INTO consents (defender_id, scope, given_on, until, how, conditions, withdrawn_at) "
            "VALUES (:id, :scope, :given_on, :until, :how, :conditions, :withdrawn_at)",
         ({"id": defender_id, "scope": x.scope, "given_on": x.given_on, "until": x.until, "how": x.how,
           "conditions": x.conditions, "withdrawn_at": x.withdrawn_at} for x in d.consents))  # fmt: skip


PURPOSES = {"response": "poc_response"}


def patrols(c: Connection, data: Dataset) -> None:
    plain = ("call_sign", "purpose", "mode", "state", "task", "planned_start", "planned_end", "started_at",
             "ended_at", "abandoned_reason")  # fmt: skip
    earliest = datetime.now(UTC) - timedelta(days=50)
    for p in data.patrols:
        told(c, p.planned_start - timedelta(hours=12))
        patrol_id = c.execute(
            text(f"INSERT INTO patrols (unit_id, sector_id, route, {', '.join(plain)}) VALUES "
                 f"((SELECT id FROM units WHERE code = :unit), {SECTOR}, ST_GeomFromText(:way, 4326), "
                 f"{', '.join(':' + x for x in plain)}) RETURNING id"),
            {**{x: getattr(p, x) for x in plain}, "state": "planned", "purpose": PURPOSES.get(p.purpose, p.purpose),
             "unit": p.unit_code, "sector": p.sector_code, "way": p.way.wkt},
        ).scalar_one()  # fmt: skip
        many(c, "INSERT INTO patrol_stops (patrol_id, sequence, name, place, place_id, arrive_planned, depart_planned, "
                "arrived_at, departed_at) VALUES (:id, :n, :name, ST_GeomFromText(:place, 4326), "
                "(SELECT id FROM places WHERE code = :code), :ap, :dp, :aa, :da)",
             ({"id": patrol_id, "n": s.sequence, "name": s.name, "place": s.place.wkt, "code": s.settlement_code,
               "ap": s.arrive_planned, "dp": s.depart_planned, "aa": s.arrived_at, "da": s.departed_at}
              for s in p.stops))  # fmt: skip
        moves = [
            (when, state) for when, state in ((p.started_at, "under_way"), (p.ended_at, p.state)) if when
        ]
        for when, state in [*moves, (None, p.state)]:
            told(c, when)
            c.execute(
                text("UPDATE patrols SET state = :state WHERE id = :id"), {"state": state, "id": patrol_id}
            )
        fixes = [f for f in p.fixes if f.at > earliest]
        many(c, "INSERT INTO positions (tracked_id, at, place, received_at) "
                "SELECT id, :at, ST_GeomFromText(:place, 4326), :at FROM tracked WHERE patrol_id = :id",
             ({"id": patrol_id, "at": f.at, "place": f.place.wkt} for f in fixes))  # fmt: skip
        if fixes:
            last = max(fixes, key=lambda f: f.at)
            many(c, "INSERT INTO latest_positions (tracked_id, patrol_id, at, place, sector_id) "
                    f"SELECT id, :id, :at, ST_GeomFromText(:place, 4326), {SECTOR} FROM tracked WHERE patrol_id = :id",
                 [{"id": patrol_id, "at": last.at, "place": last.place.wkt, "sector": p.sector_code}])  # fmt: skip
