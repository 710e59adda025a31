"""No page shows a code where people expect words: whoever is signed in walks wherever links lead,
in both languages. A code stands in <code> alone, small, beside words."""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import urljoin, urlsplit

import pytest
from django.test import Client

from satu.approvals.actions import Asked, propose
from satu.approvals.models import Proposal
from satu.audit.actions import record
from satu.audit.entry import Subject
from satu.cards.actions import link_card, top_up
from satu.cards.kinds import Medium
from satu.cards.lifecycle import freeze_card, unfreeze_card
from satu.cards.queries import faces
from satu.cases.actions import NewCase, Opened, open_case
from satu.cases.chores import escalate_due
from satu.cases.city import keep_city
from satu.cases.kinds import Channel
from satu.cases.queries import city_cases
from satu.city.cases import read_cases
from satu.kernel.days import from_ms
from satu.kernel.refusal import Outcome, UseClass
from satu.people.kinds import Kept, Role
from satu.people.queries import purposes
from satu.taps.models import Device
from satu.web.console.reference_words import KEPT
from satu.web.console.trail_words import ACTIONS, ACTORS, SUBJECTS
from tests.database.fares_support import NOW, cards, loaded_city
from tests.database.people_support import prepare
from tests.database.test_cases import PACK
from tests.small_city import at
from tests.support import Database
from tests.web_doors import hire, new_resident, resident_client, staff_client

CITY_STAFF = (
    Role.DESK,
    Role.BENEFITS,
    Role.PRIVACY,
    Role.TECHNICIAN,
    Role.TREASURER,
    Role.AUDITOR,
    Role.ADMINISTRATOR,
)
CODE = re.compile(r"\b[A-Za-z][A-Za-z0-9]*(?:[._:=][A-Za-z0-9_]+)+")
UNSEEN = re.compile(r"<(script|style|code|datalist)\b.*?</\1>|<head>.*?</head>", re.DOTALL)
LED_TO = re.compile(r'href="([^"#]+)')
SAME_WORDS = {"auditor", "bank", "chip", "operator"}  # in both languages
# What residents are told, in both languages side by side.
IN_BOTH = ("/console/reference/purposes/", "/console/reference/retention/")
NAMES = {"s.d", "camt.053"}  # "sampai dengan", and a standard: what people call them


@pytest.fixture
def siti(database: Database) -> int:
    """A resident with a card that rode, was frozen, has a case and a proposal; the trail has an
    entry of each action, subject and kind of program."""
    city = loaded_city(database)
    prepare()
    rules = read_cases(PACK, [])
    assert rules is not None
    keep_city(city=rules, asset="IDR", actor="command:city", at=NOW)
    (card,) = cards(1)
    city.send(
        city.tap(card, "X", at(8, 7), direction="entry"),
        city.tap(card, "Y", at(8, 31), direction="exit"),
    )
    siti = new_resident()
    (face,) = faces([card])
    link_card(number=face.number, secret=face.secret, owner=siti, actor=f"resident:{siti}", at=NOW)
    top_up(card=card, amount=40_000, reference="r1", actor="partner:bank", at=from_ms(at(11)))
    freeze_card(card=card, owner=siti, actor=f"resident:{siti}", at=NOW)
    unfreeze_card(card=card, owner=siti, actor=f"resident:{siti}", at=NOW)
    new = NewCase("question", Channel.PAGE, "k", siti, card, "Kartu saya terjepit.")
    long_ago = NOW - timedelta(days=90)
    assert isinstance(open_case(new=new, actor=f"resident:{siti}", at=long_ago), Opened)
    escalate_due(actor="job:cases", at=NOW)
    hire("budi", "desk")
    asked = Asked("card.goodwill", {"card": card, "amount": 25_000}, "goodwill", "K-1", "k")
    assert isinstance(propose(asked=asked, actor="staff:budi", at=NOW), Proposal)
    told = {"purpose": "oversight", "case": "K-1", "reason": "not_plausible"}
    for action in ACTIONS:
        record(
            subject=Subject("card", card), action=action, actor="staff:budi", at=NOW, detail=told
        )
    for actor in ACTORS:
        record(subject=Subject("purpose", "benefits"), action="purpose.kept", actor=actor, at=NOW)
    for kind in SUBJECTS:
        record(subject=Subject(kind, 1), action="city.loaded", actor="web:doors", at=NOW)
    return siti


def walked(client: Client, start: str, language: str) -> Iterator[tuple[str, str]]:
    """Every kind of page that links lead to, once: its path and what is written on it."""
    client.cookies["satu_language"] = language
    seen, todo = Counter[str](), [start]
    while todo:
        path = todo.pop(0)
        kind = re.sub(r"=[^&]*", "=", re.sub(r"\d{4}-\d\d-\d\d|\d+", "0", path))
        if seen[kind]:
            continue
        seen[kind] += 1
        answer = client.get(path)
        assert answer.status_code == 200, (path, answer.status_code)
        if not answer.headers["Content-Type"].startswith("text/html"):
            continue
        page = answer.content.decode()
        yield path, html.unescape(re.sub(r"<[^>]+>", "\n", UNSEEN.sub("", page)))
        for link in LED_TO.findall(page):
            parts = urlsplit(urljoin(f"http://here{path}", html.unescape(link)))
            is_page = "format=" not in parts.query and "lang=" not in parts.query
            if parts.netloc == "here" and parts.path.startswith(start) and is_page:
                todo.append(parts.path + (f"?{parts.query}" if parts.query else ""))


def english_codes() -> re.Pattern[str]:
    """Codes that are English words: an Indonesian page has no use for them."""
    rules = city_cases()
    assert rules is not None
    codes = {
        *(kind.code for kind in rules.kinds),
        *(team.code for team in rules.teams),
        *(answer.code for answer in rules.answers),
        *(one.code for one in purposes()),
        *(use.code for use in UseClass),
        *(outcome.code for outcome in Outcome),
        *(medium.wire for medium in Medium),
        *Role,
        *Kept,
        *Channel,
    } - SAME_WORDS
    return re.compile(rf"\b(?:{'|'.join(sorted(map(re.escape, codes)))})\b")


def codes_on(client: Client, start: str, least: int) -> dict[str, set[str]]:
    """The codes that are shown, by path; at least so many kinds of pages were seen."""
    known = {*Device.objects.values_list("code", flat=True), *NAMES}
    english = english_codes()
    shown: dict[str, set[str]] = {}
    for language in ("id", "en"):
        count = 0
        for path, words in walked(client, start, language):
            count += 1
            found = set(CODE.findall(words)) - known
            if language == "id" and not path.startswith(IN_BOTH):
                found |= set(english.findall(words))
            if found:
                shown[f"{path} ({language})"] = found
        assert count >= least, (start, language, count)
    return shown


@pytest.mark.parametrize(
    ("roles", "acts_for", "least"),
    [
        (CITY_STAFF, "", 60),
        ((Role.BANK,), "issuer:bank", 10),
        ((Role.OPERATOR,), "operator:bus", 5),
    ],
)
def test_no_page_of_staff_shows_a_code(
    siti: int, roles: tuple[Role, ...], acts_for: str, least: int
) -> None:
    client = staff_client("semua", *roles, acts_for=acts_for)
    if Role.DESK in roles:
        why = {"purpose": "customer_service", "case": "K-1"}
        for path in ("/console/cards/1/open", f"/console/cards/residents/{siti}/"):
            assert client.post(path, why).status_code == 302, path
    assert codes_on(client, "/console/", least) == {}


def test_all_that_is_kept_for_a_time_has_a_name() -> None:
    assert set(KEPT) == set(Kept)


def test_no_page_of_a_resident_shows_a_code(siti: int) -> None:
    staff_client("agus", "auditor").get("/console/cards/1/")
    assert codes_on(resident_client(siti), "/saya/", 15) == {}
