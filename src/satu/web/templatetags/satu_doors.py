"""What the doors' templates hand to their script."""

from __future__ import annotations

import json
from typing import Any

from django import template
from django.template import Context

from satu.web.doors.home import home_of
from satu.web.doors.rights import viewer_of

register = template.Library()


@register.simple_tag
def as_json(value: Any) -> str:
    """A value for a data attribute; the template escapes it."""
    return json.dumps(value)


@register.simple_tag
def has_passkey(asked: Any) -> bool:
    """Whether the one who signs in has a passkey to show."""
    options = (asked or {}).get("request_options") or {}
    return bool(options.get("publicKey", {}).get("allowCredentials"))


@register.simple_tag(takes_context=True)
def own_home(context: Context) -> str:
    """The path of the first page for who is here."""
    return home_of(viewer_of(context["request"]))
