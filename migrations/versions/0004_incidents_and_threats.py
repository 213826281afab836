"""What happened, what threatens, where patrols are."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry
from sqlalchemy.dialects.postgresql import JSONB

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "positions",
        sa.Column("patrol_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("place", Geometry("POINT", srid=4326, spatial_index=False), nullable=False),
        sa.Column("accuracy_metres", sa.Float(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("patrol_id", "at", name=op.f("pk_positions")),
        postgresql_partition_by="RANGE (at)",
    )
    op.create_index("ix_positions_patrol_id_at", "positions", ["patrol_id", "at"])
    op.create_table(
        "threats",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.BigInteger(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("area", Geometry("MULTIPOLYGON", srid=4326, spatial_index=False), nullable=False),
        sa.Column("sector_id", sa.BigInteger(), nullable=True),
        sa.Column("intent", sa.BigInteger(), nullable=False),
        sa.Column("capability", sa.BigInteger(), nullable=False),
        sa.Column("likelihood", sa.BigInteger(), nullable=False),
        sa.Column("impact", sa.BigInteger(), nullable=False),
        sa.Column("residual_likelihood", sa.BigInteger(), nullable=True),
        sa.Column("residual_impact", sa.BigInteger(), nullable=True),
        sa.Column("vulnerable", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("protected", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("confidence", sa.Text(), server_default="low", nullable=False),
        sa.Column("most_likely_course", sa.Text(), server_default="", nullable=False),
        sa.Column("most_dangerous_course", sa.Text(), server_default="", nullable=False),
        sa.Column("review_on", sa.Date(), nullable=False),
        sa.Column("owner_id", sa.BigInteger(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.CheckConstraint("confidence IN ('low', 'moderate', 'high')", name=op.f("ck_threats_confidence")),
        sa.CheckConstraint(
            "kind IN ('imminent_attack', 'attack_under_way', 'armed_group_movement', 'military_build_up', 'abduction', 'arrest_raid', 'threat_to_named_person', 'mob_risk', 'intercommunal_mobilisation', 'cattle_raid', 'looting_extortion_checkpoint', 'crsv', 'child_recruitment', 'displacement', 'siege_denied_access', 'hate_speech', 'eviction_land_dispute', 'electoral_protest_violence', 'explosive_hazard', 'attack_on_protected_site', 'detention_transfer', 'medical_emergency', 'natural_hazard', 'observation', 'all_quiet', 'other')",
            name=op.f("ck_threats_kind"),
        ),
        sa.CheckConstraint("capability BETWEEN 0 AND 4", name=op.f("ck_threats_capability")),
        sa.CheckConstraint("impact BETWEEN 1 AND 5", name=op.f("ck_threats_impact")),
        sa.CheckConstraint("intent BETWEEN 0 AND 4", name=op.f("ck_threats_intent")),
        sa.CheckConstraint("likelihood BETWEEN 1 AND 5", name=op.f("ck_threats_likelihood")),
        sa.CheckConstraint("residual_impact BETWEEN 1 AND 5", name=op.f("ck_threats_residual_impact")),
        sa.CheckConstraint(
            "residual_likelihood BETWEEN 1 AND 5", name=op.f("ck_threats_residual_likelihood")
        ),
        sa.ForeignKeyConstraint(["actor_id"], ["actors.id"], name=op.f("fk_threats_actor_id_actors")),
        sa.ForeignKeyConstraint(["owner_id"], ["people.id"], name=op.f("fk_threats_owner_id_people")),
        sa.ForeignKeyConstraint(["sector_id"], ["sectors.id"], name=op.f("fk_threats_sector_id_sectors")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_threats")),
    )
    op.create_index("ix_threats_area", "threats", ["area"], postgresql_using="gist")
    op.create_index(
        "ix_threats_area_metres", "threats", [sa.literal_column("geography(area)")], postgresql_using="gist"
    )
    op.create_index(op.f("ix_threats_sector_id"), "threats", ["sector_id"])
    op.create_table(
        "haven_changes",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("haven_id", sa.BigInteger(), nullable=False),
        sa.Column("from_state", sa.Text(), nullable=False),
        sa.Column("to_state", sa.Text(), nullable=False),
        sa.Column("occupancy", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("alert_id", sa.BigInteger(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("by_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["alert_id"], ["alerts.id"], name=op.f("fk_haven_changes_alert_id_alerts")),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_haven_changes_by_id_people")),
        sa.ForeignKeyConstraint(["haven_id"], ["havens.id"], name=op.f("fk_haven_changes_haven_id_havens")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_haven_changes")),
    )
    op.create_index(op.f("ix_haven_changes_haven_id"), "haven_changes", ["haven_id"])
    op.create_table(
        "incidents",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("source", sa.Text(), server_default="vigil", nullable=False),
        sa.Column("source_id", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("original_kind", sa.Text(), nullable=True),
        sa.Column("occurred_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("occurred_to", sa.DateTime(timezone=True), nullable=False),
        sa.Column("place", Geometry("POINT", srid=4326, spatial_index=False), nullable=False),
        sa.Column("place_name", sa.Text(), nullable=True),
        sa.Column("admin_code", sa.Text(), nullable=True),
        sa.Column("sector_id", sa.BigInteger(), nullable=True),
        sa.Column("side_a", sa.Text(), nullable=True),
        sa.Column("side_b", sa.Text(), nullable=True),
        sa.Column("killed_low", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("killed_best", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("killed_high", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("injured", sa.BigInteger(), nullable=True),
        sa.Column("abducted", sa.BigInteger(), nullable=True),
        sa.Column("killed_by_side", JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("verification", sa.Text(), server_default="reported", nullable=False),
        sa.Column("verified_by_id", sa.BigInteger(), nullable=True),
        sa.Column("summary", sa.Text(), server_default="", nullable=False),
        sa.Column("report_id", sa.Uuid(), nullable=True),
        sa.Column("alert_id", sa.BigInteger(), nullable=True),
        sa.Column("recorded_by_id", sa.BigInteger(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("original", JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("source_reliability", sa.Text(), server_default="F", nullable=False),
        sa.Column("credibility", sa.BigInteger(), server_default="6", nullable=False),
        sa.Column("place_precision", sa.BigInteger(), server_default="1", nullable=False),
        sa.Column("date_precision", sa.BigInteger(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "kind IN ('armed_clash', 'attack_on_civilians', 'shelling_remote_violence', 'ied_mine', 'killing', 'injury', 'abduction', 'crsv', 'torture', 'arbitrary_detention', 'displacement', 'looting_burning', 'extortion', 'cattle_raid', 'robbery', 'demonstration', 'riot_mob', 'roadblock', 'attack_on_un', 'restriction_of_movement', 'armed_group_movement', 'attack_on_protected_site', 'hate_speech', 'access_denial', 'agreement', 'other')",
            name=op.f("ck_incidents_kind"),
        ),
        sa.CheckConstraint(
            "source_reliability IN ('A','B','C','D','E','F')", name=op.f("ck_incidents_source_reliability")
        ),
        sa.CheckConstraint(
            "verification IN ('reported', 'under_verification', 'corroborated', 'verified', 'partially_verified', 'not_verified', 'unfounded', 'contradicted', 'access_denied')",
            name=op.f("ck_incidents_verification"),
        ),
        sa.CheckConstraint("credibility BETWEEN 1 AND 6", name=op.f("ck_incidents_credibility")),
        sa.CheckConstraint("date_precision BETWEEN 1 AND 5", name=op.f("ck_incidents_date_precision")),
        sa.CheckConstraint(
            "least(killed_low, killed_best, killed_high) >= 0", name=op.f("ck_incidents_killed")
        ),
        sa.CheckConstraint(
            "source <> 'vigil' OR (killed_low <= killed_best AND killed_best <= killed_high)",
            name=op.f("ck_incidents_killed_in_order"),
        ),
        sa.CheckConstraint("place_precision BETWEEN 1 AND 7", name=op.f("ck_incidents_place_precision")),
        sa.ForeignKeyConstraint(
            ["admin_code"], ["admin_areas.code"], name=op.f("fk_incidents_admin_code_admin_areas")
        ),
        sa.ForeignKeyConstraint(["alert_id"], ["alerts.id"], name=op.f("fk_incidents_alert_id_alerts")),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["people.id"], name=op.f("fk_incidents_recorded_by_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["report_id"], ["field_reports.id"], name=op.f("fk_incidents_report_id_field_reports")
        ),
        sa.ForeignKeyConstraint(["sector_id"], ["sectors.id"], name=op.f("fk_incidents_sector_id_sectors")),
        sa.ForeignKeyConstraint(
            ["verified_by_id"], ["people.id"], name=op.f("fk_incidents_verified_by_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incidents")),
        sa.UniqueConstraint("source", "source_id", name=op.f("uq_incidents_source_source_id")),
    )
    op.create_index("ix_incidents_occurred_from", "incidents", ["occurred_from"])
    op.create_index("ix_incidents_place", "incidents", ["place"], postgresql_using="gist")
    op.create_index(
        "ix_incidents_place_metres",
        "incidents",
        [sa.literal_column("geography(place)")],
        postgresql_using="gist",
    )
    op.create_index(op.f("ix_incidents_sector_id"), "incidents", ["sector_id"])
    op.create_table(
        "incident_verifications",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("incident_id", sa.BigInteger(), nullable=False),
        sa.Column("from_status", sa.Text(), nullable=False),
        sa.Column("to_status", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("by_id", sa.BigInteger(), nullable=False),
        sa.Column("by_role", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "to_status IN ('reported', 'under_verification', 'corroborated', 'verified', 'partially_verified', 'not_verified', 'unfounded', 'contradicted', 'access_denied')",
            name=op.f("ck_incident_verifications_to_status"),
        ),
        sa.ForeignKeyConstraint(
            ["by_id"], ["people.id"], name=op.f("fk_incident_verifications_by_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incidents.id"], name=op.f("fk_incident_verifications_incident_id_incidents")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident_verifications")),
    )
    op.create_index(op.f("ix_incident_verifications_incident_id"), "incident_verifications", ["incident_id"])
    op.create_table(
        "latest_positions",
        sa.Column("patrol_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("place", Geometry("POINT", srid=4326, spatial_index=False), nullable=False),
        sa.Column("sector_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["patrol_id"], ["patrols.id"], name=op.f("fk_latest_positions_patrol_id_patrols")
        ),
        sa.ForeignKeyConstraint(
            ["sector_id"], ["sectors.id"], name=op.f("fk_latest_positions_sector_id_sectors")
        ),
        sa.PrimaryKeyConstraint("patrol_id", name=op.f("pk_latest_positions")),
    )
    op.create_index(
        "ix_latest_positions_place_metres",
        "latest_positions",
        [sa.literal_column("geography(place)")],
        postgresql_using="gist",
    )
    op.create_index(op.f("ix_latest_positions_sector_id"), "latest_positions", ["sector_id"])


def downgrade() -> None:
    op.drop_table("latest_positions")
    op.drop_table("incident_verifications")
    op.drop_table("incidents")
    op.drop_table("haven_changes")
    op.drop_table("threats")
    op.drop_table("positions")
