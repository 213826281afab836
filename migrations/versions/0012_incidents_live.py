"""Incidents on the live stream."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    op.get_bind().connection.cursor().execute((SQL / "0012_incidents_live.sql").read_text())


def downgrade() -> None:
    op.execute("DROP FUNCTION vigil.incidents_versions()")
