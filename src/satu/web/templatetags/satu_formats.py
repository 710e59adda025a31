"""The formats of web.design for templates, in the page's own language."""

from __future__ import annotations

from django import template

from satu.web.design import formats
from satu.web.said import language

register = template.Library()


@register.filter
def money(amount: int, asset: str) -> str:
    return formats.money(amount, asset, language())


@register.filter
def count(number: int) -> str:
    return formats.count(number, language())


@register.filter
def percent(share: float) -> str:
    return formats.percent(share, language())


@register.filter
def clock_time(at_ms: int, zone: str) -> str:
    return formats.clock_time(at_ms, zone, language())


@register.filter
def zone_name(at_ms: int, zone: str) -> str:
    return formats.zone_name(at_ms, zone)
