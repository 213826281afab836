"""The mission as data, and the people who sign in."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "actors",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_actors")),
        sa.UniqueConstraint("code", name=op.f("uq_actors_code")),
    )
    op.create_table(
        "admin_areas",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("level", sa.BigInteger(), nullable=False),
        sa.Column("parent_code", sa.Text(), nullable=True),
        sa.Column("area", Geometry("MULTIPOLYGON", srid=4326, spatial_index=False), nullable=False),
        sa.ForeignKeyConstraint(
            ["parent_code"], ["admin_areas.code"], name=op.f("fk_admin_areas_parent_code_admin_areas")
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_admin_areas")),
    )
    op.create_index("ix_admin_areas_area", "admin_areas", ["area"], postgresql_using="gist")
    op.create_table(
        "mission_identity",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("exercise", sa.Boolean(), nullable=False),
        sa.Column("time_zone", sa.Text(), server_default="UTC", nullable=False),
        sa.Column("classification", sa.Text(), server_default="CONFIDENTIAL", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mission_identity")),
    )
    op.create_table(
        "procedures",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("value", sa.Float(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("meaning", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_procedures")),
    )
    op.create_table(
        "rivers",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("line", Geometry("MULTILINESTRING", srid=4326, spatial_index=False), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rivers")),
        sa.UniqueConstraint("code", name=op.f("uq_rivers_code")),
    )
    op.create_index("ix_rivers_line", "rivers", ["line"], postgresql_using="gist")
    op.create_table(
        "road_nodes",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("place", Geometry("POINT", srid=4326, spatial_index=False), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_road_nodes")),
        sa.UniqueConstraint("code", name=op.f("uq_road_nodes_code")),
    )
    op.create_index(
        "ix_road_nodes_place_metres",
        "road_nodes",
        [sa.literal_column("geography(place)")],
        postgresql_using="gist",
    )
    op.create_table(
        "sectors",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("echelon", sa.Text(), nullable=False),
        sa.Column("parent_id", sa.BigInteger(), nullable=True),
        sa.Column("area", Geometry("MULTIPOLYGON", srid=4326, spatial_index=False), nullable=False),
        sa.CheckConstraint(
            "echelon IN ('mission', 'sector', 'battalion', 'company')", name=op.f("ck_sectors_echelon")
        ),
        sa.ForeignKeyConstraint(["parent_id"], ["sectors.id"], name=op.f("fk_sectors_parent_id_sectors")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sectors")),
        sa.UniqueConstraint("code", name=op.f("uq_sectors_code")),
    )
    op.create_index("ix_sectors_area", "sectors", ["area"], postgresql_using="gist")
    op.create_table(
        "sign_in_failures",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("key_hash", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_failures")),
    )
    op.create_index("ix_sign_in_failures_key_at", "sign_in_failures", ["key_hash", "at"])
    op.create_table(
        "bases",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("place", Geometry("POINT", srid=4326, spatial_index=False), nullable=False),
        sa.Column("sector_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["sector_id"], ["sectors.id"], name=op.f("fk_bases_sector_id_sectors")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bases")),
        sa.UniqueConstraint("code", name=op.f("uq_bases_code")),
    )
    op.create_index(
        "ix_bases_place_metres", "bases", [sa.literal_column("geography(place)")], postgresql_using="gist"
    )
    op.create_index(op.f("ix_bases_sector_id"), "bases", ["sector_id"])
    op.create_table(
        "community_networks",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("place", Geometry("POINT", srid=4326, spatial_index=False), nullable=False),
        sa.Column("sector_id", sa.BigInteger(), nullable=True),
        sa.Column("working", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("tested_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["sector_id"], ["sectors.id"], name=op.f("fk_community_networks_sector_id_sectors")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_community_networks")),
        sa.UniqueConstraint("code", name=op.f("uq_community_networks_code")),
    )
    op.create_index(
        "ix_community_networks_place_metres",
        "community_networks",
        [sa.literal_column("geography(place)")],
        postgresql_using="gist",
    )
    op.create_index(op.f("ix_community_networks_sector_id"), "community_networks", ["sector_id"])
    op.create_table(
        "places",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("population", sa.BigInteger(), nullable=True),
        sa.Column("admin_code", sa.Text(), nullable=True),
        sa.Column("place", Geometry("POINT", srid=4326, spatial_index=False), nullable=False),
        sa.ForeignKeyConstraint(
            ["admin_code"], ["admin_areas.code"], name=op.f("fk_places_admin_code_admin_areas")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_places")),
        sa.UniqueConstraint("code", name=op.f("uq_places_code")),
    )
    op.create_index(op.f("ix_places_admin_code"), "places", ["admin_code"])
    op.create_index("ix_places_name", "places", [sa.literal_column("lower(name) text_pattern_ops")])
    op.create_index(
        "ix_places_place_metres", "places", [sa.literal_column("geography(place)")], postgresql_using="gist"
    )
    op.create_table(
        "road_links",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("from_node_id", sa.BigInteger(), nullable=False),
        sa.Column("to_node_id", sa.BigInteger(), nullable=False),
        sa.Column("road_class", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="open", nullable=False),
        sa.Column("metres", sa.Float(), nullable=False),
        sa.Column("minutes", sa.Float(), nullable=False),
        sa.Column("line", Geometry("LINESTRING", srid=4326, spatial_index=False), nullable=False),
        sa.CheckConstraint("state IN ('open', 'seasonal', 'closed')", name=op.f("ck_road_links_state")),
        sa.ForeignKeyConstraint(
            ["from_node_id"], ["road_nodes.id"], name=op.f("fk_road_links_from_node_id_road_nodes")
        ),
        sa.ForeignKeyConstraint(
            ["to_node_id"], ["road_nodes.id"], name=op.f("fk_road_links_to_node_id_road_nodes")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_road_links")),
        sa.UniqueConstraint("code", name=op.f("uq_road_links_code")),
    )
    op.create_index(op.f("ix_road_links_from_node_id"), "road_links", ["from_node_id"])
    op.create_index("ix_road_links_line", "road_links", ["line"], postgresql_using="gist")
    op.create_index(op.f("ix_road_links_to_node_id"), "road_links", ["to_node_id"])
    op.create_table(
        "units",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("call_sign", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("parent_id", sa.BigInteger(), nullable=True),
        sa.Column("base_id", sa.BigInteger(), nullable=True),
        sa.Column("sector_id", sa.BigInteger(), nullable=True),
        sa.Column("strength", sa.BigInteger(), nullable=True),
        sa.Column("notice_to_move_minutes", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["base_id"], ["bases.id"], name=op.f("fk_units_base_id_bases")),
        sa.ForeignKeyConstraint(["parent_id"], ["units.id"], name=op.f("fk_units_parent_id_units")),
        sa.ForeignKeyConstraint(["sector_id"], ["sectors.id"], name=op.f("fk_units_sector_id_sectors")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_units")),
        sa.UniqueConstraint("code", name=op.f("uq_units_code")),
    )
    op.create_index(op.f("ix_units_sector_id"), "units", ["sector_id"])
    op.create_table(
        "people",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("username", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("totp_secret", sa.Text(), nullable=True),
        sa.Column("unit_id", sa.BigInteger(), nullable=True),
        sa.Column("language", sa.Text(), server_default="en", nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("changed_by_id", sa.BigInteger(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_what", ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("approved_by_id", sa.BigInteger(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("approved_by_id <> changed_by_id", name=op.f("ck_people_another_approves")),
        sa.CheckConstraint(
            "disabled_at IS NOT NULL OR changed_by_id IS NULL OR approved_by_id IS NOT NULL",
            name=op.f("ck_people_shut_until_approved"),
        ),
        sa.ForeignKeyConstraint(
            ["approved_by_id"], ["people.id"], name=op.f("fk_people_approved_by_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["changed_by_id"], ["people.id"], name=op.f("fk_people_changed_by_id_people")
        ),
        sa.CheckConstraint(
            "role IN ('watchkeeper_joc', 'analyst_jmac', 'poc_officer', 'hr_officer', 'hr_case_supervisor', 'cp_officer', 'wpa', 'cla', 'patrol_cdr', 'sector_ops', 'bn_ops', 'fc_staff', 'unpol_ops', 'head_of_office', 'hom', 'cdt_officer', 'legal', 'victims_rights', 'boi_member', 'auditor', 'partner_nhri', 'partner_ngo', 'hrd_self', 'sysadmin')",
            name=op.f("ck_people_role"),
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_people_unit_id_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people")),
    )
    op.create_index("uq_people_username", "people", [sa.literal_column("lower(username)")], unique=True)
    op.create_table(
        "api_tokens",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("scopes", ARRAY(sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_api_tokens_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_tokens")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_api_tokens_token_hash")),
    )
    op.create_index(op.f("ix_api_tokens_person_id"), "api_tokens", ["person_id"])
    op.create_table(
        "person_compartments",
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("compartment", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_person_compartments_person_id_people")
        ),
        sa.PrimaryKeyConstraint("person_id", "compartment", name=op.f("pk_person_compartments")),
    )
    op.create_table(
        "person_sectors",
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("sector_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_person_sectors_person_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["sector_id"], ["sectors.id"], name=op.f("fk_person_sectors_sector_id_sectors")
        ),
        sa.PrimaryKeyConstraint("person_id", "sector_id", name=op.f("pk_person_sectors")),
    )
    op.create_table(
        "sessions",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_sessions_person_id_people")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_sessions")),
    )
    op.create_index(op.f("ix_sessions_person_id"), "sessions", ["person_id"])
    op.create_table(
        "session_sightings",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["token_hash"],
            ["sessions.token_hash"],
            name=op.f("fk_session_sightings_token_hash_sessions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_session_sightings")),
    )
    op.create_table(
        "report_allowances",
        sa.Column("person_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("part", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("spare", sa.Float(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_report_allowances_person_id_people")
        ),
        sa.PrimaryKeyConstraint("person_id", "part", name=op.f("pk_report_allowances")),
        # Written with each report; after a crash everybody simply has a full allowance again.
        prefixes=["UNLOGGED"],
    )


def downgrade() -> None:
    op.drop_table("report_allowances")
    op.drop_table("session_sightings")
    op.drop_table("sessions")
    op.drop_table("person_sectors")
    op.drop_table("person_compartments")
    op.drop_table("api_tokens")
    op.drop_table("people")
    op.drop_table("units")
    op.drop_table("road_links")
    op.drop_table("places")
    op.drop_table("community_networks")
    op.drop_table("bases")
    op.drop_table("sign_in_failures")
    op.drop_table("sectors")
    op.drop_table("road_nodes")
    op.drop_table("rivers")
    op.drop_table("procedures")
    op.drop_table("mission_identity")
    op.drop_table("admin_areas")
    op.drop_table("actors")
