"""Blocks 9, 10, 12 and 17: whom the patrol met (by numbers and roles), what it did to protect, and who is told."""

from __future__ import annotations

from typing import Annotated, Literal

from flask_babel import lazy_gettext as _l
from pydantic import Field

from app.api.bodies import Body
from app.patrol_reports.asked import MOST_ROWS, Asked, Count, Line, Row, Words

NO_NAMES = _l("No names. Say roles and numbers.")


class Contact(Row):
    place: Annotated[Line, Asked(_l("Grid or place"), "place")] = ""
    women: Annotated[Count, Asked(_l("Women"))] = 0
    men: Annotated[Count, Asked(_l("Men"))] = 0
    youth: Annotated[Count, Asked(_l("Young people"))] = 0
    mood: Annotated[Literal["normal", "tense", "fearful", "hostile"], Asked(_l("Mood"))] = "normal"
    concerns: Annotated[Words, Asked(_l("Needs, concerns, rumours"), "text", NO_NAMES)] = ""
    women_apart: Annotated[bool, Asked(_l("Women consulted apart"))] = False
    interpreter: Annotated[bool, Asked(_l("Interpreter"))] = False


class Contacts(Body):
    contacts: Annotated[list[Contact], Field(max_length=MOST_ROWS), Asked(_l("Contact"))] = []


class Leader(Row):
    role: Annotated[Line, Asked(_l("Role of the leader"), hint=NO_NAMES)] = ""
    place: Annotated[Line, Asked(_l("Grid or place"), "place")] = ""
    topic: Annotated[Words, Asked(_l("Topic, and message given"), "text", NO_NAMES)] = ""
    commitment: Annotated[Line, Asked(_l("Commitment"))] = ""
    follow_up: Annotated[Line, Asked(_l("Follow-up, next meeting"))] = ""


class Leaders(Body):
    leaders: Annotated[list[Leader], Field(max_length=MOST_ROWS), Asked(_l("Engagement"))] = []


class Indicator(Row):
    code: Annotated[
        Literal[
            "armed_movement", "new_checkpoint", "people_leaving", "market_empty", "school_closed", "hate_speech",
            "threats", "recruitment", "livestock_moved", "other",
        ],
        Asked(_l("Sign of a threat")),
    ] = "other"  # fmt: skip
    place: Annotated[Line, Asked(_l("Grid or place"), "place")] = ""


class Protection(Body):
    indicators: Annotated[list[Indicator], Field(max_length=MOST_ROWS), Asked(_l("Sign of a threat"))] = []
    actions: Annotated[Words, Asked(_l("What was done to protect at once"), "text", NO_NAMES)] = ""
    sheltered: Annotated[Count, Asked(_l("Civilians sheltered"))] = 0
    escorted: Annotated[Count, Asked(_l("Civilians escorted"))] = 0
    evacuated: Annotated[Count, Asked(_l("Civilians evacuated"))] = 0
    referrals: Annotated[Count, Asked(_l("Referrals made"))] = 0
    network_tested: Annotated[bool, Asked(_l("Community alert network tested"))] = False
    defender_contact: Annotated[
        bool,
        Asked(
            _l("Contact with a defender"),
            hint=_l("Yes or no alone. Tell the rest to the human rights officer."),
        ),
    ] = False


class Feedback(Body):
    given: Annotated[
        Literal["no_alert", "given", "not_yet"], Asked(_l("Was the alert’s source told what was done"))
    ] = "no_alert"
    remarks: Annotated[Words, Asked(_l("Remarks"), "text", NO_NAMES)] = ""
