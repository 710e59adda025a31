"""The words of `satu tariff check` and `show`, Indonesian and English."""

from __future__ import annotations

from enum import StrEnum

from satu.wire.messages import Words


class Language(StrEnum):
    """The languages that people read a tariff in."""

    INDONESIAN = "id"
    ENGLISH = "en"


# word → (Indonesian, English)
WORDS = {
    "version": ("Versi", "Version"),
    "from": ("Berlaku sejak", "In force from"),
    "currency": ("Mata uang", "Currency"),
    "source": ("Sumber", "Source"),
    "content": ("Isi (sha256)", "Content (sha256)"),
    "steps": ("Urutan hitungan", "Order of steps"),
    "rounding": ("Pembulatan akhir", "Rounded at the end"),
    "gap": ("Perjalanan berakhir setelah", "A journey ends after"),
    "networks": ("Jaringan", "Networks"),
    "network": ("Jaringan", "Network"),
    "gates": ("Gerbang", "Gates"),
    "yes": ("ya", "yes"),
    "entry only": ("hanya masuk", "in only"),
    "of the first ride": ("sejak perjalanan pertama", "of the first ride"),
    "other network": ("ke jaringan lain", "to another network"),
    "no": ("tidak", "no"),
    "charged at": ("Dibayar saat", "Charged at"),
    "entry": ("masuk", "entry"),
    "exit": ("keluar", "exit"),
    "minimum": ("Saldo minimum", "Minimum balance"),
    "longest": ("Paling lama", "Longest ride"),
    "limits": ("Batas lain", "Other limits"),
    "incomplete": ("Perjalanan tidak lengkap", "Incomplete journeys"),
    "missing exit": ("Tanpa tap keluar", "No tap-out"),
    "missing entry": ("Tanpa tap masuk", "No tap-in"),
    "same station": ("Keluar di stasiun masuk", "Out where one came in"),
    "over time": ("Terlalu lama", "Over time"),
    "own": ("tarif biasa", "its own fare"),
    "dearest": ("tarif termahal", "the dearest fare"),
    "cap": ("tarif maksimum", "the maximum fare"),
    "previous": ("tarif lengkap sebelumnya", "the last complete fare"),
    "same touch": ("tap yang sama", "same touch"),
    "riders": ("orang per kartu", "riders on a card"),
    "passback": ("masuk ulang", "passback"),
    "gate change": ("pindah gerbang", "change of gate"),
    "autocompletes": ("dilengkapi/bulan", "completed/month"),
    "repairs": ("diperbaiki/bulan", "repaired/month"),
    "prices": ("Tarif", "Prices"),
    "area": ("Wilayah", "Areas"),
    "hours": ("Jam", "Hours"),
    "product": ("Produk", "Product"),
    "price": ("Harga", "Price"),
    "group": ("Kelompok", "Group"),
    "priority": ("Prioritas", "Priority"),
    "only after a change": ("hanya setelah pindah", "only after a change"),
    "pairs": ("pasangan asal-tujuan", "pairs of areas"),
    "up to": ("sampai", "up to"),
    "then each": ("lalu tiap", "then each"),
    "at most": ("paling banyak", "at most"),
    "timeframes": ("Jam berlaku", "Timeframes"),
    "timeframe": ("Nama", "Name"),
    "days": ("Hari", "Days"),
    "every day": ("setiap hari", "every day"),
    "also": ("juga", "also"),
    "not": ("tidak pada", "not on"),
    "dates": ("tanggal", "dates"),
    "transfers": ("Pindah kendaraan", "Changes"),
    "to": ("Ke", "To"),
    "of": ("Dari", "From"),
    "costs": ("Biaya", "Costs"),
    "within": ("Dalam", "Within"),
    "times": ("Kali", "Times"),
    "any number": ("berapa pun", "any number"),
    "joins": ("Dihitung satu perjalanan", "Counted as one ride"),
    "packages": ("Paket integrasi", "Packages"),
    "modes": ("Moda", "Modes"),
    "caps": ("Batas biaya", "Caps"),
    "period": ("Masa", "Period"),
    "limit": ("Batas", "Limit"),
    "covers": ("Mencakup", "Covers"),
    "all": ("semua", "all"),
    "day": ("hari", "day"),
    "week": ("minggu", "week"),
    "month": ("bulan", "month"),
    "rolling": ("bergulir", "rolling"),
    "rides": ("perjalanan berbayar", "paid rides"),
    "sequential": ("berurutan", "sequential"),
    "best_value": ("yang termurah", "best value"),
    "concessions": ("Keringanan", "Concessions"),
    "category": ("Golongan", "Category"),
    "pays": ("Membayar", "Pays"),
    "special days": ("Hari khusus", "Special days"),
    "date": ("Tanggal", "Date"),
    "name": ("Nama", "Name"),
    "passes": ("Kartu langganan", "Passes"),
    "valid": ("Berlaku", "Valid"),
    "purchase": ("sejak dibeli", "from purchase"),
    "first_use": ("sejak dipakai", "from first use"),
    "shares": ("Pembagian antaroperator", "Shares between operators"),
    "method": ("Cara", "Method"),
    "bearer": ("Penanggung potongan", "Who bears the discount"),
    "free": ("gratis", "free"),
    "full": ("tarif sendiri", "its own fare"),
    "min": ("menit", "minutes"),
    "if_cheaper": ("bila lebih murah", "if cheaper"),
    "always": ("selalu", "always"),
    "up": ("ke atas", "up"),
    "down": ("ke bawah", "down"),
    "nearest": ("terdekat", "to the nearest"),
}
WEEKDAYS = {
    Language.INDONESIAN: ("Sen", "Sel", "Rab", "Kam", "Jum", "Sab", "Min"),
    Language.ENGLISH: ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
}


def word(name: str, language: Language) -> str:
    """A word in a language; a name that is no word of ours stays as it is."""
    pair = WORDS.get(name)
    return name if pair is None else pair[language is Language.ENGLISH]


KINDS = {
    "leg_rule": Words("aturan perjalanan", "leg rules"),
    "transfer": Words("aturan pindah", "transfer rules"),
    "join": Words("aturan sambung", "join rules"),
    "network": Words("jaringan", "networks"),
    "product": Words("produk", "products"),
}
REACHED = Words(
    "{count:,} dari {of:,} tercapai oleh sebuah perjalanan",
    "{count:,} of {of:,} reached by a journey",
)
UNUSABLE = Words(
    "{n} kesalahan: tarif ini belum dapat dipakai", "{n} fault(s): this tariff cannot be used"
)
SOUND = Words(
    "{version}, sejak {day}, {currency}: tanpa kesalahan, {n} catatan, isi {content}",
    "{version}, from {day}, {currency}: no faults, {n} note(s), content {content}",
)
CHECK_FIRST = Words(
    "{files}: {n} kesalahan; jalankan satu tariff check {files}",
    "{files}: {n} fault(s); satu tariff check {files} tells them",
)

IN_FORCE = Words("berlaku sekarang", "in force now")
WAS_IN_FORCE = Words(
    "sudah berlaku, tidak ada yang berubah", "was in force already, nothing changed"
)
NOTHING_CHANGED = Words("tidak ada yang berubah", "nothing changed")


def say(words: Words, language: str, **values: object) -> str:
    """A sentence in a language with its values."""
    return words.told(language).format(**values)
