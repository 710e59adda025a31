"""What a gate's screen says, in Indonesian and English: at most five words, then figures or help.

Used by the gateway for single taps, by readers that decide for themselves, and by web pages.
"""

from __future__ import annotations

from satu.kernel.money import show
from satu.kernel.refusal import Meaning, Outcome
from satu.wire.messages import Words

MEANINGS: dict[Meaning, Words] = {
    Meaning.NONE: Words("Diterima", "Accepted"),
    Meaning.ENTRY: Words("Silakan masuk", "Please enter"),
    Meaning.EXIT: Words("Terima kasih, selamat jalan", "Thank you, goodbye"),
    Meaning.TRANSFER: Words("Lanjutkan perjalanan Anda", "Transfer, please go on"),
    Meaning.SAME_STATION_EXIT: Words("Keluar di tempat masuk", "Exit where you entered"),
    Meaning.EXIT_WITHOUT_ENTRY: Words("Keluar tanpa tap masuk", "Exit without tap-in"),
    Meaning.ENTRY_AFTER_MISSING_EXIT: Words(
        "Silakan masuk; tap keluar terlewat", "Please enter; last exit missing"
    ),
    Meaning.VISIT_BEGUN: Words("Selamat berkunjung", "Enjoy your visit"),
    Meaning.VISIT_ENDED: Words("Terima kasih atas kunjungan Anda", "Thank you for visiting"),
    Meaning.OVERTIME_EXIT: Words("Keluar melewati batas waktu", "Exit after time limit"),
    Meaning.INTERCHANGE_ENTRY: Words("Silakan masuk; perjalanan berlanjut", "Same journey goes on"),
    Meaning.GROUP_ENTRY: Words("Satu penumpang lagi, silakan", "One more rider, welcome"),
    Meaning.SAME_TOUCH: Words("Sudah tap, tidak dipotong", "Already tapped, not charged"),
    Meaning.PASSBACK_ENTRY: Words("Kartu sudah dipakai masuk", "Card already went in"),
    Meaning.GATE_CHANGE: Words("Pindah gerbang, tanpa biaya", "Change of gate, free"),
    Meaning.ENTRY_AFTER_AUTOCOMPLETE: Words(
        "Silakan masuk; tap keluar dilengkapi", "Please enter; exit was completed"
    ),
}

OUTCOMES: dict[Outcome, Words] = {
    Outcome.ACCEPTED: Words("Diterima", "Accepted"),
    Outcome.READER_REFUSED: Words("Ditolak di gerbang", "Refused at the gate"),
    Outcome.CARD_UNKNOWN: Words("Kartu tidak dikenal", "Card not known"),
    Outcome.CARD_BLOCKED: Words("Kartu diblokir", "Card is blocked"),
    Outcome.CARD_CLOSED: Words("Kartu sudah ditutup", "Card is closed"),
    Outcome.POINT_UNKNOWN: Words("Lokasi alat tidak dikenal", "Reader's place not known"),
    Outcome.ROUTE_UNKNOWN: Words("Rute tidak dikenal", "Route not known"),
    Outcome.TAPS_TOO_MANY: Words("Terlalu banyak tap", "Too many taps"),
    Outcome.BALANCE_INSUFFICIENT: Words("Saldo kurang", "Balance too low"),
    Outcome.PASSBACK: Words("Kartu sudah masuk di sini", "Card already entered here"),
    Outcome.RIDERS_TOO_MANY: Words("Terlalu banyak penumpang", "Too many riders"),
    Outcome.QUARANTINED_TIME_FUTURE: Words("Jam alat terlalu cepat", "Reader's clock is ahead"),
    Outcome.QUARANTINED_TIME_PAST: Words("Tap terlalu lama", "Tap is too old"),
    Outcome.QUARANTINED_CARD_UNKNOWN: Words("Kartu tidak dikenal", "Card not known"),
    Outcome.QUARANTINED_POINT_UNKNOWN: Words("Lokasi alat tidak dikenal", "Reader's place unknown"),
    Outcome.QUARANTINED_NAME_REUSED: Words("Nomor tap sudah dipakai", "Tap number already used"),
    Outcome.QUARANTINED_ROUTE_UNKNOWN: Words("Rute tidak dikenal", "Route not known"),
    Outcome.QUARANTINED_TAPS_TOO_MANY: Words("Terlalu banyak tap", "Too many taps"),
}

_STAFF = Words("Hubungi petugas di lokasi ini.", "Please ask the staff here.")
_KEPT = Words(
    "Tap disimpan untuk diperiksa petugas; saldo tidak dipotong.",
    "The tap is kept for staff to check; nothing was charged.",
)

HELP: dict[Outcome, Words] = {
    Outcome.READER_REFUSED: _STAFF,
    Outcome.CARD_UNKNOWN: Words(
        "Pakai kartu Satu lain atau tanya petugas.", "Use another Satu card or ask the staff."
    ),
    Outcome.CARD_BLOCKED: Words(
        "Hubungi bank penerbit kartu; saldo Anda aman.",
        "Call the bank that issued it; your balance is safe.",
    ),
    Outcome.CARD_CLOSED: Words(
        "Pakai kartu pengganti; saldo pindah ke kartu itu.",
        "Use the replacement card; the balance moved there.",
    ),
    Outcome.POINT_UNKNOWN: _STAFF,
    Outcome.ROUTE_UNKNOWN: _STAFF,
    Outcome.TAPS_TOO_MANY: _STAFF,
    Outcome.BALANCE_INSUFFICIENT: Words(
        "Isi saldo di konter atau lewat bank Anda.", "Top up at a counter or through your bank."
    ),
    Outcome.PASSBACK: Words(
        "Satu kartu, satu orang: pakai kartu lain, atau tanya petugas.",
        "One card, one person: use another card, or ask the staff.",
    ),
    Outcome.RIDERS_TOO_MANY: Words(
        "Kurangi penumpang pada kartu ini, atau pakai kartu lain.",
        "Take fewer riders on this card, or use another card.",
    ),
    Outcome.QUARANTINED_TIME_FUTURE: _KEPT,
    Outcome.QUARANTINED_TIME_PAST: _KEPT,
    Outcome.QUARANTINED_CARD_UNKNOWN: _KEPT,
    Outcome.QUARANTINED_POINT_UNKNOWN: _KEPT,
    Outcome.QUARANTINED_NAME_REUSED: _KEPT,
    Outcome.QUARANTINED_ROUTE_UNKNOWN: _KEPT,
    Outcome.QUARANTINED_TAPS_TOO_MANY: _KEPT,
}


def say(
    outcome: Outcome,
    meaning: Meaning,
    *,
    charge: int,
    full_fare: int,
    balance: int | None,
    asset: str,
) -> Words:
    """The sentence for one tap: a ride with fare and balance, or a refusal with what to do.

    `charge` is what the tap moved (negative: given back), `full_fare` what the use costs alone,
    `balance` the purse's afterwards; None is not shown. `asset` is the city's currency.
    """
    if outcome is Outcome.ACCEPTED:
        short = MEANINGS[meaning]
        return Words(
            f"{short.id}. {_moved(charge, asset, 'Tarif', 'Dikembalikan', 'id')}"
            f"{_left(balance, asset, 'Saldo', 'id')}",
            f"{short.en}. {_moved(charge, asset, 'Fare', 'Given back', 'en')}"
            f"{_left(balance, asset, 'Balance', 'en')}",
        )
    short, help_ = OUTCOMES[outcome], HELP[outcome]
    if outcome is not Outcome.BALANCE_INSUFFICIENT:
        return Words(f"{short.id}. {help_.id}", f"{short.en}. {help_.en}")
    fare_id = f" Tarif {show(full_fare, asset, 'id')}." if full_fare else ""
    fare_en = f" Fare {show(full_fare, asset, 'en')}." if full_fare else ""
    return Words(
        f"{short.id}.{fare_id}{_left(balance, asset, 'Saldo', 'id')} {help_.id}",
        f"{short.en}.{fare_en}{_left(balance, asset, 'Balance', 'en')} {help_.en}",
    )


def _moved(charge: int, asset: str, taken: str, given_back: str, language: str) -> str:
    if charge < 0:
        return f"{given_back} {show(-charge, asset, language)}."
    return f"{taken} {show(charge, asset, language)}."


def _left(balance: int | None, asset: str, name: str, language: str) -> str:
    return "" if balance is None else f" {name} {show(balance, asset, language)}."
