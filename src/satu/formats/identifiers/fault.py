"""What can be wrong with an identifier that somebody typed, and what to do about it. Pure.

A fault refuses it. A doubt does not: the value is returned with it, and who takes the value
decides (a register can confirm it, a person can look at the card).
"""

from __future__ import annotations

from enum import StrEnum

from satu.wire.messages import Words


class Fault(StrEnum):
    """Why an identifier cannot be what it is said to be. The value is the stable code."""

    NIK_CHARACTERS = "nik_characters"
    NIK_LENGTH = "nik_length"
    NIK_AREA_UNKNOWN = "nik_area_unknown"
    NIK_DATE_IMPOSSIBLE = "nik_date_impossible"
    KK_CHARACTERS = "kk_characters"
    KK_LENGTH = "kk_length"
    KK_AREA_UNKNOWN = "kk_area_unknown"
    KK_DATE_IMPOSSIBLE = "kk_date_impossible"
    NPWP_CHARACTERS = "npwp_characters"
    NPWP_LENGTH = "npwp_length"
    NPWP_CHECK_DIGIT = "npwp_check_digit"
    NOP_CHARACTERS = "nop_characters"
    NOP_LENGTH = "nop_length"
    NOP_LAST_DIGIT = "nop_last_digit"
    BILLING_CHARACTERS = "billing_characters"
    BILLING_LENGTH = "billing_length"
    BPJS_CHARACTERS = "bpjs_characters"
    BPJS_LENGTH = "bpjs_length"
    SIM_CHARACTERS = "sim_characters"
    SIM_LENGTH = "sim_length"
    PLATE_FORM = "plate_form"
    PLATE_AREA_UNKNOWN = "plate_area_unknown"
    PHONE_CHARACTERS = "phone_characters"
    PHONE_PREFIX = "phone_prefix"
    PHONE_LENGTH = "phone_length"
    PAN_CHARACTERS = "pan_characters"
    PAN_LENGTH = "pan_length"
    PAN_PREFIX = "pan_prefix"


class Doubt(StrEnum):
    """Why an identifier that can be right deserves a second look."""

    AREA_UNKNOWN = "area_unknown"
    AREA_OLD = "area_old"
    SERIAL_ZERO = "serial_zero"
    CENTURY_UNSURE = "century_unsure"


def _only_digits(what: str, where: Words) -> Words:
    return Words(
        f"{what} hanya berisi angka. Salin lagi dari {where.id}.",
        f"{what} has digits only. Copy it again from {where.en}.",
    )


def _has_digits(what: str, count: Words, where: Words) -> Words:
    return Words(
        f"{what} terdiri dari {count.id} angka. Hitung lagi pada {where.id}.",
        f"{what} has {count.en} digits. Count them again on {where.en}.",
    )


def _count(number: int) -> Words:
    return Words(str(number), str(number))


_KTP = Words("KTP atau Kartu Keluarga", "the identity card or family card")
_KK = Words("Kartu Keluarga", "the family card")
_TAX = Words("kartu NPWP atau surat pajak", "the tax card or a letter from the tax office")
_SPPT = Words("lembar SPPT PBB", "the property tax notice (SPPT)")
_SLIP = Words("bukti pembuatan tagihan", "the slip on which it was made")
_BPJS = Words("kartu BPJS atau aplikasi Mobile JKN", "the BPJS card or the Mobile JKN app")
_SIM = Words("SIM", "the driving licence")
_QR = Words("kode QR", "the QR code")

WORDS: dict[Fault, Words] = {
    Fault.NIK_CHARACTERS: _only_digits("NIK", _KTP),
    Fault.NIK_LENGTH: _has_digits("NIK", _count(16), _KTP),
    Fault.NIK_AREA_UNKNOWN: Words(
        "Dua angka pertama NIK bukan kode provinsi. Periksa enam angka pertama.",
        "The first two digits of the NIK are no province. Check the first six digits.",
    ),
    Fault.NIK_DATE_IMPOSSIBLE: Words(
        "Angka ke-7 sampai ke-12 NIK bukan tanggal lahir. Periksa lagi; untuk perempuan tanggalnya "
        "ditambah 40.",
        "Digits 7 to 12 of the NIK are no date of birth. Check them; a woman's day has 40 added.",
    ),
    Fault.KK_CHARACTERS: _only_digits("Nomor KK", _KK),
    Fault.KK_LENGTH: _has_digits("Nomor KK", _count(16), _KK),
    Fault.KK_AREA_UNKNOWN: Words(
        "Dua angka pertama nomor KK bukan kode provinsi. Periksa enam angka pertama.",
        "The first two digits of the family card's number are no province. Check the first six.",
    ),
    Fault.KK_DATE_IMPOSSIBLE: Words(
        "Angka ke-7 sampai ke-12 nomor KK bukan tanggal. Periksa lagi; mungkin ini NIK.",
        "Digits 7 to 12 of the family card's number are no date. Check them; it may be a NIK.",
    ),
    Fault.NPWP_CHARACTERS: _only_digits("NPWP", _TAX),
    Fault.NPWP_LENGTH: _has_digits("NPWP", Words("15 atau 16", "15 or 16"), _TAX),
    Fault.NPWP_CHECK_DIGIT: Words(
        "Angka kesembilan NPWP tidak cocok dengan delapan angka sebelumnya. Salin lagi.",
        "The ninth digit of the NPWP does not fit the eight before it. Copy it again.",
    ),
    Fault.NOP_CHARACTERS: _only_digits("NOP", _SPPT),
    Fault.NOP_LENGTH: _has_digits("NOP", _count(18), _SPPT),
    Fault.NOP_LAST_DIGIT: Words(
        "Angka terakhir NOP adalah 0, 7, atau 9. Salin lagi dari lembar SPPT PBB.",
        "The last digit of a NOP is 0, 7 or 9. Copy it again from the property tax notice (SPPT).",
    ),
    Fault.BILLING_CHARACTERS: _only_digits("Kode billing", _SLIP),
    Fault.BILLING_LENGTH: _has_digits("Kode billing", _count(15), _SLIP),
    Fault.BPJS_CHARACTERS: _only_digits("Nomor BPJS", _BPJS),
    Fault.BPJS_LENGTH: _has_digits("Nomor BPJS", _count(13), _BPJS),
    Fault.SIM_CHARACTERS: _only_digits("Nomor SIM", _SIM),
    Fault.SIM_LENGTH: _has_digits("Nomor SIM", Words("12, 14, atau 16", "12, 14 or 16"), _SIM),
    Fault.PLATE_FORM: Words(
        "Tulis pelat nomor seperti B 1234 ABC: huruf wilayah, satu sampai empat angka, huruf.",
        "Write a number plate like B 1234 ABC: area letters, one to four digits, letters.",
    ),
    Fault.PLATE_AREA_UNKNOWN: Words(
        "Huruf depan pelat nomor bukan kode wilayah. Periksa satu atau dua huruf pertama.",
        "The plate's first letters are no area's. Check the one or two letters before the digits.",
    ),
    Fault.PHONE_CHARACTERS: Words(
        "Nomor telepon hanya berisi angka, boleh diawali +. Tulis seperti 0812 3456 7890.",
        "A phone number has digits only, with + in front if you like. Write it like 081234567890.",
    ),
    Fault.PHONE_PREFIX: Words(
        "Awali nomor telepon dengan 0, atau dengan + dan kode negara.",
        "Begin a phone number with 0, or with + and the country's code.",
    ),
    Fault.PHONE_LENGTH: Words(
        "Jumlah angka nomor telepon tidak sesuai. Periksa apakah ada angka yang kurang atau lebih.",
        "That is not as many digits as a phone number has. Check for a missing or a doubled one.",
    ),
    Fault.PAN_CHARACTERS: _only_digits("PAN QRIS", _QR),
    Fault.PAN_LENGTH: _has_digits("PAN QRIS", Words("16 sampai 19", "16 to 19"), _QR),
    Fault.PAN_PREFIX: Words(
        "PAN QRIS diawali 9360. Pindai lagi kode QR, atau pakai kode QRIS yang lain.",
        "A QRIS PAN begins with 9360. Scan the QR code again, or use another QRIS code.",
    ),
}

DOUBTS: dict[Doubt, Words] = {
    Doubt.AREA_UNKNOWN: Words(
        "Kode wilayah tidak ada di daftar sekarang; mungkin wilayah lama. Cocokkan dengan KTP.",
        "The area is not on today's list; it may be an old one. Compare with the identity card.",
    ),
    Doubt.AREA_OLD: Words(
        "Kode provinsi lama. Terima hanya setelah dicocokkan dengan data kependudukan.",
        "A province's code of old. Accept it only once the population register has confirmed it.",
    ),
    Doubt.SERIAL_ZERO: Words(
        "Empat angka terakhir 0000; biasanya mulai dari 0001. Cocokkan dengan KTP.",
        "The last four digits are 0000; they usually begin at 0001. Compare with the card.",
    ),
    Doubt.CENTURY_UNSURE: Words(
        "Tahun hanya dua angka dan bisa dua abad. Tanyakan tahun lengkapnya.",
        "The year has two digits and can be of two centuries. Ask for the full year.",
    ),
}
