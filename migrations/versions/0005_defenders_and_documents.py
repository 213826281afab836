"""Defenders, sealed apart, and documents."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "defenders",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("codename", sa.Text(), nullable=False),
        sa.Column("profiles", ARRAY(sa.Text()), nullable=False),
        sa.Column("work", sa.Text(), nullable=False),
        sa.Column("compartment", sa.Text(), nullable=False),
        sa.Column("sector_id", sa.BigInteger(), nullable=False),
        sa.Column("case_status", sa.Text(), server_default="assessment", nullable=False),
        sa.Column("case_officer_id", sa.BigInteger(), nullable=True),
        sa.Column("risk_band", sa.Text(), server_default="ordinary", nullable=False),
        sa.Column("review_on", sa.Date(), nullable=False),
        sa.Column(
            "registered_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.CheckConstraint(
            "case_status IN ('intake', 'screening', 'assessment', 'plan_agreed', 'measures_active', 'monitoring', 'de_escalation', 'closed')",
            name=op.f("ck_defenders_case_status"),
        ),
        sa.CheckConstraint(
            "risk_band IN ('ordinary', 'elevated', 'high', 'extreme')", name=op.f("ck_defenders_risk_band")
        ),
        sa.ForeignKeyConstraint(
            ["case_officer_id"], ["people.id"], name=op.f("fk_defenders_case_officer_id_people")
        ),
        sa.ForeignKeyConstraint(["sector_id"], ["sectors.id"], name=op.f("fk_defenders_sector_id_sectors")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_defenders")),
        sa.UniqueConstraint("codename", name=op.f("uq_defenders_codename")),
    )
    op.create_index(op.f("ix_defenders_sector_id"), "defenders", ["sector_id"])
    op.create_table(
        "documents",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", JSONB(), nullable=False),
        sa.Column("audience", sa.Text(), server_default="command", nullable=False),
        sa.Column("sector_id", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.Text(), server_default="ordered", nullable=False),
        sa.Column("progress", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("step", sa.Text(), server_default="", nullable=False),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.Column("ordered_by_id", sa.BigInteger(), nullable=False),
        sa.Column("ordered_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ready_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("brief", sa.LargeBinary(), nullable=True),
        sa.Column("brief_hash", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('incident_report', 'accountability_report')", name=op.f("ck_documents_kind")
        ),
        sa.CheckConstraint(
            "state IN ('ordered', 'being_written', 'ready', 'failed')", name=op.f("ck_documents_state")
        ),
        sa.CheckConstraint("progress BETWEEN 0 AND 100", name=op.f("ck_documents_progress")),
        sa.ForeignKeyConstraint(
            ["ordered_by_id"], ["people.id"], name=op.f("fk_documents_ordered_by_id_people")
        ),
        sa.ForeignKeyConstraint(["sector_id"], ["sectors.id"], name=op.f("fk_documents_sector_id_sectors")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_documents")),
    )
    op.create_index(op.f("ix_documents_ordered_by_id"), "documents", ["ordered_by_id"])
    op.create_index(op.f("ix_documents_sector_id"), "documents", ["sector_id"])
    op.create_table(
        "consents",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("defender_id", sa.BigInteger(), nullable=False),
        sa.Column("scope", sa.BigInteger(), nullable=False),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("how", sa.Text(), nullable=False),
        sa.Column("conditions", sa.Text(), server_default="", nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("recorded_by_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("scope BETWEEN 0 AND 10", name=op.f("ck_consents_scope")),
        sa.ForeignKeyConstraint(
            ["defender_id"], ["defenders.id"], name=op.f("fk_consents_defender_id_defenders")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["people.id"], name=op.f("fk_consents_recorded_by_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consents")),
    )
    op.create_index(op.f("ix_consents_defender_id"), "consents", ["defender_id"])
    op.create_table(
        "defender_cells",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("defender_id", sa.BigInteger(), nullable=False),
        sa.Column("tier", sa.Text(), nullable=False),
        sa.Column("cell", Geometry("POLYGON", srid=4326, spatial_index=False), nullable=False),
        sa.Column("compartment", sa.Text(), nullable=False),
        sa.Column("sector_id", sa.BigInteger(), nullable=False),
        sa.Column("risk_band", sa.Text(), nullable=False),
        sa.Column("shared_until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("tier IN ('fine', 'coarse')", name=op.f("ck_defender_cells_tier")),
        sa.ForeignKeyConstraint(
            ["defender_id"], ["defenders.id"], name=op.f("fk_defender_cells_defender_id_defenders")
        ),
        sa.ForeignKeyConstraint(
            ["sector_id"], ["sectors.id"], name=op.f("fk_defender_cells_sector_id_sectors")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_defender_cells")),
        sa.UniqueConstraint("defender_id", "tier", name=op.f("uq_defender_cells_defender_id_tier")),
    )
    op.create_index("ix_defender_cells_cell", "defender_cells", ["cell"], postgresql_using="gist")
    op.create_index(
        "ix_defender_cells_cell_metres",
        "defender_cells",
        [sa.literal_column("geography(cell)")],
        postgresql_using="gist",
    )
    op.create_index(
        "ix_defender_cells_empty",
        "defender_cells",
        ["defender_id"],
        postgresql_where=sa.text("tier = 'coarse' AND ST_IsEmpty(cell)"),
    )
    op.create_index(op.f("ix_defender_cells_sector_id"), "defender_cells", ["sector_id"])
    op.create_table(
        "defender_notes",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("defender_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("by_id", sa.BigInteger(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("details", JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_defender_notes_by_id_people")),
        sa.ForeignKeyConstraint(
            ["defender_id"], ["defenders.id"], name=op.f("fk_defender_notes_defender_id_defenders")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_defender_notes")),
    )
    op.create_index(op.f("ix_defender_notes_defender_id"), "defender_notes", ["defender_id"])
    op.create_table(
        "document_files",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("document_id", sa.BigInteger(), nullable=False),
        sa.Column("format", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("format IN ('page', 'pdf', 'docx')", name=op.f("ck_document_files_format")),
        sa.ForeignKeyConstraint(
            ["document_id"], ["documents.id"], name=op.f("fk_document_files_document_id_documents")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document_files")),
        sa.UniqueConstraint("document_id", "format", name=op.f("uq_document_files_document_id_format")),
    )
    op.create_table(
        "downloads",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("document_id", sa.BigInteger(), nullable=False),
        sa.Column("format", sa.Text(), nullable=False),
        sa.Column("by_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_downloads_by_id_people")),
        sa.ForeignKeyConstraint(
            ["document_id"], ["documents.id"], name=op.f("fk_downloads_document_id_documents")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_downloads")),
    )
    op.create_index(op.f("ix_downloads_document_id"), "downloads", ["document_id"])
    op.create_table(
        "risk_assessments",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("defender_id", sa.BigInteger(), nullable=False),
        sa.Column("threats", sa.BigInteger(), nullable=False),
        sa.Column("vulnerabilities", sa.BigInteger(), nullable=False),
        sa.Column("capacities", sa.BigInteger(), nullable=False),
        sa.Column("death_threat", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("imminent", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("raw", sa.Float(), nullable=False),
        sa.Column("band", sa.Text(), nullable=False),
        sa.Column("override", sa.Text(), nullable=True),
        sa.Column("reasoning", sa.Text(), server_default="", nullable=False),
        sa.Column("defenders_view", sa.Text(), server_default="", nullable=False),
        sa.Column("assessed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("assessed_by_id", sa.BigInteger(), nullable=True),
        sa.Column("reviewed_by_id", sa.BigInteger(), nullable=True),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "band IN ('ordinary', 'elevated', 'high', 'extreme')", name=op.f("ck_risk_assessments_band")
        ),
        sa.CheckConstraint("capacities BETWEEN 1 AND 5", name=op.f("ck_risk_assessments_capacities")),
        sa.CheckConstraint("threats BETWEEN 1 AND 5", name=op.f("ck_risk_assessments_threats")),
        sa.CheckConstraint(
            "vulnerabilities BETWEEN 1 AND 5", name=op.f("ck_risk_assessments_vulnerabilities")
        ),
        sa.ForeignKeyConstraint(
            ["assessed_by_id"], ["people.id"], name=op.f("fk_risk_assessments_assessed_by_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["defender_id"], ["defenders.id"], name=op.f("fk_risk_assessments_defender_id_defenders")
        ),
        sa.ForeignKeyConstraint(
            ["reviewed_by_id"], ["people.id"], name=op.f("fk_risk_assessments_reviewed_by_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_risk_assessments")),
    )
    op.create_index(op.f("ix_risk_assessments_defender_id"), "risk_assessments", ["defender_id"])
    op.create_table(
        "sealed_values",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("defender_id", sa.BigInteger(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("compartment", sa.Text(), nullable=False),
        sa.Column("wrapped_key", sa.LargeBinary(), nullable=False),
        sa.Column("nonce", sa.LargeBinary(), nullable=False),
        sa.Column("ciphertext", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("field IN ('name', 'contact', 'home')", name=op.f("ck_sealed_values_field")),
        sa.ForeignKeyConstraint(
            ["defender_id"], ["defenders.id"], name=op.f("fk_sealed_values_defender_id_defenders")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sealed_values")),
        sa.UniqueConstraint("defender_id", "field", name=op.f("uq_sealed_values_defender_id_field")),
    )
    op.create_table(
        "unmaskings",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("defender_id", sa.BigInteger(), nullable=False),
        sa.Column("fields", ARRAY(sa.Text()), nullable=False),
        sa.Column("by_id", sa.BigInteger(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("seen_by_supervisor_id", sa.BigInteger(), nullable=True),
        sa.Column("seen_by_supervisor_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_unmaskings_by_id_people")),
        sa.ForeignKeyConstraint(
            ["defender_id"], ["defenders.id"], name=op.f("fk_unmaskings_defender_id_defenders")
        ),
        sa.ForeignKeyConstraint(
            ["seen_by_supervisor_id"], ["people.id"], name=op.f("fk_unmaskings_seen_by_supervisor_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unmaskings")),
    )
    op.create_index(op.f("ix_unmaskings_defender_id"), "unmaskings", ["defender_id"])


def downgrade() -> None:
    op.drop_table("unmaskings")
    op.drop_table("sealed_values")
    op.drop_table("risk_assessments")
    op.drop_table("downloads")
    op.drop_table("document_files")
    op.drop_table("defender_notes")
    op.drop_table("defender_cells")
    op.drop_table("consents")
    op.drop_table("documents")
    op.drop_table("defenders")
