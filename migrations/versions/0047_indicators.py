"""Indicators on reports and on alerts by hand, counted by who first told of them; rules see sites to protect."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

from migrations.earlier import as_they_were

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None

SQL = Path(__file__).parent.parent / "sql"
CODES = (
    "fighters_moving",
    "women_children_leave",
    "market_empty",
    "livestock_moved",
    "schools_closed",
    "shops_shut",
    "leaflets",
    "threats_to_leaders",
    "drums_whistles",
    "roadblocks",
    "recruitment",
    "arms_handed_out",
    "troops_withdrawn",
    "phone_masts_cut",
    "hate_messages",
    "prisoners_escaped",
    "houses_marked",
    "leaders_arrested",
    "price_spike",
    "passage_refused",
    "air_activity",
    "factor_armed_conflict",
    "factor_past_violations",
    "factor_weak_state",
    "factor_motives",
    "factor_capacity",
    "factor_nothing_mitigates",
    "factor_preparation",
    "factor_triggers",
    "factor_intergroup_tension",
    "factor_intent_to_destroy",
    "factor_widespread_attack",
    "factor_plan_or_policy",
    "factor_protected_persons",
    "factor_relief_or_peacekeepers",
)


def upgrade() -> None:
    listed = ", ".join(f"'{code}'" for code in CODES)
    for table in ("field_reports", "alerts"):
        op.add_column(table, sa.Column("indicators", ARRAY(sa.Text()), nullable=True))
        op.create_check_constraint(
            op.f(f"ck_{table}_indicators"),
            table,
            f"indicators <@ ARRAY[{listed}]::text[] AND cardinality(indicators) > 0",
        )
    run("indicators")


def downgrade() -> None:
    run("down")
    for function in as_they_were({"0015_raising.sql": ("raise_alert",)}):
        op.get_bind().connection.cursor().execute(function)
    for table in ("field_reports", "alerts"):
        op.drop_column(table, "indicators")


def run(part: str) -> None:
    # Through the driver: the scripts hold colons that SQLAlchemy would take for parameters.
    op.get_bind().connection.cursor().execute((SQL / f"0047_{part}.sql").read_text())
