"""A city pack's kinds of cards: `products.csv`, which a pack may do without. No database."""

from __future__ import annotations

from pathlib import Path

from satu.cards.kinds import CardProduct
from satu.city.checks import product_faults
from satu.city.rows import ProductRow
from satu.city.tables import read_table, table_files
from satu.formats.faults.fault import Fault
from satu.formats.rows import Line

TABLE = "products"
MONEY = (
    "balance_unregistered",
    "balance_registered",
    "monthly_unregistered",
    "monthly_registered",
)


def read_products(folder: Path, currency: str, faults: list[Fault]) -> tuple[CardProduct, ...]:
    """The kinds of cards in a folder; none if there is no such file."""
    if not table_files(folder, TABLE):
        return ()
    lines = read_table(folder, TABLE, ProductRow, faults)
    faults += product_faults(lines)
    return tuple(_product(line, currency, faults) for line in lines)


def _product(line: Line[ProductRow], currency: str, faults: list[Fault]) -> CardProduct:
    row = line.value
    limits: dict[str, int | None] = dict.fromkeys(MONEY)
    for name in MONEY:
        limit = line.amount(name, currency) if getattr(row, name) else None
        if isinstance(limit, Fault):
            faults.append(limit)
        else:
            limits[name] = limit
    return CardProduct(
        row.id,
        row.code,
        row.name_id,
        row.name_en,
        **limits,
        valid_months=row.valid_months,
        dormant_months=row.dormant_months,
        redeem_days=row.redeem_days,
        is_personal=row.is_personal,
    )
