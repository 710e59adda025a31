"""What somebody reads when a page cannot be shown: what happened, and what to do, twice.

Both languages stand on the page, the reader's own first: whoever sees it may not have chosen one.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from satu.web.said import language
from satu.wire.messages import Words


class Fault(NamedTuple):
    """What happened, and what to do."""

    title: Words
    advice: Words


STALE_FORM = Fault(
    Words("Halaman ini sudah terlalu lama terbuka", "This page has been open for too long"),
    Words(
        "Kembali, muat ulang halamannya, lalu kirim sekali lagi. Belum ada yang berubah.",
        "Go back, load the page again, then send it once more. Nothing has changed yet.",
    ),
)
FAULTS: dict[int, Fault] = {
    400: Fault(
        Words("Permintaan ini tidak dapat kami baca", "We cannot read this request"),
        Words(
            "Kembali ke halaman sebelumnya, lalu coba sekali lagi.",
            "Go back to the page before, then try once more.",
        ),
    ),
    403: Fault(
        Words("Halaman ini bukan untuk Anda", "This page is not for you"),
        Words(
            "Bila seharusnya untuk Anda, masuk lagi atau tanya orang yang mengatur hak Anda.",
            "If it should be, sign in again, or ask whoever gives you your rights.",
        ),
    ),
    404: Fault(
        Words("Tidak ada apa-apa di alamat ini", "There is nothing at this address"),
        Words(
            "Periksa alamatnya, atau mulai dari halaman depan. Sebagian halaman baru terlihat"
            " setelah Anda masuk.",
            "Check the address, or begin at the front page. Some pages show only after you"
            " have signed in.",
        ),
    ),
    429: Fault(
        Words("Terlalu banyak percobaan", "Too many tries"),
        Words(
            "Demi keamanan Anda, tunggu beberapa menit, lalu coba lagi.",
            "For your safety, wait a few minutes, then try again.",
        ),
    ),
    500: Fault(
        Words("Ada yang tidak berjalan di pihak kami", "Something did not work on our side"),
        Words(
            "Sudah kami catat. Coba lagi sebentar lagi; uang dan kartu Anda tidak terpengaruh.",
            "We have noted it. Try again in a moment; your money and card are not affected.",
        ),
    ),
}


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return answer(400)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return answer(403)


def stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Django's CSRF_FAILURE_VIEW: a form whose token no longer fits."""
    return answer(403, STALE_FORM)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return answer(404)


def too_many(wait_s: int) -> HttpResponse:
    """For a view that limits how often it is asked; tells programs when to come again."""
    response = answer(429)
    response.headers["Retry-After"] = str(wait_s)
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    return answer(500)


def answer(status: int, fault: Fault | None = None) -> HttpResponse:
    """The page of a status. It asks neither the database nor who is there: both may be gone."""
    fault = fault or FAULTS[status]
    here = language()
    other = "en" if here == "id" else "id"
    context: dict[str, Any] = {
        "status": status,
        "other": other,
        "title": getattr(fault.title, here),
        "advice": getattr(fault.advice, here),
        "other_title": getattr(fault.title, other),
        "other_advice": getattr(fault.advice, other),
    }
    page = render_to_string("design/fault.html", context)
    return HttpResponse(page, status=status, headers={"Cache-Control": "no-store"})
