"""Colours that data brings with it: which of ours can be read on them. Pure."""

from __future__ import annotations

INK, PAPER = "#10212B", "#FFFFFF"


def on_colour(colour: str) -> str:
    """White or ink, whichever is read more easily on `#rrggbb` (WCAG 2.2, relative luminance)."""
    own = luminance(colour)
    against_paper = 1.05 / (own + 0.05)
    against_ink = (own + 0.05) / (luminance(INK) + 0.05)
    return PAPER if against_paper >= against_ink else INK


def luminance(colour: str) -> float:
    """From 0, black, to 1, white."""
    red, green, blue = (_linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(share: float) -> float:
    return share / 12.92 if share <= 0.04045 else float(((share + 0.055) / 1.055) ** 2.4)
