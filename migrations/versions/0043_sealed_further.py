"""Positions and devices of a visit to a defender from those who may know of it; views for the shift for those who stand it;
the integrated share among the measures."""

from __future__ import annotations

from pathlib import Path

from alembic import op

from migrations.earlier import as_they_were

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None

SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    run("sealed_further")
    run("integrated")


def downgrade() -> None:
    run("down")
    for function in as_they_were({"0041_visits.sql": ("patrol_facts",)}):
        op.get_bind().connection.cursor().execute(function)
    op.execute("REVOKE EXECUTE ON FUNCTION vigil.patrol_facts(timestamptz, timestamptz) FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION vigil.patrol_facts(timestamptz, timestamptz) TO vigil_app")


def run(part: str) -> None:
    # Through the driver: the scripts hold colons that SQLAlchemy would take for parameters.
    op.get_bind().connection.cursor().execute((SQL / f"0043_{part}.sql").read_text())
