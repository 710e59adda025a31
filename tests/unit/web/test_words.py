"""Every sentence is there in Indonesian, and the compiled words are the written ones."""

from __future__ import annotations

import gettext
import re
from pathlib import Path

import satu.web

WEB = Path(satu.web.__file__).parent
MESSAGES = WEB / "locale" / "id" / "LC_MESSAGES"
QUOTED = r'"((?:[^"\\]|\\.)*)"'
USED = (
    (WEB.glob("templates/**/*.html"), rf"{{% translate {QUOTED}|[ :=]_\({QUOTED}\)"),
    (WEB.glob("**/*.py"), rf"\b_\(\s*{QUOTED}\s*\)"),
)
ENTRY = re.compile(rf"^msgid {QUOTED}\nmsgstr {QUOTED}$", re.MULTILINE)


def compiled() -> gettext.GNUTranslations:
    with (MESSAGES / "django.mo").open("rb") as file:
        return gettext.GNUTranslations(file)


def written() -> dict[str, str]:
    text = (MESSAGES / "django.po").read_text(encoding="utf-8")
    return {unescaped(said): unescaped(put) for said, put in ENTRY.findall(text) if said}


def unescaped(text: str) -> str:
    return text.replace('\\"', '"')


def used() -> set[str]:
    found = set()
    for paths, pattern in USED:
        for path in paths:
            for groups in re.findall(pattern, path.read_text(encoding="utf-8")):
                found.add(groups if isinstance(groups, str) else "".join(groups))
    return found


def test_every_sentence_is_translated():
    known = written()
    assert len(used()) > 40
    assert {sentence for sentence in used() if not known.get(sentence)} == set()


def test_the_compiled_words_are_the_written_ones():
    words = compiled()
    assert {said: words.gettext(said) for said in written()} == written()


def test_no_field_of_a_sentence_is_lost():
    fields = re.compile(r"%\(\w+\)s")
    for said, put in written().items():
        assert sorted(fields.findall(said)) == sorted(fields.findall(put)), said
