"""A clock for whoever approves or refuses a decision not to respond."""

from __future__ import annotations

from pathlib import Path

from alembic import op

from migrations.earlier import as_they_were

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None

SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    run("approvals")


def downgrade() -> None:
    run("down")
    for function in as_they_were({"0022_hardened.sql": ("refuse_unstepped_clock",)}):
        op.get_bind().connection.cursor().execute(function)


def run(part: str) -> None:
    # Through the driver: the scripts hold colons that SQLAlchemy would take for parameters.
    op.get_bind().connection.cursor().execute((SQL / f"0048_{part}.sql").read_text())
