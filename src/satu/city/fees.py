"""What paying money in costs: a city pack's `fees.csv`, which it may do without. No database."""

from __future__ import annotations

from pathlib import Path

from satu.city.rows import FeeRow
from satu.city.tables import read_table, table_files
from satu.formats.faults.fault import Fault
from satu.formats.rows import Line
from satu.payments.kinds import Channel, FeeRule

TABLE = "fees"


def read_fees(folder: Path, currency: str, faults: list[Fault]) -> tuple[FeeRule, ...]:
    """The fees in a folder; none if there is no such file."""
    if not table_files(folder, TABLE):
        return ()
    lines = read_table(folder, TABLE, FeeRow, faults)
    rules: dict[tuple[Channel, int | None], FeeRule] = {}
    for line in lines:
        row = line.value
        up_to = _money(line, "up_to", currency, 1, faults) if row.up_to else None
        rule = FeeRule(Channel(row.channel), up_to, _money(line, "fee", currency, 0, faults))
        if rule[:2] in rules:
            faults.append(line.fault("up_to", "fee_repeated", channel=row.channel))
        rules[rule.channel, rule.up_to] = rule
    return tuple(rules.values())


def _money(line: Line[FeeRow], name: str, currency: str, least: int, faults: list[Fault]) -> int:
    """An amount; a fault is kept if it is none, or below the least."""
    amount = line.amount(name, currency)
    if isinstance(amount, Fault):
        faults.append(amount)
        return least
    if amount < least:
        faults.append(line.fault(name, "amount_below", value=amount, least=least))
    return amount
