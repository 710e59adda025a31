"""What people type at the doors."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from satu.people.rules import NAME_LENGTH
from satu.web.doors.contacts import Contact, Way, read_contact, read_login


class ContactForm(forms.Form):
    """A phone or an e-mail address."""

    contact = forms.CharField(
        label=_("Phone number or e-mail"),
        help_text=_("We send you a code. There is no password."),
        max_length=254,
        widget=forms.TextInput(
            attrs={"autocomplete": "username webauthn", "autofocus": True, "spellcheck": "false"}
        ),
    )

    def clean_contact(self) -> Contact:
        contact = read_contact(self.cleaned_data["contact"])
        if contact is None:
            raise forms.ValidationError(
                _("Write a mobile number like 0812 3456 7890, or an e-mail address."),
                code="contact_invalid",
            )
        return contact


class EmailForm(forms.Form):
    """An e-mail address to be reached at."""

    contact = forms.EmailField(
        label=_("E-mail address"), widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )

    def clean_contact(self) -> Contact:
        contact = read_contact(self.cleaned_data["contact"])
        if contact is None or contact.way is not Way.EMAIL:
            raise forms.ValidationError(_("Write an e-mail address."), code="contact_invalid")
        return contact


class LoginForm(forms.Form):
    """A login of staff."""

    contact = forms.CharField(
        label=_("Staff login"),
        help_text=_("A code goes to your work e-mail; then you show your second factor."),
        max_length=40,
        widget=forms.TextInput(
            attrs={"autocomplete": "username webauthn", "autofocus": True, "spellcheck": "false"}
        ),
    )

    def clean_contact(self) -> Contact:
        contact = read_login(self.cleaned_data["contact"])
        if contact is None:
            raise forms.ValidationError(
                _("A login has small letters and figures."), code="contact_invalid"
            )
        return contact


class CodeForm(forms.Form):
    """A code that was sent."""

    code = forms.CharField(
        label=_("Code"),
        max_length=12,
        widget=forms.TextInput(attrs={"autofocus": True}),
    )


class NameForm(forms.Form):
    """How a new resident wants to be called."""

    name = forms.CharField(
        label=_("Your name"),
        help_text=_("As on your identity card. It is kept sealed; who opens it is written down."),
        max_length=NAME_LENGTH,
        widget=forms.TextInput(attrs={"autocomplete": "name", "autofocus": True}),
    )


class ChoiceForm(forms.Form):
    """Which of the residents who share a phone."""

    resident = forms.IntegerField()
