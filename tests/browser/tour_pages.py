"""What each picture of the tour is made of, so that a picture older than its page is found out.

Without a browser: a page's templates with those that they include, the rules of its style sheets
that its own words and parts can meet, and the Indonesian words of the view and of what it calls.
`digests()` tells all of that in a few figures a page; `MADE_OF` keeps those of the pictures.
"""

from __future__ import annotations

import inspect
import json
import re
import sys
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

from django.urls import resolve
from django.utils import translation

import satu.web
from satu.web.design.statics import SHEETS, joined_sheet

WEB = Path(satu.web.__file__).parent
TEMPLATES, TAGS = WEB / "templates", WEB / "templatetags"
PICTURES = Path(__file__).resolve().parents[2] / "docs/pictures/tour"
MADE_OF = PICTURES / "made-of.json"
EVERYWHERE = "satu"  # the sheet of every page, which is several joined

TAKEN = re.compile(r'{% (?:extends|include) "([^"]+)"')
TAG = re.compile(r"{% (\w+)")
TAG_TEMPLATE = re.compile(r'inclusion_tag\("([^"]+)"[^\n]*\ndef (\w+)')
RENDERED = re.compile(r'"([\w/{}-]+\.html)"')
SHEET = re.compile(r"satu/css/(\w+)\.css")
RULE = re.compile(r"([^{}]+){([^{}]*)}")
CLASS = re.compile(r"\.([a-z][\w-]*)")
WORDS = re.compile(r'\b(?:translate |(?:_|lazy|gettext_lazy|gettext)\(\s*)"((?:[^"\\]|\\.)*)"')


class Shown(NamedTuple):
    """A page of the tour: an address of its view, and the templates that stand in the picture."""

    path: str
    templates: tuple[str, ...]


PAGES = {
    "public": Shown("/", ("public/home.html",)),
    "fares": Shown("/tarif/", ("public/fares.html",)),
    "tap": Shown("/tap/", ("public/tap.html",)),
    "home": Shown("/saya/", ("portal/home.html",)),
    "history": Shown("/saya/riwayat/", ("portal/history.html",)),
    "why": Shown("/saya/riwayat/x/", ("portal/journey.html",)),
    "lost": Shown("/saya/", ("portal/home.html", "design/confirm.html")),
    "find": Shown("/console/cards/", ("console/find.html",)),
    "card": Shown("/console/cards/1/", ("console/card_history.html",)),
    "bank": Shown("/console/bank/", ("console/bank.html",)),
    "four-eyes": Shown("/console/approvals/1/", ("console/approval.html",)),
    "control-room": Shown("/console/live/", ("console/live.html",)),
    "operator": Shown("/console/operator/", ("console/operator_revenue.html",)),
}


def view_at(path: str) -> Any:
    """What answers at a path."""
    return inspect.unwrap(resolve(path).func)


def kept_digests() -> dict[str, str]:
    """What the pictures were made of when they were drawn."""
    kept: dict[str, str] = json.loads(MADE_OF.read_text("utf-8"))
    return kept


def keep_digests() -> None:
    MADE_OF.write_text(json.dumps(digests(), indent=2) + "\n", encoding="utf-8")


def digests() -> dict[str, str]:
    """For each picture what its page is made of now."""
    return {name: _digest(shown) for name, shown in PAGES.items()}


def _digest(shown: Shown) -> str:
    module = sys.modules[view_at(shown.path).__module__]
    rendered = [
        re.sub(r"{\w+}", r"\\w+", one) for one in RENDERED.findall(inspect.getsource(module))
    ]
    assert any(re.fullmatch(one, shown.templates[0]) for one in rendered), shown
    texts = _templates(shown.templates)
    markup = "\n".join(" ".join(text.split()) for text in texts.values())
    parts = [markup, *_rules(markup), *_words([*texts.values(), *_sources(module)])]
    return sha256("\n".join(parts).encode()).hexdigest()[:16]


def _templates(names: tuple[str, ...]) -> dict[str, str]:
    """Templates with all that they extend, include, or have drawn by a tag, in a fixed order."""
    of_tags = {
        tag: template
        for path in sorted(TAGS.glob("*.py"))
        for template, tag in TAG_TEMPLATE.findall(path.read_text("utf-8"))
    }
    found: dict[str, str] = {}
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name in found or not (TEMPLATES / name).is_file():
            continue
        found[name] = text = (TEMPLATES / name).read_text("utf-8")
        waiting += TAKEN.findall(text)
        waiting += [of_tags[tag] for tag in TAG.findall(text) if tag in of_tags]
    return dict(sorted(found.items()))


def _rules(markup: str) -> Iterator[str]:
    """The style rules whose classes the page, or the parts that Python draws, can have."""
    drawn = [*TAGS.glob("*.py"), *(WEB / "design").glob("*.py")]
    known = set(re.findall(r"[\w-]+", markup))
    known.update(*(re.findall(r"[\w-]+", path.read_text("utf-8")) for path in drawn))
    for name in sorted(set(SHEET.findall(markup))):
        sheet = joined_sheet() if name == EVERYWHERE else (SHEETS / f"{name}.css").read_text()
        for selector, rule in RULE.findall(re.sub(r"/\*.*?\*/", "", sheet, flags=re.DOTALL)):
            if known.issuperset(CLASS.findall(selector)):
                yield f"{' '.join(selector.split())}{{{' '.join(rule.split())}}}"


def _sources(module: ModuleType) -> Iterator[str]:
    """The source of a view's module and of the web's modules that it uses."""
    used = {getattr(one, "__module__", None) or "" for one in vars(module).values()}
    used |= {one.__name__ for one in vars(module).values() if inspect.ismodule(one)}
    for name in sorted(used | {module.__name__}):
        if name.startswith("satu.web."):
            yield inspect.getsource(sys.modules[name])


def _words(texts: list[str]) -> list[str]:
    """Every sentence for people in these sources, as the pictures say it."""
    with translation.override("id"):
        said = {translation.gettext(words) for text in texts for words in WORDS.findall(text)}
    return sorted(said)
