"""A statement on paper (A4, PDF) in our own letters. It knows words and figures, no cards."""

from __future__ import annotations

from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple
from xml.sax.saxutils import escape

from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import registerFont, registerFontFamily, stringWidth
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, KeepTogether, Paragraph, SimpleDocTemplate, Spacer
from reportlab.platypus import Table as Rows

FONTS = Path(__file__).parent / "fonts"
LETTERS, BOLD = "Satu", "Satu-Bold"
INK, QUIET, PRIMARY, RULE = (HexColor(one) for one in ("#10212B", "#5B6770", "#1F3A8A", "#D9DDD8"))
MARGIN, FOOT = 20 * mm, 14 * mm
PADDING = 6  # a frame of reportlab has that inside, on each side
WIDTHS = [38 * mm, 74 * mm, 29 * mm, 29 * mm]


class Line(NamedTuple):
    """A posting in words: when, what, with whom; its amount and the balance after it."""

    at: str
    what: str
    note: str
    amount: str
    balance: str


class Part(NamedTuple):
    """A purse: its opening balance, its lines, and the sums under them."""

    title: str
    opening: tuple[str, str]
    lines: list[Line]
    sums: list[tuple[str, str]]


class Paper(NamedTuple):
    """A whole statement. `page` has places for `n` and `all`."""

    title: str
    subtitle: str
    heads: list[tuple[str, str]]
    parts: list[Part]
    columns: tuple[str, str, str, str]
    empty: str
    foot: str
    page: str


def printed(paper: Paper) -> bytes:
    """The statement as a PDF with its letters in it."""
    _load_letters()
    target = BytesIO()
    document = SimpleDocTemplate(
        target,
        pagesize=A4,
        leftMargin=MARGIN - PADDING,
        rightMargin=MARGIN - PADDING,
        topMargin=MARGIN,
        bottomMargin=MARGIN + FOOT / 2,
        title=f"{paper.title} {paper.subtitle}",
        author="satu",
    )
    body: list[Flowable] = [*_head(paper)]
    for part in paper.parts:
        body += _part(part, paper)
    document.build(body, canvasmaker=_canvas_for(paper))
    return target.getvalue()


@cache
def _load_letters() -> None:
    """Plus Jakarta Sans (SIL Open Font License: fonts/OFL.txt), cut down to what is written."""
    registerFont(TTFont(LETTERS, FONTS / "plus-jakarta-sans-regular.ttf"))
    registerFont(TTFont(BOLD, FONTS / "plus-jakarta-sans-bold.ttf"))
    registerFontFamily(LETTERS, normal=LETTERS, bold=BOLD, italic=LETTERS, boldItalic=BOLD)


def _style(size: float, *, bold: bool = False, colour: Any = INK, right: bool = False) -> Any:
    name = f"{size}{bold}{colour}{right}"
    return ParagraphStyle(
        name,
        fontName=BOLD if bold else LETTERS,
        fontSize=size,
        leading=size * 1.35,
        textColor=colour,
        **({"alignment": TA_RIGHT} if right else {}),
    )


def _say(words: str, size: float = 9, **how: Any) -> Paragraph:
    return Paragraph(escape(words), _style(size, **how))


def _head(paper: Paper) -> list[Flowable]:
    heads = [[_say(name, colour=QUIET), _say(value)] for name, value in paper.heads]
    table = Rows(heads, colWidths=[32 * mm, sum(WIDTHS) - 32 * mm], hAlign="LEFT")
    table.setStyle([("VALIGN", (0, 0), (-1, -1), "TOP"), *_padded(1)])
    return [
        _say("satu", 20, bold=True, colour=PRIMARY),
        Spacer(0, 8 * mm),
        _say(f"{paper.title} · {paper.subtitle}", 16, bold=True),
        Spacer(0, 4 * mm),
        table,
        Spacer(0, 6 * mm),
    ]


def _part(part: Part, paper: Paper) -> list[Flowable]:
    """A purse: its lines in a table that goes on over pages under the same heads."""
    posted, what, amount, balance = paper.columns
    quiet = {"size": 8, "colour": QUIET}
    rows: list[list[Any]] = [
        [_say(posted, **quiet), _say(what, **quiet), *_figures(amount, balance, **quiet)],
        ["", _say(part.opening[0], bold=True), "", _say(part.opening[1], bold=True, right=True)],
    ]
    for line in part.lines:
        told: list[Any] = [_say(line.what)]
        told += [_say(line.note, 8, colour=QUIET)] if line.note else []
        rows.append([_say(line.at), told, *_figures(line.amount, line.balance)])
    if not part.lines:
        rows.append(["", _say(paper.empty, colour=QUIET), "", ""])
    table = Rows(rows, colWidths=WIDTHS, repeatRows=1)
    rule = ("LINEBELOW", (0, 0), (-1, -1), 0.5, RULE)
    table.setStyle([("VALIGN", (0, 0), (-1, -1), "TOP"), rule, *_padded(3)])
    return [_say(part.title, 12, bold=True), Spacer(0, 2 * mm), table, _sums(part)]


def _sums(part: Part) -> Flowable:
    """The sums, kept on one page with each other; the last one is the closing balance."""
    last = len(part.sums) - 1
    rows = [
        [_say(name, bold=place == last), _say(value, bold=place == last, right=True)]
        for place, (name, value) in enumerate(part.sums)
    ]
    table = Rows(rows, colWidths=[40 * mm, WIDTHS[3] + 6 * mm], hAlign="RIGHT")
    table.setStyle(_padded(2))
    return KeepTogether([Spacer(0, 2 * mm), table, Spacer(0, 8 * mm)])


def _figures(*figures: str, size: float = 9, **how: Any) -> list[Paragraph]:
    return [_say(one, size, right=True, **how) for one in figures]


def _padded(points: int) -> list[Any]:
    sides = [("LEFTPADDING", 0), ("RIGHTPADDING", 3), ("TOPPADDING", points)]
    sides.append(("BOTTOMPADDING", points))
    return [(name, (0, 0), (-1, -1), size) for name, size in sides]


def _canvas_for(paper: Paper) -> type[Canvas]:
    """A canvas that numbers pages once it knows how many there are."""

    class Numbered(Canvas):  # type: ignore[misc]
        def __init__(self, *given: Any, **named: Any) -> None:
            super().__init__(*given, **named)
            self.pages: list[dict[str, Any]] = []

        def showPage(self) -> None:
            self.pages.append(dict(self.__dict__))
            self._startPage()

        def save(self) -> None:
            for number, page in enumerate(self.pages, 1):
                self.__dict__.update(page)
                _write_foot(self, paper, number, len(self.pages))
                super().showPage()
            super().save()

    return Numbered


def _write_foot(canvas: Canvas, paper: Paper, number: int, pages: int) -> None:
    canvas.setFont(LETTERS, 8)
    canvas.setFillColor(QUIET)
    said = paper.page % {"n": number, "all": pages}
    canvas.drawString(MARGIN, FOOT, paper.foot)
    canvas.drawString(A4[0] - MARGIN - stringWidth(said, LETTERS, 8), FOOT, said)
