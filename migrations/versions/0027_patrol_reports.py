"""Patrol reports: what a patrol's leader fills in, its way to approval, and the log of what was amended."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

SQL = Path(__file__).parent.parent / "sql"
JSON = postgresql.JSONB(astext_type=sa.Text())


def moment(name: str, now: bool = False) -> sa.Column[object]:
    default = sa.text("now()") if now else None
    return sa.Column(name, sa.DateTime(timezone=True), server_default=default, nullable=not now)


def number(name: str, needed: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.BigInteger(), nullable=not needed)


def refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}_{to}"))


def upgrade() -> None:
    table = "patrol_reports"
    op.create_table(
        table,
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        number("patrol_id", needed=True),
        number("sector_id"),
        number("author_id", needed=True),
        sa.Column("state", sa.Text(), server_default="draft", nullable=False),
        sa.Column("blocks", JSON, server_default=sa.text("'{}'"), nullable=False),
        sa.Column("flags", JSON, server_default=sa.text("'[]'"), nullable=False),
        sa.Column("revision", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        moment("created_at", now=True),
        moment("submitted_at"),
        moment("debriefed_at"),
        number("debriefed_by_id"),
        moment("approved_at"),
        number("approved_by_id"),
        sa.CheckConstraint(
            "state IN ('draft', 'submitted', 'returned', 'debriefed', 'approved')",
            name=op.f("ck_patrol_reports_state"),
        ),
        sa.CheckConstraint(
            "debriefed_by_id IS DISTINCT FROM author_id AND approved_by_id IS DISTINCT FROM author_id",
            name=op.f("ck_patrol_reports_two_persons"),
        ),
        refers(table, "patrol_id", "patrols"),
        refers(table, "sector_id", "sectors"),
        refers(table, "author_id", "people"),
        refers(table, "debriefed_by_id", "people"),
        refers(table, "approved_by_id", "people"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_patrol_reports")),
        sa.UniqueConstraint("device_id", name=op.f("uq_patrol_reports_device_id")),
        sa.UniqueConstraint("patrol_id", name=op.f("uq_patrol_reports_patrol_id")),
    )
    op.create_index("ix_patrol_reports_sector_id", table, ["sector_id"])
    op.create_index("ix_patrol_reports_author_id", table, ["author_id"])
    entries = "patrol_report_entries"
    op.create_table(
        entries,
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        number("report_id", needed=True),
        sa.Column("kind", sa.Text(), nullable=False),
        moment("at", now=True),
        number("by_id", needed=True),
        sa.Column("by_role", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("before", JSON, nullable=True),
        sa.Column("item", sa.Text(), nullable=True),
        number("incident_id"),
        sa.Column("field_report_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('submitted', 'returned', 'amended', 'debriefed', 'approved', 'filed')",
            name=op.f("ck_patrol_report_entries_kind"),
        ),
        refers(entries, "report_id", table),
        refers(entries, "by_id", "people"),
        refers(entries, "incident_id", "incidents"),
        refers(entries, "field_report_id", "field_reports"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_patrol_report_entries")),
        sa.UniqueConstraint("report_id", "item", name=op.f("uq_patrol_report_entries_report_id_item")),
    )
    run("patrol_reports")


def downgrade() -> None:
    run("down")
    op.drop_table("patrol_report_entries")
    op.drop_table("patrol_reports")


def run(part: str) -> None:
    # Through the driver: the scripts hold colons and percent signs that SQLAlchemy would take for parameters.
    op.get_bind().connection.cursor().execute((SQL / f"0027_{part}.sql").read_text())
