"""Code lists and words of the alerts' history. No sentence names a person."""

from __future__ import annotations

#: Kind of incident → kind of alert that warned of it, or told of it.
ALERT_OF_INCIDENT = {
    "armed_clash": "attack_under_way", "attack_on_civilians": "imminent_attack", "abduction": "abduction",
    "cattle_raid": "cattle_raid", "looting_burning": "looting_extortion_checkpoint", "displacement": "displacement",
    "extortion": "looting_extortion_checkpoint", "roadblock": "looting_extortion_checkpoint", "crsv": "crsv",
    "arbitrary_detention": "arrest_raid", "riot_mob": "mob_risk", "demonstration": "electoral_protest_violence",
    "hate_speech": "hate_speech", "ied_mine": "explosive_hazard", "access_denial": "siege_denied_access",
    "attack_on_protected_site": "attack_on_protected_site", "armed_group_movement": "armed_group_movement",
}  # fmt: skip

#: Kinds that no incident stands behind.
OTHER_KINDS = (
    "threat_to_named_person",
    "intercommunal_mobilisation",
    "eviction_land_dispute",
    "child_recruitment",
)

PRIORITY = {
    "attack_under_way": "P1", "imminent_attack": "P1", "attack_on_protected_site": "P1", "abduction": "P1",
    "threat_to_named_person": "P2", "mob_risk": "P2", "crsv": "P2", "arrest_raid": "P2", "cattle_raid": "P2",
    "armed_group_movement": "P3", "looting_extortion_checkpoint": "P3", "displacement": "P3", "explosive_hazard": "P3",
    "siege_denied_access": "P3", "intercommunal_mobilisation": "P3", "child_recruitment": "P3",
    "electoral_protest_violence": "P3", "hate_speech": "P4", "eviction_land_dispute": "P4",
}  # fmt: skip

VERBATIM = {
    "attack_under_way": "EXERCISE: Shooting since a quarter of an hour at {place}, people are running.",
    "imminent_attack": "EXERCISE: About {n} armed men are coming towards {place}, women and children leave.",
    "attack_on_protected_site": "EXERCISE: Armed men are in the clinic at {place}.",
    "abduction": "EXERCISE: {n} people were taken from the road near {place}.",
    "threat_to_named_person": "EXERCISE: A leaflet at {place} threatens somebody who works for human rights there.",
    "mob_risk": "EXERCISE: A crowd of {n} or more is gathering at {place}, they have petrol.",
    "crsv": "EXERCISE: Women were attacked on the way to the fields near {place}. No names were taken.",
    "arrest_raid": "EXERCISE: Police cars went into {place}, they have a list.",
    "cattle_raid": "EXERCISE: Raiders drove off cattle near {place}; the young men are arming.",
    "armed_group_movement": "EXERCISE: {n} men with rifles crossed near {place} before dawn.",
    "looting_extortion_checkpoint": "EXERCISE: Armed men stop everybody on the road to {place} and take money.",
    "displacement": "EXERCISE: Some {n} families arrived at {place} with nothing.",
    "explosive_hazard": "EXERCISE: Something like a mine lies on the track near {place}.",
    "siege_denied_access": "EXERCISE: Nobody gets in or out of {place}, the market is empty.",
    "intercommunal_mobilisation": "EXERCISE: Drums at night at {place}; the men of both sides are called together.",
    "child_recruitment": "EXERCISE: Boys were taken from the school at {place}.",
    "electoral_protest_violence": "EXERCISE: The march at {place} met the police, stones were thrown.",
    "hate_speech": "EXERCISE: A loudspeaker car at {place} calls people to drive the strangers out.",
    "eviction_land_dispute": "EXERCISE: Houses at {place} are marked with paint, people must leave within days.",
}

#: Means of response: those that go somewhere, and those that don't.
MOVING = {"patrol": 40, "quick_reaction_force": 16, "joint_patrol": 6, "police_intervention": 8, "night_presence": 6,
          "escort": 6, "evacuation": 5, "interposition": 3}  # fmt: skip
STAYING = {
    "key_leader_engagement": 8,
    "demarche": 5,
    "radio_warning": 4,
    "local_mediation": 6,
    "monitoring_only": 3,
}

OUTCOMES = {"threat_averted": 30, "harm_mitigated": 16, "arrived_after": 14, "no_contact": 14, "attack_interrupted": 8,
            "civilians_evacuated": 6, "harm_occurred": 6, "perpetrators_arrested": 3}  # fmt: skip
OUTCOMES_STAYING = {
    "threat_averted": 35,
    "harm_mitigated": 25,
    "unknown": 20,
    "harm_occurred": 10,
    "no_contact": 10,
}

REASONS = {
    "not_credible": "EXERCISE: Two call-backs to independent focal points found nothing.",
    "distance_time": "EXERCISE: Four hours by road; the group was gone by the second call.",
    "competing_p1": "EXERCISE: The only reaction force was on another alert of the highest priority.",
    "handed_over": "EXERCISE: Local authorities went at once and called back.",
    "would_worsen_risk": "EXERCISE: A visit would have shown who had called.",
    "terrain_weather": "EXERCISE: The track was under water and no helicopter could fly.",
    "movement_denied_by_state": "EXERCISE: State forces refused passage; reported as a violation.",
    "duplicate": "EXERCISE: Same event as an alert already answered.",
    "insufficient_troops": "EXERCISE: All platoons were out; the sector was told.",
    "source_asked_no_action": "EXERCISE: The caller wanted it known, not acted on.",
}
CHANNELS = {"community_alert_network": 34, "hotline": 16, "patrol": 16, "sms": 6, "messaging_app": 6, "in_person": 6,
            "local_authority": 5, "partner": 5, "military_observer": 4, "radio": 2}  # fmt: skip
AUTHORITIES = {"tactical_control": 50, "standing_order": 30, "head_of_office": 12, "operational_control": 8}
