"""A small tariff's files to read, and to change one at a time."""

from __future__ import annotations

import zipfile
from datetime import date
from pathlib import Path

from satu.fares.files.read import Reading, read_tariff
from satu.fares.tariff import Tariff

# A plain Fares v2 feed: two networks, a child's price, an early price, a free change.
FEED = {
    "feed_info.txt": (
        "feed_publisher_name,feed_publisher_url,feed_lang,feed_start_date,feed_version\n"
        "Kota,https://kota.example,id,20260101,2026-1\n"
    ),
    "networks.txt": "network_id,network_name\nbus,Bus\nrail,Kereta\n",
    "rider_categories.txt": (
        "rider_category_id,rider_category_name,is_default_fare_category\n"
        "adult,Dewasa,1\n"
        "child,Anak,0\n"
    ),
    "fare_media.txt": "fare_media_id,fare_media_name,fare_media_type\ncard,Kartu,2\n",
    "fare_products.txt": (
        "fare_product_id,fare_product_name,rider_category_id,fare_media_id,amount,currency\n"
        "bus,Bus,,,3500,IDR\n"
        "bus,Bus,child,,1000,IDR\n"
        "early,Bus pagi,,card,2000,IDR\n"
        "rail,Kereta,,,5000,IDR\n"
    ),
    "calendar.txt": (
        "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date\n"
        "workdays,1,1,1,1,1,0,0,20260101,20261231\n"
        "trips,1,1,1,1,1,1,1,20260101,20261231\n"
    ),
    "calendar_dates.txt": "service_id,date,exception_type\nworkdays,20260817,2\n",
    "timeframes.txt": (
        "timeframe_group_id,start_time,end_time,service_id\nearly,05:00:00,07:00:00,workdays\n"
    ),
    "fare_leg_rules.txt": (
        "leg_group_id,network_id,from_timeframe_group_id,fare_product_id,rule_priority\n"
        "bus,bus,early,early,1\n"
        "bus,bus,,bus,\n"
        "rail,rail,,rail,\n"
    ),
    "fare_transfer_rules.txt": (
        "from_leg_group_id,to_leg_group_id,transfer_count,duration_limit,duration_limit_type,"
        "fare_transfer_type,fare_product_id\n"
        "bus,bus,-1,10800,1,0,\n"
    ),
    "satu_networks.txt": "network_id,closed,minimum\nbus,false,3500\nrail,true,5000\n",
}


def write_feed(folder: Path, files: dict[str, str]) -> Path:
    """The files in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name).write_bytes(text.encode())
    return folder


def write_zip(path: Path, files: dict[str, str]) -> Path:
    """The files in a zip."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return path


def changed(file: str, old: str, new: str, files: dict[str, str] = FEED) -> dict[str, str]:
    """The files with one text of one file replaced."""
    assert old in files[file], old
    return files | {file: files[file].replace(old, new, 1)}


def without(*names: str) -> dict[str, str]:
    """The feed without some of its files."""
    return {name: text for name, text in FEED.items() if name not in names}


def read(folder: Path, files: dict[str, str]) -> Reading:
    """What the files are read as; Ruritania has a holiday every 17 August."""
    return read_tariff(write_feed(folder, files), ruritania)


def tariff_of(folder: Path, files: dict[str, str]) -> Tariff:
    """The tariff of files without a fault."""
    reading = read(folder, files)
    assert reading.tariff is not None, [str(fault) for fault in reading.faults]
    return reading.tariff


def ruritania(country: str, subdivision: str, first: date, last: date) -> list[date]:
    """Public holidays of a country that there is not; LookupError for any other."""
    if country != "RU" or subdivision:
        raise LookupError(f"no public holidays are known of {country!r}")
    days = [date(year, 8, 17) for year in range(first.year, last.year + 1)]
    return [day for day in days if first <= day <= last]
