"""Rules that watch: their versions, their lapses, and the channel of the alerts that they raise."""

from __future__ import annotations

from pathlib import Path

import geoalchemy2
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

SQL = Path(__file__).parent.parent / "sql"
KINDS = "'area', 'distance', 'absence', 'overdue', 'check_in', 'immobility', 'gathering', 'indicator', 'stale_threat'"
ALERT_KINDS = (
    "'imminent_attack', 'attack_under_way', 'armed_group_movement', 'military_build_up', 'abduction', 'arrest_raid', "
    "'threat_to_named_person', 'mob_risk', 'intercommunal_mobilisation', 'cattle_raid', "
    "'looting_extortion_checkpoint', 'crsv', 'child_recruitment', 'displacement', 'siege_denied_access', "
    "'hate_speech', 'eviction_land_dispute', 'electoral_protest_violence', 'explosive_hazard', "
    "'attack_on_protected_site', 'detention_transfer', 'medical_emergency', 'natural_hazard', 'observation', "
    "'all_quiet', 'other'"
)
JSON = postgresql.JSONB(astext_type=sa.Text())


def moment(name: str, default: bool = False, nullable: bool = True) -> sa.Column[object]:
    server_default = sa.text("now()") if default else None
    return sa.Column(name, sa.DateTime(timezone=True), server_default=server_default, nullable=nullable)


def shape(name: str, kind: str) -> sa.Column[object]:
    return sa.Column(name, geoalchemy2.Geometry(kind, srid=4326, spatial_index=False), nullable=True)


def upgrade() -> None:
    op.create_table(
        "rules",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("sector_id", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        moment("enabled_at"),
        sa.Column("enabled_by_id", sa.BigInteger(), nullable=True),
        sa.Column("created_by_id", sa.BigInteger(), nullable=False),
        moment("created_at", default=True, nullable=False),
        sa.CheckConstraint(f"kind IN ({KINDS})", name=op.f("ck_rules_kind")),
        sa.CheckConstraint("(enabled_at IS NULL) = (enabled_by_id IS NULL)", name=op.f("ck_rules_enabled")),
        sa.ForeignKeyConstraint(["sector_id"], ["sectors.id"], name=op.f("fk_rules_sector_id_sectors")),
        sa.ForeignKeyConstraint(["enabled_by_id"], ["people.id"], name=op.f("fk_rules_enabled_by_id_people")),
        sa.ForeignKeyConstraint(["created_by_id"], ["people.id"], name=op.f("fk_rules_created_by_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rules")),
    )
    op.create_index("ix_rules_sector_id", "rules", ["sector_id"])
    op.create_table(
        "rule_versions",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("rule_id", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("parameters", JSON, nullable=False),
        shape("area", "MULTIPOLYGON"),
        sa.Column("priority", sa.Text(), nullable=False),
        sa.Column("alert_kind", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("by_id", sa.BigInteger(), nullable=False),
        sa.Column("by_role", sa.Text(), nullable=False),
        moment("at", default=True, nullable=False),
        sa.CheckConstraint("priority IN ('P1', 'P2', 'P3', 'P4')", name=op.f("ck_rule_versions_priority")),
        sa.CheckConstraint(f"alert_kind IN ({ALERT_KINDS})", name=op.f("ck_rule_versions_alert_kind")),
        sa.ForeignKeyConstraint(["rule_id"], ["rules.id"], name=op.f("fk_rule_versions_rule_id_rules")),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_rule_versions_by_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_versions")),
        sa.UniqueConstraint("rule_id", "version", name=op.f("uq_rule_versions_rule_id_version")),
    )
    op.create_table(
        "rule_lapses",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("rule_id", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        moment("opened_at", nullable=False),
        moment("amber_at"),
        moment("red_at"),
        moment("cleared_at"),
        moment("withdrawn_at"),
        moment("paged_at"),
        sa.Column("explanation", JSON, nullable=False),
        shape("place", "POINT"),
        sa.Column("alert_id", sa.BigInteger(), nullable=True),
        moment("recorded_at", default=True, nullable=False),
        sa.CheckConstraint("amber_at IS NOT NULL OR red_at IS NOT NULL", name=op.f("ck_rule_lapses_fired")),
        sa.ForeignKeyConstraint(["rule_id"], ["rules.id"], name=op.f("fk_rule_lapses_rule_id_rules")),
        sa.ForeignKeyConstraint(["alert_id"], ["alerts.id"], name=op.f("fk_rule_lapses_alert_id_alerts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_lapses")),
        sa.UniqueConstraint("alert_id", name=op.f("uq_rule_lapses_alert_id")),
    )
    op.create_index(
        "uq_rule_lapses_open", "rule_lapses", ["rule_id", "subject"], unique=True,
        postgresql_where=sa.text("cleared_at IS NULL AND withdrawn_at IS NULL"),
    )  # fmt: skip
    op.create_index("ix_rule_lapses_rule_id_opened_at", "rule_lapses", ["rule_id", "opened_at"])
    op.create_table(
        "rule_watches",
        sa.Column("rule_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        moment("seen_until"),
        moment("present_at"),
        moment("ran_at", nullable=False),
        sa.ForeignKeyConstraint(["rule_id"], ["rules.id"], name=op.f("fk_rule_watches_rule_id_rules")),
        sa.PrimaryKeyConstraint("rule_id", name=op.f("pk_rule_watches")),
    )
    run("rules")


def downgrade() -> None:
    run("down")


def run(part: str) -> None:
    # Through the driver: the scripts hold colons and percent signs that SQLAlchemy would take for parameters.
    op.get_bind().connection.cursor().execute((SQL / f"0016_{part}.sql").read_text())
