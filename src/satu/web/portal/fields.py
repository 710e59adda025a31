"""Fields of the portal's forms: amounts as people write them, keys by which a form acts once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext as _

from satu.kernel import money
from satu.web.portal.own import Asker


class KeyedForm(forms.Form):
    """A form that moves money or opens something, once: sent again it is the same again."""

    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)

    def named(self, asks: Asker) -> str:
        """The key under which the action is done, of this resident alone."""
        return f"saya-{asks.resident}-{self.cleaned_data['key'].hex}"


class MoneyField(forms.CharField):
    """An amount as people write it: `50.000`, `Rp 50,000`; cleaned: in the smallest unit.

    A form sets `asset` to what the amount is of.
    """

    def __init__(self, **given: Any) -> None:
        self.asset = "IDR"
        attributes = {"inputmode": "numeric", "autocomplete": "off"}
        super().__init__(widget=forms.TextInput(attrs=attributes), max_length=24, **given)

    def to_python(self, value: Any) -> Any:
        typed = super().to_python(value)
        if typed in self.empty_values:
            return None
        amount = read_money(str(typed), self.asset)
        if amount is None or amount <= 0:
            raise forms.ValidationError(_("Write an amount like 50.000."), code="amount_invalid")
        return amount

    def validate(self, value: Any) -> None:
        if self.required and value is None:
            raise forms.ValidationError(self.error_messages["required"], code="required")

    def run_validators(self, value: Any) -> None:
        """The length of an amount is no text's."""


def read_money(typed: str, asset: str) -> int | None:
    """An amount that a person typed, in the smallest unit; None: it cannot be one."""
    figures = typed.upper().removeprefix(money.MARKS.get(asset, asset).upper())
    figures = "".join(figures.split())
    if not money.exponent(asset):
        figures = figures.replace(".", "").replace(",", "")
    try:
        return money.parse(figures.replace(",", "."), asset)
    except ValueError:
        return None


def offer(form: forms.Form, name: str, choices: Sequence[tuple[str | int, str]]) -> None:
    """Let a form's field be one of these."""
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField), field
    field.choices = list(choices)


def in_asset(form: forms.Form, asset: str) -> None:
    """Let a form's amounts be of an asset."""
    for field in form.fields.values():
        if isinstance(field, MoneyField):
            field.asset = asset
