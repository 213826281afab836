"""When something was written down is told by the database's own clock."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    op.get_bind().connection.cursor().execute((SQL / "0013_own_clocks.sql").read_text())


def downgrade() -> None:
    # The grants stay as narrow as they are: nothing before this needs wider ones.
    op.execute("DROP POLICY at_its_time ON alerts")
    op.execute("DROP POLICY at_its_time ON field_reports")
    op.execute("DROP PROCEDURE vigil.tell_time_itself(text, text[])")
