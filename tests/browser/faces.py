"""Looks at a page as its people will: every size and light, with ears instead of eyes, by keys.

`check_page(visitor, "/saya/", "portal-home")` is what every page's test calls once the page holds
what it should. Pictures go to `build/faces/`, which is not kept; a run by several workers, of
which nobody waits for pictures, draws none: a picture costs as much as axe does.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from axe_playwright_python.base import AXE_FILE_PATH
from playwright.sync_api import Page

from tests.browser.looks import faults_of

PICTURES = Path(__file__).resolve().parents[2] / "build" / "faces"
IS_DRAWING = "PYTEST_XDIST_WORKER" not in os.environ
SIZES = ((390, 844), (1280, 800))
LIGHTS = ("light", "dark")
LEAST_KEYS = 5  # the skip link, the brand, language and light are on every page
SERIOUS = frozenset({"serious", "critical"})
AXE = """
async () => (await axe.run(document, {resultTypes: ["violations"]})).violations
  .map(({id, impact, nodes}) => [impact, id, nodes.map((node) => node.target.join(" "))])
"""
# What stands out when it has the focus: an outline, or one around the row it stands in.
FOCUS = """
() => {
  const at = document.activeElement;
  if (at === document.body) return null;
  let shown = at;
  while (shown && getComputedStyle(shown).outlineStyle === "none") shown = shown.parentElement;
  const box = at.getBoundingClientRect();
  const isNew = at !== window.focusBefore;
  window.focusBefore = at;
  return [at.outerHTML.slice(0, 120), Boolean(shown), box.width > 0 && box.height > 0, isNew];
}
"""

WAITED = """
async () => {
  const paints = () => performance.getEntriesByName("first-contentful-paint");
  while (!paints().length) await new Promise(requestAnimationFrame);
  const [load] = performance.getEntriesByType("navigation");
  return Math.max(paints()[0].startTime, load.domContentLoadedEventEnd);
}
"""


def check_page(
    visitor: Any,
    path: str,
    name: str,
    *,
    sizes: Iterable[tuple[int, int]] = SIZES,
    lights: Iterable[str] = LIGHTS,
) -> Page:
    """Open a path in each size and light; it must have no serious fault. The page at the end.

    Faults are axe-core's serious and critical ones, text that is too small, too pale or sticks
    out, and a page that scrolls sideways. The visitor notes outside requests and scripts' errors.
    """
    lights = tuple(lights)
    faults: list[str] = []
    page: Page = visitor.page
    for width, height in sizes:
        page.set_viewport_size({"width": width, "height": height})
        for light in lights:
            page.emulate_media(color_scheme=light)  # type: ignore[arg-type]
            visitor.go(path)
            where = f"{name}-{width}-{light}"
            faults += [f"{where}: {one}" for one in (*axe_faults(page), *faults_of(page))]
            take_picture(page, where)
    assert not faults, "\n".join(faults)
    return page


def check_in_turn(visitor: Any, path: str, name: str, place: int) -> Page:
    """`check_page` in one size, light and language; a walk's pages, by their `place`, take turns.

    The keyboard reaches what stands on the page.
    """
    size, light = SIZES[place % 2], LIGHTS[place // 2 % 2]
    language = ("id", "en")[place // 4 % 2]
    joint = "&" if "?" in path else "?"
    page = check_page(visitor, f"{path}{joint}lang={language}", name, sizes=[size], lights=[light])
    assert len(keys_reach(page)) > LEAST_KEYS, name
    return page


def take_picture(page: Page, name: str) -> None:
    """The whole page in one picture; what stands at the screen's end stands at the page's."""
    if not IS_DRAWING:
        return
    size = page.viewport_size
    assert size is not None
    height = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({"width": size["width"], "height": max(height, size["height"])})
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=PICTURES / f"{name}.png")
    page.set_viewport_size(size)


def axe_faults(page: Page) -> list[Any]:
    """What axe-core calls serious or critical: [impact, rule, elements]."""
    page.evaluate(AXE_FILE_PATH.read_text(encoding="utf-8"))
    found: list[Any] = page.evaluate(AXE)
    return [fault for fault in found if fault[0] in SERIOUS]


def keys_reach(page: Page, most: int = 200) -> list[str]:
    """The elements that Tab reaches, from the page's start on; each must show its focus."""
    page.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
    reached: list[str] = []
    for _ in range(most):
        page.keyboard.press("Tab")
        found = page.evaluate(FOCUS)
        if found is None:
            break
        element, is_shown, has_size, is_new = found
        assert is_shown and has_size, f"nobody sees the focus on {element}"
        if is_new:  # a date is three figures in one element
            reached.append(element)
    return reached


def weight_of_first_load(visitor: Any, path: str) -> int:
    """The bytes that come over the wire when a path is opened for the first time."""
    session = visitor.context.new_cdp_session(visitor.page)
    session.send("Network.enable")
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    sizes: list[int] = []
    session.on("Network.loadingFinished", lambda one: sizes.append(one["encodedDataLength"]))
    visitor.go(path)
    visitor.page.wait_for_load_state("networkidle")
    session.detach()
    return int(sum(sizes))


def seconds_until_usable(visitor: Any, path: str) -> float:
    """How long a phone on slow 4G waits until it sees a page it has never been at.

    150 ms there and back, 1.6 Mbit/s, a processor of a quarter of this one's speed; until the
    page is painted and its scripts have run.
    """
    session = visitor.context.new_cdp_session(visitor.page)
    session.send("Network.enable")
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    slow = {"offline": False, "latency": 150, "downloadThroughput": 200_000}
    session.send("Network.emulateNetworkConditions", slow | {"uploadThroughput": 94_000})
    session.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    visitor.go(path)
    waited: float = visitor.page.evaluate(WAITED)
    session.detach()
    return waited / 1000
