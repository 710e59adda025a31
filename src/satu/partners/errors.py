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
    PRIVATE_KEY_INVALID = "private_key_invalid"
    ADDRESS_INVALID = "address_invalid"
    ACCOUNT_INVALID = "account_invalid"
    NOTHING_PAID_BACK = "nothing_paid_back"
    BANK_NOT_CONNECTED = "bank_not_connected"
    SERVICE_ID_INVALID = "service_id_invalid"
    SERVICE_ID_LACKING = "service_id_lacking"
    KEY_TAKEN = "key_taken"
    VA_UNKNOWN = "va_unknown"
    VA_PAID = "va_paid"
    VA_EXPIRED = "va_expired"
    VA_AMOUNT_DIFFERS = "va_amount_differs"
    VA_REFERENCE_TAKEN = "va_reference_taken"


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
    Refusal.PRIVATE_KEY_INVALID: Words(
        "Kunci kita harus PEM RSA tanpa sandi, paling sedikit 2048 bit.",
        "Our key must be RSA in PEM without a password, of 2048 bits at least.",
    ),
    Refusal.ADDRESS_INVALID: Words(
        "Alamat bank harus https://… (http hanya untuk komputer ini).",
        "The bank's address must be https://… (http for this machine alone).",
    ),
    Refusal.ACCOUNT_INVALID: Words(
        "Rekening tujuan 1–34 huruf atau angka, kode bank tiga angka, nama 1–100 huruf.",
        "An account has 1 to 34 letters or digits, a bank's code three digits, a name 1 to 100.",
    ),
    Refusal.NOTHING_PAID_BACK: Words(
        "Kartu belum ditutup, atau saldonya belum dikembalikan; lihat: satu card close.",
        "The card is not closed, or its balance not paid back yet; see: satu card close.",
    ),
    Refusal.BANK_NOT_CONNECTED: Words(
        "Satu belum dapat menghubungi bank ini; jalankan: satu partner connect.",
        "Satu cannot call this bank yet; run: satu partner connect.",
    ),
    Refusal.SERVICE_ID_INVALID: Words(
        "Nomor layanan dari bank: 1–8 angka.", "A bank's service id has 1 to 8 digits."
    ),
    Refusal.SERVICE_ID_LACKING: Words(
        "Bank ini belum memberi nomor layanan VA; jalankan: satu partner service-id.",
        "The bank gave us no service id for virtual accounts yet; run: satu partner service-id.",
    ),
    Refusal.KEY_TAKEN: Words(
        "Kunci sudah dipakai dengan data lain; pilih kunci lain.",
        "The key was used for something else; take another.",
    ),
    Refusal.VA_UNKNOWN: Words(
        "Nomor virtual account tidak dikenal; periksa lagi.", "No such virtual account."
    ),
    Refusal.VA_PAID: Words("Nomor ini sudah dibayar.", "This number has been paid."),
    Refusal.VA_EXPIRED: Words(
        "Nomor ini sudah lewat batas waktu; minta nomor baru.",
        "This number has expired; ask for another.",
    ),
    Refusal.VA_AMOUNT_DIFFERS: Words(
        "Jumlahnya bukan jumlah yang diminta.", "That is not the amount that was asked for."
    ),
    Refusal.VA_REFERENCE_TAKEN: Words(
        "Acuan bank sudah dipakai untuk isi ulang lain.",
        "The bank used this reference for another top-up.",
    ),
}
