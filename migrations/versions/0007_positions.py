"""What is tracked: patrols, vehicles and aircraft, their devices, and positions that are judged as they come."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

SQL = Path(__file__).parent.parent / "sql"
PARTS = ("tracked", "storing", "keeping", "versions")
NOW = sa.text("now()")
WHEN = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "tracked",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("patrol_id", sa.BigInteger()),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("call_sign", sa.Text(), nullable=False),
        sa.Column("sector_id", sa.BigInteger()),
        sa.Column("top_speed_kph", sa.REAL(), nullable=False),
        sa.Column("created_at", WHEN, server_default=NOW, nullable=False),
        sa.Column("retired_at", WHEN),
        sa.CheckConstraint("kind IN ('patrol', 'vehicle', 'aircraft')", name=op.f("ck_tracked_kind")),
        sa.CheckConstraint("(kind = 'patrol') = (patrol_id IS NOT NULL)", name=op.f("ck_tracked_patrol")),
        sa.CheckConstraint("top_speed_kph > 0", name=op.f("ck_tracked_top_speed")),
        sa.ForeignKeyConstraint(["patrol_id"], ["patrols.id"], name=op.f("fk_tracked_patrol_id_patrols")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_tracked_unit_id_units")),
        sa.ForeignKeyConstraint(["sector_id"], ["sectors.id"], name=op.f("fk_tracked_sector_id_sectors")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tracked")),
        sa.UniqueConstraint("patrol_id", name=op.f("uq_tracked_patrol_id")),
    )
    op.create_index(op.f("ix_tracked_unit_id"), "tracked", ["unit_id"])
    op.create_index(op.f("ix_tracked_sector_id"), "tracked", ["sector_id"])
    op.create_index("ix_tracked_call_sign", "tracked", [sa.text("lower(call_sign)")])
    op.create_index(
        "uq_tracked_call_sign_in_use",
        "tracked",
        [sa.text("lower(call_sign)")],
        unique=True,
        postgresql_where=sa.text("kind <> 'patrol' AND retired_at IS NULL"),
    )
    op.create_table(
        "trackers",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("tracked_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("key_hash", sa.LargeBinary(), nullable=False),
        sa.Column("created_by_id", sa.BigInteger()),
        sa.Column("created_at", WHEN, server_default=NOW, nullable=False),
        sa.Column("expires_at", WHEN, nullable=False),
        sa.Column("revoked_at", WHEN),
        sa.Column("lost_since", WHEN),
        sa.ForeignKeyConstraint(["tracked_id"], ["tracked.id"], name=op.f("fk_trackers_tracked_id_tracked")),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["people.id"], name=op.f("fk_trackers_created_by_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trackers")),
        sa.UniqueConstraint("name", name=op.f("uq_trackers_name")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_trackers_key_hash")),
    )
    op.create_index(op.f("ix_trackers_tracked_id"), "trackers", ["tracked_id"])
    for part in PARTS:
        run((SQL / f"0007_{part}.sql").read_text())


def downgrade() -> None:
    run((SQL / "0007_down.sql").read_text())
    op.drop_table("trackers")
    op.drop_table("tracked")
    op.execute("DROP FUNCTION vigil.carrier(), vigil.device()")


def run(script: str) -> None:
    # Through the driver: the scripts hold colons and percent signs that SQLAlchemy would take for parameters.
    op.get_bind().connection.cursor().execute(script)
