"""A report that costs less: whom it may warn is known square by square."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry
from sqlalchemy.dialects import postgresql

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

SQL = Path(__file__).parent.parent / "sql"
BANDS = ("ordinary", "elevated", "high", "extreme")


def upgrade() -> None:
    ends = postgresql.ARRAY(sa.DateTime(timezone=True))
    op.create_table(
        "cell_presences",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("cell", Geometry("POLYGON", 4326, spatial_index=False), nullable=False),
        sa.Column("whole_degree", sa.Boolean(), nullable=False),
        *(sa.Column(band, ends, nullable=False) for band in BANDS),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cell_presences")),
        sa.UniqueConstraint("cell", "whole_degree", name=op.f("uq_cell_presences_cell_whole_degree")),
    )
    op.create_index("ix_cell_presences_cell", "cell_presences", ["cell"], postgresql_using="gist")
    op.create_index(
        "ix_defender_cells_coarse", "defender_cells", ["cell"], postgresql_where=sa.text("tier = 'coarse'")
    )
    run("presences")
    run("lighter")


def downgrade() -> None:
    run("down")
    op.drop_index("ix_defender_cells_coarse", "defender_cells")
    op.drop_table("cell_presences")


def run(part: str) -> None:
    # Through the driver: the scripts hold colons that SQLAlchemy would take for parameters.
    op.get_bind().connection.cursor().execute((SQL / f"0020_{part}.sql").read_text())
