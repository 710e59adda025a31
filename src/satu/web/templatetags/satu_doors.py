"""What the doors' templates hand to their script."""

from __future__ import annotations

import json
from typing import Any

from django import template

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
