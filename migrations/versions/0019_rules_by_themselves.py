"""Rules look by themselves, without the queue of jobs that nothing else used; alerts are weighed at corrected places."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0019"
down_revision = "0017"
branch_labels = None
depends_on = None

SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    run("rules_process")
    queues("'slow', 'files'")
    reweighings()
    run("weighed_anew")


def reweighings() -> None:
    op.create_table(
        "alert_reweighings",
        sa.Column("step_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("alert_id", sa.BigInteger(), nullable=False),
        sa.Column("score", sa.BigInteger(), nullable=False),
        sa.Column("reasons", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.CheckConstraint("score BETWEEN 0 AND 100", name=op.f("ck_alert_reweighings_score")),
        sa.ForeignKeyConstraint(
            ["step_id"], ["alert_steps.id"], name=op.f("fk_alert_reweighings_step_id_alert_steps")
        ),
        sa.ForeignKeyConstraint(
            ["alert_id"], ["alerts.id"], name=op.f("fk_alert_reweighings_alert_id_alerts")
        ),
        sa.PrimaryKeyConstraint("step_id", name=op.f("pk_alert_reweighings")),
    )
    op.create_index(op.f("ix_alert_reweighings_alert_id"), "alert_reweighings", ["alert_id"])


def downgrade() -> None:
    queues("'urgent', 'slow', 'files'")
    run("down")


def queues(names: str) -> None:
    op.drop_constraint(op.f("ck_outbox_queue"), "outbox")
    op.create_check_constraint(op.f("ck_outbox_queue"), "outbox", f"queue IN ({names})")


def run(part: str) -> None:
    # Through the driver: the scripts hold colons that SQLAlchemy would take for parameters.
    op.get_bind().connection.cursor().execute((SQL / f"0019_{part}.sql").read_text())
