"""Policies, grants and triggers: the second wall, the ledger's triggers, and what sign-in and weighing may see."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

SQL = Path(__file__).parent.parent / "sql"
PARTS = (
    "functions",
    "ledger",
    "gatekeeper",
    "policies",
    "two_managers",
    "allowance",
    "raising",
    "upkeep",
    "surroundings",
    "closing",
    "procedures",
)


def upgrade() -> None:
    op.execute("CREATE SEQUENCE alert_ids")
    op.execute("CREATE SEQUENCE alert_clock_ids")
    for part in PARTS:
        run((SQL / f"0006_{part}.sql").read_text())


def downgrade() -> None:
    run((SQL / "0006_down.sql").read_text())


def run(script: str) -> None:
    # Through the driver: the scripts hold colons and percent signs that SQLAlchemy would take for parameters.
    op.get_bind().connection.cursor().execute(script)
