"""The words of the audit trail for templates (satu.web.console.trail)."""

from __future__ import annotations

from django import template

from satu.web.console import trail

register = template.Library()
register.filter("who", trail.who)
register.filter("did", trail.did)
register.filter("why_said", trail.why_said)
