"""How django-allauth is used here: its second factors and the steps of a sign-in, not its
passwords, its e-mail table or its codes (docs/adr/0009)."""

from __future__ import annotations

import base64
from typing import Any

import segno
from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from satu.web.doors import sealing
from satu.web.doors.factors import is_last
from satu.web.doors.home import address_of, after_sign_in
from satu.web.doors.models import User
from satu.web.doors.sessions import begin


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Sign-ins end in a session of satu.web.doors.sessions; nothing is mailed from here."""

    def get_login_stages(self) -> list[str]:
        return ["allauth.mfa.stages.AuthenticateStage"]

    def get_reauthentication_methods(self, user: User) -> list[dict[str, str]]:
        """A passkey is the first to be asked for, where there is one."""
        found: list[dict[str, str]] = super().get_reauthentication_methods(user)
        return sorted(found, key=lambda method: "webauthn" not in method["id"])

    def login(self, request: HttpRequest, user: User) -> None:
        begin(request, user)

    def post_login(self, request: HttpRequest, user: User, **_: Any) -> HttpResponse:
        return HttpResponseRedirect(after_sign_in(request))

    def get_client_ip(self, request: HttpRequest) -> str:
        return address_of(request)

    def add_message(self, *_: Any, **__: Any) -> None:
        """Pages say themselves what happened."""

    def send_notification_mail(self, *_: Any, **__: Any) -> None:
        """The audit trail has it; satu.messages tells residents."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False  # satu.web.doors.entering registers residents


class FactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Second factors: their secrets are sealed, and no name or phone is in a passkey."""

    def encrypt(self, text: str) -> str:
        return base64.b64encode(sealing.seal("factor", text.encode())).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return sealing.unseal("factor", base64.b64decode(encrypted_text)).decode()

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        user: User = authenticator.user
        return not (settings.STAFF_NEED_FACTOR and user.is_staff and is_last(authenticator))

    def get_totp_label(self, user: User) -> str:
        return shown_name(user)

    def build_totp_svg(self, url: str) -> str:
        return str(segno.make(url, error="m").svg_inline(scale=5, border=4))

    def get_public_key_credential_user_entity(self, user: User) -> dict[str, object]:
        name = shown_name(user)
        return {"id": str(user.pk).encode(), "display_name": name, "name": name}


def shown_name(user: User) -> str:
    """What an authenticator shows: a login, or a resident's number."""
    return user.login or _("Resident %(number)s") % {"number": user.resident}
