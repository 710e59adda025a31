"""Menus, tabs, breadcrumbs and steps as data: what leads where, and where one is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise


class Place(NamedTuple):
    """A link of a menu, of tabs or of a breadcrumb. `note` is a small count beside it."""

    label: str
    href: str = ""
    is_here: bool = False
    icon: str = ""
    group: str = ""
    note: str = ""


class Entry(NamedTuple):
    """A menu's entry before it is known who reads: its words, its url's name, who may see it.

    `roles` empty: everybody who is in the front. `also` names other pages that lie in it.
    """

    label: str | Promise
    url_name: str
    roles: frozenset[str] = frozenset()
    icon: str = ""
    group: str | Promise = ""
    also: tuple[str, ...] = ()


class Step(NamedTuple):
    """A step of a flow: its number and name, and whether it is done or at hand."""

    number: int
    name: str
    is_done: bool
    is_here: bool


def shown(entries: Iterable[Entry], *, path: str, roles: Iterable[str] = ()) -> list[Place]:
    """The entries that these roles may see, with the one marked that the path lies in.

    A front that is not served here has no address, and its entry is left out.
    """
    held = set(roles)
    seen = [
        (entry, href)
        for entry in entries
        if (not entry.roles or entry.roles & held) and (href := _address(entry.url_name))
    ]
    inside = [
        (len(within), href)
        for entry, href in seen
        for within in (href, *map(_address, entry.also))
        if within and path.startswith(within)
    ]
    _length, here = max(inside, default=(0, ""))
    return [
        Place(str(entry.label), href, href == here, entry.icon, str(entry.group))
        for entry, href in seen
    ]


def steps_of(names: Sequence[str], at: int) -> list[Step]:
    """The steps of a flow of which the one numbered `at` (from 1) is at hand."""
    return [
        Step(number, name, number < at, number == at) for number, name in enumerate(names, start=1)
    ]


def _address(url_name: str) -> str:
    try:
        return reverse(url_name)
    except NoReverseMatch:
        return ""
