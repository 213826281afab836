"""Finding by name; handing a shift over; the printed view as a kind of document."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    run("find")
    op.create_table(
        "handovers",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("sector_id", sa.BigInteger(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("tasks", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("items", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("written_by_id", sa.BigInteger(), nullable=False),
        sa.Column("written_by_role", sa.Text(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("accepted_by_id", sa.BigInteger(), nullable=True),
        sa.Column("accepted_by_role", sa.Text(), nullable=True),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("remark", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint(
            "(accepted_at IS NULL) = (accepted_by_id IS NULL) AND (accepted_at IS NULL) = (accepted_by_role IS NULL)",
            name=op.f("ck_handovers_accepted"),
        ),
        sa.CheckConstraint("accepted_by_id <> written_by_id", name=op.f("ck_handovers_two_officers")),
        sa.ForeignKeyConstraint(["sector_id"], ["sectors.id"], name=op.f("fk_handovers_sector_id_sectors")),
        sa.ForeignKeyConstraint(
            ["written_by_id"], ["people.id"], name=op.f("fk_handovers_written_by_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["accepted_by_id"], ["people.id"], name=op.f("fk_handovers_accepted_by_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handovers")),
        sa.UniqueConstraint("request_id", name=op.f("uq_handovers_request_id")),
    )
    op.create_index("ix_handovers_sector_id", "handovers", ["sector_id"])
    op.create_index(
        "ix_handovers_waiting", "handovers", ["written_at"], postgresql_where=sa.text("accepted_at IS NULL")
    )
    run("hand_over")
    op.drop_constraint(op.f("ck_documents_kind"), "documents", type_="check")
    op.create_check_constraint(
        op.f("ck_documents_kind"),
        "documents",
        "kind IN ('incident_report', 'accountability_report', 'map_view')",
    )


def downgrade() -> None:
    op.drop_constraint(op.f("ck_documents_kind"), "documents", type_="check")
    # NOT VALID: views that were printed are part of the record and stay, even in an older house.
    op.execute(
        "ALTER TABLE documents ADD CONSTRAINT ck_documents_kind "
        "CHECK (kind IN ('incident_report', 'accountability_report')) NOT VALID"
    )
    run("down")


def run(part: str) -> None:
    # Through the driver: the scripts hold colons and percent signs that SQLAlchemy would take for parameters.
    op.get_bind().connection.cursor().execute((SQL / f"0010_{part}.sql").read_text())
