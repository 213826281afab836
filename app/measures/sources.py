"""What each source's rows are, and by what they can be divided. The functions: migrations/sql/0017_measures.sql,
as later ones narrow them."""

from __future__ import annotations

from app.alerts import models as alerts
from app.measures.models import Source
from app.permissions import Permission

SEEN_BY_RULE = "channel IN (" + ", ".join(f"'{channel}'" for channel in sorted(alerts.BY_RULE)) + ")"
ROWS: dict[Source, str] = {
    Source.ALERTS: f"SELECT * FROM vigil.alert_facts(:since, :until) WHERE NOT {SEEN_BY_RULE}",  # noqa: S608 - constants
    Source.RULES: f"SELECT * FROM vigil.alert_facts(:since, :until) WHERE {SEEN_BY_RULE}",  # noqa: S608
    Source.ATTACKS: "SELECT * FROM vigil.attack_facts(:since, :until, :warning_metres, :warning_days)",
    Source.VICTIMS: "SELECT * FROM vigil.victim_facts(:since, :until)",
    Source.PATROLS: """
        SELECT f.*, f.patrol_id IN (SELECT vigil.patrols_at_sites(:since, :until, :visit_metres)) AS at_site
        FROM vigil.patrol_facts(:since, :until) f
    """,
    Source.PLACES: "SELECT *, now() AS at FROM vigil.place_facts(:coverage_metres, :coverage_days)",
    # Files are read under the policies of whoever keeps them; the rest of the wall is `reach` and the compartments here.
    Source.DEFENDERS: """
        SELECT now() AS at, d.sector_id, d.review_on < (now() AT TIME ZONE 'UTC')::date AS overdue,
            round(extract(epoch FROM (SELECT min(r.assessed_at) FROM risk_assessments r WHERE r.defender_id = d.id)
                          - d.registered_at) / 3600, 1)::float8 AS assessed_hours
        FROM defenders d
        WHERE d.case_status <> 'closed' AND d.compartment = ANY (CAST(:compartments AS text[]))
    """,
}

#: By what a source's figures can be divided: name → column.
DIVISIONS: dict[Source, dict[str, str]] = {
    Source.ALERTS: {
        "sector": "sector",
        "unit": "unit",
        "kind": "kind",
        "priority": "priority",
        "channel": "channel",
    },
    Source.RULES: {"sector": "sector", "unit": "unit", "kind": "kind", "priority": "priority"},
    Source.ATTACKS: {"sector": "sector", "kind": "kind"},
    Source.VICTIMS: {"actor": "actor", "area": "area", "sector": "sector", "kind": "kind"},
    Source.PATROLS: {"sector": "sector", "unit": "unit", "mode": "mode"},
    Source.PLACES: {"sector": "sector", "area": "area"},
    # A file is one person: a part of a few files would be told apart at a glance.
    Source.DEFENDERS: {},
}

#: Whose rows are read by which permission: whoever reads them sees their figures as they are.
READ_BY: dict[Source, Permission] = {
    Source.ALERTS: Permission.READ_ALERTS,
    Source.RULES: Permission.READ_ALERTS,
    Source.ATTACKS: Permission.READ_INCIDENTS,
    Source.VICTIMS: Permission.READ_INCIDENTS,
    Source.PATROLS: Permission.READ_PATROLS,
    Source.PLACES: Permission.READ_THREATS,
    Source.DEFENDERS: Permission.READ_DEFENDERS,
}

#: Cells that speak of one person whatever they count: never shown beside others where figures are released.
OF_ONE_PERSON = frozenset(
    {"threat_to_named_person", "arrest_raid", "detention_transfer", "abduction", "defender_sos"}
)
