"""What is filled in to propose moving money, or to say no to it."""

from __future__ import annotations

from typing import Any, NamedTuple

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from satu.approvals.actions import Asked
from satu.cards import queries as cards
from satu.cards import words as card_words
from satu.cards.errors import Refusal as CardRefusal
from satu.cases.queries import asset
from satu.web.categories import city_rules
from satu.web.console.cases_forms import typed_amount
from satu.web.console.opened import case_field
from satu.web.doors.rights import Viewer
from satu.web.said import say


class Form(NamedTuple):
    """A form to propose by: the action's name, a button's word, its title, what it does."""

    action: str
    button: str | Promise
    title: str | Promise
    text: str | Promise


FORMS = {
    "goodwill": Form(
        "card.goodwill",
        _("Goodwill"),
        _("Propose a credit for goodwill"),
        _("The card's own bank pays it, once somebody of that bank approves."),
    ),
    "refund": Form(
        "card.goodwill",
        _("Refund"),
        _("Propose a refund"),
        _("The operator whose service failed pays it, once somebody of theirs approves."),
    ),
    "payback": Form(
        "card.pay_back",
        _("Closed card's money"),
        _("Propose to pay a closed card's money to an account"),
        _("The bank transfers what was paid back, once somebody else of that bank approves."),
    ),
    "prefund": Form(
        "issuer.prefund",
        _("Bank's deposit"),
        _("Propose a bank's deposit"),
        _("It caps what the bank may owe the others; a second treasurer approves."),
    ),
}
REASONS = (
    ("service_failed", _("The service failed")),
    ("charged_twice", _("It was charged twice")),
    ("goodwill", _("Goodwill")),
    ("card_closed", _("The card is closed")),
    ("deposit_told", _("The bank told its deposit")),
)
DECLINED = (
    ("not_plausible", _("It is not plausible")),
    ("evidence_lacking", _("The evidence is lacking")),
    ("amount_wrong", _("The amount is wrong")),
    ("paid_already", _("It was paid already")),
)


class ProposeForm(forms.Form):
    """What is proposed; each action keeps the fields that it needs."""

    card = forms.CharField(
        label=_("Card"),
        help_text=_("The number printed on it."),
        max_length=24,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
    )
    bank = forms.ChoiceField(label=_("Bank"))
    operator = forms.ChoiceField(label=_("Operator who pays"))
    amount = forms.CharField(
        label=_("Amount"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
    )
    account = forms.CharField(
        label=_("Account"),
        max_length=34,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
    )
    name = forms.CharField(
        label=_("Name of the account's holder"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    bank_code = forms.CharField(
        label=_("Code of the account's bank"),
        help_text=_("Nothing, if it is the card's own bank."),
        max_length=8,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
    )
    reason = forms.ChoiceField(label=_("Why"), choices=REASONS)
    case = case_field()
    key = forms.CharField(max_length=64, widget=forms.HiddenInput)

    FIELDS = {
        "goodwill": ("card", "amount"),
        "refund": ("card", "operator", "amount"),
        "payback": ("card", "account", "name", "bank_code"),
        "prefund": ("bank", "amount"),
    }

    def __init__(self, *args: Any, what: str, viewer: Viewer, **more: Any) -> None:
        super().__init__(*args, **more)
        self.what, self.viewer = what, viewer
        for name in list(self.fields):
            if name not in (*self.FIELDS[what], "reason", "case", "key"):
                del self.fields[name]
        if "bank" in self.fields:
            self._choose("bank", [(str(one.id), one.name) for one in self._banks()])
        if "operator" in self.fields:
            self._choose("operator", self._operators())

    def _choose(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def _banks(self) -> list[Any]:
        return [one for one in cards.issuers() if self.viewer.sees_issuer(one.code)]

    def _operators(self) -> list[tuple[str, str]]:
        rules = city_rules()
        found = rules.bundle.operators if rules else ()
        return [(str(one.id), one.name) for one in found if self.viewer.sees_operator(one.code)]

    def clean_card(self) -> int:
        found = cards.find("".join(self.cleaned_data["card"].split()).replace("-", ""))
        if found is None:
            raise forms.ValidationError(say(card_words.REFUSALS[CardRefusal.CARD_UNKNOWN]))
        return int(found.id)

    def clean_amount(self) -> int:
        try:
            return typed_amount(self.cleaned_data["amount"], asset())
        except ValueError:
            told = gettext("Write a whole amount above zero, like 25.000.")
            raise forms.ValidationError(told) from None

    def asked(self) -> Asked:
        """What a valid form proposes; the key is that of the page that was filled in."""
        given = self.cleaned_data
        parameters: dict[str, str | int] = {
            name: int(given[name]) if name in ("bank", "operator") else given[name]
            for name in self.FIELDS[self.what]
        }
        key = f"page:{self.viewer.staff}:{given['key']}"
        return Asked(FORMS[self.what].action, parameters, given["reason"], given["case"], key)


class DeclineForm(forms.Form):
    """Why somebody says no."""

    reason = forms.ChoiceField(label=_("Why not"), choices=DECLINED)
