"""What a line of a card's history is called, in Indonesian and English. Pure."""

from __future__ import annotations

from satu.ledger.kinds import PostingKind
from satu.wire.messages import Words

USES = {
    "journey": Words("Perjalanan", "Journey"),
    "visit": Words("Kunjungan", "Visit"),
}
MONEY = {
    PostingKind.TOP_UP: Words("Isi saldo", "Top-up"),
    PostingKind.COLLECTION: Words("Pelunasan perjalanan", "Paid for an earlier ride"),
    PostingKind.REFUND: Words("Pengembalian", "Refund"),
    PostingKind.ALLOWANCE: Words("Saldo luring", "Offline allowance"),
    PostingKind.TRANSFER_OF_VALUE: Words("Kirim saldo", "Transfer"),
    PostingKind.REDEMPTION: Words("Saldo kartu yang ditutup", "Paid out at closing"),
    PostingKind.SETTLEMENT: Words("Penyelesaian", "Settlement"),
    PostingKind.FEE: Words("Biaya", "Fee"),
    PostingKind.COMPENSATION: Words("Ganti rugi", "Compensation"),
    PostingKind.GOODWILL: Words("Ganti rugi sukarela", "Goodwill"),
    PostingKind.LOAN: Words("Pinjaman", "Loan"),
    PostingKind.WRITE_OFF: Words("Penghapusan", "Written off"),
    PostingKind.PASS: Words("Tiket berlangganan", "Pass"),
    PostingKind.DORMANT: Words("Saldo tidak aktif", "Dormant balance"),
    PostingKind.SWITCH: Words("Pindah bank", "Change of bank"),
    PostingKind.GUARANTEE: Words("Jaminan bank", "Bank's guarantee"),
    PostingKind.CASH_OUT: Words("Tarik tunai", "Cash-out"),
    PostingKind.PURSE_CLOSED: Words("Dompet ditutup", "Purse closed"),
}
MOVED: dict[str, Words] = USES | {kind.name.lower(): words for kind, words in MONEY.items()}
