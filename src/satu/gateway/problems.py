"""Answers to bad requests: RFC 9457 documents with a code and words that say what to do."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from satu.wire.messages import Problem, Words

MEDIA_TYPE = "application/problem+json"


class Kind(NamedTuple):
    """A problem as the catalogue knows it. `retry_after_s` 0: trying again does not help."""

    status: int
    title: str
    words: Words
    retry_after_s: int = 0


CATALOGUE: dict[str, Kind] = {
    "body_malformed": Kind(
        400,
        "The body cannot be read",
        Words("Isi pesan rusak. Kirim JSON atau msgpack yang utuh.", "Send whole JSON or msgpack."),
    ),
    "since_invalid": Kind(
        400,
        "since is not a version",
        Words(
            "Isi since dengan nomor versi daftar, atau 0 untuk daftar lengkap.",
            "Give the version of your list as since, or 0 for the whole list.",
        ),
    ),
    "signature_missing": Kind(
        401,
        "The request is not signed",
        Words(
            "Sertakan Satu-Device, Satu-Time dan Satu-Signature yang benar.",
            "Send valid Satu-Device, Satu-Time and Satu-Signature headers.",
        ),
    ),
    "device_unknown": Kind(
        401,
        "The device is not known",
        Words("Daftarkan alat ini pada pengelola kota.", "Register this device with the city."),
    ),
    "signature_wrong": Kind(
        401,
        "The signature does not fit",
        Words(
            "Tandatangani method, path, waktu dan isi dengan kunci alat ini.",
            "Sign method, path, time and body with this device's own key.",
        ),
    ),
    "request_too_old": Kind(
        401,
        "The request is older than five minutes",
        Words(
            "Setel jam alat, tandatangani ulang, lalu kirim lagi.",
            "Set the device's clock, sign the request anew and send it again.",
        ),
    ),
    "request_from_future": Kind(
        401,
        "The request's time is more than five minutes ahead",
        Words(
            "Setel jam alat, tandatangani ulang, lalu kirim lagi.",
            "Set the device's clock, sign the request anew and send it again.",
        ),
    ),
    "device_blocked": Kind(
        403,
        "The device is blocked",
        Words("Hubungi pengelola kota tentang alat ini.", "Ask the city about this device."),
    ),
    "not_found": Kind(
        404,
        "There is nothing at this address",
        Words("Lihat /openapi.json untuk alamat yang ada.", "See /openapi.json for what is here."),
    ),
    "method_not_allowed": Kind(
        405,
        "The address does not take this method",
        Words(
            "Lihat header Allow untuk method yang bisa.", "See the Allow header for those it takes."
        ),
    ),
    "body_too_slow": Kind(
        408,
        "The body did not arrive in time",
        Words("Kirim ulang lewat jaringan yang lebih baik.", "Send again on a better network."),
        retry_after_s=5,
    ),
    "body_too_large": Kind(
        413,
        "The body is too large",
        Words("Bagi kiriman menjadi beberapa bagian.", "Split the upload into several."),
    ),
    "content_type_unknown": Kind(
        415,
        "The content type is not taken",
        Words(
            "Kirim application/json atau application/msgpack.",
            "Send application/json or application/msgpack.",
        ),
    ),
    "content_encoding_unknown": Kind(
        415,
        "The content encoding is not taken",
        Words("Kirim apa adanya atau dengan gzip.", "Send the body plain or with gzip."),
    ),
    "body_invalid": Kind(
        422,
        "The body does not fit the message",
        Words("Perbaiki isian yang disebut di detail.", "Correct the field that detail names."),
    ),
    "busy": Kind(
        429,
        "The queue is full",
        Words("Tunggu sebentar lalu kirim ulang.", "Wait a moment, then send again."),
        retry_after_s=1,
    ),
    "internal_error": Kind(
        500,
        "Something unexpected happened",
        Words(
            "Simpan tap dan kirim ulang nanti; kami sudah mencatatnya.",
            "Keep the tap and send it again later; we have logged it.",
        ),
    ),
    "database_away": Kind(
        503,
        "The database is away",
        Words(
            "Simpan tap dan kirim ulang; kiriman ganda tidak menagih dua kali.",
            "Keep the tap and send it again; sending twice never charges twice.",
        ),
        retry_after_s=1,
    ),
    "not_ready": Kind(
        503,
        "The gateway is starting, or no city is loaded",
        Words("Tunggu sebentar lalu kirim ulang.", "Wait a moment, then send again."),
        retry_after_s=1,
    ),
}


class ProblemError(Exception):
    """A request that is answered with a problem. `about` tells what exactly, in English."""

    def __init__(self, code: str, about: str = "", headers: dict[str, str] | None = None) -> None:
        self.code = code
        self.kind = CATALOGUE[code]
        self.about = about
        self.headers = headers or {}
        super().__init__(code)

    def document(self) -> Problem:
        kind = self.kind
        return Problem.of(self.code, kind.status, kind.title, kind.words, self.about)

    def body(self) -> bytes:
        return msgspec.json.encode(self.document())

    def all_headers(self) -> list[tuple[bytes, bytes]]:
        """The answer's headers, as ASGI wants them."""
        named = {"content-type": MEDIA_TYPE, "cache-control": "no-store", **self.headers}
        if self.kind.status == 401:
            named["www-authenticate"] = "Satu-Signature"
        if self.kind.retry_after_s:
            named["retry-after"] = str(self.kind.retry_after_s)
        return [(name.encode(), value.encode()) for name, value in named.items()]
