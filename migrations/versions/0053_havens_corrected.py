"""A haven's name, kind and place are corrected by a row that keeps what stood there before; sites fill up where the longest
way is to be shortest."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry

revision = "0053"
down_revision = "0052"
branch_labels = None
depends_on = None

SQL = Path(__file__).parent.parent / "sql"
NAME = "haven_corrections"
KINDS = (
    "'base_shelter', 'poc_site', 'weapons_free_zone', 'secured_area', 'safe_house', 'relocation_inside', "
    "'relocation_abroad', 'hospital', 'transit', 'rally_point', 'shelter_gbv'"
)


def upgrade() -> None:
    op.create_table(
        NAME,
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("haven_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("by_id", sa.BigInteger(), nullable=False),
        sa.Column("by_role", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        point("place"),
        sa.Column("sector_id", sa.BigInteger()),
        sa.Column("name_before", sa.Text(), nullable=False),
        sa.Column("kind_before", sa.Text(), nullable=False),
        point("place_before"),
        sa.CheckConstraint(f"kind IN ({KINDS})", name=op.f(f"ck_{NAME}_kind")),
        sa.CheckConstraint("length(name) BETWEEN 3 AND 120", name=op.f(f"ck_{NAME}_called")),
        sa.CheckConstraint("NOT ST_IsEmpty(place)", name=op.f(f"ck_{NAME}_somewhere")),
        sa.ForeignKeyConstraint(["haven_id"], ["havens.id"], name=op.f(f"fk_{NAME}_haven_id_havens")),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f(f"fk_{NAME}_by_id_people")),
        sa.ForeignKeyConstraint(["sector_id"], ["sectors.id"], name=op.f(f"fk_{NAME}_sector_id_sectors")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{NAME}")),
    )
    op.create_index(op.f(f"ix_{NAME}_haven_id"), NAME, ["haven_id"])
    run("corrected")
    run("siting")


def point(name: str) -> sa.Column[object]:
    return sa.Column(name, Geometry("POINT", srid=4326, spatial_index=False), nullable=False)


def downgrade() -> None:
    run("down")


def run(part: str) -> None:
    # Through the driver: the scripts hold colons that SQLAlchemy would take for parameters.
    op.get_bind().connection.cursor().execute((SQL / f"0053_{part}.sql").read_text())
