"""What the frames of the fronts fill in by themselves: menus, who is signed in, the search."""

from __future__ import annotations

from typing import Any

from django import template
from django.http import HttpRequest
from django.template import Context
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from satu.web.console import menu as console
from satu.web.design.menus import Entry, shown
from satu.web.design.words import role_names
from satu.web.doors.rights import viewer_of
from satu.web.doors.table import RIGHTS
from satu.web.portal import menu as portal
from satu.web.public import menu as public

register = template.Library()


@register.inclusion_tag("design/parts/menu_top.html", takes_context=True)
def portal_menu(context: Context) -> dict[str, Any]:
    return {"places": _places(context, portal.ENTRIES), "kind": "dasar"}


@register.inclusion_tag("design/parts/menu_top.html", takes_context=True)
def public_menu(context: Context) -> dict[str, Any]:
    """Nobody is asked who they are: a public page is the same for all."""
    return {"places": shown(public.ENTRIES, path=context["request"].path), "kind": "atas"}


@register.inclusion_tag("design/parts/menu_side.html", takes_context=True)
def console_menu(context: Context) -> dict[str, Any]:
    return {"places": _places(context, console.ENTRIES)}


@register.inclusion_tag("design/parts/console_search.html", takes_context=True)
def console_search(context: Context) -> dict[str, Any]:
    may_find = RIGHTS[console.FIND].allows(viewer_of(context["request"]))
    return {
        "action": _address(console.FIND) if may_find else "",
        "value": context.get("asked", ""),
    }


@register.inclusion_tag("design/parts/sign_out.html", takes_context=True)
def sign_out(context: Context) -> dict[str, Any]:
    """The button that ends the session, for who has one."""
    return {"action": _address("account_logout") if viewer_of(context["request"]) else ""}


@register.simple_tag(takes_context=True)
def staff_line(context: Context) -> str:
    """`Console · Card desk`."""
    viewer = viewer_of(context["request"])
    roles = role_names(viewer.roles) if viewer else ""
    return f"{_('Console')} · {roles}" if roles else _("Console")


@register.simple_tag(takes_context=True)
def staff_name(context: Context) -> SafeString:
    """Who of the staff is signed in, and as what."""
    viewer = viewer_of(context["request"])
    if viewer is None or viewer.staff is None:
        return SafeString()
    return format_html(
        '<p class="petugas"><strong>{}</strong><span class="redup kecil">{}</span></p>',
        viewer.staff,
        role_names(viewer.roles),
    )


def _places(context: Context, entries: tuple[Entry, ...]) -> list[Any]:
    request: HttpRequest = context["request"]
    viewer = viewer_of(request)
    return shown(entries, path=request.path, roles=viewer.roles if viewer else ())


def _address(url_name: str) -> str:
    try:
        return reverse(url_name)
    except NoReverseMatch:
        return ""
