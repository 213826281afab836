"""What the layers are asked by from outside: versions for ETags, a pyramid of incidents, a finder that uses the index."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    op.create_table(
        "layer_changes",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("layer", sa.Text(), nullable=False),
        sa.Column("sector_id", sa.BigInteger(), nullable=False),
        sa.Column("changes", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_layer_changes")),
    )
    op.create_index("ix_layer_changes_layer", "layer_changes", ["layer"])
    op.create_table(
        "incident_cells",
        sa.Column("level", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("x", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("y", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("sector_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        *sums(),
        sa.PrimaryKeyConstraint("level", "x", "y", "sector_id", "kind", name=op.f("pk_incident_cells")),
    )
    op.create_table(
        "incident_cell_changes",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("x", sa.BigInteger(), nullable=False),
        sa.Column("y", sa.BigInteger(), nullable=False),
        sa.Column("sector_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        *sums(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident_cell_changes")),
    )
    op.create_index("ix_incident_cell_changes_x_y", "incident_cell_changes", ["x", "y"])
    op.create_index("ix_incidents_occurred_to", "incidents", ["occurred_to"])
    op.create_index(
        "ix_incidents_coarse",
        "incidents",
        ["place_precision"],
        postgresql_where=sa.text("place_precision > 2"),
    )
    for part in ("layer_versions", "incident_pyramid", "finding"):
        run((SQL / f"0008_{part}.sql").read_text())


def sums() -> list[sa.Column[int]]:
    return [
        sa.Column(name, sa.BigInteger(), nullable=False)
        for name in ("incidents", "killed", "verified", "lon_sum", "lat_sum")
    ]


def downgrade() -> None:
    run((SQL / "0008_down.sql").read_text())
    op.drop_index("ix_incidents_coarse", "incidents")
    op.drop_index("ix_incidents_occurred_to", "incidents")
    for table in ("incident_cell_changes", "incident_cells", "layer_changes"):
        op.drop_table(table)


def run(script: str) -> None:
    # Through the driver: the scripts hold colons and percent signs that SQLAlchemy would take for parameters.
    op.get_bind().connection.cursor().execute(script)
