"""Files of other tools brought in by page and API."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

SQL = Path(__file__).parent.parent / "sql"
KINDS = "'places', 'roads', 'boundaries', 'units', 'incidents', 'tracks'"
STATES = "'waiting', 'looked', 'running', 'done', 'unreadable', 'failed', 'removed'"
JSON = postgresql.JSONB(astext_type=sa.Text())


def number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), server_default=sa.text("0"), nullable=False)


def upgrade() -> None:
    op.create_table(
        "imports",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("own_name", sa.Text(), nullable=False),
        sa.Column("stored_as", sa.Text(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="waiting", nullable=False),
        sa.Column("layer", sa.Text()),
        *(
            sa.Column(name, JSON, server_default=sa.text("'{}'"), nullable=False)
            for name in ("found", "columns", "every")
        ),
        sa.Column("source", sa.Text()),
        sa.Column("tracked_id", sa.BigInteger()),
        sa.Column("total", sa.BigInteger()),
        *(number(name) for name in ("at_row", "new", "changed", "unchanged", "refused")),
        sa.Column("refusals", JSON, server_default=sa.text("'[]'"), nullable=False),
        sa.Column("failure", sa.Text()),
        sa.Column("by_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint(f"kind IN ({KINDS})", name=op.f("ck_imports_kind")),
        sa.CheckConstraint(f"state IN ({STATES})", name=op.f("ck_imports_state")),
        sa.CheckConstraint("size_bytes > 0", name=op.f("ck_imports_size_bytes")),
        sa.ForeignKeyConstraint(["tracked_id"], ["tracked.id"], name=op.f("fk_imports_tracked_id_tracked")),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_imports_by_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_imports")),
        sa.UniqueConstraint("stored_as", name=op.f("uq_imports_stored_as")),
    )
    op.create_index(op.f("ix_imports_by_id"), "imports", ["by_id"])
    op.create_index(op.f("ix_imports_at"), "imports", ["at"])
    queues("'urgent', 'slow', 'files'")
    # Through the driver: the script holds colons that SQLAlchemy would take for parameters.
    op.get_bind().connection.cursor().execute((SQL / "0011_files_in.sql").read_text())


def downgrade() -> None:
    op.execute("UPDATE outbox SET queue = 'slow' WHERE queue = 'files'")
    queues("'urgent', 'slow'")
    op.drop_table("imports")


def queues(names: str) -> None:
    op.drop_constraint(op.f("ck_outbox_queue"), "outbox")
    op.create_check_constraint(op.f("ck_outbox_queue"), "outbox", f"queue IN ({names})")
