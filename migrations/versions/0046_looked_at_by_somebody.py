"""Reports that raised no alert wait for somebody to look; of an SMS that nobody could place an alert can be made."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None

SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    op.create_table(
        "unraised_reports",
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("sector_id", sa.BigInteger(), nullable=True),
        sa.Column("reasons", JSONB(), nullable=False),
        sa.Column("look", sa.Text(), nullable=True),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("looked_by_id", sa.BigInteger(), nullable=True),
        sa.Column("why", sa.Text(), nullable=True),
        sa.Column("alert_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("look IN ('raised', 'no_alert')", name=op.f("ck_unraised_reports_look")),
        sa.CheckConstraint(
            "(look IS NULL) = (looked_at IS NULL) AND (look IS NULL) = (looked_by_id IS NULL)",
            name=op.f("ck_unraised_reports_looked"),
        ),
        sa.CheckConstraint(
            "(look IS NOT DISTINCT FROM 'raised') = (alert_id IS NOT NULL)",
            name=op.f("ck_unraised_reports_raised"),
        ),
        sa.CheckConstraint("(alert_id IS NULL) = (why IS NULL)", name=op.f("ck_unraised_reports_why")),
        # Sentences alone: anything else would take the list of what waits from all who read it.
        sa.CheckConstraint(
            "jsonb_typeof(reasons) = 'array' AND "
            "NOT jsonb_path_exists(reasons, 'strict $[*] ? (@.type() <> \"string\")', '{}', true)",
            name=op.f("ck_unraised_reports_reasons"),
        ),
        sa.ForeignKeyConstraint(
            ["report_id"], ["field_reports.id"], name=op.f("fk_unraised_reports_report_id_field_reports")
        ),
        sa.ForeignKeyConstraint(
            ["sector_id"], ["sectors.id"], name=op.f("fk_unraised_reports_sector_id_sectors")
        ),
        sa.ForeignKeyConstraint(
            ["looked_by_id"], ["people.id"], name=op.f("fk_unraised_reports_looked_by_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["alert_id"], ["alerts.id"], name=op.f("fk_unraised_reports_alert_id_alerts")
        ),
        sa.PrimaryKeyConstraint("report_id", name=op.f("pk_unraised_reports")),
        sa.UniqueConstraint("alert_id", name=op.f("uq_unraised_reports_alert_id")),
    )
    op.create_index(
        "ix_unraised_reports_waiting",
        "unraised_reports",
        ["sector_id"],
        postgresql_where=sa.text("look IS NULL"),
    )
    op.create_table(
        "report_weighings",
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("score", sa.BigInteger(), nullable=False),
        sa.Column("reasons", JSONB(), nullable=False),
        sa.CheckConstraint("score BETWEEN 0 AND 100", name=op.f("ck_report_weighings_score")),
        sa.ForeignKeyConstraint(
            ["report_id"],
            ["unraised_reports.report_id"],
            name=op.f("fk_report_weighings_report_id_unraised_reports"),
        ),
        sa.PrimaryKeyConstraint("report_id", name=op.f("pk_report_weighings")),
    )
    op.add_column("replies", sa.Column("entered_as_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(
        op.f("fk_replies_entered_as_id_alerts"), "replies", "alerts", ["entered_as_id"], ["id"]
    )
    op.create_unique_constraint(op.f("uq_replies_entered_as_id"), "replies", ["entered_as_id"])
    run("looked_at")


def downgrade() -> None:
    run("down")


def run(part: str) -> None:
    # Through the driver: the scripts hold colons that SQLAlchemy would take for parameters.
    op.get_bind().connection.cursor().execute((SQL / f"0046_{part}.sql").read_text())
