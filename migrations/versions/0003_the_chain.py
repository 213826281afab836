"""Reports, alerts and what answers them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "havens",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("place", Geometry("POINT", srid=4326, spatial_index=False), nullable=False),
        sa.Column("sector_id", sa.BigInteger(), nullable=True),
        sa.Column("capacity_day", sa.BigInteger(), nullable=False),
        sa.Column("capacity_night", sa.BigInteger(), nullable=False),
        sa.Column("occupancy", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("state", sa.Text(), server_default="closed", nullable=False),
        sa.Column("exposure", sa.Text(), server_default="mission", nullable=False),
        sa.Column("needs", ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("supplies", JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("inspected_on", sa.Date(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "exposure IN ('public', 'mission', 'need_to_know', 'secret')", name=op.f("ck_havens_exposure")
        ),
        sa.CheckConstraint(
            "kind IN ('base_shelter', 'poc_site', 'weapons_free_zone', 'secured_area', 'safe_house', 'relocation_inside', 'relocation_abroad', 'hospital', 'transit', 'rally_point', 'shelter_gbv')",
            name=op.f("ck_havens_kind"),
        ),
        sa.CheckConstraint(
            "state IN ('closed', 'standby', 'open', 'full', 'compromised')", name=op.f("ck_havens_state")
        ),
        sa.CheckConstraint("capacity_day >= 0 AND capacity_night >= 0", name=op.f("ck_havens_capacity")),
        sa.CheckConstraint("occupancy >= 0", name=op.f("ck_havens_occupancy")),
        sa.ForeignKeyConstraint(["sector_id"], ["sectors.id"], name=op.f("fk_havens_sector_id_sectors")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_havens")),
        sa.UniqueConstraint("code", name=op.f("uq_havens_code")),
    )
    op.create_index(
        "ix_havens_place_metres", "havens", [sa.literal_column("geography(place)")], postgresql_using="gist"
    )
    op.create_index(op.f("ix_havens_sector_id"), "havens", ["sector_id"])
    op.create_table(
        "field_reports",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("serial", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("receipt", sa.Text(), nullable=False),
        sa.Column("body_hash", sa.LargeBinary(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), server_default="patrol", nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("place", Geometry("POINT", srid=4326, spatial_index=False), nullable=False),
        sa.Column(
            "extent",
            Geometry(
                geometry_type="POLYGON",
                srid=4326,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
            ),
            nullable=True,
        ),
        sa.Column("place_as_given", sa.Text(), nullable=False),
        sa.Column("radius_metres", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("admin_code", sa.Text(), nullable=True),
        sa.Column("sector_id", sa.BigInteger(), nullable=True),
        sa.Column("reporter_id", sa.BigInteger(), nullable=False),
        sa.Column("patrol_id", sa.BigInteger(), nullable=True),
        sa.Column("actors", JSONB(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("people_affected", JSONB(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("source_reliability", sa.Text(), server_default="F", nullable=False),
        sa.Column("credibility", sa.BigInteger(), server_default="6", nullable=False),
        sa.Column("place_precision", sa.BigInteger(), server_default="1", nullable=False),
        sa.Column("date_precision", sa.BigInteger(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "kind IN ('imminent_attack', 'attack_under_way', 'armed_group_movement', 'military_build_up', 'abduction', 'arrest_raid', 'threat_to_named_person', 'mob_risk', 'intercommunal_mobilisation', 'cattle_raid', 'looting_extortion_checkpoint', 'crsv', 'child_recruitment', 'displacement', 'siege_denied_access', 'hate_speech', 'eviction_land_dispute', 'electoral_protest_violence', 'explosive_hazard', 'attack_on_protected_site', 'detention_transfer', 'medical_emergency', 'natural_hazard', 'observation', 'all_quiet', 'other')",
            name=op.f("ck_field_reports_kind"),
        ),
        sa.CheckConstraint(
            "source_reliability IN ('A','B','C','D','E','F')",
            name=op.f("ck_field_reports_source_reliability"),
        ),
        sa.CheckConstraint("credibility BETWEEN 1 AND 6", name=op.f("ck_field_reports_credibility")),
        sa.CheckConstraint("date_precision BETWEEN 1 AND 5", name=op.f("ck_field_reports_date_precision")),
        sa.CheckConstraint("place_precision BETWEEN 1 AND 7", name=op.f("ck_field_reports_place_precision")),
        sa.ForeignKeyConstraint(
            ["admin_code"], ["admin_areas.code"], name=op.f("fk_field_reports_admin_code_admin_areas")
        ),
        sa.ForeignKeyConstraint(
            ["patrol_id"], ["patrols.id"], name="fk_field_reports_patrol_id_patrols", use_alter=True
        ),
        sa.ForeignKeyConstraint(
            ["reporter_id"], ["people.id"], name=op.f("fk_field_reports_reporter_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["sector_id"], ["sectors.id"], name=op.f("fk_field_reports_sector_id_sectors")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_field_reports")),
        sa.UniqueConstraint("serial", name=op.f("uq_field_reports_serial")),
    )
    op.create_index(op.f("ix_field_reports_patrol_id"), "field_reports", ["patrol_id"])
    op.create_index(
        "ix_field_reports_place_metres",
        "field_reports",
        [sa.literal_column("geography(place)")],
        postgresql_using="gist",
    )
    op.create_index(op.f("ix_field_reports_reporter_id"), "field_reports", ["reporter_id"])
    op.create_index(op.f("ix_field_reports_sector_id"), "field_reports", ["sector_id"])
    op.create_table(
        "alerts",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("alert_key", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("priority", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), server_default="received", nullable=False),
        sa.Column("verification", sa.Text(), server_default="reported", nullable=False),
        sa.Column("reasons", JSONB(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("place", Geometry("POINT", srid=4326, spatial_index=False), nullable=False),
        sa.Column("radius_metres", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("place_as_given", sa.Text(), nullable=False),
        sa.Column("admin_code", sa.Text(), nullable=True),
        sa.Column("sector_id", sa.BigInteger(), nullable=True),
        sa.Column("report_id", sa.Uuid(), nullable=True),
        sa.Column("verbatim", sa.Text(), nullable=False),
        sa.Column("source_code", sa.Text(), nullable=True),
        sa.Column("source_contactable", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("reporter_id", sa.BigInteger(), nullable=True),
        sa.Column("owner_id", sa.BigInteger(), nullable=True),
        sa.Column("owner_echelon", sa.Text(), server_default="sector", nullable=False),
        sa.Column("decision", sa.Text(), nullable=True),
        sa.Column("non_response_reason", sa.Text(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.Column("source_reliability", sa.Text(), server_default="F", nullable=False),
        sa.Column("credibility", sa.BigInteger(), server_default="6", nullable=False),
        sa.Column("place_precision", sa.BigInteger(), server_default="1", nullable=False),
        sa.Column("date_precision", sa.BigInteger(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "channel IN ('community_alert_network', 'hotline', 'sms', 'messaging_app', 'radio', 'community_radio', 'in_person', 'patrol', 'military_observer', 'police', 'aerial', 'defender_sos', 'partner', 'national_institution', 'local_authority', 'state_forces', 'open_source', 'other')",
            name=op.f("ck_alerts_channel"),
        ),
        sa.CheckConstraint(
            "kind IN ('imminent_attack', 'attack_under_way', 'armed_group_movement', 'military_build_up', 'abduction', 'arrest_raid', 'threat_to_named_person', 'mob_risk', 'intercommunal_mobilisation', 'cattle_raid', 'looting_extortion_checkpoint', 'crsv', 'child_recruitment', 'displacement', 'siege_denied_access', 'hate_speech', 'eviction_land_dispute', 'electoral_protest_violence', 'explosive_hazard', 'attack_on_protected_site', 'detention_transfer', 'medical_emergency', 'natural_hazard', 'observation', 'all_quiet', 'other')",
            name=op.f("ck_alerts_kind"),
        ),
        sa.CheckConstraint("priority IN ('P1', 'P2', 'P3', 'P4')", name=op.f("ck_alerts_priority")),
        sa.CheckConstraint(
            "source_reliability IN ('A','B','C','D','E','F')", name=op.f("ck_alerts_source_reliability")
        ),
        sa.CheckConstraint(
            "status IN ('received', 'acknowledged', 'verified', 'decided', 'tasked', 'responding', 'on_scene', 'responded', 'closed')",
            name=op.f("ck_alerts_status"),
        ),
        sa.CheckConstraint(
            "verification IN ('reported', 'under_verification', 'corroborated', 'verified', 'partially_verified', 'not_verified', 'unfounded', 'contradicted', 'access_denied')",
            name=op.f("ck_alerts_verification"),
        ),
        sa.CheckConstraint("credibility BETWEEN 1 AND 6", name=op.f("ck_alerts_credibility")),
        sa.CheckConstraint("date_precision BETWEEN 1 AND 5", name=op.f("ck_alerts_date_precision")),
        sa.CheckConstraint("place_precision BETWEEN 1 AND 7", name=op.f("ck_alerts_place_precision")),
        sa.ForeignKeyConstraint(
            ["admin_code"], ["admin_areas.code"], name=op.f("fk_alerts_admin_code_admin_areas")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["people.id"], name=op.f("fk_alerts_owner_id_people")),
        sa.ForeignKeyConstraint(
            ["report_id"], ["field_reports.id"], name=op.f("fk_alerts_report_id_field_reports")
        ),
        sa.ForeignKeyConstraint(["reporter_id"], ["people.id"], name=op.f("fk_alerts_reporter_id_people")),
        sa.ForeignKeyConstraint(["sector_id"], ["sectors.id"], name=op.f("fk_alerts_sector_id_sectors")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alerts")),
        sa.UniqueConstraint("alert_key", name=op.f("uq_alerts_alert_key")),
    )
    op.create_index(
        "ix_alerts_open", "alerts", ["priority", "raised_at"], postgresql_where=sa.text("status <> 'closed'")
    )
    op.create_index(
        "ix_alerts_place_metres", "alerts", [sa.literal_column("geography(place)")], postgresql_using="gist"
    )
    op.create_index("ix_alerts_raised_at", "alerts", ["raised_at"])
    op.create_index(op.f("ix_alerts_report_id"), "alerts", ["report_id"])
    op.create_index(op.f("ix_alerts_sector_id"), "alerts", ["sector_id"])
    op.create_table(
        "report_conflicts",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("body_hash", sa.LargeBinary(), nullable=False),
        sa.Column("body", JSONB(), nullable=False),
        sa.Column("reporter_id", sa.BigInteger(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["report_id"], ["field_reports.id"], name=op.f("fk_report_conflicts_report_id_field_reports")
        ),
        sa.ForeignKeyConstraint(
            ["reporter_id"], ["people.id"], name=op.f("fk_report_conflicts_reporter_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["settled_by_id"], ["people.id"], name=op.f("fk_report_conflicts_settled_by_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_conflicts")),
    )
    op.create_index(op.f("ix_report_conflicts_report_id"), "report_conflicts", ["report_id"])
    op.create_table(
        "alert_clocks",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("alert_id", sa.BigInteger(), nullable=False),
        sa.Column("clock", sa.Text(), nullable=False),
        sa.Column("echelon", sa.Text(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ran_out_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "clock IN ('acknowledge', 'verify', 'decide', 'feedback')", name=op.f("ck_alert_clocks_clock")
        ),
        sa.ForeignKeyConstraint(["alert_id"], ["alerts.id"], name=op.f("fk_alert_clocks_alert_id_alerts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_clocks")),
        sa.UniqueConstraint(
            "alert_id", "clock", "echelon", name=op.f("uq_alert_clocks_alert_id_clock_echelon")
        ),
    )
    op.create_index(op.f("ix_alert_clocks_alert_id"), "alert_clocks", ["alert_id"])
    op.create_table(
        "alert_weighings",
        sa.Column("alert_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("score", sa.BigInteger(), nullable=False),
        sa.Column("reasons", JSONB(), nullable=False),
        sa.CheckConstraint("score BETWEEN 0 AND 100", name=op.f("ck_alert_weighings_score")),
        sa.ForeignKeyConstraint(["alert_id"], ["alerts.id"], name=op.f("fk_alert_weighings_alert_id_alerts")),
        sa.PrimaryKeyConstraint("alert_id", name=op.f("pk_alert_weighings")),
    )
    op.create_table(
        "alert_steps",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("alert_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("by_id", sa.BigInteger(), nullable=True),
        sa.Column("by_role", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("details", JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.CheckConstraint(
            "kind IN ('raised', 'acknowledged', 'immediate_action', 'verified', 'decided', 'declined', 'non_response_approved', 'non_response_refused', 'tasked', 'departed', 'arrived', 'outcome', 'feedback', 'closed', 'escalated', 'handed_over', 'reopened', 'note')",
            name=op.f("ck_alert_steps_kind"),
        ),
        sa.ForeignKeyConstraint(["alert_id"], ["alerts.id"], name=op.f("fk_alert_steps_alert_id_alerts")),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_alert_steps_by_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_steps")),
    )
    op.create_index("ix_alert_steps_alert_id_at", "alert_steps", ["alert_id", "at"])
    op.create_table(
        "patrols",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("call_sign", sa.Text(), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("leader_id", sa.BigInteger(), nullable=True),
        sa.Column("sector_id", sa.BigInteger(), nullable=True),
        sa.Column("alert_id", sa.BigInteger(), nullable=True),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("mode", sa.Text(), server_default="vehicle", nullable=False),
        sa.Column("state", sa.Text(), server_default="planned", nullable=False),
        sa.Column("task", sa.Text(), server_default="", nullable=False),
        sa.Column("planned_start", sa.DateTime(timezone=True), nullable=False),
        sa.Column("planned_end", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("abandoned_reason", sa.Text(), nullable=True),
        sa.Column("ordered_by_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "mode IN ('foot', 'vehicle', 'air', 'riverine', 'mixed')", name=op.f("ck_patrols_mode")
        ),
        sa.CheckConstraint(
            "state IN ('planned', 'under_way', 'paused', 'done', 'abandoned')", name=op.f("ck_patrols_state")
        ),
        sa.ForeignKeyConstraint(["alert_id"], ["alerts.id"], name=op.f("fk_patrols_alert_id_alerts")),
        sa.ForeignKeyConstraint(["leader_id"], ["people.id"], name=op.f("fk_patrols_leader_id_people")),
        sa.ForeignKeyConstraint(
            ["ordered_by_id"], ["people.id"], name=op.f("fk_patrols_ordered_by_id_people")
        ),
        sa.ForeignKeyConstraint(["sector_id"], ["sectors.id"], name=op.f("fk_patrols_sector_id_sectors")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_patrols_unit_id_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_patrols")),
    )
    op.create_index(op.f("ix_patrols_alert_id"), "patrols", ["alert_id"])
    op.create_index(op.f("ix_patrols_leader_id"), "patrols", ["leader_id"])
    op.create_index(op.f("ix_patrols_sector_id"), "patrols", ["sector_id"])
    op.create_index(op.f("ix_patrols_unit_id"), "patrols", ["unit_id"])
    op.create_table(
        "patrol_stops",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("patrol_id", sa.BigInteger(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("place", Geometry("POINT", srid=4326, spatial_index=False), nullable=False),
        sa.Column("place_id", sa.BigInteger(), nullable=True),
        sa.Column("arrive_planned", sa.DateTime(timezone=True), nullable=True),
        sa.Column("depart_planned", sa.DateTime(timezone=True), nullable=True),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("departed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["patrol_id"], ["patrols.id"], name=op.f("fk_patrol_stops_patrol_id_patrols")
        ),
        sa.ForeignKeyConstraint(["place_id"], ["places.id"], name=op.f("fk_patrol_stops_place_id_places")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_patrol_stops")),
        sa.UniqueConstraint("patrol_id", "sequence", name=op.f("uq_patrol_stops_patrol_id_sequence")),
    )
    op.create_table(
        "taskings",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("alert_id", sa.BigInteger(), nullable=False),
        sa.Column("response", sa.Text(), nullable=False),
        sa.Column("patrol_id", sa.BigInteger(), nullable=True),
        sa.Column("haven_id", sa.BigInteger(), nullable=True),
        sa.Column("unit_id", sa.BigInteger(), nullable=True),
        sa.Column("order", sa.Text(), server_default="", nullable=False),
        sa.Column("ordered_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("ordered_by_id", sa.BigInteger(), nullable=True),
        sa.Column("departed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "response IN ('patrol', 'quick_reaction_force', 'temporary_base', 'interposition', 'night_presence', 'escort', 'show_of_force', 'use_of_force', 'police_intervention', 'joint_patrol', 'state_forces_only', 'evacuation', 'shelter', 'local_mediation', 'key_leader_engagement', 'demarche', 'advocacy', 'joint_protection_team', 'human_rights_investigation', 'defender_measure', 'medical', 'humanitarian_referral', 'overflight', 'radio_warning', 'monitoring_only')",
            name=op.f("ck_taskings_response"),
        ),
        sa.ForeignKeyConstraint(["alert_id"], ["alerts.id"], name=op.f("fk_taskings_alert_id_alerts")),
        sa.ForeignKeyConstraint(["haven_id"], ["havens.id"], name=op.f("fk_taskings_haven_id_havens")),
        sa.ForeignKeyConstraint(
            ["ordered_by_id"], ["people.id"], name=op.f("fk_taskings_ordered_by_id_people")
        ),
        sa.ForeignKeyConstraint(["patrol_id"], ["patrols.id"], name=op.f("fk_taskings_patrol_id_patrols")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_taskings_unit_id_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_taskings")),
    )
    op.create_index(op.f("ix_taskings_alert_id"), "taskings", ["alert_id"])
    op.create_index(op.f("ix_taskings_patrol_id"), "taskings", ["patrol_id"])

    op.create_foreign_key(
        "fk_field_reports_patrol_id_patrols", "field_reports", "patrols", ["patrol_id"], ["id"]
    )


def downgrade() -> None:
    op.drop_constraint("fk_field_reports_patrol_id_patrols", "field_reports")
    op.drop_table("taskings")
    op.drop_table("patrol_stops")
    op.drop_table("patrols")
    op.drop_table("alert_steps")
    op.drop_table("alert_weighings")
    op.drop_table("alert_clocks")
    op.drop_table("report_conflicts")
    op.drop_table("alerts")
    op.drop_table("field_reports")
    op.drop_table("havens")
