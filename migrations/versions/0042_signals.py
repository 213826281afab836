"""Signals of patrols that concern a child or sexual violence, for their advisers alone."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None

SQL = Path(__file__).parent.parent / "sql"
WHEN = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "signals",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("report_id", sa.BigInteger(), nullable=False),
        sa.Column("concern", sa.Text(), nullable=False),
        sa.Column("told", sa.Boolean(), nullable=False),
        sa.Column("told_at", WHEN, server_default=sa.text("now()"), nullable=False),
        sa.Column("sector_id", sa.BigInteger(), nullable=True),
        sa.Column("call_sign", sa.Text(), nullable=False),
        sa.Column("leader", sa.Text(), nullable=False),
        sa.Column("patrol_ended_at", WHEN, nullable=True),
        sa.Column("taken_back_at", WHEN, nullable=True),
        sa.CheckConstraint("concern IN ('child', 'sexual_violence')", name=op.f("ck_signals_concern")),
        sa.ForeignKeyConstraint(
            ["report_id"], ["patrol_reports.id"], name=op.f("fk_signals_report_id_patrol_reports")
        ),
        sa.ForeignKeyConstraint(["sector_id"], ["sectors.id"], name=op.f("fk_signals_sector_id_sectors")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signals")),
        sa.UniqueConstraint("report_id", "concern", name=op.f("uq_signals_report_id_concern")),
    )
    op.create_table(
        "signal_steps",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("signal_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("at", WHEN, server_default=sa.text("now()"), nullable=False),
        sa.Column("by_id", sa.BigInteger(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.CheckConstraint("kind IN ('taken', 'settled')", name=op.f("ck_signal_steps_kind")),
        sa.CheckConstraint(
            "outcome IN ('followed_up', 'referred', 'known', 'no_ground', 'unsafe')",
            name=op.f("ck_signal_steps_outcome"),
        ),
        sa.CheckConstraint(
            "(kind = 'settled') = (outcome IS NOT NULL)", name=op.f("ck_signal_steps_settled")
        ),
        sa.ForeignKeyConstraint(
            ["signal_id"], ["signals.id"], name=op.f("fk_signal_steps_signal_id_signals")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_signal_steps_by_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signal_steps")),
    )
    op.create_index(op.f("ix_signal_steps_signal_id"), "signal_steps", ["signal_id"])
    run("signals")


def downgrade() -> None:
    run("down")


def run(part: str) -> None:
    # Through the driver: the scripts hold colons that SQLAlchemy would take for parameters.
    op.get_bind().connection.cursor().execute((SQL / f"0042_{part}.sql").read_text())
