"""Finds addresses of pages by following links, as somebody signed in; and asks for them again.

Every page that a link leads to is known by its url's name. Plain HTTP over one kept connection.
"""

from __future__ import annotations

import re
from collections import defaultdict, deque
from collections.abc import Callable, Iterable
from html import unescape
from http.client import HTTPConnection, HTTPException
from time import perf_counter
from typing import NamedTuple
from urllib.parse import urlencode, urljoin, urlsplit

from satu.bench.problems import BenchProblem

HREF = re.compile(r'(?:href|hx-get|data-src)="([^"#]+)(?:#[^"]*)?"')
CSRF = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
NO_PAGE = re.compile(r"(?:^|&)(?:lang|format)=")  # the same in another language, or as a file
MOST_SAMPLES = 5  # of addresses of one page
MOST_ASKED = 1_500
OK, SERVER_ERROR = 200, 500
NameOf = Callable[[str], str | None]  # a path's url name; None: it is none to be measured


class Answer(NamedTuple):
    """What was answered to a request, after so many seconds; `kind` its content type."""

    status: int
    kind: str
    body: bytes
    location: str
    seconds: float


class Guest:
    """Somebody who looks at pages, with a session; `who` names them."""

    def __init__(self, who: str, host: str, port: int, cookie: str) -> None:
        self.who = who
        self._at = (host, port)
        self._cookie = cookie
        self._connection = HTTPConnection(host, port, timeout=60)

    def get(self, path: str) -> Answer:
        """Ask for a path as a browser does."""
        return self._ask("GET", path, None, {})

    def post(self, path: str, page: Answer, form: dict[str, str]) -> Answer:
        """Send a form that stands on a page."""
        found = CSRF.search(page.body.decode("utf-8", "replace"))
        token = found.group(1) if found else ""
        body = urlencode(form | {"csrfmiddlewaretoken": token}).encode()
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return self._ask("POST", path, body, kind)

    def _ask(self, method: str, path: str, body: bytes | None, more: dict[str, str]) -> Answer:
        headers = {"Cookie": self._cookie, "Accept": "text/html,*/*", "Accept-Language": "id"}
        for is_last in (False, True):
            started = perf_counter()
            try:
                self._connection.request(method, path, body, headers | more)
                told = self._connection.getresponse()
                content = told.read()
            except (HTTPException, OSError) as error:
                self._connection.close()  # the server ends a connection that was idle for long
                if is_last:
                    raise BenchProblem(f"the web did not answer to {path}: {error}") from error
                continue
            seconds = perf_counter() - started
            for value in told.headers.get_all("Set-Cookie", []):
                self._keep(value.partition(";")[0])
            kind = told.headers.get("Content-Type", "").partition(";")[0]
            return Answer(told.status, kind, content, told.headers.get("Location", ""), seconds)
        raise AssertionError

    def _keep(self, pair: str) -> None:
        name = pair.partition("=")[0]
        kept = [one for one in self._cookie.split("; ") if not one.startswith(f"{name}=")]
        self._cookie = "; ".join([*kept, pair])


class Walked(NamedTuple):
    """The addresses of each page that were found, and what answered otherwise than with 200."""

    samples: dict[str, list[str]]
    others: dict[str, int]


def walk(guest: Guest, starts: Iterable[str], name_of: NameOf) -> Walked:
    """Follow links from some addresses; a page's first addresses are its samples."""
    waiting, seen = deque(dict.fromkeys(starts)), set[str]()
    samples: dict[str, list[str]] = defaultdict(list)
    others: dict[str, int] = {}
    while waiting and len(seen) < MOST_ASKED:
        path = waiting.popleft()
        name = name_of(urlsplit(path).path)
        if path in seen or name is None or len(samples[name]) >= MOST_SAMPLES:
            continue
        seen.add(path)
        answer = guest.get(path)
        if answer.status >= SERVER_ERROR:
            raise BenchProblem(f"{path} answers {answer.status} to {guest.who}")
        if answer.status != OK:
            others.setdefault(name, answer.status)
            if answer.location:
                waiting.append(_inside(path, answer.location))
            continue
        samples[name].append(path)
        if answer.kind == "text/html":
            waiting.extend(links(path, answer.body))
    found = {name: paths for name, paths in samples.items() if paths}
    return Walked(found, {name: told for name, told in others.items() if name not in found})


def links(path: str, body: bytes) -> list[str]:
    """The addresses of our own that a page leads to."""
    found = HREF.findall(body.decode("utf-8", "replace"))
    return [inside for href in found if (inside := _inside(path, unescape(href)))]


def _inside(path: str, href: str) -> str:
    joined = urlsplit(urljoin(f"http://here{path}", href))
    if joined.netloc != "here" or joined.scheme != "http" or NO_PAGE.search(joined.query):
        return ""
    return joined.path + (f"?{joined.query}" if joined.query else "")
