"""Evacuations: what was asked, and each plan that was made of it."""

from __future__ import annotations

from pathlib import Path

import geoalchemy2
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

SQL = Path(__file__).parent.parent / "sql"


def number(name: str, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.BigInteger(), nullable=nullable)


def key() -> sa.Column[object]:
    return sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False)


def moment(name: str, nullable: bool = False) -> sa.Column[object]:
    now = None if nullable else sa.text("now()")
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable, server_default=now)


def refers(table: str, **columns: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}_{to}"))
        for column, to in columns.items()
    ]


def upgrade() -> None:
    evacuations()
    plans()
    run("evacuations")


def evacuations() -> None:
    name = "evacuations"
    op.create_table(
        name,
        key(), number("sector_id", nullable=True), number("alert_id", nullable=True),
        number("threat_id", nullable=True),
        sa.Column("place", geoalchemy2.Geometry("POINT", srid=4326, spatial_index=False), nullable=False),
        number("radius_metres"), sa.Column("restricted", sa.Boolean(), nullable=False),
        number("made_by_id"), sa.Column("made_by_role", sa.Text(), nullable=False), moment("made_at"),
        sa.CheckConstraint("alert_id IS NULL OR threat_id IS NULL", name=op.f("ck_evacuations_cause")),
        sa.CheckConstraint("radius_metres BETWEEN 500 AND 60000", name=op.f("ck_evacuations_radius_metres")),
        *refers(name, sector_id="sectors", alert_id="alerts", threat_id="threats", made_by_id="people"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evacuations")),
    )  # fmt: skip
    op.create_index(op.f("ix_evacuations_sector_id"), name, ["sector_id"])
    op.create_index(op.f("ix_evacuations_alert_id"), name, ["alert_id"])


def plans() -> None:
    name = "evacuation_plans"
    issued = "(issued_at IS NULL) = (issued_by_id IS NULL) AND (issued_at IS NULL) = (issued_by_role IS NULL)"
    op.create_table(
        name,
        key(), number("evacuation_id"), number("version"),
        sa.Column("asked", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        number("made_by_id"), sa.Column("made_by_role", sa.Text(), nullable=False), moment("made_at"),
        number("issued_by_id", nullable=True), sa.Column("issued_by_role", sa.Text()),
        moment("issued_at", nullable=True),
        sa.CheckConstraint(issued, name=op.f("ck_evacuation_plans_issued")),
        *refers(name, evacuation_id="evacuations", made_by_id="people", issued_by_id="people"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evacuation_plans")),
        sa.UniqueConstraint(
            "evacuation_id", "version", name=op.f("uq_evacuation_plans_evacuation_id_version")
        ),
    )  # fmt: skip


def downgrade() -> None:
    run("down")


def run(part: str) -> None:
    # Through the driver: the scripts hold colons that SQLAlchemy would take for parameters.
    op.get_bind().connection.cursor().execute((SQL / f"0032_{part}.sql").read_text())
