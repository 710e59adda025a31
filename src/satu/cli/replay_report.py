"""What `satu replay` tells people when it has ended, on standard error."""

from __future__ import annotations

from collections.abc import Iterable

from rich.table import Table

from satu.city import replay_compare, replay_rides
from satu.city.replay import Replayed
from satu.city.replay_rides import Rides
from satu.cli.common import console
from satu.kernel import money


def tell(done: Replayed, note: tuple[str, str]) -> None:
    """The short report: what was sent, what rides it became, what they cost."""
    tally, books = done.tally, done.books
    for sentence in note:
        if sentence:
            console.print(sentence)
    if done.shift:
        console.print(
            f"Berkas lebih tua daripada tarif kota: maju {done.shift.days // 7} minggu. / "
            f"Older than the city's tariffs: moved forward by {done.shift.days // 7} weeks."
        )
    console.print(
        f"{tally.sent:,} tap: {tally.accepted:,} diterima / accepted, "
        f"{tally.repeats:,} ulangan / repeats, {tally.refused:,} ditolak / refused, "
        f"{tally.quarantined:,} dikarantina / quarantined; {done.seconds:.0f} s"
    )
    console.print(
        f"{books.journeys:,} perjalanan / journeys, {books.incomplete:,} tidak lengkap / "
        f"incomplete; {money.show(books.revenue, done.currency)} bagi operator / for the operators"
    )
    _tell_rides(done.rides)
    lines = [
        (
            f"{words.id} / {words.en}",
            f"{line.rows:,}",
            money.plain(line.charged, done.currency),
            money.plain(line.in_file, done.currency),
        )
        for line in done.lines
        for words in [replay_compare.WORDS[line.why]]
    ]
    rows = sum(line.rows for line in done.lines)
    console.print(
        _table(
            "Tarif dibandingkan dengan berkas / fares against the file",
            ("sebab / reason", "baris / rows", "ditagih / charged", "berkas / file"),
            [*lines, ("", f"{rows:,}", "", "")],
        )
    )


def _tell_rides(rides: Rides) -> None:
    figures = rides.figures()
    names = list(figures["classes"])
    by_mode = figures.get("classes_by_mode", {"": figures["classes"]})
    console.print(
        _table(
            "Perjalanan menurut kelas / rides by class",
            ("", *names),
            [
                (mode, *(f"{counts.get(name, 0):,}" for name in names))
                for mode, counts in by_mode.items()
            ],
        )
    )
    if "trains" in figures:
        _tell_trains(figures["trains"])
    if "etapas" in figures:
        _tell_stages(rides, figures["etapas"])


def _tell_trains(trains: dict[str, float]) -> None:
    console.print(
        f"Kereta / trains: {trains['check_ins']:,} check-in, {trains['check_outs']:,} check-out, "
        f"{trains['without_check_in']:,} tanpa check-in / without check-in."
    )
    console.print(
        f"Selisih masuk-keluar / more in than out: "
        f"{trains['check_ins_over_check_outs_percent']} %; keluar tanpa masuk / out without in: "
        f"{trains['without_check_in_percent']} %. Dalam perjalanan kami / in our journeys: "
        f"{trains['missing_exits']:,} ({trains['missing_exits_percent']} %), "
        f"{trains['missing_entries']:,} ({trains['missing_entries_percent']} %)."
    )


def _tell_stages(rides: Rides, figures: dict[str, float]) -> None:
    console.print(
        f"Pindah kendaraan / changes of vehicle: {figures['agree_percent']} % sama dengan berkas / "
        f"agree with the file ({figures['agree']:,} / {figures['compared']:,}); "
        f"{figures['agree_where_the_file_can_tell_percent']} % jika berkas dapat memastikan / "
        "where the file can tell."
    )
    console.print(
        _table(
            "Mengapa berbeda / why they differ",
            ("sebab / reason", "perjalanan / rides"),
            [
                (f"{words.id} / {words.en}", f"{count:,}")
                for why, count in rides.stages.by_reason.items()
                for words in [replay_rides.WORDS[why]]
            ],
        )
    )


def _table(title: str, heads: Iterable[str], rows: Iterable[tuple[str, ...]]) -> Table:
    """A table whose first column is text, the others figures."""
    table = Table(title=title)
    for place, name in enumerate(heads):
        table.add_column(name, justify="right" if place else "left")
    for row in rows:
        table.add_row(*row)
    return table
