"""Whatever stands in a tariff's files: it is read or refused with words, and never breaks."""

from __future__ import annotations

import csv
import io
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from satu.fares.prices import Prices
from satu.fares.reach import reach
from tests.unit.fares.files.feeds import FEED, read

RICH = FEED | {
    "areas.txt": "area_id\nA\nB\n",
    "stop_areas.txt": "area_id,stop_id\nA,S\nB,T\n",
    "fare_leg_join_rules.txt": "from_network_id,to_network_id\nrail,rail\n",
    "satu_tariff.txt": "version,valid_from,round_to,steps\n1,20260101,500,leg;cap\n",
    "satu_leg_prices.txt": "fare_product_id,base,base_units,step\nfar,3000,25,1000\n",
    "satu_fare_table.txt": "fare_product_id,from_area_id,to_area_id,amount\nmrt,A,B,4000\n",
    "satu_caps.txt": "cap_id,period,limit_amount,network_ids\nday,day,9000,bus;rail\n",
    "satu_concessions.txt": "rider_category_id,percent\nchild,50\n",
    "satu_passes.txt": "fare_product_id,price,network_ids,whole_days\nweek,50000,bus,7\n",
}
CELLS = st.sampled_from(
    ["", "0", "1", "-1", "x", "9999999", "1.5", "20260230", "24:00:01", "bus", "rail;bus", "é", '"']
)


@st.composite
def damaged(draw: st.DrawFn) -> dict[str, str]:
    """The files with a few cells, or a whole file, made something else."""
    files = dict(RICH)
    for _ in range(draw(st.integers(1, 3))):
        name = draw(st.sampled_from(sorted(files)))
        rows = list(csv.reader(io.StringIO(files[name])))
        row = draw(st.integers(0, len(rows)))
        if row == len(rows):
            del files[name]
            continue
        rows[row][draw(st.integers(0, len(rows[row]) - 1))] = draw(CELLS)
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows(rows)
        files[name] = text.getvalue()
    return files


@given(damaged())
@settings(max_examples=60, deadline=None)
def test_it_is_used_or_refused_with_words(files: dict[str, str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        reading = read(Path(folder), files)
    if reading.tariff is None:
        assert reading.faults
        assert all(fault.file and fault.words.id and fault.words.en for fault in reading.faults)
        return
    assert reading.faults == []
    Prices(reading.tariff)
    found = reach(reading.tariff)
    named = {one.number for one in found.unreached if one.kind == "leg_rule"}
    assert named | set(found.leg_rules) == set(range(len(reading.tariff.leg_rules)))
    assert named.isdisjoint(found.leg_rules)
