"""Why an action on cards was refused, in Indonesian and English, and what to do. Pure."""

from __future__ import annotations

from satu.cards.errors import Refusal
from satu.wire.messages import Words

REFUSALS: dict[Refusal, Words] = {
    Refusal.ISSUER_UNKNOWN: Words(
        "Bank tidak dikenal; periksa nomor bank.", "No such issuer; check its number."
    ),
    Refusal.COUNT_OUT_OF_RANGE: Words(
        "Jumlah kartu di luar batas; bagi menjadi beberapa kali.",
        "Too many cards at once, or none; do it in parts.",
    ),
    Refusal.AMOUNT_NOT_POSITIVE: Words(
        "Jumlah uang harus lebih dari nol.", "The amount must be above zero."
    ),
    Refusal.AMOUNT_TOO_LARGE: Words(
        "Jumlah uang melebihi batas; gunakan jumlah yang lebih kecil.",
        "The amount is over the limit; use a smaller one.",
    ),
    Refusal.REFERENCE_INVALID: Words(
        "Referensi harus 1–64 huruf atau angka.", "A reference has 1 to 64 printable characters."
    ),
    Refusal.ENTITLEMENT_DATES_INVALID: Words(
        "Tanggal tidak benar; hari terakhir tidak boleh sebelum hari pertama.",
        "The dates cannot be; the last day is not before the first.",
    ),
    Refusal.CATEGORY_UNKNOWN: Words(
        "Golongan tidak ada di tarif; lihat: satu tariff show.",
        "No tariff knows the category; see: satu tariff show.",
    ),
    Refusal.ENTITLEMENTS_OVERLAP: Words(
        "Satu orang satu golongan; akhiri hak yang lama dahulu.",
        "One group at a time; end the earlier entitlement first.",
    ),
    Refusal.ENTITLEMENTS_TOO_MANY: Words(
        "Terlalu banyak hak; hapus yang sudah berakhir.",
        "Too many entitlements; leave out those that have ended.",
    ),
    Refusal.PRODUCT_UNKNOWN: Words(
        "Produk tidak dijual dalam tarif yang berlaku.",
        "The tariff in force does not sell this product.",
    ),
    Refusal.CARD_UNKNOWN: Words(
        "Kartu tidak dikenal; periksa nomornya.", "No such card; check its number."
    ),
    Refusal.TOO_MANY_ATTEMPTS: Words(
        "Terlalu banyak percobaan; coba lagi satu jam kemudian.",
        "Too many attempts; try again in an hour.",
    ),
    Refusal.NUMBER_OR_SECRET_WRONG: Words(
        "Nomor atau kode salah; keduanya tercetak di kartu.",
        "Number or code is wrong; both are printed on the card.",
    ),
    Refusal.CARD_CLOSED: Words(
        "Kartu sudah ditutup; gunakan kartu penggantinya.",
        "The card is closed; use the one that replaced it.",
    ),
    Refusal.CARD_BLOCKED: Words(
        "Kartu diblokir; buka blokirnya di bank penerbit.",
        "The card is blocked; its issuer can unblock it.",
    ),
    Refusal.CARD_NOT_BLOCKED: Words("Kartu tidak diblokir.", "The card is not blocked."),
    Refusal.CARD_OWNED: Words("Kartu sudah ada pemiliknya.", "The card has an owner already."),
    Refusal.MEDIUM_NEEDS_NO_ROW: Words(
        "Chip Satu tidak perlu didaftarkan.", "Satu's own chip needs no registration."
    ),
    Refusal.MEDIUM_TAKEN: Words(
        "Media sudah dipakai kartu lain.", "The medium belongs to another card."
    ),
    Refusal.BALANCE_INSUFFICIENT: Words(
        "Saldo kurang; isi ulang dahulu.", "The balance is too low; top up first."
    ),
}
