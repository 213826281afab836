"""What each sort of actor does, how often, and how many it harms. House type codes after the handbook's 4.7."""

from __future__ import annotations

#: Kind of actor → weights of incident kinds.
KINDS_BY_ACTOR: dict[str, dict[str, float]] = {
    "rebel_group": {
        "armed_clash": 17, "attack_on_civilians": 14, "killing": 7, "injury": 3, "abduction": 11, "looting_burning": 11,
        "extortion": 6, "ied_mine": 5, "shelling_remote_violence": 3, "crsv": 4, "displacement": 4, "roadblock": 4,
        "armed_group_movement": 8, "attack_on_un": 1.5, "attack_on_protected_site": 2, "torture": 1,
    },
    "identity_militia": {
        "attack_on_civilians": 16, "cattle_raid": 19, "killing": 11, "injury": 6, "looting_burning": 14,
        "armed_clash": 11, "displacement": 5, "abduction": 4, "hate_speech": 4, "crsv": 2, "armed_group_movement": 4,
    },
    "self_defence_group": {
        "roadblock": 17, "armed_clash": 15, "extortion": 13, "killing": 8, "injury": 8, "riot_mob": 6,
        "arbitrary_detention": 7, "armed_group_movement": 9, "cattle_raid": 5, "access_denial": 4,
    },
    "criminal_group": {
        "robbery": 40, "extortion": 16, "abduction": 14, "roadblock": 9, "killing": 8, "injury": 7, "cattle_raid": 6,
    },
    "state_military": {
        "armed_clash": 26, "arbitrary_detention": 13, "restriction_of_movement": 9, "extortion": 11, "killing": 7,
        "torture": 6, "shelling_remote_violence": 8, "looting_burning": 5, "displacement": 4, "crsv": 3,
        "access_denial": 4, "injury": 4,
    },
    "state_police": {
        "arbitrary_detention": 44, "torture": 9, "extortion": 16, "injury": 12, "killing": 5,
        "restriction_of_movement": 7, "access_denial": 7,
    },
    "unknown": {
        "robbery": 27, "killing": 17, "attack_on_civilians": 10, "abduction": 10, "ied_mine": 8, "looting_burning": 8,
        "injury": 8, "crsv": 5, "attack_on_protected_site": 2, "hate_speech": 3, "other": 2,
    },
    "protesters": {"demonstration": 78, "riot_mob": 22},
    "authorities": {"agreement": 30, "access_denial": 14, "hate_speech": 20, "displacement": 8, "other": 28},
}  # fmt: skip

#: Kind → mean killed, shape of the gamma that spreads it (small: mostly none, now and then many), least killed.
DEADLINESS: dict[str, tuple[float, float, int]] = {
    "armed_clash": (2.9, 0.45, 0), "attack_on_civilians": (2.0, 0.40, 0), "shelling_remote_violence": (1.3, 0.35, 0),
    "ied_mine": (0.9, 0.5, 0), "killing": (0.6, 0.4, 1), "looting_burning": (0.3, 0.2, 0), "cattle_raid": (0.9, 0.3, 0),
    "abduction": (0.1, 0.2, 0), "riot_mob": (0.35, 0.25, 0), "attack_on_un": (0.3, 0.3, 0),
    "attack_on_protected_site": (0.7, 0.3, 0), "demonstration": (0.02, 0.2, 0), "robbery": (0.1, 0.3, 0),
    "torture": (0.12, 0.3, 0), "arbitrary_detention": (0.01, 0.2, 0),
}  # fmt: skip

#: Mean injured and mean abducted or detained.
INJURED = {
    "armed_clash": 2.5, "attack_on_civilians": 2.2, "shelling_remote_violence": 3.0, "ied_mine": 1.8, "injury": 1.4,
    "riot_mob": 3.0, "attack_on_un": 0.8, "attack_on_protected_site": 1.2, "robbery": 0.5, "demonstration": 0.4,
    "torture": 1.2, "cattle_raid": 0.7, "looting_burning": 0.3, "killing": 0.4,
}  # fmt: skip
ABDUCTED = {"abduction": 2.6, "attack_on_civilians": 0.4, "arbitrary_detention": 1.7, "looting_burning": 0.2}
AT_LEAST_ONE = {"injury", "abduction", "arbitrary_detention", "torture"}

#: Against whom, by kind, where that isn't simply civilians.
AGAINST_ARMED = {"armed_clash", "shelling_remote_violence"}
AGAINST_NOBODY = {
    "armed_group_movement",
    "agreement",
    "demonstration",
    "displacement",
    "other",
    "hate_speech",
}
AGAINST_MISSION = {"attack_on_un", "restriction_of_movement"}

#: What happened, for the summary; {a} and {b} are the sides, {where} a place.
SENTENCES: dict[str, str] = {
    "armed_clash": "{a} and {b} exchanged fire {where}.",
    "attack_on_civilians": "{a} attacked civilians {where}.",
    "shelling_remote_violence": "{a} fired mortar rounds at positions of {b} {where}.",
    "ied_mine": "An explosive device went off {where}; {a} are thought to have laid it.",
    "killing": "{a} shot at people {where}.",
    "injury": "{a} beat and wounded people {where}.",
    "abduction": "{a} took people away {where}.",
    "crsv": "Conflict-related sexual violence by {a} was reported {where}; details are restricted.",
    "torture": "Ill-treatment in the hands of {a} was reported {where}.",
    "arbitrary_detention": "{a} detained people without charge {where}.",
    "displacement": "Families left their homes {where} after warnings.",
    "looting_burning": "{a} looted and burned houses {where}.",
    "extortion": "{a} demanded money and food {where}.",
    "cattle_raid": "{a} drove off cattle {where}.",
    "robbery": "{a} robbed travellers {where}.",
    "demonstration": "A crowd gathered {where} and marched to the offices of the authorities.",
    "riot_mob": "A crowd turned violent {where}.",
    "roadblock": "{a} set up an illegal checkpoint {where}.",
    "attack_on_un": "{a} fired at a patrol of the mission {where}.",
    "restriction_of_movement": "{a} turned a patrol of the mission back {where}.",
    "armed_group_movement": "{a} moved in strength {where}.",
    "attack_on_protected_site": "{a} attacked a clinic or school {where}.",
    "hate_speech": "Messages calling for violence were spread {where}.",
    "access_denial": "{a} kept aid workers from passing {where}.",
    "agreement": "Elders signed a local agreement {where}.",
    "other": "An event of another kind was reported {where}.",
}
