"""Files of rides: what each format says, and what it leaves unsaid."""

from __future__ import annotations

from datetime import datetime

import pytest

from satu.formats import rides
from satu.formats.rides import NotThisFormat, Row, Touch, read_rows
from satu.formats.sube import SUBE
from satu.formats.tides import TIDES
from satu.formats.transjakarta import TRANSJAKARTA

TRANSJAKARTA_HEADER = (
    "trans_id,card_key,issuer,sex,birth_year,route_id,route_name,direction,"
    "in_stop_id,in_stop_name,in_lat,in_lon,in_seq,in_time,"
    "out_stop_id,out_stop_name,out_lat,out_lon,out_seq,out_time,amount_idr"
)
SUBE_HEADER = (
    "id,id_tarjeta,modo,lat,lon,sexo,interno_bus,tipo_trx_tren,etapa_red_sube,"
    "id_linea,id_ramal,id_tarifa,hora,fecha"
)


def test_a_whole_ride_has_both_ends_and_its_amount() -> None:
    line = (
        'T1,c1,flazz,F,2007,4D,"Pulo Gadung, 2",1,P1,Utan Kayu,-6.19,106.86,10,'
        "2023-04-01T20:44:00,P2,UNJ,-6.2,106.88,14,2023-04-01T21:52:00,3500.0"
    )
    assert list(read_rows([TRANSJAKARTA_HEADER, line], TRANSJAKARTA)) == [
        Row(
            line=2,
            card="c1",
            issuer="flazz",
            route="4D",
            route_name="Pulo Gadung, 2",
            entry=Touch(datetime(2023, 4, 1, 20, 44), "P1", "Utan Kayu", -6.19, 106.86),
            exit=Touch(datetime(2023, 4, 1, 21, 52), "P2", "UNJ", -6.2, 106.88),
            amount=3500,
        )
    ]


def test_what_the_file_leaves_out_stays_out() -> None:
    line = "T1,c1,dki,F,2007,,,0,,,,,3,2023-04-01T20:44:00,,,,,,,"
    (row,) = read_rows([TRANSJAKARTA_HEADER, line], TRANSJAKARTA)
    assert row.entry == Touch(datetime(2023, 4, 1, 20, 44))
    assert (row.exit, row.amount, row.route, row.problem) == (None, None, "", "")


def test_a_row_without_time_or_cut_short_is_told_not_dropped() -> None:
    rows = list(read_rows([TRANSJAKARTA_HEADER, "T1,c1,dki", ""], TRANSJAKARTA))
    assert [(row.line, row.problem) for row in rows] == [(2, "no readable time of entry")]


def sube(*taps: str) -> list[Row]:
    """The rows of taps written as `mode,kind,stage,line,hour,lat:lon`."""
    lines = []
    for number, tap in enumerate(taps, start=1):
        mode, kind, stage, line, hour, place = tap.split(",")
        lat, _, lon = place.partition(":")
        lines.append(
            f"{number},37.0,{mode},{lat},{lon},F,20,{kind},{stage},{line},{line},1,{hour},27/11/2019"
        )
    return list(read_rows([SUBE_HEADER, *lines], SUBE))


def ends(rows: list[Row]) -> list[tuple[int, int, int]]:
    """Each row's place in the file, hour and minute."""
    touches = [row.entry or row.exit for row in rows]
    return [
        (row.line - 1, touch.at.hour, touch.at.minute)
        for row, touch in zip(rows, touches, strict=True)
        if touch
    ]


def test_sube_tells_modes_kinds_stages_and_places() -> None:
    lines = [
        SUBE_HEADER,
        "1,37.0,COL,-34.61,-58.43,F,20,,0,77,77,1,8,27/11/2019",
        "2,37.0,TRE,-34.62,-58.44,F,,CHECK IN,1,16,16,1,9,27/11/2019",
        "3,37.0,TRE,-34.62,-58.45,F,,CHECK OUT,1,16,16,1,9,27/11/2019",
        "4,38.0,TRE,,,F,,CHECK OUT SIN CHECKIN,0,,16,1,8,27/11/2019",
        "5,39.0,TRE,-34.9,-57.93,F,,USO,2,16,283,1,8,27/11/2019",
        "6,39.0,SUB,-34.6,-58.4,F,,,1,32,269,1,9,27/11/2019",
    ]
    rows = list(read_rows(lines, SUBE))
    assert [row.card for row in rows] == ["37", "37", "37", "38", "39", "39"]
    assert [row.route for row in rows] == [
        "sube-COL-77",
        "sube-TRE-16",
        "sube-TRE-16",
        "",
        "sube-USO-16",
        "sube-SUB-269",
    ]
    assert [row.mode for row in rows] == ["COL", "TRE", "TRE", "TRE", "TRE", "SUB"]
    assert [row.stage for row in rows] == [0, 1, 1, 0, 2, 1]
    assert [row.kind for row in rows[2:5]] == ["CHECK OUT", "CHECK OUT SIN CHECKIN", "USO"]
    assert [row.entry is None for row in rows] == [False, False, True, True, False, False]
    places = [touch.stop for row in rows if (touch := row.entry or row.exit)]
    assert places[:2] + places[3:4] == ["sube:-34.61:-58.43", "sube:-34.62:-58.44", ""]


def test_sube_puts_the_nth_tap_of_a_day_at_its_hours_nth_minute() -> None:
    taps = ("COL,,0,77,8,1:1", "COL,,1,78,8,2:2", "COL,,0,77,10,2:2", "COL,,1,78,23,1:1")
    assert ends(sube(*taps)) == [(1, 8, 0), (2, 8, 1), (3, 10, 2), (4, 23, 3)]


def test_sube_puts_an_hours_taps_in_the_order_that_agrees_with_itself() -> None:
    out_first = ("TRE,CHECK OUT,0,16,8,2:2", "TRE,CHECK IN,0,16,8,1:1")
    assert ends(sube(*out_first)) == [(2, 8, 0), (1, 8, 1)]
    through = (
        "TRE,CHECK IN,1,16,8,1:1",
        "COL,,0,77,8,1:1",
        "SUB,,2,33,9,2:2",
        "TRE,CHECK OUT,1,16,9,2:2",
    )
    assert [line for line, _, _ in ends(sube(*through))] == [2, 1, 4, 3]
    later_alone = (
        "TRE,CHECK IN,0,16,7,1:1",
        "TRE,CHECK OUT SIN CHECKIN,0,16,8,2:2",
        "TRE,CHECK OUT,0,16,8,2:2",
    )
    assert [line for line, _, _ in ends(sube(*later_alone))] == [1, 3, 2]
    stages_run_on = ("COL,,0,77,7,1:1", "COL,,0,78,8,3:3", "COL,,1,78,8,2:2")
    assert [line for line, _, _ in ends(sube(*stages_run_on))] == [1, 3, 2]


def test_sube_orders_a_very_busy_hour_by_stage() -> None:
    taps = [f"COL,,{stage},{stage},8,1:1" for stage in (3, 2, 1, 0, 4, 5, 6)]
    assert [row.stage for row in sube(*taps)] == [0, 1, 2, 3, 4, 5, 6]


def test_sube_rows_without_an_hour_are_unreadable() -> None:
    (row,) = sube("SUB,,1,32,,1:1")
    assert (row.problem, row.card, row.entry) == ("no readable day and hour", "", None)


def test_tides_keeps_entries_and_exits_alone() -> None:
    lines = [
        "transaction_id,service_date,event_timestamp,amount,fare_action,stop_id,token_id",
        "a,2025-06-02,2025-06-02T08:00:00+07:00,3500,Enter,P1,c1",
        "b,2025-06-02,2025-06-02T08:30:00,0,Exit,P2,c1",
        "c,2025-06-02,2025-06-02T08:31:00,20000,Add,P2,c1",
        "d,2025-06-02,yesterday,0,Enter,P2,c1",
    ]
    rows = list(read_rows(lines, TIDES))
    assert rows[0].entry == Touch(datetime(2025, 6, 2, 8), "P1", "P1")
    assert rows[1].exit == Touch(datetime(2025, 6, 2, 8, 30), "P2", "P2")
    assert [row.problem for row in rows] == [
        "",
        "",
        "not a tap: Add",
        "no readable event_timestamp",
    ]


def test_another_file_is_named_by_its_missing_columns() -> None:
    with pytest.raises(NotThisFormat, match="no column transaction_id, event_timestamp"):
        list(read_rows(["a,b,amount,fare_action,stop_id,token_id"], TIDES))


@pytest.mark.parametrize(
    ("text", "value"),
    [("3500", 3500), ("3500.0", 3500), ("", None), ("x", None), ("0.5", None)],
)
def test_amounts_are_whole(text: str, value: int | None) -> None:
    assert rides.amount(text) == value
