"""Reading GTFS: zips and folders, byte-order marks, faults with their place."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from satu.formats import gtfs

STOPS = "\ufeffstop_id,stop_name,stop_lat,stop_lon,location_type,parent_station\r\n"
FEED = {
    "stops.txt": STOPS + 'H1,"Hall, north",-6.1,106.8,1,\r\nG1,,-6.1,106.8,,H1\r\n',
    "trips.txt": "route_id,service_id,trip_id,direction_id\nR,S,T1,0\nR,S,T2,\n",
}


@pytest.fixture(params=["folder", "zip"])
def feed(request: pytest.FixtureRequest, tmp_path: Path) -> gtfs.Feed:
    return gtfs.Feed(write(tmp_path, FEED, as_zip=request.param == "zip"))


def write(path: Path, files: dict[str, str], *, as_zip: bool = False) -> Path:
    if as_zip:
        with zipfile.ZipFile(path / "feed.zip", "w") as archive:
            for name, text in files.items():
                archive.writestr(name, text)
        return path / "feed.zip"
    for name, text in files.items():
        (path / name).write_text(text, encoding="utf-8", newline="")
    return path


def test_rows_are_typed(feed: gtfs.Feed) -> None:
    assert list(feed.rows(gtfs.Stop)) == [
        gtfs.Stop("H1", "Hall, north", -6.1, 106.8, location_type=gtfs.STATION),
        gtfs.Stop("G1", "", -6.1, 106.8, parent_station="H1"),
    ]
    assert list(feed.rows(gtfs.Trip)) == [gtfs.Trip("T1", "R", 0), gtfs.Trip("T2", "R", None)]


def test_a_file_that_is_not_there(feed: gtfs.Feed) -> None:
    assert feed.has("stops.txt") and not feed.has("fare_rules.txt")
    with pytest.raises(gtfs.FeedFault, match=r"^fare_rules.txt: .* has no such file; add it$"):
        list(feed.rows(gtfs.FareRule))


def test_a_fault_names_file_row_and_field(tmp_path: Path) -> None:
    feed = gtfs.Feed(write(tmp_path, {"stops.txt": STOPS + "A,,0,0,,\nB,,91,0,,\n"}))
    rows = feed.rows(gtfs.Stop)
    assert next(rows).stop_id == "A"
    with pytest.raises(gtfs.FeedFault) as caught:
        next(rows)
    fault = caught.value.fault
    assert (fault.file, fault.row, fault.field) == ("stops.txt", 3, "stop_lat")


def test_rows_after_a_fault_are_not_read(tmp_path: Path) -> None:
    feed = gtfs.Feed(write(tmp_path, {"stops.txt": STOPS + "A,,x,0,,\nB,,0,0,,\n"}))
    with pytest.raises(gtfs.FeedFault, match=r"stops\.txt:2: stop_lat"):
        next(feed.rows(gtfs.Stop))


def test_a_feed_is_a_zip_or_a_folder(tmp_path: Path) -> None:
    with pytest.raises(gtfs.FeedFault, match="no such zip or folder"):
        gtfs.Feed(tmp_path / "feed.zip")
    (tmp_path / "feed.zip").write_text("no zip")
    with pytest.raises(gtfs.FeedFault, match="neither a zip nor a folder"):
        gtfs.Feed(tmp_path / "feed.zip")
