"""Told to fewer: visits to defenders, evacuations to havens that were hidden since, searches of restricted studies, old patrols."""

from __future__ import annotations

from pathlib import Path

from alembic import op

from migrations.earlier import as_they_were

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

SQL = Path(__file__).parent.parent / "sql"
# Functions that leave visits out since: the file that has them as they were.
BEFORE = {
    "0017_measures.sql": ("place_facts", "patrol_facts"),
    "0018_surfaces.sql": ("surface_heard",),
    "0020_presences.sql": ("surroundings",),
    "0024_runs.sql": ("store_positions",),
}


def upgrade() -> None:
    for part in ("visits", "evacuations", "searches", "leaders", "sessions"):
        run(part)


def downgrade() -> None:
    run("down")
    for function in as_they_were(BEFORE):
        op.get_bind().connection.cursor().execute(function)
    op.execute("REVOKE SELECT (purpose) ON patrols FROM vigil_weigher")


def run(part: str) -> None:
    # Through the driver: the scripts hold colons that SQLAlchemy would take for parameters.
    op.get_bind().connection.cursor().execute((SQL / f"0041_{part}.sql").read_text())
