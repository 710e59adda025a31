"""What the programs' door answers to bad input: RFC 9457 problems with codes, in two languages."""

from __future__ import annotations

from typing import NamedTuple

import msgspec
from django.http import HttpResponse

from satu.wire.messages import Problem, Words

MEDIA_TYPE = "application/problem+json"


class Kind(NamedTuple):
    """A problem's status, its title, and what to do."""

    status: int
    title: str
    words: Words


CATALOGUE: dict[str, Kind] = {
    "body_malformed": Kind(
        400,
        "The body cannot be read",
        Words("Kirim satu objek JSON dalam UTF-8.", "Send one JSON object in UTF-8."),
    ),
    "not_found": Kind(
        404,
        "There is nothing here for you",
        Words(
            "Periksa alamatnya; sebagian hanya untuk petugas yang masuk.",
            "Check the address; some are for staff who have signed in.",
        ),
    ),
    "body_too_large": Kind(
        413,
        "The body is too large",
        Words("Kirim paling banyak 16 KiB.", "Send at most 16 KiB."),
    ),
    "body_invalid": Kind(
        422,
        "The body does not fit",
        Words("Perbaiki isian yang disebut di detail.", "Correct the field that detail names."),
    ),
    "parameter_invalid": Kind(
        422,
        "A parameter does not fit",
        Words(
            "Perbaiki parameter yang disebut di detail.",
            "Correct the parameter that detail names.",
        ),
    ),
    "point_unknown": Kind(
        422,
        "A place is not known",
        Words("Pakai kode tempat dari data kota.", "Use the code of a place in the city's data."),
    ),
    "route_unknown": Kind(
        422,
        "A route is not known",
        Words("Pakai kode rute dari data kota.", "Use the code of a route in the city's data."),
    ),
    "category_unknown": Kind(
        422,
        "The rider category is not known",
        Words("Pakai kelompok yang ada di tarif.", "Use a category that the tariff has."),
    ),
    "leg_without_ends": Kind(
        422,
        "A leg needs a place and a time",
        Words(
            "Isi start dan started_at, atau end dan ended_at, atau keempatnya.",
            "Give start and started_at, or end and ended_at, or all four.",
        ),
    ),
    "times_out_of_order": Kind(
        422,
        "Legs follow each other in time",
        Words("Urutkan waktu tap dari awal ke akhir.", "Put the taps' times in their order."),
    ),
    "days_differ": Kind(
        422,
        "All legs must be of one service day",
        Words("Kirim satu hari layanan sekali tanya.", "Ask for one service day at a time."),
    ),
    "tariff_missing": Kind(
        422,
        "No tariff is in force on that day",
        Words("Pilih hari yang tarifnya ada.", "Choose a day that a tariff is in force on."),
    ),
    "too_many": Kind(
        429,
        "You asked too often",
        Words("Tunggu sebanyak detik pada Retry-After.", "Wait the seconds of Retry-After."),
    ),
    "internal_error": Kind(
        500,
        "Something unexpected happened",
        Words("Coba lagi nanti; kami sudah mencatatnya.", "Try again later; we have logged it."),
    ),
    "not_ready": Kind(
        503,
        "The database is away, or no city is loaded",
        Words("Tunggu sebentar lalu coba lagi.", "Wait a moment, then try again."),
    ),
}


class ProblemError(Exception):
    """A request that is answered with a problem. `about` tells what exactly, in English.

    `wait_s`: when it may be asked again.
    """

    def __init__(self, code: str, about: str = "", wait_s: int = 0) -> None:
        self.code = code
        self.about = about
        self.wait_s = wait_s
        super().__init__(code)


def answer(code: str, about: str = "", wait_s: int = 0) -> HttpResponse:
    """The problem as an answer."""
    kind = CATALOGUE[code]
    document = Problem.of(code, kind.status, kind.title, kind.words, about)
    response = HttpResponse(
        msgspec.json.encode(document), content_type=MEDIA_TYPE, status=kind.status
    )
    response.headers["Cache-Control"] = "no-store"
    if wait_s:
        response.headers["Retry-After"] = str(wait_s)
    return response


def described(*codes: str) -> dict[int, dict[str, object]]:
    """The problems of an operation for its OpenAPI, by status; each names its codes."""
    by_status: dict[int, list[str]] = {}
    for code in codes:
        by_status.setdefault(CATALOGUE[code].status, []).append(code)
    schema = {"$ref": "#/components/schemas/Problem"}
    return {
        status: {
            "description": "\n\n".join(
                f"`{code}`: {CATALOGUE[code].title}. {CATALOGUE[code].words.en}" for code in found
            ),
            "content": {MEDIA_TYPE: {"schema": schema}},
        }
        for status, found in sorted(by_status.items())
    }
