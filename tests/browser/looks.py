"""Looks at a page as a person would: can everything be read, does anything stick out?"""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

# Every visible text's contrast with what lies behind it, its size, and what is wider than the page.
LOOK = r"""
() => {
  const parts = (colour) => {
    const numbers = colour.match(/[\d.]+/g).map(Number);
    const scale = colour.startsWith("color(") ? 255 : 1;
    const [r, g, b] = numbers.slice(0, 3).map((n) => n * scale);
    return [r, g, b, numbers.length > 3 ? numbers[3] : 1];
  };
  const over = (top, under) => {
    const [a, b] = [parts(top), under];
    return [0, 1, 2].map((i) => a[i] * a[3] + b[i] * (1 - a[3]));
  };
  const behind = (element) => {
    const grounds = [];
    for (let at = element; at; at = at.parentElement) {
      grounds.push(getComputedStyle(at).backgroundColor);
    }
    return grounds.reverse().reduce((under, ground) => over(ground, under), [255, 255, 255]);
  };
  const light = (rgb) => {
    const [r, g, b] = rgb.map((n) => {
      const share = n / 255;
      return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const fontPixels = (element, style) => {
    const drawn = element.ownerSVGElement ? element.getScreenCTM().a : 1;
    return drawn * parseFloat(style.fontSize);
  };
  const within = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const { overflowX, clipPath } = getComputedStyle(at);
      if (overflowX === "auto" || overflowX === "scroll" || clipPath !== "none") return true;
    }
    return false;
  };
  // The first box around a text that does not hold it; what scrolls, ends in … or is not seen does.
  const left = (node) => {
    const range = document.createRange();
    range.selectNodeContents(node);
    const { left, right, width } = range.getBoundingClientRect();
    let found = null;
    for (let at = node.parentElement; width && at !== document.body; at = at.parentElement) {
      const { display, overflowX, textOverflow, clipPath, position } = getComputedStyle(at);
      if (at.ownerSVGElement || clipPath !== "none" || textOverflow === "ellipsis") return null;
      if (overflowX === "auto" || overflowX === "scroll") break;
      const box = at.getBoundingClientRect();
      const isBox = display !== "inline" && display !== "contents";
      if (isBox && (left < box.left - 1 || right > box.right + 1)) found ??= at;
      if (position === "absolute" || position === "fixed") break;
    }
    return found;
  };
  const faults = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    const text = walker.currentNode.textContent.trim();
    const box = element.getBoundingClientRect();
    const hidden = !element.checkVisibility() || box.width < 2;
    if (!text || hidden || element.closest("noscript, .lompat")) continue;
    const style = getComputedStyle(element);
    const ground = behind(element);
    const [a, b] = [light(over(style.color, ground)), light(ground)];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) faults.push(`${text}: contrast ${ratio.toFixed(2)}`);
    const size = fontPixels(element, style);
    if (size < 13.9) faults.push(`${text}: ${size.toFixed(1)} pixels`);
    const isOut = box.right > innerWidth + 1 || box.left < -1;
    if (isOut && !within(element)) faults.push(`${text}: sticks out`);
    const leftBox = left(walker.currentNode);
    if (leftBox) faults.push(`${text}: leaves its ${leftBox.className || leftBox.localName}`);
  }
  for (const control of document.querySelectorAll("header a, header button")) {
    const box = control.getBoundingClientRect();
    if (Math.min(box.width, box.height) < 43.9) faults.push(`${control.outerHTML}: too small`);
  }
  if (document.documentElement.scrollWidth > innerWidth) faults.push("scrolls sideways");
  return faults;
}
"""


def faults_of(page: Page) -> list[str]:
    """What somebody could not read or reach."""
    found: Any = page.evaluate(LOOK)
    return list(found)
