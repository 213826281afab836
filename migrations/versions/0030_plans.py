"""Patrol plans, and the patrols that they became."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

SQL = Path(__file__).parent.parent / "sql"
WHEN = sa.DateTime(timezone=True)
BODY = postgresql.JSONB(astext_type=sa.Text())


def upgrade() -> None:
    name = "plans"
    op.create_table(
        name,
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("sector_id", sa.BigInteger(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("days", sa.BigInteger(), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.Column("state", sa.Text(), server_default="solving", nullable=False),
        sa.Column("parent_id", sa.BigInteger(), nullable=True),
        sa.Column("wishes", BODY, server_default=sa.text("'{}'"), nullable=False),
        sa.Column("ground", BODY, nullable=True),
        sa.Column("result", BODY, nullable=True),
        sa.Column("by_id", sa.BigInteger(), nullable=False),
        sa.Column("at", WHEN, server_default=sa.text("now()"), nullable=False),
        sa.Column("issued_by_id", sa.BigInteger(), nullable=True),
        sa.Column("issued_at", WHEN, nullable=True),
        sa.CheckConstraint(
            "state IN ('solving', 'ready', 'issued', 'withdrawn')", name=op.f("ck_plans_state")
        ),
        sa.CheckConstraint("days BETWEEN 1 AND 7", name=op.f("ck_plans_days")),
        sa.CheckConstraint("seconds BETWEEN 0.2 AND 120", name=op.f("ck_plans_seconds")),
        sa.CheckConstraint("(state = 'issued') = (issued_at IS NOT NULL)", name=op.f("ck_plans_issued")),
        sa.CheckConstraint(
            "state NOT IN ('ready', 'issued') OR result IS NOT NULL", name=op.f("ck_plans_found")
        ),
        *(
            sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{name}_{column}_{to}"))
            for column, to in (
                ("sector_id", "sectors"), ("parent_id", "plans"), ("by_id", "people"), ("issued_by_id", "people"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plans")),
    )  # fmt: skip
    op.create_index(op.f("ix_plans_sector_id"), name, ["sector_id"])
    op.create_table(
        "plan_patrols",
        sa.Column("patrol_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("tour", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["patrol_id"], ["patrols.id"], name=op.f("fk_plan_patrols_patrol_id_patrols")
        ),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], name=op.f("fk_plan_patrols_plan_id_plans")),
        sa.PrimaryKeyConstraint("patrol_id", name=op.f("pk_plan_patrols")),
    )
    op.create_index(op.f("ix_plan_patrols_plan_id"), "plan_patrols", ["plan_id"])
    run("plans")


def downgrade() -> None:
    run("down")
    op.drop_table("plan_patrols")
    op.drop_table("plans")


def run(part: str) -> None:
    # Through the driver: the scripts hold colons that SQLAlchemy would take for parameters.
    op.get_bind().connection.cursor().execute((SQL / f"0030_{part}.sql").read_text())
