"""Told to fewer: visits to defenders, evacuations to havens that were hidden since, searches of restricted studies, old patrols."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    for part in ("visits", "evacuations", "searches", "leaders", "sessions"):
        run(part)


def downgrade() -> None:
    run("down")


def run(part: str) -> None:
    # Through the driver: the scripts hold colons that SQLAlchemy would take for parameters.
    op.get_bind().connection.cursor().execute((SQL / f"0041_{part}.sql").read_text())
