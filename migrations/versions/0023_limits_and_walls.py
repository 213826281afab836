"""Clocks that keep their limits when a turn is passed on, and walls that ask what the application asks."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    # Empty for the clocks that stood before: a digest in the ledger leaves out what is empty, so theirs still hold.
    op.add_column("alert_clocks", sa.Column("deputy_until", sa.DateTime(timezone=True)))
    run("turns")
    run("told")
    run("walls")


def downgrade() -> None:
    run("down")
    op.drop_column("alert_clocks", "deputy_until")


def run(part: str) -> None:
    # Through the driver: the scripts hold colons and percent signs that SQLAlchemy would take for parameters.
    op.get_bind().connection.cursor().execute((SQL / f"0023_{part}.sql").read_text())
