"""Why an action on cards was refused, in Indonesian and English, and what to do. Pure."""

from __future__ import annotations

from satu.cards.bearers import Cause
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
    Refusal.REASON_INVALID: Words(
        "Pilih alasan dari daftar; kode laporan seperti K-17, tanpa data pribadi.",
        "Choose a reason of the list; a case's code is like K-17, without personal data.",
    ),
    Refusal.CARD_PRODUCT_UNKNOWN: Words(
        "Jenis kartu tidak dikenal; lihat products.csv kota.",
        "No such kind of card; see the city's products.csv.",
    ),
    Refusal.MAKER_KEY_INVALID: Words(
        "Kunci pembuat kartu harus kunci publik X25519 dalam PEM.",
        "The maker's key must be an X25519 public key in PEM.",
    ),
    Refusal.CARD_ORDER_UNKNOWN: Words(
        "Pesanan kartu tidak dikenal; lihat: satu cards orders.",
        "No such order of cards; see: satu cards orders.",
    ),
    Refusal.CARD_ORDER_NOT_PRODUCED: Words(
        "Kartu pesanan ini belum dibuat; personalisasi dahulu.",
        "The cards of this order were not made yet; personalise it first.",
    ),
    Refusal.CARD_ORDER_DELIVERED: Words(
        "Pesanan sudah diterima; kode rahasianya tidak diberikan lagi.",
        "The order was delivered; its secrets are not told again.",
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
    Refusal.CARD_NOT_DELIVERED: Words(
        "Kartu ini belum diterima bank dari pembuatnya; hubungi bank penerbit.",
        "The bank has not received this card from its maker yet; ask its issuer.",
    ),
    Refusal.CARD_NOT_BLOCKED: Words("Kartu tidak diblokir.", "The card is not blocked."),
    Refusal.CARD_NOT_FROZEN: Words(
        "Kartu tidak dibekukan oleh pemegangnya; tanya bank penerbit.",
        "The card was not frozen by its holder; ask its issuer.",
    ),
    Refusal.CARD_NOT_EXPIRED: Words(
        "Masa berlaku kartu belum habis; belum perlu diperpanjang.",
        "The card has not expired; it need not be renewed yet.",
    ),
    Refusal.CARD_NOT_REPLACEABLE: Words(
        "Kartu tanpa pemilik yang hilang tidak dapat diganti; pemegangnya tidak terbukti.",
        "A lost card that nobody registered is not replaced; whose it was cannot be proved.",
    ),
    Refusal.CARD_OWNED: Words("Kartu sudah ada pemiliknya.", "The card has an owner already."),
    Refusal.CARD_NOT_REGISTERED: Words(
        "Kartu belum terdaftar; daftarkan dengan nomor dan kode yang tercetak.",
        "The card is not registered; register it with the number and code printed on it.",
    ),
    Refusal.CARD_PERSONAL: Words(
        "Kartu ini dibuat untuk satu orang; kartu dan haknya tetap padanya.",
        "The card was made for one person; it stays with them, as its rights do.",
    ),
    Refusal.CARD_IS_BUSY: Words(
        "Masih ada yang berjalan di kartu ini (perjalanan, laporan); tunggu sampai selesai.",
        "Something of the card is under way (a ride, a case); wait until it is done.",
    ),
    Refusal.NOT_THE_HOLDER: Words(
        "Kartu ini milik orang lain.", "The card belongs to somebody else."
    ),
    Refusal.PURSE_UNKNOWN: Words(
        "Kartu tidak punya dompet di bank itu; buka dahulu, atau pilih bank lain.",
        "The card has no purse at that bank; open one first, or choose another bank.",
    ),
    Refusal.PURSE_IS_THERE: Words(
        "Kartu sudah punya dompet di bank itu; gunakan dompet itu, atau gabungkan ke sana.",
        "The card has a purse at that bank; use it, or close another one into it.",
    ),
    Refusal.PURSES_TOO_MANY: Words(
        "Dompet kartu sudah sebanyak batasnya; tutup satu dahulu.",
        "The card has as many purses as it may; close one first.",
    ),
    Refusal.PURSE_ORDER_INVALID: Words(
        "Urutan harus memuat setiap bank tempat kartu punya dompet, masing-masing sekali.",
        "The order names each bank at which the card has a purse, once.",
    ),
    Refusal.PURSES_ARE_THE_SAME: Words(
        "Pengirim dan penerima sama; pilih kartu lain.",
        "Sender and receiver are the same; choose another card.",
    ),
    Refusal.LOSS_IS_THE_HOLDERS: Words(
        "Kerugian ini ditanggung pemegang kartu; tidak ada yang dibukukan.",
        "The holder bears this loss; nothing is posted.",
    ),
    Refusal.LOSS_IS_THE_OPERATORS: Words(
        "Kerugian ini ditanggung operator: ia tidak dibayar; tidak ada yang dibukukan.",
        "The operator bears this loss: it is not paid; nothing is posted.",
    ),
    Refusal.AMOUNT_NOT_OWED: Words(
        "Yang terutang bukan sebesar itu; periksa lagi kartunya.",
        "That is not what is owed; look at the card again.",
    ),
    Refusal.MEDIUM_NEEDS_NO_ROW: Words(
        "Chip Satu tidak perlu didaftarkan.", "Satu's own chip needs no registration."
    ),
    Refusal.MEDIUM_TAKEN: Words(
        "Media sudah dipakai kartu lain.", "The medium belongs to another card."
    ),
    Refusal.MEDIUM_IS_NO_BANKS: Words(
        "Hanya chip bank sendiri atau token EMV yang uangnya ada di bank.",
        "Only a bank's own chip or an EMV token has its money at the bank.",
    ),
    Refusal.CARD_EXTERNAL: Words(
        "Uang kartu ini ada di banknya; urus di bank itu.",
        "This card's money is at its bank; ask the bank.",
    ),
    Refusal.BALANCE_INSUFFICIENT: Words(
        "Saldo kurang; isi ulang dahulu.", "The balance is too low; top up first."
    ),
    Refusal.BALANCE_LIMIT_PASSED: Words(
        "Saldo akan melebihi batas kartu; isi lebih sedikit, atau daftarkan kartunya.",
        "The balance would pass the card's limit; take less, or register the card.",
    ),
    Refusal.MONTHLY_LIMIT_PASSED: Words(
        "Uang masuk bulan ini akan melebihi batas; coba bulan depan, atau daftarkan kartunya.",
        "What comes in this month would pass the limit; wait for the next, or register the card.",
    ),
    Refusal.INTERBANK_CAP_PASSED: Words(
        "Bank pembayar belum menyetor jaminan yang cukup kepada bank lain; coba di bank kartu.",
        "The paying bank has not prefunded enough for other banks; go to the card's own bank.",
    ),
}
# What staff read of a loss that was made good; docs/reference/who-bears-a-loss.md says more.
CAUSES: dict[Cause, Words] = {
    Cause.USED_BEFORE_REPORT: Words("dipakai sebelum dilaporkan", "used before the report"),
    Cause.UNREGISTERED_LOST: Words("kartu tak terdaftar hilang", "an unregistered card lost"),
    Cause.USED_AFTER_REPORT: Words("dipakai sesudah dilaporkan", "used after the report"),
    Cause.CHIP_CLONED: Words("chip disalin", "its chip was copied"),
    Cause.WRONG_CARD_BLOCKED: Words("kartu yang salah diblokir", "the wrong card was blocked"),
    Cause.READER_LIST_STALE: Words("daftar pembaca terlalu lama", "the reader's list was old"),
    Cause.READER_AT_FAULT: Words("pembaca kartu rusak", "the reader was at fault"),
    Cause.UNKNOWN_CARD_ACCEPTED: Words(
        "kartu tak dikenal diterima", "an unknown card was accepted"
    ),
    Cause.RIDE_NEVER_PAID: Words("perjalanan tak terbayar", "a ride never paid"),
    Cause.GOODWILL: Words("kebijaksanaan bank", "the bank's goodwill"),
    Cause.SERVICE_FAILED: Words("layanan gagal", "the service failed"),
}
