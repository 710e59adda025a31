"""What an action on banks' statements can refuse, in order of precedence, and what to do. Pure."""

from __future__ import annotations

from enum import StrEnum

from satu.wire.messages import Words


class Refusal(StrEnum):
    """An expected refusal; nothing was changed. The value is the stable code."""

    ISSUER_UNKNOWN = "issuer_unknown"
    ACCOUNT_INVALID = "account_invalid"
    ACCOUNT_TAKEN = "account_taken"
    ACCOUNT_UNKNOWN = "account_unknown"
    CURRENCY_DIFFERS = "currency_differs"
    STATEMENT_CHANGED = "statement_changed"
    STATEMENT_MISSING = "statement_missing"
    DAY_NOT_OVER = "day_not_over"
    CLEARING_UNKNOWN = "clearing_unknown"
    LINE_UNKNOWN = "line_unknown"
    LINE_ANSWERED_OTHERWISE = "line_answered_otherwise"
    CREDIT_REFUSED = "credit_refused"


WORDS: dict[Refusal, Words] = {
    Refusal.ISSUER_UNKNOWN: Words(
        "Bank penerbit tidak dikenal; periksa kodenya.", "No such issuer; check its code."
    ),
    Refusal.ACCOUNT_INVALID: Words(
        "Nomor rekening 1–34 huruf atau angka; hari perjalanan uang 0–30.",
        "An account has 1 to 34 letters or digits; money travels for 0 to 30 days.",
    ),
    Refusal.ACCOUNT_TAKEN: Words(
        "Rekening ini milik bank lain, atau bank ini sudah punya rekening koran.",
        "Another bank has this account, or this bank has statements of another one.",
    ),
    Refusal.ACCOUNT_UNKNOWN: Words(
        "Rekening tidak dikenal; daftarkan: satu bank-statement account BANK NOMOR.",
        "No such account; register it: satu bank-statement account BANK NUMBER.",
    ),
    Refusal.CURRENCY_DIFFERS: Words(
        "Mata uang rekening koran bukan mata uang rekening.",
        "The statement is in another currency than the account.",
    ),
    Refusal.STATEMENT_CHANGED: Words(
        "Rekening koran bernama sama sudah diimpor dengan isi lain; tanya banknya.",
        "A statement of this name was imported with another content; ask the bank.",
    ),
    Refusal.STATEMENT_MISSING: Words(
        "Saldo awal bukan saldo akhir rekening koran terakhir; impor yang terlewat dahulu.",
        "It does not open with what the last one closed with; import the one between first.",
    ),
    Refusal.DAY_NOT_OVER: Words(
        "Hari penyelesaian belum berakhir; tulis berkasnya besok.",
        "The settlement day is not over; write its file tomorrow.",
    ),
    Refusal.CLEARING_UNKNOWN: Words(
        "Berkas kliring bank dan hari ini belum ditulis: satu clearing write.",
        "No clearing file of this bank and day was written: satu clearing write.",
    ),
    Refusal.LINE_UNKNOWN: Words(
        "Jawaban menyebut baris yang tidak ada di berkas; tanya banknya.",
        "The answer names a line that is not in the file; ask the bank.",
    ),
    Refusal.LINE_ANSWERED_OTHERWISE: Words(
        "Baris ini sudah dijawab lain; tanya banknya.",
        "A line was answered otherwise before; ask the bank.",
    ),
    Refusal.CREDIT_REFUSED: Words(
        "Uang yang dikembalikan kepada bank tidak dapat ditolak.",
        "Money that is given back to the bank cannot be refused.",
    ),
}
