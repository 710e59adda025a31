"""What a fare's traces say, as sentences in Indonesian and English. Pure.

A sentence tells the rule; the amount stands beside it and is the trace's own. Names of products,
categories, packages, caps and passes are those of the tariff.
"""

from __future__ import annotations

from satu.fares.legs import Trace
from satu.fares.tariff import Cap, Charge, Distance, Network, Price, Table, Tariff
from satu.kernel.money import show
from satu.kernel.refusal import UseClass
from satu.wire.messages import Words

CHARGES = {
    "own": Words("tarif biasa", "the usual fare"),
    "dearest": Words("tarif tertinggi yang mungkin", "the dearest fare it can have been"),
    "flat": Words("biaya tetap", "a fixed charge"),
    "cap": Words("tarif tertinggi jaringan ini", "the most that this network costs"),
    "previous": Words("tarif perjalanan sebelumnya", "the fare of the ride before"),
}
# Why a leg has another price than its own: `satu.fares.offers`.
REASONS = {
    UseClass.MISSING_EXIT.code: Words("Tidak ada tap keluar", "There is no tap out"),
    UseClass.MISSING_ENTRY.code: Words("Tidak ada tap masuk", "There is no tap in"),
    UseClass.SAME_STATION.code: Words("Keluar di tempat masuk", "Out where it went in"),
    UseClass.OVER_TIME.code: Words("Lebih lama dari batas waktu", "Longer than the time allowed"),
    UseClass.PASSBACK.code: Words(
        "Kartu ditap masuk lagi tanpa keluar: tidak dihitung",
        "Tapped in again without going out: not counted",
    ),
    UseClass.DUPLICATE.code: Words(
        "Sentuhan yang sama dua kali: dihitung sekali", "The same touch twice: counted once"
    ),
    "length_unknown": Words(
        "Panjang perjalanan tidak diketahui: tarif tertinggi yang mungkin",
        "The length of the ride is not known: the dearest fare it can have been",
    ),
    "pair_unknown": Words(
        "Tarif antara kedua tempat ini tidak ada: tarif tertinggi yang mungkin",
        "There is no fare between these places: the dearest fare it can have been",
    ),
    "no_rule": Words("Tidak ada aturan tarif: gratis", "No fare rule applies: free"),
}
CLASSES = {
    UseClass.OPEN: Words("Belum berakhir", "Not ended yet"),
    UseClass.COMPLETE: Words("Lengkap", "Complete"),
    UseClass.MISSING_EXIT: Words("Tanpa tap keluar", "Without a tap out"),
    UseClass.MISSING_ENTRY: Words("Tanpa tap masuk", "Without a tap in"),
    UseClass.SAME_STATION: Words("Keluar di tempat masuk", "Out where it went in"),
    UseClass.INTERCHANGE: Words("Sambungan", "Interchange"),
    UseClass.OVER_TIME: Words("Melewati batas waktu", "Longer than the time allowed"),
    UseClass.PASSBACK: Words("Masuk lagi tanpa keluar", "In again without going out"),
    UseClass.DUPLICATE: Words("Sentuhan ganda", "The same touch twice"),
    UseClass.VOID: Words("Dibatalkan", "Void"),
    UseClass.AUTO_COMPLETED: Words(
        "Tap keluar dilengkapi dari kebiasaan kartu", "Tap out completed from the card's habit"
    ),
}
PERIODS = {
    "day": Words("harian", "daily"),
    "week": Words("mingguan", "weekly"),
    "month": Words("bulanan", "monthly"),
    "rolling": Words("bergulir", "rolling"),
}
ROUNDINGS = {
    "up": Words("ke atas ke kelipatan", "up to a multiple of"),
    "down": Words("ke bawah ke kelipatan", "down to a multiple of"),
    "nearest": Words("ke kelipatan terdekat dari", "to the nearest multiple of"),
}


class Phrases:
    """The sentences of one tariff."""

    def __init__(self, tariff: Tariff) -> None:
        self.tariff = tariff
        self._networks = {one.id: one for one in tariff.networks}
        self._products = {one.id: one for one in reversed(tariff.products)}
        self._caps = {one.name: one for one in tariff.caps}
        self._passes = {one.product: one.name or one.product for one in tariff.passes}
        self._categories = {
            one.name: Words(one.label_id or plain(one.name), one.label_en or plain(one.name))
            for one in tariff.categories
        }

    def say(self, trace: Trace, network: str, metres: int | None = None) -> Words:
        """The sentence of a trace of a leg on a network; `metres`: the leg's length, if known."""
        words = self._rule(trace, self._networks[network], metres)
        if not trace.is_estimated:
            return words
        return Words(
            f"{words.id} (jaraknya perkiraan)", f"{words.en} (its distance is an estimate)"
        )

    def category(self, name: str) -> Words:
        """What a rider category is called."""
        return self._categories.get(name) or Words(plain(name), plain(name))

    def _rule(self, trace: Trace, network: Network, metres: int | None) -> Words:
        rule = trace.rule
        match trace.step:
            case "join":
                return self._join(rule)
            case "leg":
                return self._leg(rule, network, metres)
            case "entitlement":
                return self._entitlement(rule)
            case "pass":
                name = self._passes.get(rule, plain(rule))
                return Words(f"Ditanggung tiket {name}", f"Covered by the pass {name}")
            case "transfer":
                return _transfer(trace)
            case "package":
                name = plain(rule)
                return Words(f"Tarif terpadu {name}", f"Combined fare {name}")
            case "cap":
                return self._cap(rule)
            case "rounding":
                return self._rounding(rule)
        raise ValueError(f"no words for step {trace.step}")

    def _join(self, rule: str) -> Words:
        first, _, last = rule.partition(">")
        if first == last:
            return Words("Satu perjalanan yang disambung", "One ride, joined together")
        first, last = plain(first), plain(last)
        return Words(
            f"Satu perjalanan yang disambung: {first} ke {last}",
            f"One ride, joined together: {first} to {last}",
        )

    def _leg(self, rule: str, network: Network, metres: int | None) -> Words:
        kind, _, name = rule.partition(":")
        if kind != "product":
            return _reason(kind, network)
        product = self._products[name]
        called = product.name or plain(name)
        by = _by(product.price, metres)
        return Words(f"Tarif {called}{by.id}", f"Fare {called}{by.en}")

    def _entitlement(self, rule: str) -> Words:
        kind, _, name = rule.partition(":")
        if kind == "day":
            called = f": {name}" if name else ""
            return Words(f"Hari istimewa{called}", f"Special day{called}")
        label = self.category(name)
        return Words(f"Tarif kelompok {label.id}", f"Fare for the category {label.en}")

    def _cap(self, rule: str) -> Words:
        cap = self._caps[rule]
        period, most, name = PERIODS[cap.period], self._most(cap), plain(rule)
        return Words(
            f"Batas {period.id} tercapai ({name}): paling banyak {most.id}",
            f"The {period.en} cap is reached ({name}): at most {most.en}",
        )

    def _most(self, cap: Cap) -> Words:
        found = []
        if cap.limit is not None:
            found.append(self._money(cap.limit))
        if cap.rides is not None:
            found.append(Words(f"{cap.rides} perjalanan berbayar", f"{cap.rides} paid rides"))
        return Words(" / ".join(one.id for one in found), " / ".join(one.en for one in found))

    def _rounding(self, rule: str) -> Words:
        way, _, to = rule.partition(":")
        words, step = ROUNDINGS[way], self._money(int(to))
        return Words(f"Dibulatkan {words.id} {step.id}", f"Rounded {words.en} {step.en}")

    def _money(self, amount: int) -> Words:
        asset = self.tariff.asset
        return Words(show(amount, asset, "id"), show(amount, asset, "en"))


def plain(name: str) -> str:
    """A name for machines as people read it: `rail_cap` is "rail cap"."""
    return name.replace("_", " ").replace("-", " ").strip()


def _reason(reason: str, network: Network) -> Words:
    words, charge = REASONS[reason], _charge(reason, network)
    if charge is None:
        return words
    told = CHARGES[charge.kind]
    return Words(f"{words.id}: {told.id}", f"{words.en}: {told.en}")


def _charge(reason: str, network: Network) -> Charge | None:
    """The network's rule for what is wrong with a leg. That for one station goes by minutes."""
    return {
        UseClass.MISSING_EXIT.code: network.missing_exit,
        UseClass.MISSING_ENTRY.code: network.missing_entry,
        UseClass.OVER_TIME.code: network.over_time,
    }.get(reason)


def _by(price: Price, metres: int | None) -> Words:
    if isinstance(price, Distance):
        km = "" if metres is None else f" {metres / 1000:.1f} km"
        return Words(f", menurut jarak{km.replace('.', ',')}", f", by distance{km}")
    if isinstance(price, Table):
        return Words(", menurut asal dan tujuan", ", by where from and where to")
    return Words("", "")


def _transfer(trace: Trace) -> Words:
    first, _, last = (plain(part) for part in trace.rule.partition(">"))
    way = Words(f" ({first} ke {last})", f" ({first} to {last})")
    if first == last or not (first and last):
        way = Words("", "")
    if trace.amount < 0:
        return Words(f"Potongan pindah kendaraan{way.id}", f"Less for a change of vehicle{way.en}")
    return Words(f"Pindah kendaraan{way.id}", f"Change of vehicle{way.en}")
