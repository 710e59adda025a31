"""Repairs of missing taps in words, Indonesian and English: states, doubts, refusals. Pure."""

from __future__ import annotations

from satu.taps.repair_rules import Doubt, Refusal, RepairState
from satu.wire.messages import Words

STATES: dict[RepairState, Words] = {
    RepairState.ASKED: Words("menunggu petugas", "waits for staff"),
    RepairState.APPROVED: Words("disetujui", "approved"),
    RepairState.REJECTED: Words("ditolak", "rejected"),
    RepairState.WITHDRAWN: Words("gugur: tap aslinya tiba", "withdrawn: the tap itself came"),
}

DOUBTS: dict[Doubt, Words] = {
    Doubt.OTHER_NETWORK: Words(
        "Tempat itu bukan milik rute atau jaringan ini.",
        "The place is not on this route or network.",
    ),
    Doubt.TIMES_OUT_OF_ORDER: Words(
        "Waktu keluarnya tidak setelah waktu masuk.", "The exit is not after the entry."
    ),
    Doubt.JOURNEY_TOO_LONG: Words(
        "Perjalanannya lebih lama dari perjalanan terlama.",
        "The journey is longer than the longest one.",
    ),
    Doubt.TRAVEL_TOO_FAST: Words(
        "Tempat itu terlalu jauh untuk dicapai dalam waktu itu.",
        "The place is too far to be reached in that time.",
    ),
    Doubt.JOURNEY_NOT_COMPLETED: Words(
        "Dengan tap itu perjalanan tetap tidak lengkap.",
        "With that tap the journey would still not be complete.",
    ),
    Doubt.MONTHLY_LIMIT_REACHED: Words(
        "Batas bulanan jaringan ini tercapai.", "The network's limit for the month is reached."
    ),
}

REFUSALS: dict[Refusal, Words] = {
    Refusal.CARD_UNKNOWN: Words(
        "Kartu tidak dikenal; periksa nomornya.", "No such card; check its number."
    ),
    Refusal.CARD_CLOSED: Words(
        "Kartu sudah ditutup; hubungi bank penerbit.", "The card is closed; ask its issuer."
    ),
    Refusal.USE_UNKNOWN: Words(
        "Perjalanan tidak dikenal; lihat: satu journeys list.",
        "No such journey of this card; see: satu journeys list.",
    ),
    Refusal.POINT_UNKNOWN: Words(
        "Halte atau stasiun tidak dikenal; gunakan kodenya.",
        "No such stop or station; use its code.",
    ),
    Refusal.TIME_IN_FUTURE: Words(
        "Waktu itu belum tiba; periksa tanggal dan jam.",
        "That time is yet to come; check date and hour.",
    ),
    Refusal.ASKED_TOO_LATE: Words(
        "Sudah lebih dari delapan minggu; perjalanan tidak lagi terkait kartu.",
        "More than eight weeks ago: journeys are no longer linked to cards.",
    ),
    Refusal.USE_NOT_INCOMPLETE: Words(
        "Perjalanan ini tidak kekurangan tap.", "No tap is missing in this journey."
    ),
    Refusal.NOTHING_TO_REFUND: Words(
        "Tap itu tidak menurunkan yang ditagih; tidak ada yang dikembalikan.",
        "That tap would not lower what was charged; there is nothing to give back.",
    ),
    Refusal.REPAIR_UNKNOWN: Words(
        "Permintaan tidak dikenal; lihat: satu journeys repairs.",
        "No such request; see: satu journeys repairs.",
    ),
    Refusal.REPAIR_DECIDED: Words(
        "Permintaan sudah diputuskan.", "The request has been decided already."
    ),
    Refusal.DAY_FULL: Words(
        "Terlalu banyak tap pada hari itu; petugas perlu memeriksa kartunya.",
        "The card has too many taps that day; staff must look at it.",
    ),
    Refusal.SAME_PERSON: Words(
        "Anda sendiri yang mengajukan untuk penumpang; petugas lain yang memutuskan.",
        "You asked for it in the rider's name yourself; somebody else decides.",
    ),
}
