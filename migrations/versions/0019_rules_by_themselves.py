"""Rules look by themselves, without the queue of jobs that nothing else used; alerts are weighed at
corrected places; check-ins are agreed with defenders."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

SQL = Path(__file__).parent.parent / "sql"
WAYS = "'calls_us', 'we_call', 'sms', 'radio', 'in_person', 'trusted_contact'"
ENDS = "'persons_wish', 'risk_over', 'other_plan', 'moved_away', 'case_closed'"
WHEN = sa.DateTime(timezone=True)


def upgrade() -> None:
    run("rules_process")
    queues("'slow', 'files'")
    reweighings()
    run("weighed_anew")
    check_in_plans()
    check_ins()
    run("check_ins")


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


def check_in_plans() -> None:
    name = "check_in_plans"
    op.create_table(
        name,
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("defender_id", sa.BigInteger(), nullable=False),
        sa.Column("interval_minutes", sa.BigInteger(), nullable=False),
        sa.Column("grace_minutes", sa.BigInteger(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("agreed_on", sa.Date(), nullable=False),
        sa.Column("agreed_by_id", sa.BigInteger(), nullable=False),
        sa.Column("runs_from", WHEN, server_default=sa.text("now()"), nullable=False),
        sa.Column("suspended_at", WHEN),
        sa.Column("ended_at", WHEN),
        sa.Column("ended_by_id", sa.BigInteger()),
        sa.Column("ended_why", sa.Text()),
        sa.Column("recorded_at", WHEN, server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(f"made_by IN ({WAYS})", name=op.f("ck_check_in_plans_made_by")),
        sa.CheckConstraint(f"ended_why IN ({ENDS})", name=op.f("ck_check_in_plans_ended_why")),
        sa.CheckConstraint(
            "interval_minutes BETWEEN 60 AND 20160", name=op.f("ck_check_in_plans_interval_minutes")
        ),
        sa.CheckConstraint("grace_minutes BETWEEN 5 AND 1440", name=op.f("ck_check_in_plans_grace_minutes")),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (ended_why IS NULL) AND (ended_at IS NULL) = (ended_by_id IS NULL)",
            name=op.f("ck_check_in_plans_ended"),
        ),
        sa.ForeignKeyConstraint(
            ["defender_id"], ["defenders.id"], name=op.f("fk_check_in_plans_defender_id_defenders")
        ),
        sa.ForeignKeyConstraint(
            ["agreed_by_id"], ["people.id"], name=op.f("fk_check_in_plans_agreed_by_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["ended_by_id"], ["people.id"], name=op.f("fk_check_in_plans_ended_by_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_check_in_plans")),
    )
    op.create_index(op.f("ix_check_in_plans_defender_id"), name, ["defender_id"])
    op.create_index(
        "uq_check_in_plans_running", name, ["defender_id"], unique=True, postgresql_where=sa.text("ended_at IS NULL")
    )  # fmt: skip


def check_ins() -> None:
    op.create_table(
        "check_ins",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("defender_id", sa.BigInteger(), nullable=False),
        sa.Column("heard_at", WHEN, nullable=False),
        sa.Column("way", sa.Text(), nullable=False),
        sa.Column("by_id", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", WHEN, server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(f"way IN ({WAYS})", name=op.f("ck_check_ins_way")),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["check_in_plans.id"], name=op.f("fk_check_ins_plan_id_check_in_plans")
        ),
        sa.ForeignKeyConstraint(
            ["defender_id"], ["defenders.id"], name=op.f("fk_check_ins_defender_id_defenders")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_check_ins_by_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_check_ins")),
    )
    op.create_index(op.f("ix_check_ins_defender_id"), "check_ins", ["defender_id"])
    op.create_index("ix_check_ins_plan_id_heard_at", "check_ins", ["plan_id", "heard_at"])


def downgrade() -> None:
    queues("'urgent', 'slow', 'files'")
    run("down")


def queues(names: str) -> None:
    op.drop_constraint(op.f("ck_outbox_queue"), "outbox")
    op.create_check_constraint(op.f("ck_outbox_queue"), "outbox", f"queue IN ({names})")


def run(part: str) -> None:
    # Through the driver: the scripts hold colons that SQLAlchemy would take for parameters.
    op.get_bind().connection.cursor().execute((SQL / f"0019_{part}.sql").read_text())
