"""Why an action on payments was refused, in Indonesian and English, and what to do. Pure."""

from __future__ import annotations

from satu.cards import words as cards
from satu.cards.errors import Refusal as CardRefusal
from satu.payments.errors import Refusal, Refused
from satu.wire.messages import Words

REFUSALS: dict[Refusal, Words] = {
    Refusal.BANK_IS_OUT: Words(
        "Bank ini sedang gangguan: isi ulang lewat bank ini berhenti dahulu. Isi di bank lain"
        " atau agen; kartu tetap dapat dipakai.",
        "The bank is out: top-ups through it stop for now. Go to another bank or a shop; the"
        " card rides on.",
    ),
    Refusal.FEE_TOO_HIGH: Words(
        "Biaya melebihi daftar biaya kota (fees.csv).",
        "The fee is over the city's table (fees.csv).",
    ),
    Refusal.LIMITS_INVALID: Words(
        "Batas tidak benar; jumlah harus di atas nol dan batas tidak di bawah jumlah.",
        "The limits cannot be; amounts are above zero and no limit is below the amount.",
    ),
    Refusal.AGENT_TAKEN: Words(
        "Kode agen sudah dipakai dengan data lain; pilih kode lain.",
        "Another agent has this code; choose another code.",
    ),
    Refusal.AGENT_UNKNOWN: Words("Agen tidak dikenal; periksa kodenya.", "No such agent."),
    Refusal.AGENT_CLOSED: Words(
        "Agen sudah tidak melayani; pergi ke agen lain.", "The agent has closed; go to another."
    ),
    Refusal.AGENT_LIMIT_PASSED: Words(
        "Jumlah melebihi batas agen; isi lebih sedikit atau di bank.",
        "The amount is over what the agent may take; take less, or go to a bank.",
    ),
    Refusal.AGENT_DAY_LIMIT_PASSED: Words(
        "Batas harian agen tercapai; coba besok atau agen lain.",
        "The agent has taken all it may today; come tomorrow, or go to another.",
    ),
    Refusal.AGENT_FLOAT_INSUFFICIENT: Words(
        "Saldo agen kurang; agen perlu menyetor ke banknya dahulu.",
        "The agent's float is too low; it must pay in at its bank first.",
    ),
    Refusal.BANK_IS_THE_SAME: Words(
        "Uang kartu ini sudah di bank itu.", "The card's money is at that bank already."
    ),
    Refusal.MONEY_IS_HELD: Words(
        "Ada saldo yang ditahan; selesaikan perjalanan dahulu, lalu coba lagi.",
        "Some of the balance is held; end the journey first, then try again.",
    ),
    Refusal.MORE_THAN_IS_OWED: Words(
        "Jumlah melebihi utang bank itu; lihat: satu pay owed.",
        "That is more than the bank owes; see: satu pay owed.",
    ),
    Refusal.ORDER_UNKNOWN: Words(
        "Perintah isi ulang tidak dikenal atau sudah berakhir.",
        "No such standing order, or it has ended.",
    ),
}


def words_of(refusal: Refused) -> Words:
    """Why something was refused, and what to do."""
    return cards.REFUSALS[refusal] if isinstance(refusal, CardRefusal) else REFUSALS[refusal]
