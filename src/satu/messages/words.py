"""What each message says, in Indonesian and English: a subject and one short text. Pure.

Parameters are codes and amounts, never a person's data: a card is its last four digits.
"""

from __future__ import annotations

from collections.abc import Mapping
from string import Formatter
from typing import NamedTuple

from satu.kernel.money import show
from satu.messages.kinds import Kind
from satu.wire.messages import Words

Parameters = Mapping[str, str | int]
AMOUNTS = frozenset({"amount", "balance"})


class Template(NamedTuple):
    subject: Words
    body: Words


class Text(NamedTuple):
    """A message as somebody reads it."""

    subject: str
    body: str


TEMPLATES = {
    Kind.LOW_BALANCE: Template(
        Words("Saldo kartu menipis", "Your card is running low"),
        Words(
            "Saldo kartu •{card} tinggal {balance}. Isi sebelum perjalanan berikutnya.",
            "Card •{card} has {balance} left. Top up before your next ride.",
        ),
    ),
    Kind.RIDE_REFUSED: Template(
        Words("Kartu ditolak di gerbang", "Your card was refused"),
        Words(
            "Kartu •{card} ditolak: {reason}. Tidak ada yang ditagih.",
            "Card •{card} was refused: {reason}. Nothing was charged.",
        ),
    ),
    Kind.TOP_UP_LANDED: Template(
        Words("Isi saldo berhasil", "Top-up received"),
        Words(
            "{amount} masuk ke kartu •{card}. Saldo sekarang {balance}.",
            "{amount} was added to card •{card}. The balance is now {balance}.",
        ),
    ),
    Kind.CARD_BLOCKED: Template(
        Words("Kartu diblokir", "Your card was blocked"),
        Words(
            "Kartu •{card} diblokir oleh petugas. Saldo tetap milik Anda; hubungi layanan.",
            "Card •{card} was blocked by staff. Its money stays yours; ask the service desk.",
        ),
    ),
    Kind.CARD_FROZEN: Template(
        Words("Kartu dibekukan", "Your card is frozen"),
        Words(
            "Kartu •{card} dibekukan. Cairkan kapan saja. Bukan Anda? Hubungi layanan.",
            "Card •{card} is frozen. Unfreeze it any time. Was it not you? Ask the service desk.",
        ),
    ),
    Kind.CARD_LOST: Template(
        Words("Kartu dilaporkan hilang", "Your card was reported lost"),
        Words(
            "Kartu •{card} tidak membuka gerbang lagi. Saldo aman dan pindah ke kartu pengganti.",
            "Card •{card} opens no gate any more. Its money is safe and moves to the next card.",
        ),
    ),
    Kind.CARD_REPLACED: Template(
        Words("Kartu diganti", "Your card was replaced"),
        Words(
            "Kartu •{card} diganti kartu •{successor}. Saldo dan hak Anda ikut pindah.",
            "Card •{card} was replaced by card •{successor}. Money and rights moved with it.",
        ),
    ),
    Kind.CARD_GIVEN: Template(
        Words("Kartu Anda diserahkan", "Your card was handed over"),
        Words(
            "Kartu •{card} dan saldonya kini milik orang lain, dengan kode yang dikirim kepada "
            "Anda. Bukan Anda? Hubungi layanan.",
            "Card •{card} and its money are another's now, by the code that was sent to you. "
            "Was it not you? Ask the service desk.",
        ),
    ),
    Kind.CARD_TAKEN: Template(
        Words("Kartu diserahkan kepada Anda", "A card was handed over to you"),
        Words(
            "Kartu •{card} kini milik Anda, dengan saldonya. Perjalanan pemegang sebelumnya "
            "tidak terlihat oleh Anda.",
            "Card •{card} is yours now, with its money. You do not see where its former holder "
            "went.",
        ),
    ),
    Kind.CASE_OPENED: Template(
        Words("Laporan {case} diterima", "We have your case {case}"),
        Words(
            "Laporan {case} kami terima. Jawaban paling lambat {due}.",
            "We have your case {case}. You get an answer by {due}.",
        ),
    ),
    Kind.CASE_ASKED: Template(
        Words("Laporan {case}: ada pertanyaan", "Case {case}: we have a question"),
        Words(
            "Kami perlu keterangan Anda untuk laporan {case}. Buka Data saya untuk menjawab.",
            "We need to know more for case {case}. Open My data to answer.",
        ),
    ),
    Kind.CASE_ANSWERED: Template(
        Words("Laporan {case} dijawab", "Case {case} is answered"),
        Words(
            "{answer} Belum puas? Buka laporan {case} lagi di Data saya.",
            "{answer} Not content? Open case {case} again in My data.",
        ),
    ),
    Kind.DATA_LOOKED_AT: Template(
        Words("Data Anda dibuka petugas", "Staff opened your data"),
        Words(
            "Petugas membuka data Anda, laporan {case}. "
            "Lihat untuk apa, dan pertanyakan, di Data saya.",
            "Staff opened your data, case {case}. See what for, and question it, in My data.",
        ),
    ),
}

# Sent at once by satu.web.doors, also to who is no resident yet: it never waits in the outbox.
SIGN_IN_CODE = Template(
    Words("Kode masuk Satu", "Your Satu sign-in code"),
    Words(
        "Kode masuk Anda {code}. Jangan beri tahu siapa pun, juga petugas.",
        "Your sign-in code is {code}. Tell nobody, not even staff.",
    ),
)

# Sent at once too, to who holds a card that another resident asks for.
HAND_OVER_CODE = Template(
    Words("Kode untuk menyerahkan kartu Anda", "A code that gives your card away"),
    Words(
        "Seseorang meminta kartu •{card} Anda. Dengan kode {code} kartu dan saldonya menjadi "
        "miliknya. Anda tidak menduganya? Jangan beri tahu siapa pun, juga petugas.",
        "Somebody asks for your card •{card}. With the code {code} the card and the money on it "
        "become theirs. You did not expect this? Tell nobody, not even staff.",
    ),
)

REASONS = {
    "balance_insufficient": Words("saldo kurang", "the balance is too low"),
    "card_blocked": Words("kartu diblokir", "the card is blocked"),
    "card_closed": Words("kartu sudah ditutup", "the card is closed"),
    "taps_too_many": Words("terlalu banyak tap", "too many taps"),
    "passback": Words("kartu sudah dipakai masuk", "the card has gone in already"),
    "riders_too_many": Words("terlalu banyak orang", "too many riders"),
    "reader_refused": Words("ditolak mesin gerbang", "refused by the reader"),
}


def fields_of(kind: Kind) -> frozenset[str]:
    """The parameters that a message of a kind needs."""
    template = TEMPLATES[kind]
    texts = (*_both(template.subject), *_both(template.body))
    return frozenset(name for text in texts for _, name, _, _ in Formatter().parse(text) if name)


def _both(words: Words) -> tuple[str, str]:
    return words.id, words.en


def render(kind: Kind, parameters: Parameters, *, asset: str, language: str) -> Text:
    """A message in a language (`id`, `en`).

    A parameter of whole numbers named in AMOUNTS is money of `asset`; one that ends in `_id` or
    `_en` is the same parameter in that language.
    """
    values = {
        name.removesuffix(f"_{language}"): _value(name, value, asset, language)
        for name, value in parameters.items()
    }
    return _said(TEMPLATES[kind], values, language)


def sign_in_code(code: str, *, language: str) -> Text:
    """A one-time code in a language (`id`, `en`)."""
    return _said(SIGN_IN_CODE, {"code": code}, language)


def hand_over_code(code: str, card: str, *, language: str) -> Text:
    """The code by which a holder gives a card away, in a language; `card`: its last figures."""
    return _said(HAND_OVER_CODE, {"code": code, "card": card}, language)


def _said(template: Template, values: Mapping[str, str], language: str) -> Text:
    subject, body = (getattr(words, language).format_map(values) for words in template)
    return Text(subject, body)


def _value(name: str, value: str | int, asset: str, language: str) -> str:
    if name in AMOUNTS and isinstance(value, int):
        return show(value, asset, language)
    if name == "reason":
        words = REASONS.get(str(value))
        return str(getattr(words, language)) if words else str(value)
    return str(value)
