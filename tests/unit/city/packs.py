"""A town's pack to read, and to break one file at a time."""

from __future__ import annotations

from pathlib import Path

TOWN = {
    "city.toml": """
code = "town"
name = "Town"
zone = "Asia/Jakarta"
day_start = 04:00:00
currency = "IDR"
""",
    "operators.csv": "# source: made up\ncode,name,colour\nbus,Bus Kota,#2F6FB5\nrail,Rel Kota,\n",
    "issuers.csv": (
        "id,code,name,prefix,simulated,note,aliases\n"
        "1,first,Bank Satu,936001,true,,one uno\n"
        "2,second,Bank Dua,936002,true,simulated,\n"
    ),
    "points/bus.csv": (
        "code,name,kind,operator,network,area,lat,lon\n"
        "B1,Pasar,stop,bus,town-bus,,-6.1,106.8\n"
        'B2,"Alun-alun, utara",stop,bus,town-bus,,-6.2,106.8\n'
    ),
    "points/rail.csv": (
        "code,name,kind,operator,network,area,lat,lon,mark\n"
        "S1,Kota,station,rail,town-rail,KOT,-6.1,106.9,estimated\n"
        "S2,Desa,station,rail,town-rail,DES,-6.3,106.9,\n"
    ),
    "routes.csv": "code,name,operator,network,colour\n1,Pasar - Alun-alun,bus,town-bus,\n",
    "patterns.csv": "route,pattern,calls\n1,1-A,B1:0;B2:1200\n1,1-B,B2:0;B1:1300\n",
    "tariffs/2025-01-01/satu_tariff.txt": "version,valid_from\ntown-1,20250101\n",
    "tariffs/2025-01-01/networks.txt": "network_id\ntown-bus\ntown-rail\n",
    "tariffs/2025-01-01/satu_networks.txt": (
        "network_id,closed,charge_at\ntown-bus,false,entry\ntown-rail,true,exit\n"
    ),
    "tariffs/2025-01-01/fare_products.txt": ("fare_product_id,amount,currency\nbus,3500,IDR\n"),
    "tariffs/2025-01-01/satu_fare_table.txt": (
        "fare_product_id,from_area_id,to_area_id,amount\nrail,KOT,DES,5000\nrail,DES,KOT,4000\n"
    ),
    "tariffs/2025-01-01/fare_leg_rules.txt": (
        "network_id,fare_product_id\ntown-bus,bus\ntown-rail,rail\n"
    ),
}


def write_pack(folder: Path, files: dict[str, str] | None = None) -> Path:
    """The town's pack, or the given files, in a folder."""
    for name, text in (TOWN if files is None else files).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def broken(file: str, old: str, new: str) -> dict[str, str]:
    """The town's files with one text of one file replaced."""
    assert old in TOWN[file], old
    return TOWN | {file: TOWN[file].replace(old, new, 1)}
