"""The formats of web.design for templates, in the page's own language."""

from __future__ import annotations

from django import template
from django.utils.translation import get_language

from satu.web.design import formats

register = template.Library()


@register.filter
def money(amount: int, asset: str) -> str:
    return formats.money(amount, asset, get_language() or "id")


@register.filter
def count(number: int) -> str:
    return formats.count(number, get_language() or "id")


@register.filter
def percent(share: float) -> str:
    return formats.percent(share, get_language() or "id")


@register.filter
def clock_time(at_ms: int, zone: str) -> str:
    return formats.clock_time(at_ms, zone, get_language() or "id")


@register.filter
def zone_name(at_ms: int, zone: str) -> str:
    return formats.zone_name(at_ms, zone)
