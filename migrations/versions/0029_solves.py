"""Long searches for plans and sitings: how far they are."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

SQL = Path(__file__).parent.parent / "sql"
WHEN = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "solves",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.BigInteger(), nullable=False),
        sa.Column("sector_id", sa.BigInteger(), nullable=True),
        sa.Column("asked_by_id", sa.BigInteger(), nullable=False),
        sa.Column("asked_at", WHEN, server_default=sa.text("now()"), nullable=False),
        sa.Column("state", sa.Text(), server_default="waiting", nullable=False),
        sa.Column("share", sa.Float(), server_default=sa.text("0"), nullable=False),
        sa.Column("best", sa.Float(), nullable=True),
        sa.Column("told_at", WHEN, nullable=True),
        sa.Column("stop_asked_at", WHEN, nullable=True),
        sa.Column("took_seconds", sa.Float(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.CheckConstraint("kind IN ('plan', 'siting')", name=op.f("ck_solves_kind")),
        sa.CheckConstraint(
            "state IN ('waiting', 'running', 'done', 'stopped', 'failed')", name=op.f("ck_solves_state")
        ),
        sa.CheckConstraint("share BETWEEN 0 AND 1", name=op.f("ck_solves_share")),
        sa.ForeignKeyConstraint(["sector_id"], ["sectors.id"], name=op.f("fk_solves_sector_id_sectors")),
        sa.ForeignKeyConstraint(["asked_by_id"], ["people.id"], name=op.f("fk_solves_asked_by_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_solves")),
    )
    op.create_index(op.f("ix_solves_asked_by_id"), "solves", ["asked_by_id"])
    op.create_index("ix_solves_subject", "solves", ["kind", "subject_id"])
    op.create_index(
        "uq_solves_open", "solves", ["kind", "subject_id"], unique=True,
        postgresql_where=sa.text("state IN ('waiting', 'running')"),
    )  # fmt: skip
    run("solves")


def downgrade() -> None:
    run("down")
    op.drop_table("solves")
    op.execute("DROP FUNCTION vigil.hears_solve(text, bigint, bigint, boolean)")


def run(part: str) -> None:
    # Through the driver: the scripts hold colons that SQLAlchemy would take for parameters.
    op.get_bind().connection.cursor().execute((SQL / f"0029_{part}.sql").read_text())
