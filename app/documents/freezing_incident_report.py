"""The brief of an incident report, from an alert with its chain or from an incident of any source."""

from __future__ import annotations

from dataclasses import replace

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.alerts.wording import VERIFICATIONS
from app.documents.freezing_around import pattern, presence_near, warnings_before
from app.documents.freezing_chain import Response, follow_up, response_of, steps_of
from app.documents.freezing_head import Ordered, header
from app.documents.freezing_map import map_of
from app.documents.freezing_place import ground_of, place_of, time_precision
from app.documents.freezing_story import Story, story_of_alert, story_of_incident
from app.documents.incident_report_brief import Actor, ChainStep, IncidentBrief, Presence

#: What stands in the place of words that an audience does not get.
GONE = _l("Withheld from this audience")


def freeze_incident_report(ordered: Ordered) -> IncidentBrief:
    """All of an incident report, cleared for its audience. NotFound where the subject may not be read."""
    subject = ordered.subject
    if "alert_id" in subject:
        story = story_of_alert(int(subject["alert_id"]))
    else:
        story = story_of_incident(int(subject["incident_id"]))
    unknown = not_known(story)  # before anything is withheld: what is known is not to be called unknown
    if ordered.audience == "auditor":
        story = without_content(story)
    return cleared(brief_of(story, ordered, unknown))


def without_content(story: Story) -> Story:
    """For auditors: times, decisions, grades; no words of sources, no names, no place finer than the district."""
    gone = str(GONE)
    scene = replace(story.scene, precision=max(story.scene.precision, 3), radius_m=None, name=gone)
    actors = (Actor(gone, gone, gone),) if story.actors else ()
    return replace(
        story, scene=scene, narrative=gone, actors=actors, sources=(), reasons=(), original_category=None,
        verification_reason=gone if story.verification_reason else None,
    )  # fmt: skip


def brief_of(story: Story, ordered: Ordered, unknown: tuple[str, ...]) -> IncidentBrief:
    scene, chain = story.scene, story.chain
    ground = ground_of(scene)
    notes = ordered.audience != "auditor"
    response = response_of(chain, notes) if chain else Response()
    title = f"{story.category}: {scene.name or _('place not known')}" if notes else story.category
    return IncidentBrief(
        header=header(ordered, title=title, precedence=story.precedence, withheld=withheld(story, ordered)),
        incident_serial=story.serial,
        category=story.category,
        original_category=story.original_category,
        original_scheme=story.original_scheme,
        place=place_of(scene),
        event_at=scene.moment,
        event_precision=time_precision(scene),
        narrative=story.narrative,
        harm=story.harm,
        harm_groups=story.harm_groups,
        actors=story.actors,
        source_grade=story.grade,
        verification=story.verification,
        verification_reason=story.verification_reason,
        sensitivity=_("Of the mission alone; not to be passed on to State forces or to the parties"),
        warnings=warnings_before(scene, ground),
        presence=presence_near(scene),
        received_at=chain.alert.received_at if chain else None,
        chain=steps_of(chain, notes) if chain else unseen(story),
        decision=response.decision,
        non_response_reason=response.non_response_reason,
        non_response_approver=response.non_response_approver,
        outcome=response.outcome,
        assessment=assessment(story, response),
        follow_up=follow_up(chain) if chain else (),
        feedback=response.feedback,
        sources=story.sources,
        not_known=unknown,
        map=map_of(scene, ground),
        monthly=pattern(scene, ground),
    )


def withheld(story: Story, ordered: Ordered) -> tuple[str, ...]:
    """What this audience does not get, in words, for the head of the document."""
    found = []
    if story.hidden_chain:
        found.append(_("the alert behind this incident, with its chain"))
    if ordered.audience == "auditor":
        found += [
            _("words of sources and officers"),
            _("names of actors"),
            _("a place finer than the district"),
        ]
    if ordered.audience != "command":
        found.append(_("bases and patrols near the event"))
    return tuple(found)


def unseen(story: Story) -> tuple[ChainStep, ...]:
    """No chain is one thing, a chain that may not be shown another: the report must not deny it."""
    if not story.hidden_chain:
        return ()
    return (ChainStep(_("Chain"), note=_("There is one; whoever ordered this report may not read it.")),)


def assessment(story: Story, response: Response) -> str | None:
    parts = []
    if story.reasons:
        parts.append(
            _("Why Vigil raised the alert, by the standing weights: %(r)s.", r="; ".join(story.reasons))
        )
    if response.lesson:
        parts.append(_("Lesson recorded when the alert was closed: %(lesson)s", lesson=response.lesson))
    return "\n".join(parts) or None


def not_known(story: Story) -> tuple[str, ...]:
    """What a reader might take for granted and nobody knows."""
    scene = story.scene
    checks = (
        (not scene.exact, _("The place itself: it is known only as an area")),
        (not scene.hour_known, _("The hour of the event")),
        (not story.harm, _("Whether anybody was harmed, and how many")),
        (bool(story.harm) and not story.harm_groups, _("Sex and age of the people harmed")),
        (not story.actors, _("Who did it")),
        (
            story.verification == str(VERIFICATIONS["reported"]),
            _("Whether it is true: nobody has verified it"),
        ),
        (story.chain is not None and response_of(story.chain).outcome is None, _("What came of it")),
    )
    return tuple(words for missing, words in checks if missing)


def cleared(brief: IncidentBrief) -> IncidentBrief:
    """The same brief; without the places of bases and patrols unless it is for command."""
    if brief.header.audience == "command":
        return brief
    gone = str(GONE)
    marks = tuple(mark for mark in brief.map.marks if mark.kind != "base") if brief.map else ()
    return replace(
        brief,
        # A row that says so: an empty table would say that there was no base.
        presence=(Presence(gone, None, gone),),
        map=replace(brief.map, marks=marks) if brief.map else None,
    )
