"""Words on people, in Indonesian and English: why an action was refused, what is kept. Pure."""

from __future__ import annotations

from satu.people.errors import Refusal
from satu.people.kinds import Kept
from satu.wire.messages import Words

KEPT: dict[Kept, Words] = {
    Kept.TRIPS: Words("Ke mana kartu Anda pergi", "Where your cards went"),
    Kept.CONSENTS: Words("Persetujuan yang dicabut", "What you agreed to, after you withdrew it"),
    Kept.CHECKS: Words("Hasil pemeriksaan identitas", "Results of identity checks"),
    Kept.GUARDIANS: Words("Perwalian yang sudah berakhir", "Guardianships that have ended"),
    Kept.MESSAGES: Words("Pesan yang dikirim kepada Anda", "Messages that were sent to you"),
    Kept.CASES: Words("Isi laporan yang sudah selesai", "What was written in closed cases"),
    Kept.MONEY: Words("Catatan uang", "Records of money"),
    Kept.TRAIL: Words(
        "Jejak siapa melihat dan siapa bertindak", "The trail of who looked and who acted"
    ),
}

REFUSALS: dict[Refusal, Words] = {
    Refusal.PURPOSE_UNKNOWN: Words(
        "Tujuan tidak terdaftar; lihat: satu people purposes.",
        "No such purpose is registered; see: satu people purposes.",
    ),
    Refusal.CASE_INVALID: Words(
        "Sebutkan kode laporan, seperti T-4711, tanpa data pribadi.",
        "Name the case by its code, such as T-4711, without personal data.",
    ),
    Refusal.ROLE_WITHOUT_ACCESS: Words(
        "Peran ini tidak boleh membuka profil untuk tujuan itu.",
        "This role may not open profiles for that purpose.",
    ),
    Refusal.STAFF_UNKNOWN: Words(
        "Petugas tidak terdaftar; daftarkan dahulu.", "Nobody of that login works here."
    ),
    Refusal.STAFF_EXPIRED: Words(
        "Masa tugas petugas sudah berakhir.", "That member of staff has left."
    ),
    Refusal.CONTRACTOR: Words(
        "Tenaga kontrak tidak boleh membuka profil.", "Contractors never open a profile."
    ),
    Refusal.ROLE_NOT_HELD: Words(
        "Anda tidak memegang peran itu.", "You do not hold that role; take one of yours."
    ),
    Refusal.NOT_GUARDIAN: Words(
        "Perwalian tidak ada, sudah berakhir, atau tidak mencakup hal ini.",
        "There is no guardianship for this, or it has ended.",
    ),
    Refusal.NAME_INVALID: Words(
        "Nama harus 1–120 huruf dalam satu baris.", "A name has 1 to 120 letters on one line."
    ),
    Refusal.NIK_INVALID: Words(
        "NIK tidak benar; periksa ke-16 angkanya.", "The NIK cannot be; check its 16 digits."
    ),
    Refusal.PHONE_INVALID: Words(
        "Nomor telepon tidak benar; tulis seperti 0812 3456 7890.",
        "The phone number cannot be; write it like 0812 3456 7890.",
    ),
    Refusal.EMAIL_INVALID: Words(
        "Alamat surel tidak benar; tulis seperti nama@contoh.id.",
        "Not an e-mail address; write it like name@example.org.",
    ),
    Refusal.AREA_INVALID: Words(
        "Kode kelurahan tidak benar; tulis seperti 31.71.01.1001.",
        "Not a kelurahan's code; write it like 31.71.01.1001.",
    ),
    Refusal.EVIDENCE_LACKING: Words(
        "Bukti kurang untuk tingkat itu: nomor telepon, NIK, atau tanggal lahir belum ada.",
        "The proof is lacking: no phone, NIK or birth date is known.",
    ),
    Refusal.RESIDENT_UNKNOWN: Words("Warga tidak ada; periksa nomornya.", "No such resident."),
    Refusal.RESIDENT_ERASED: Words(
        "Data warga ini sudah dihapus dan tidak dapat dibuka lagi.",
        "This resident was erased; nothing can be read any more.",
    ),
    Refusal.NIK_TAKEN: Words(
        "NIK ini milik warga lain; periksa kedua data.",
        "Another resident has this NIK; check both.",
    ),
    Refusal.CONSENT_LACKING: Words(
        "Warga belum atau tidak lagi menyetujui tujuan ini.",
        "The resident does not consent to this purpose, or not any more.",
    ),
    Refusal.CONSENT_NOT_ASKED: Words(
        "Tujuan ini tidak berdasar persetujuan, jadi tidak diminta.",
        "This purpose has another legal basis: no consent is asked.",
    ),
    Refusal.CONSENT_TEXT_OUTDATED: Words(
        "Ada teks persetujuan yang lebih baru; tunjukkan dahulu.",
        "There are newer words; show them first.",
    ),
    Refusal.BIRTH_DATE_UNKNOWN: Words(
        "Tanggal lahir anak belum ada; lengkapi dahulu.",
        "The child's birth date is not known; complete it first.",
    ),
    Refusal.WARD_IS_ADULT: Words(
        "Orang ini sudah atau segera dewasa; hanya pendamping dapat ditunjuk.",
        "This person is of age, or will be this month; appoint a carer instead.",
    ),
    Refusal.DATES_INVALID: Words(
        "Hari terakhir belum disebut atau sudah lewat.", "The last day is missing or has passed."
    ),
    Refusal.TOO_MANY_ATTEMPTS: Words(
        "Terlalu banyak kode salah; coba lagi satu jam kemudian.",
        "Too many wrong codes; try again in an hour.",
    ),
    Refusal.CODE_WRONG: Words(
        "Kode salah atau sudah tidak berlaku; minta kode baru di loket.",
        "The code is wrong or has expired; ask a counter for a new one.",
    ),
    Refusal.ACTS_FOR_INVALID: Words(
        "Tulis untuk siapa organisasi bertindak: operator:transjakarta atau issuer:mandiri.",
        "Say whom the organisation acts for: operator:transjakarta or issuer:mandiri.",
    ),
    Refusal.ORGANISATION_UNKNOWN: Words(
        "Organisasi belum terdaftar; sebutkan juga namanya.",
        "No such organisation; tell its name too.",
    ),
    Refusal.PROFILE_CHANGED: Words(
        "Data berubah selama pemeriksaan; periksa sekali lagi.",
        "The profile changed meanwhile; check again.",
    ),
    Refusal.TEXT_UNKNOWN: Words(
        "Teks ini bukan milik satu orang; buka satu per satu.",
        "These texts are of several people; open them one by one.",
    ),
    Refusal.HAS_OPEN_CARDS: Words(
        "Masih ada kartu; tutup dan kembalikan saldonya dahulu.",
        "There are cards still; close them and refund their money first.",
    ),
}
