"""Near repeats of a surface's incidents, kept with each sector's part."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    # Beside the cells, under the same policies and grants (0018): they are of the whole table, and none lets anybody change a row.
    op.add_column("surface_parts", sa.Column("near_repeats", postgresql.JSONB(astext_type=sa.Text())))
    run("near_repeats")


def downgrade() -> None:
    run("down")
    op.drop_column("surface_parts", "near_repeats")


def run(part: str) -> None:
    # Through the driver: the scripts hold colons that SQLAlchemy would take for parameters.
    op.get_bind().connection.cursor().execute((SQL / f"0039_{part}.sql").read_text())
