"""The doors for programs, from the repository's own contracts: banks, readers, fares."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple

import msgspec
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET

from satu.partners import openapi as banks
from satu.web.api.doors import doors
from satu.web.doors.rights import public
from satu.web.public.contracts import Contract, read

HOUR_S = 3600


class Door(NamedTuple):
    """A contract: its name in addresses, its title, for whom, how it is signed, where it is."""

    slug: str
    title: str | Promise
    about: str | Promise
    signing: str
    load: Callable[[], bytes]


def _readers() -> bytes:
    """The gateway's document; it is another program, which settings name."""
    made = import_string(settings.READERS_CONTRACT)()
    assert isinstance(made, bytes)
    return made


def _programs() -> bytes:
    return msgspec.json.encode(doors.get_openapi_schema())


DOORS = (
    Door(
        "bank",
        lazy("The banks' door"),
        lazy("SNAP BI: tokens, top-ups, virtual accounts, balances and statements."),
        "public/signing_banks.html",
        banks.document,
    ),
    Door(
        "pembaca",
        lazy("The readers' door"),
        lazy("For device makers and operators: taps in, decisions out; tariffs and deny lists."),
        "public/signing_readers.html",
        _readers,
    ),
    Door(
        "tarif",
        lazy("Fares and history"),
        lazy("What a journey would cost, for everybody; one's own rides, for residents."),
        "public/signing_none.html",
        _programs,
    ),
)
BY_SLUG = {door.slug: door for door in DOORS}


@require_GET
@cache_control(public=True, max_age=300)
@public
def developers(request: HttpRequest) -> HttpResponse:
    """Which doors there are."""
    found = [(door, _contract(door.slug)) for door in DOORS]
    return render(request, "public/developers.html", {"doors": found})


@require_GET
@cache_control(public=True, max_age=300)
@public
def contract(request: HttpRequest, name: str) -> HttpResponse:
    """A door with all that can be asked at it."""
    door = _door(name)
    context = {"door": door, "contract": _contract(name), "others": DOORS}
    return render(request, "public/contract.html", context)


@require_GET
@cache_control(public=True, max_age=HOUR_S)
@public
def contract_file(request: HttpRequest, name: str) -> HttpResponse:
    """A door's OpenAPI document, for programs that read those."""
    return HttpResponse(_content(_door(name).slug), content_type="application/json")


def _door(name: str) -> Door:
    if name not in BY_SLUG:
        raise Http404
    return BY_SLUG[name]


@lru_cache(maxsize=len(DOORS))
def _content(name: str) -> bytes:
    return BY_SLUG[name].load()


@lru_cache(maxsize=len(DOORS))
def _contract(name: str) -> Contract:
    document: Any = msgspec.json.decode(_content(name))
    return read(document)
