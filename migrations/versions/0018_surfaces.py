"""Surfaces of risk as they were issued, what came of them, and what came of alerts."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

SQL = Path(__file__).parent.parent / "sql"
JSON = postgresql.JSONB(astext_type=sa.Text())


def number(name: str, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.BigInteger(), nullable=nullable)


def real(name: str, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.Float(), nullable=nullable)


def moment(name: str, default: bool = False) -> sa.Column[object]:
    server_default = sa.text("now()") if default else None
    return sa.Column(name, sa.DateTime(timezone=True), server_default=server_default, nullable=False)


def key() -> sa.Column[object]:
    return sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False)


def upgrade() -> None:
    op.create_table(
        "surfaces",
        key(),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        moment("from_at"),
        moment("until_at"),
        moment("made_at", default=True),
        number("cell_metres"),
        number("period_days"),
        number("grace_days"),
        number("heard_days"),
        real("plane_lon"),
        real("plane_lat"),
        real("west_m"),
        real("south_m"),
        number("columns"),
        number("rows"),
        number("past_periods"),
        number("events"),
        sa.Column("people_known", sa.Boolean(), nullable=False),
        sa.Column("learned", sa.Boolean(), nullable=False),
        sa.Column("used", sa.Text(), nullable=False),
        number("judged"),
        real("skill", nullable=True),
        sa.CheckConstraint("kind IN ('issued', 'afterwards')", name=op.f("ck_surfaces_kind")),
        sa.CheckConstraint("used IN ('model', 'persistence')", name=op.f("ck_surfaces_used")),
        sa.CheckConstraint("until_at > from_at", name=op.f("ck_surfaces_period")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_surfaces")),
        sa.UniqueConstraint(
            "kind", "issued_on", "cell_metres", "period_days",
            name=op.f("uq_surfaces_kind_issued_on_cell_metres_period_days"),
        ),
    )  # fmt: skip
    op.create_table(
        "surface_parts",
        key(),
        number("surface_id"),
        number("sector_id", nullable=True),
        number("cells"),
        number("observed"),
        number("warned"),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["surface_id"], ["surfaces.id"], name=op.f("fk_surface_parts_surface_id_surfaces")
        ),
        sa.ForeignKeyConstraint(
            ["sector_id"], ["sectors.id"], name=op.f("fk_surface_parts_sector_id_sectors")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_surface_parts")),
        sa.UniqueConstraint(
            "surface_id", "sector_id", name=op.f("uq_surface_parts_surface_id_sector_id"),
            postgresql_nulls_not_distinct=True,
        ),
    )  # fmt: skip
    op.create_table(
        "surface_scores",
        key(),
        number("surface_id"),
        number("sector_id", nullable=True),
        moment("scored_at", default=True),
        *(number(name) for name in ("cells", "happened", "hits", "misses", "false_alarms")),
        *(real(name, nullable=True) for name in ("brier", "brier_persistence", "brier_climatology")),
        sa.Column("leads", JSON, nullable=False),
        sa.Column("bins", JSON, nullable=False),
        sa.ForeignKeyConstraint(
            ["surface_id"], ["surfaces.id"], name=op.f("fk_surface_scores_surface_id_surfaces")
        ),
        sa.ForeignKeyConstraint(
            ["sector_id"], ["sectors.id"], name=op.f("fk_surface_scores_sector_id_sectors")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_surface_scores")),
        sa.UniqueConstraint(
            "surface_id", "sector_id", name=op.f("uq_surface_scores_surface_id_sector_id"),
            postgresql_nulls_not_distinct=True,
        ),
    )  # fmt: skip
    op.create_table(
        "alert_scores",
        sa.Column("alert_id", sa.BigInteger(), autoincrement=False, nullable=False),
        number("sector_id", nullable=True),
        sa.Column("channel", sa.Text(), nullable=False),
        number("rule_id", nullable=True),
        sa.Column("verdict", sa.Text(), nullable=False),
        real("lead_hours", nullable=True),
        moment("raised_at"),
        moment("scored_at", default=True),
        sa.CheckConstraint(
            "verdict IN ('confirmed', 'unfounded', 'undecided')", name=op.f("ck_alert_scores_verdict")
        ),
        sa.ForeignKeyConstraint(["alert_id"], ["alerts.id"], name=op.f("fk_alert_scores_alert_id_alerts")),
        sa.ForeignKeyConstraint(
            ["sector_id"], ["sectors.id"], name=op.f("fk_alert_scores_sector_id_sectors")
        ),
        sa.ForeignKeyConstraint(["rule_id"], ["rules.id"], name=op.f("fk_alert_scores_rule_id_rules")),
        sa.PrimaryKeyConstraint("alert_id", name=op.f("pk_alert_scores")),
    )
    run("surfaces")


def downgrade() -> None:
    run("down")


def run(part: str) -> None:
    # Through the driver: the scripts hold colons and percent signs that SQLAlchemy would take for parameters.
    op.get_bind().connection.cursor().execute((SQL / f"0018_{part}.sql").read_text())
