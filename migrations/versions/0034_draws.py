"""Mixes of patrol plans, the days that are drawn from them, and their sealed seeds."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

SQL = Path(__file__).parent.parent / "sql"
WHEN = sa.DateTime(timezone=True)
BODY = postgresql.JSONB(astext_type=sa.Text())


def upgrade() -> None:
    op.create_table(
        "mixes",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("sector_id", sa.BigInteger(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("days", sa.BigInteger(), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.Column(
            "unit_ids", postgresql.ARRAY(sa.BigInteger()), server_default=sa.text("'{}'"), nullable=False
        ),
        sa.Column("state", sa.Text(), server_default="solving", nullable=False),
        sa.Column("ground", BODY, nullable=True),
        sa.Column("terms", BODY, nullable=True),
        sa.Column("result", BODY, nullable=True),
        sa.Column("by_id", sa.BigInteger(), nullable=False),
        sa.Column("at", WHEN, server_default=sa.text("now()"), nullable=False),
        sa.Column("accepted_by_id", sa.BigInteger(), nullable=True),
        sa.Column("accepted_at", WHEN, nullable=True),
        sa.CheckConstraint(
            "state IN ('solving', 'ready', 'accepted', 'withdrawn')", name=op.f("ck_mixes_state")
        ),
        sa.CheckConstraint("days BETWEEN 1 AND 14", name=op.f("ck_mixes_days")),
        sa.CheckConstraint("seconds BETWEEN 0.2 AND 120", name=op.f("ck_mixes_seconds")),
        sa.CheckConstraint(
            "(state = 'accepted') = (accepted_at IS NOT NULL)", name=op.f("ck_mixes_accepted")
        ),
        sa.CheckConstraint(
            "state NOT IN ('ready', 'accepted') OR num_nulls(ground, terms, result) = 0",
            name=op.f("ck_mixes_found"),
        ),
        *keys("mixes", sector_id="sectors", by_id="people", accepted_by_id="people"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mixes")),
    )
    op.create_index(op.f("ix_mixes_sector_id"), "mixes", ["sector_id"])
    op.create_table(
        "draws",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("mix_id", sa.BigInteger(), nullable=False),
        sa.Column("sector_id", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("commitment", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("sealed_at", WHEN, server_default=sa.text("now()"), nullable=False),
        sa.Column("due_at", WHEN, nullable=False),
        sa.Column("over_at", WHEN, nullable=False),
        sa.Column("drawn_plan", sa.BigInteger(), nullable=True),
        sa.Column("drawn_starts", postgresql.ARRAY(sa.BigInteger()), nullable=True),
        sa.Column("drawn_at", WHEN, nullable=True),
        sa.Column("plan_id", sa.BigInteger(), nullable=True),
        sa.Column("released_at", WHEN, nullable=True),
        sa.Column("seed", sa.LargeBinary(), nullable=True),
        sa.Column("opened_at", WHEN, nullable=True),
        sa.CheckConstraint("num_nulls(drawn_plan, drawn_starts, drawn_at) IN (0, 3)", name=op.f("ck_draws_drawn")),
        sa.CheckConstraint("drawn_at IS NULL OR released_at IS NULL", name=op.f("ck_draws_stands")),
        sa.CheckConstraint("plan_id IS NULL OR drawn_at IS NOT NULL", name=op.f("ck_draws_plan")),
        sa.CheckConstraint(
            "(seed IS NULL) = (opened_at IS NULL) AND (opened_at IS NULL OR opened_at >= over_at)",
            name=op.f("ck_draws_opened"),
        ),
        *keys("draws", mix_id="mixes", sector_id="sectors", plan_id="plans"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draws")),
    )  # fmt: skip
    op.create_index(op.f("ix_draws_mix_id"), "draws", ["mix_id"])
    op.create_index("ix_draws_plan_id", "draws", ["plan_id"], unique=True)
    op.create_index(
        "uq_draws_standing", "draws", ["sector_id", "day"], unique=True,
        postgresql_where=sa.text("released_at IS NULL"),
    )  # fmt: skip
    op.create_table(
        "draw_seeds",
        sa.Column("draw_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("seed", sa.LargeBinary(), nullable=False),
        *keys("draw_seeds", draw_id="draws"),
        sa.PrimaryKeyConstraint("draw_id", name=op.f("pk_draw_seeds")),
    )
    run("drawing")
    run("draws")


def downgrade() -> None:
    run("down")
    for name in ("draw_seeds", "draws", "mixes"):
        op.drop_table(name)


def keys(table: str, **columns: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}_{to}"))
        for column, to in columns.items()
    ]


def run(part: str) -> None:
    # Through the driver: the scripts hold colons that SQLAlchemy would take for parameters.
    op.get_bind().connection.cursor().execute((SQL / f"0034_{part}.sql").read_text())
