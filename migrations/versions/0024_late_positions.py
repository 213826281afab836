"""What comes late is judged by its own day, and no longer by all days since."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    run((SQL / "0024_runs.sql").read_text())


def downgrade() -> None:
    before = (SQL / "0007_storing.sql").read_text()
    _head, create, function = before.partition("CREATE FUNCTION vigil.store_positions(")
    run(create.replace("CREATE", "CREATE OR REPLACE") + function)


def run(script: str) -> None:
    # Through the driver: the scripts hold colons and percent signs that SQLAlchemy would take for parameters.
    op.get_bind().connection.cursor().execute(script)
