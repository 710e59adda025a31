"""What staff fill in about cases. The actions decide; these only read what was typed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from satu.cards import queries as cards
from satu.cards.models import Card
from satu.cases.kinds import AMOUNT, DATE, DAYS, Filling
from satu.cases.rules import TEXT_LENGTH
from satu.kernel import money

Choices = Sequence[tuple[str, str]]


def _text(label: Any, **more: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"class": "masukan", "rows": 5}),
        **more,
    )


class NewCaseForm(forms.Form):
    """A case that did not come by a page. `card` is set once the form is valid."""

    kind = forms.ChoiceField(label=gettext_lazy("What it is about"))
    channel = forms.ChoiceField(label=gettext_lazy("Came by"), widget=forms.RadioSelect)
    number = forms.CharField(
        label=gettext_lazy("Card's number"),
        help_text=gettext_lazy("16 digits, as printed. Without it nobody can be written to."),
        required=False,
        max_length=24,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    text = _text(
        gettext_lazy("What was said"),
        help_text=gettext_lazy("It is sealed: who reads it later says why, and is written down."),
    )
    serial = forms.CharField(required=False, widget=forms.HiddenInput)
    key = forms.CharField(max_length=64, widget=forms.HiddenInput)

    def __init__(self, *args: Any, kinds: Choices, ways: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in (("kind", kinds), ("channel", ways)):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = choices
        self.card: Card | None = None

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        number = "".join(given.get("number", "").split())
        if number:
            self.card = cards.find(number) if len(number) == cards.PRINTED_DIGITS else None
            if self.card is None:
                self.add_error("number", _("There is no such card. Check its 16 digits."))
        elif given.get("serial"):
            self.card = cards.find(given["serial"])
        return given


class TextForm(forms.Form):
    """A note, a question, a reply, why a case is opened again."""

    text = _text(gettext_lazy("Text"))


class TeamForm(forms.Form):
    """Who has a case from now on."""

    team = forms.ChoiceField(label=gettext_lazy("Team"))

    def __init__(self, *args: Any, teams: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["team"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = teams


class ReadForm(forms.Form):
    """What somebody's words are read for."""

    purpose = forms.ChoiceField(label=gettext_lazy("What for"))

    def __init__(self, *args: Any, purposes: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["purpose"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = purposes


class AnswerForm(forms.Form):
    """What is filled into an answer's text, of the places that it has, and a sentence more."""

    amount = forms.CharField(
        label=gettext_lazy("Amount"), widget=forms.TextInput(attrs={"inputmode": "numeric"})
    )
    date = forms.DateField(
        label=gettext_lazy("Date"), widget=forms.DateInput(attrs={"type": "date"})
    )
    days = forms.IntegerField(label=gettext_lazy("Days"), min_value=1, max_value=365)
    text = _text(
        gettext_lazy("In your own words"),
        required=False,
        help_text=gettext_lazy("Added under the text. It is sealed as well."),
    )

    def __init__(self, *args: Any, places: Collection[str], asset: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asset = asset
        for name in (AMOUNT, DATE, DAYS):
            if name not in places:
                del self.fields[name]

    def clean_amount(self) -> int:
        try:
            return typed_amount(self.cleaned_data["amount"], self.asset)
        except ValueError:
            told = _("Write the amount in figures, such as 15000.")
            raise forms.ValidationError(told) from None

    def filling(self) -> Filling:
        """What was filled in; of a valid form."""
        given = self.cleaned_data
        return Filling(given.get("amount"), given.get("date"), given.get("days"))


def typed_amount(text: str, asset: str) -> int:
    """An amount as people type it, in smallest units: 15000, 15.000 and Rp 15.000 are the same.

    ValueError: it is none, or nothing.
    """
    plain = "".join(text.split()).removeprefix(money.mark(asset))
    if not money.exponent(asset):
        plain = plain.replace(".", "").replace(",", "")
    amount = money.parse(plain, asset)
    if amount <= 0:
        raise ValueError("nothing")
    return amount
