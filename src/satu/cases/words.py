"""Words of cases: states, steps, why something was refused, answers and times. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

from satu.cases.errors import Refusal
from satu.cases.kinds import Answer, Channel, Outcome, State, What
from satu.kernel.money import show
from satu.wire.messages import Words

STATES = {
    State.NEW: Words("Baru", "New"),
    State.TAKEN: Words("Dikerjakan", "In progress"),
    State.WAITING: Words("Menunggu jawaban Anda", "Waiting for your answer"),
    State.ANSWERED: Words("Dijawab", "Answered"),
    State.CLOSED: Words("Selesai", "Closed"),
}
STEPS = {
    What.OPENED: Words("Laporan masuk", "Opened"),
    What.TAKEN: Words("Diambil petugas", "Taken up by staff"),
    What.HANDED_OVER: Words("Diteruskan ke tim lain", "Handed over to another team"),
    What.NOTED: Words("Catatan", "Note"),
    What.ASKED: Words("Petugas bertanya", "Staff asked a question"),
    What.REPLIED: Words("Jawaban Anda", "Your reply"),
    What.ANSWERED: Words("Dijawab", "Answered"),
    What.REOPENED: Words("Dibuka lagi", "Opened again"),
    What.CLOSED: Words("Selesai", "Closed"),
    What.ESCALATED: Words("Waktu habis, naik ke tim berikutnya", "Time ran out, next team"),
}
CHANNELS = {
    Channel.PAGE: Words("Halaman ini", "This page"),
    Channel.PHONE: Words("Telepon", "Phone"),
    Channel.MESSAGE: Words("Pesan", "Message"),
    Channel.COUNTER: Words("Loket", "Counter"),
}
OUTCOMES = {
    Outcome.GRANTED: Words("Dikabulkan", "Granted"),
    Outcome.PARTLY: Words("Dikabulkan sebagian", "Granted in part"),
    Outcome.REFUSED: Words("Ditolak", "Refused"),
    Outcome.INFORMED: Words("Diberi keterangan", "Explained"),
}
REFUSALS: dict[Refusal, Words] = {
    Refusal.CASES_NOT_LOADED: Words(
        "Kota ini belum punya aturan laporan; pengelola Satu memuatnya bersama paket kota.",
        "The city has no rules of cases yet; those who run Satu load them with its pack.",
    ),
    Refusal.CASE_UNKNOWN: Words("Laporan tidak ada; periksa nomornya.", "No such case."),
    Refusal.KIND_UNKNOWN: Words(
        "Jenis laporan tidak dikenal; pilih dari daftar.", "No such kind; choose one of the list."
    ),
    Refusal.RESIDENT_UNKNOWN: Words("Warga tidak ada; periksa nomornya.", "No such resident."),
    Refusal.CARD_UNKNOWN: Words("Kartu tidak ada; periksa nomornya.", "No such card."),
    Refusal.TEAM_UNKNOWN: Words(
        "Tim tidak dikenal; pilih dari daftar.", "No such team; choose one of the list."
    ),
    Refusal.STAFF_UNKNOWN: Words(
        "Petugas tidak terdaftar atau masa tugasnya berakhir.", "Nobody of that login works here."
    ),
    Refusal.NOT_THE_ASKER: Words("Ini bukan laporan Anda.", "This case is not yours."),
    Refusal.TEXT_MISSING: Words("Tulis dahulu apa yang terjadi.", "Write what it is about."),
    Refusal.TEXT_TOO_LONG: Words(
        "Teks terlalu panjang; paling banyak 4.000 huruf.", "The text is over 4,000 letters."
    ),
    Refusal.ANSWER_UNKNOWN: Words(
        "Jawaban ini bukan untuk jenis laporan itu; pilih yang lain.",
        "That answer is not for cases of this kind; choose another.",
    ),
    Refusal.ANSWER_NOT_FILLED: Words(
        "Isi jumlah, tanggal, atau hari yang diminta teks jawaban, dan tidak lebih.",
        "Fill in the amount, date or days that the answer has a place for, and nothing else.",
    ),
    Refusal.CASE_NOT_THERE: Words(
        "Laporan tidak dalam keadaan untuk langkah ini; muat ulang halaman.",
        "The case does not stand where this can be done; load the page again.",
    ),
    Refusal.REOPENED_TOO_LATE: Words(
        "Waktu untuk membuka lagi sudah lewat; buat laporan baru.",
        "The time to open it again is over; make a new case.",
    ),
}
DAYS = {
    "id": ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
MONTHS = {
    "id": ("Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des"),
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
}


def say_day(day: date, language: str) -> str:
    """`Senin 23 Nov 2026`, `Monday 23 Nov 2026`."""
    names, months = DAYS[language], MONTHS[language]
    return f"{names[day.weekday()]} {day.day} {months[day.month - 1]} {day.year}"


def say_time(at: datetime, zone: ZoneInfo, language: str) -> str:
    """`Senin 23 Nov 2026 10.00`, `Monday 23 Nov 2026 10:00`."""
    local = at.astimezone(zone)
    mark = "." if language == "id" else ":"
    return f"{say_day(local.date(), language)} {local:%H}{mark}{local:%M}"


def answer_text(
    answer: Answer, parameters: Mapping[str, str | int], *, asset: str, language: str
) -> str:
    """An answer as it is read. `parameters`: case, card, and what was filled in, as it is stored:
    an amount in smallest units, a date as ISO 8601, a number of days."""
    values: dict[str, str] = {}
    for name, value in parameters.items():
        if name == "amount":
            values[name] = show(int(value), asset, language)
        elif name == "date":
            values[name] = say_day(date.fromisoformat(str(value)), language)
        else:
            values[name] = str(value)
    text: str = getattr(answer, language)
    return text.format_map(values)
