-- What bench/load/crowd.py fills in, from its temporary tables `crowd` and `watching`. As superuser, in one transaction with one
-- event of it.

INSERT INTO ledger_events (at, action, subject, body) VALUES (now(), 'bench.crowd_filled_in', 'defenders:all',
    convert_to('{{"action":"bench.crowd_filled_in","v":1}}', 'UTF8'));
UPDATE crowd SET coarse = ST_SetSRID(coarse, 4326), fine = ST_SetSRID(fine, 4326);

-- Of the sector in which somebody lives; who lives outside all of them belongs to the first.
INSERT INTO defenders (codename, profiles, work, compartment, sector_id, risk_band, review_on)
SELECT 'EXERCISE-BENCH-' || n, '{{journalist}}', 'EXERCISE', 'north',
       coalesce((SELECT a.sector_id FROM vigil.areas_of(ST_SetSRID(ST_MakePoint(lon, lat), 4326)) a),
                (SELECT min(id) FROM sectors)), band, current_date + 300
FROM crowd ORDER BY n;
INSERT INTO defender_cells (defender_id, tier, cell, compartment, sector_id, risk_band, shared_until)
SELECT d.id, t.tier, CASE t.tier WHEN 'fine' THEN c.fine ELSE c.coarse END, d.compartment, d.sector_id, d.risk_band, c.until
FROM crowd c JOIN defenders d ON d.codename = 'EXERCISE-BENCH-' || c.n CROSS JOIN (VALUES ('fine'), ('coarse')) AS t(tier);

CREATE TEMP TABLE spots AS
SELECT row_number() OVER () AS n, g.geom AS place, (vigil.areas_of(g.geom)).sector_id
FROM ST_Dump(ST_GeneratePoints((SELECT ST_Union(area) FROM sectors), {havens} + {areas} + {routes}, 4)) AS g;

INSERT INTO havens (code, name, kind, place, sector_id, capacity_day, capacity_night, state, exposure)
SELECT 'BENCH' || n, 'EXERCISE bench haven ' || n, 'poc_site', place, sector_id, 100, 100,
       (ARRAY['open', 'open', 'full', 'standby', 'closed'])[1 + n % 5], (ARRAY['public', 'mission', 'need_to_know'])[1 + n % 3]
FROM spots WHERE n <= {havens};

CREATE TEMP TABLE areas AS
SELECT n - {havens} AS n, sector_id, place,
       ST_Multi(ST_Buffer(place::geography, 2000 + 8000 * random(), 10)::geometry) AS area
FROM spots WHERE n > {havens} AND n <= {havens} + {areas};
INSERT INTO threats (name, actor_id, target, kind, area, sector_id, intent, capability, likelihood, impact, review_on)
SELECT 'EXERCISE bench threat ' || n, (SELECT min(id) FROM actors), 'EXERCISE', 'imminent_attack', area, sector_id, 3, 3,
       1 + n % 5, 1 + n % 4, current_date + 300
FROM areas ORDER BY n;

-- Three stops each, some ten kilometres apart; where each is now, and an hour of fixes on the way there.
CREATE TEMP TABLE routes AS
SELECT s.n, s.sector_id, s.place AS first,
       ST_Translate(s.place, 0.1 * (random() - 0.5), 0.1) AS second, ST_Translate(s.place, 0.2, 0.1 * random()) AS third
FROM spots s WHERE s.n > {havens} + {areas};
INSERT INTO patrols (call_sign, unit_id, sector_id, purpose, state, planned_start, planned_end, started_at)
SELECT 'EXERCISE BENCH ' || n, (SELECT min(id) FROM units), sector_id, 'presence', 'under_way', now() - interval '1 hour',
       now() + interval '30 days', now() - interval '1 hour'
FROM routes ORDER BY n;
INSERT INTO patrol_stops (patrol_id, sequence, name, place)
SELECT p.id, s.sequence, 'EXERCISE stop ' || s.sequence, s.place
FROM routes r JOIN patrols p ON p.call_sign = 'EXERCISE BENCH ' || r.n,
     LATERAL (VALUES (1, r.first), (2, r.second), (3, r.third)) AS s(sequence, place);
INSERT INTO positions (tracked_id, at, place, accuracy_metres)
SELECT t.id, now() - m * interval '5 minutes', ST_LineInterpolatePoint(ST_MakeLine(r.first, r.second), 1 - m / 12.0), 20
FROM routes r JOIN tracked t ON t.call_sign = 'EXERCISE BENCH ' || r.n, generate_series(0, 12) AS m;
INSERT INTO latest_positions (tracked_id, patrol_id, sector_id, at, place)
SELECT t.id, t.patrol_id, t.sector_id, now(), r.second FROM routes r JOIN tracked t ON t.call_sign = 'EXERCISE BENCH ' || r.n;

-- The rules, on the day on which an officer switched them all on; every route is one more.
INSERT INTO watching
SELECT 'area', 'EXERCISE bench route ' || n, '{{"kind": "area", "carriers": ["patrol"], "mode": "leaving", "amber_metres": null,
       "dwell_minutes": 5}}', n + 10000 FROM routes;
DO $$
DECLARE
    officer bigint := (SELECT id FROM people WHERE username = 'poc_officer');
    asked record;
    made bigint;
BEGIN
    FOR asked IN SELECT w.*, coalesce(a.sector_id, r.sector_id, (SELECT min(id) FROM sectors)) AS sector_id,
            coalesce(a.area, ST_Multi(ST_Buffer(ST_MakeLine(ARRAY[r.first, r.second, r.third])::geography, 500)::geometry)) AS fence
        FROM watching w LEFT JOIN areas a ON a.n = w.area LEFT JOIN routes r ON r.n + 10000 = w.area ORDER BY w.area NULLS FIRST
    LOOP
        INSERT INTO rules (kind, sector_id, created_by_id, enabled_at, enabled_by_id)
        VALUES (asked.kind, asked.sector_id, officer, now(), officer) RETURNING id INTO made;
        INSERT INTO rule_versions (rule_id, version, name, parameters, area, priority, alert_kind, why, by_id, by_role)
        VALUES (made, 1, asked.name, asked.parameters, asked.fence, 'P4', 'other', 'EXERCISE: for the bench.', officer,
                'poc_officer');
    END LOOP;
END $$;
