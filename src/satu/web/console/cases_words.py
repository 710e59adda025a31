"""Words of cases for staff, in the page's language."""

from __future__ import annotations

from django.utils.translation import gettext as _

from satu.cases.kinds import Channel, CityCases, State, What
from satu.web.design.cells import Badge
from satu.web.said import say


def kind_words(kind: str, city: CityCases | None) -> str:
    """What a case's kind is called; its code if the city dropped it."""
    found = city.kind(kind) if city else None
    return say(found) if found else kind


def state_badge(state: State) -> Badge:
    """A case's state by shape and word."""
    return {
        State.NEW: Badge("wait", _("New")),
        State.TAKEN: Badge("info", _("In hand")),
        State.WAITING: Badge("none", _("Waits for the resident")),
        State.ANSWERED: Badge("good", _("Answered")),
        State.CLOSED: Badge("none", _("Done")),
    }[state]


def channel_words(channel: Channel) -> str:
    """How a case came in, as staff say it."""
    return {
        Channel.PAGE: _("Residents' portal"),
        Channel.PHONE: _("Phone"),
        Channel.MESSAGE: _("Message"),
        Channel.COUNTER: _("Counter"),
    }[channel]


def step_words(what: What) -> tuple[str, str]:
    """A step of a case's story: its words, and the state that its mark shows."""
    return {
        What.OPENED: (_("Opened"), "info"),
        What.TAKEN: (_("Taken in hand"), "info"),
        What.HANDED_OVER: (_("Handed over to another team"), "none"),
        What.NOTED: (_("Note for staff"), "none"),
        What.ASKED: (_("The resident was asked"), "wait"),
        What.REPLIED: (_("The resident replied"), "info"),
        What.ANSWERED: (_("Answered"), "good"),
        What.REOPENED: (_("Opened again"), "wait"),
        What.CLOSED: (_("Done"), "good"),
        What.ESCALATED: (_("Time ran out: the next team has it"), "bad"),
    }[what]
