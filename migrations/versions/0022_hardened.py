"""What was found open when the early warning and response was attacked."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0017"
branch_labels = None
depends_on = None

SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    op.add_column("rules", sa.Column("rested_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("rules", sa.Column("rested_by_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(op.f("fk_rules_rested_by_id_people"), "rules", "people", ["rested_by_id"], ["id"])
    op.add_column("incidents", sa.Column("import_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(
        op.f("fk_incidents_import_id_imports"), "incidents", "imports", ["import_id"], ["id"]
    )
    op.create_index(
        "ix_incidents_import_id",
        "incidents",
        ["import_id"],
        postgresql_where=sa.text("import_id IS NOT NULL"),
    )
    run("hardened")


def downgrade() -> None:
    run("down")
    op.drop_column("incidents", "import_id")
    op.drop_column("rules", "rested_by_id")
    op.drop_column("rules", "rested_at")


def run(part: str) -> None:
    # Through the driver: the scripts hold colons that SQLAlchemy would take for parameters.
    op.get_bind().connection.cursor().execute((SQL / f"0022_{part}.sql").read_text())
