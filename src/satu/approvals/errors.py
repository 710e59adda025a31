"""What proposing and approving can refuse, in order of precedence, and what to do. Pure."""

from __future__ import annotations

from enum import StrEnum

from satu.wire.messages import Words


class Refusal(StrEnum):
    """An expected refusal; nothing was changed. The value is the stable code."""

    ACTION_UNKNOWN = "action_unknown"
    PARAMETERS_INVALID = "parameters_invalid"
    REASON_INVALID = "reason_invalid"
    CASE_INVALID = "case_invalid"
    PARTY_UNKNOWN = "party_unknown"
    PROPOSAL_UNKNOWN = "proposal_unknown"
    PROPOSAL_DECIDED = "proposal_decided"
    PROPOSAL_EXPIRED = "proposal_expired"
    STAFF_UNKNOWN = "staff_unknown"
    CONTRACTOR = "contractor"
    SAME_PERSON = "same_person"
    NOT_THE_PROPOSER = "not_the_proposer"
    ROLE_NOT_HELD = "role_not_held"
    OTHER_PARTYS = "other_partys"
    PROPOSED_BEFORE = "proposed_before"


WORDS: dict[Refusal, Words] = {
    Refusal.ACTION_UNKNOWN: Words(
        "Tindakan ini tidak dikenal; pilih dari daftar.", "No such action; choose one of the list."
    ),
    Refusal.PARAMETERS_INVALID: Words(
        "Isian tidak benar; periksa kartu, bank, dan jumlahnya.",
        "What was filled in cannot be; check card, bank and amount.",
    ),
    Refusal.REASON_INVALID: Words(
        "Sebutkan alasan dengan satu kode, seperti goodwill.",
        "Name the reason by a code, such as goodwill.",
    ),
    Refusal.CASE_INVALID: Words(
        "Sebutkan kode laporan, seperti K-17, tanpa data pribadi.",
        "Name the case by its code, such as K-17, without personal data.",
    ),
    Refusal.PARTY_UNKNOWN: Words(
        "Kartu, bank, atau operator tidak ada; periksa nomornya.",
        "No such card, bank or operator; check its number.",
    ),
    Refusal.PROPOSAL_UNKNOWN: Words("Usulan tidak ada; periksa nomornya.", "No such proposal."),
    Refusal.PROPOSAL_DECIDED: Words(
        "Usulan ini sudah diputuskan; muat ulang halaman.",
        "This proposal was decided already; load the page again.",
    ),
    Refusal.PROPOSAL_EXPIRED: Words(
        "Usulan ini sudah kedaluwarsa; usulkan lagi.",
        "This proposal has expired; propose it again.",
    ),
    Refusal.STAFF_UNKNOWN: Words(
        "Petugas tidak terdaftar atau masa tugasnya berakhir.", "Nobody of that login works here."
    ),
    Refusal.CONTRACTOR: Words(
        "Tenaga kontrak tidak memindahkan uang.", "Contractors do not move money."
    ),
    Refusal.SAME_PERSON: Words(
        "Anda sendiri yang mengusulkan; orang lain harus menyetujui.",
        "You proposed this yourself; somebody else must approve it.",
    ),
    Refusal.NOT_THE_PROPOSER: Words(
        "Hanya pengusul yang dapat menarik usulannya.", "Only who proposed it can take it back."
    ),
    Refusal.ROLE_NOT_HELD: Words(
        "Peran Anda tidak boleh mengusulkan atau menyetujui ini.",
        "Your role may not propose or approve this.",
    ),
    Refusal.OTHER_PARTYS: Words(
        "Uang ini milik pihak lain; bukan Anda yang memutuskan.",
        "This is another party's money; it is not yours to decide.",
    ),
    Refusal.PROPOSED_BEFORE: Words(
        "Kunci ini sudah dipakai untuk usulan lain.", "Another proposal has this key."
    ),
}
