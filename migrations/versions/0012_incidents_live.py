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


ALERTS_BEFORE = """
CREATE OR REPLACE FUNCTION vigil.alerts_versions() RETURNS TABLE (sector_id bigint, version text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, vigil, pg_temp AS $$
    SELECT coalesce(a.sector_id, 0), sum(hashint8extended(a.id, a.version))::text
    FROM alerts a WHERE a.status <> 'closed' GROUP BY 1;
$$
"""


def downgrade() -> None:
    op.get_bind().connection.cursor().execute(ALERTS_BEFORE)
    op.execute("DROP FUNCTION vigil.incidents_versions()")
