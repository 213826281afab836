"""What the room knew when, and views of the map that are kept."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry
from sqlalchemy.dialects.postgresql import JSONB

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    op.create_table(
        "revisions",
        sa.Column("layer", sa.Text(), nullable=False),
        sa.Column("row_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("known_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "known_until", sa.DateTime(timezone=True), server_default=sa.text("'infinity'"), nullable=False
        ),
        sa.Column("sector_id", sa.BigInteger(), nullable=True),
        sa.Column("shape", Geometry(srid=4326, spatial_index=False), nullable=True),
        sa.Column("content", JSONB(), nullable=False),
        sa.CheckConstraint(
            "layer IN ('alerts', 'incidents', 'threats', 'havens', 'patrols')",
            name=op.f("ck_revisions_layer"),
        ),
        sa.CheckConstraint("known_from < known_until", name=op.f("ck_revisions_known")),
        sa.PrimaryKeyConstraint("layer", "row_id", "known_from", name=op.f("pk_revisions")),
    )
    op.create_index("ix_revisions_layer_known_until", "revisions", ["layer", "known_until"])
    op.create_index(
        "ix_revisions_open",
        "revisions",
        ["layer", "row_id"],
        unique=True,
        postgresql_where=sa.text("known_until = 'infinity'"),
    )
    op.create_table(
        "saved_views",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("for_shift", sa.Boolean(), nullable=False),
        sa.Column("owner_id", sa.BigInteger(), nullable=False),
        sa.Column("content", JSONB(), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["owner_id"], ["people.id"], name=op.f("fk_saved_views_owner_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_views")),
    )
    op.create_index(op.f("ix_saved_views_owner_id"), "saved_views", ["owner_id"])
    for part in ("revisions", "finding"):
        run((SQL / f"0009_{part}.sql").read_text())


def downgrade() -> None:
    run((SQL / "0009_down.sql").read_text())
    op.drop_table("saved_views")
    op.drop_table("revisions")


def run(script: str) -> None:
    # Through the driver: the scripts hold colons and percent signs that SQLAlchemy would take for parameters.
    op.get_bind().connection.cursor().execute(script)
