"""What staff opened, as what, for which purpose and in which case: for half an hour.

Kept in their session, so that a card's pages need not ask again and again. Every look is written
to the audit trail all the same, by the domain that shows it.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any, NamedTuple

from django import forms
from django.http import Http404, HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from satu.people import words
from satu.people.access import refuse_look
from satu.people.errors import Refusal
from satu.people.kinds import CUSTOMER_SERVICE, ROLES_WITH_ACCESS, STAFF_ROLES, Basis, Role
from satu.people.looks import purposes_told
from satu.people.queries import PurposeNow, purposes
from satu.web.doors.rights import Viewer, viewer_of
from satu.web.said import say

KEPT = "console_opened"
LASTS = timedelta(minutes=30)
MOST = 20  # the oldest are closed again

OPENERS = tuple(sorted(ROLES_WITH_ACCESS & STAFF_ROLES))


class Opened(NamedTuple):
    """As what, what for, and in which case."""

    role: Role
    purpose: str
    case: str


def case_field(*, required: bool = False) -> forms.CharField:
    """The field of a case's code: the same words and limits in every form."""
    return forms.CharField(
        label=_("Case"),
        help_text=_("Its code, such as K-17. No name, no number of a person."),
        max_length=40,
        required=required,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


class WhyForm(forms.Form):
    """What personal data is opened for: a purpose of the city's register, and a case."""

    purpose = forms.ChoiceField(
        label=_("What for"),
        help_text=_("The resident reads this sentence, your role and the case."),
        widget=forms.RadioSelect,
    )
    case = case_field(required=True)

    def __init__(self, *args: Any, viewer: Viewer, **more: Any) -> None:
        super().__init__(*args, **more)
        self.viewer = viewer
        words_of = purposes_told()
        found = purposes_of(viewer)
        field = self.fields["purpose"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(one.code, say(words_of[one.code])) for one in found]
        codes = [one.code for one in found]
        usual = CUSTOMER_SERVICE if CUSTOMER_SERVICE in codes else next(iter(codes), "")
        field.initial = usual

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if self.errors:
            return given
        role = role_for(self.viewer, given["purpose"])
        refusal = refuse_look(
            actor=self.viewer.actor,
            role=role,
            purpose=given["purpose"],
            case=given["case"],
            at=timezone.now(),
        )
        if refusal:
            field = "case" if refusal is Refusal.CASE_INVALID else None
            self.add_error(field, say(words.REFUSALS[refusal]))
        return given

    def says(self) -> Opened:
        """What a valid form says."""
        purpose = self.cleaned_data["purpose"]
        return Opened(role_for(self.viewer, purpose), purpose, self.cleaned_data["case"])


def purposes_of(viewer: Viewer) -> list[PurposeNow]:
    """The purposes for which somebody's roles may look; not those that need a consent."""
    return [
        one
        for one in purposes()
        if not viewer.roles.isdisjoint(one.roles) and one.basis != Basis.CONSENT
    ]


def role_for(viewer: Viewer, purpose: str) -> Role:
    """The role in which somebody looks for a purpose: one of theirs that it names."""
    named = next((one.roles for one in purposes() if one.code == purpose), ())
    return Role(min(viewer.roles & set(named), default=min(viewer.roles)))


def told(given: Opened) -> str:
    """What the resident reads of a look, and its case."""
    found = purposes_told().get(given.purpose)
    return f"{say(found) if found else given.purpose} · {given.case}"


def keep(request: HttpRequest, what: str, given: Opened) -> None:
    """Remember that something (`card:17`, `person:5`) was opened in this session."""
    kept = dict(request.session.get(KEPT, {}))
    kept.pop(what, None)
    until = (timezone.now() + LASTS).timestamp()
    kept[what] = [*given, until]
    request.session[KEPT] = dict(list(kept.items())[-MOST:])


def opened(request: HttpRequest, what: str) -> Opened | None:
    """For what something is open in this session; None: it is not, or not any more."""
    viewer, kept = viewer_of(request), request.session.get(KEPT, {}).get(what)
    if kept is None or viewer is None or viewer.is_contractor:
        return None
    role, purpose, case, until = kept
    if role not in viewer.roles or timezone.now().timestamp() > until:
        return None
    return Opened(Role(role), purpose, case)


def staff_viewer(request: HttpRequest) -> Viewer:
    """Who of the staff looks; behind a guard that let staff alone in."""
    viewer = viewer_of(request)
    if viewer is None or viewer.staff is None:
        raise Http404
    return viewer
