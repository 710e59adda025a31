"""What an action on partners can refuse, in order of precedence, and what to do. Pure."""

from __future__ import annotations

from enum import StrEnum

from satu.wire.messages import Words


class Refusal(StrEnum):
    """An expected refusal; nothing was changed. The value is the stable code."""

    ISSUER_UNKNOWN = "issuer_unknown"
    PARTNER_UNKNOWN = "partner_unknown"
    PARTNER_NAME_INVALID = "partner_name_invalid"
    PUBLIC_KEY_INVALID = "public_key_invalid"
    PARTNER_TAKEN = "partner_taken"
    CARD_UNKNOWN = "card_unknown"


WORDS: dict[Refusal, Words] = {
    Refusal.ISSUER_UNKNOWN: Words(
        "Bank penerbit tidak dikenal; periksa kodenya.", "No such issuer; check its code."
    ),
    Refusal.PARTNER_UNKNOWN: Words(
        "Mitra tidak dikenal; lihat: satu partner list.", "No such partner; see: satu partner list."
    ),
    Refusal.PARTNER_NAME_INVALID: Words(
        "Kode, client key dan partner id: 1–36 huruf, angka, titik atau strip.",
        "Code, client key and partner id have 1 to 36 letters, digits, dots or dashes.",
    ),
    Refusal.PUBLIC_KEY_INVALID: Words(
        "Kunci publik harus PEM RSA, paling sedikit 2048 bit.",
        "The public key must be RSA in PEM, of 2048 bits at least.",
    ),
    Refusal.PARTNER_TAKEN: Words(
        "Kode, client key, partner id atau bank ini sudah dipakai mitra lain.",
        "Another partner has this code, client key, partner id or issuer.",
    ),
    Refusal.CARD_UNKNOWN: Words(
        "Kartu ini bukan kartu bank mitra; periksa nomornya.",
        "The card is not one of the partner's bank; check its number.",
    ),
}
