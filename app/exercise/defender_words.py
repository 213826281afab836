"""Words for the defenders' files. No sentence names a person, a place or a group."""

from __future__ import annotations

#: Profile code (handbook 3.1) → what such a person does.
WORK: dict[str, tuple[str, ...]] = {
    "woman_defender": ("EXERCISE: Runs a legal clinic for women whose land was taken.",
                       "EXERCISE: Brings women of several villages to the peace talks."),
    "youth": ("EXERCISE: Teaches young people to settle quarrels without weapons.",),
    "environment_land": ("EXERCISE: Documents illegal logging along the river.",
                         "EXERCISE: Speaks for farmers whose fields a mine wants."),
    "journalist": ("EXERCISE: Reports for a community radio about extortion at checkpoints.",),
    "trade_unionist": ("EXERCISE: Organises dock workers for safe working hours.",),
    "lawyer": ("EXERCISE: Defends people held without charge.",),
    "community_leader": ("EXERCISE: Mediates between herders and farmers.",),
    "religious_leader": ("EXERCISE: Preaches across congregations against revenge.",),
    "anti_corruption": ("EXERCISE: Publishes what the district paid for roads that were never built.",),
    "minority_rights": ("EXERCISE: Helps a small language group to get identity papers.",),
    "disability_rights": ("EXERCISE: Campaigns for people with disabilities to be counted in evacuations.",),
    "election_observer": ("EXERCISE: Trains observers for the local elections.",),
    "humanitarian_health_education": ("EXERCISE: Keeps a school open that both sides want as a barracks.",
                                      "EXERCISE: Treats the wounded of every side in a rural clinic."),
    "victims_association": ("EXERCISE: Collects statements of families who look for the missing.",),
    "student": ("EXERCISE: Leads a student group that documents arrests.",),
    "artist": ("EXERCISE: Paints murals for those who disappeared.",),
    "community_alert_focal_point": ("EXERCISE: Calls the mission when armed men come near the village.",),
    "witness": ("EXERCISE: Is to give evidence about a massacre.",),
    "national_institution": ("EXERCISE: Investigates complaints for the national human rights institution.",),
    "ngo_staff": ("EXERCISE: Monitors places of detention for a local organisation.",),
}  # fmt: skip

REASONS = (
    "EXERCISE: Leaflets with a description were left at the market; those who wrote them have carried out threats.",
    "EXERCISE: Calls from changing numbers at night; no pattern yet.",
    "EXERCISE: Followed twice by the same motorcycle on the way to work.",
    "EXERCISE: Named on the radio as an enemy; colleagues were attacked before.",
    "EXERCISE: No direct threat; armed men hold the road that leads home.",
    "EXERCISE: Office broken into and a computer taken; tied to current work.",
    "EXERCISE: Summoned three times without a reason given.",
    "EXERCISE: Quiet since the last review; network and transport have improved.",
)
