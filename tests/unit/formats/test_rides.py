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


def test_sube_puts_the_nth_tap_of_an_hour_at_the_nth_minute() -> None:
    lines = [
        SUBE_HEADER,
        "1,37.0,COL,-34.61,-58.43,F,20,,0,77,77,1,8,27/11/2019",
        "2,37.0,TRE,-34.62,-58.44,F,,CHECK IN,1,16,16,1,8,27/11/2019",
        "3,37.0,TRE,-34.62,-58.45,F,,CHECK OUT,1,16,16,1,8,27/11/2019",
        "4,38.0,TRE,,,F,,CHECK OUT SIN CHECKIN,1,,16,1,8,27/11/2019",
        "5,38.0,SUB,,,F,,,1,32,16,1,,27/11/2019",
    ]
    rows = list(read_rows(lines, SUBE))
    assert [row.card for row in rows] == ["37", "37", "37", "38", ""]
    ends = [(row.entry or row.exit) for row in rows]
    assert [end and (end.at.hour, end.at.minute, end.stop) for end in ends] == [
        (8, 0, "sube:-34.61:-58.43"),
        (8, 1, "sube:-34.62:-58.44"),
        (8, 2, "sube:-34.62:-58.45"),
        (8, 0, ""),
        None,
    ]
    assert [row.entry is None for row in rows] == [False, False, True, True, True]
    assert [row.route for row in rows[:4]] == [
        "sube-COL-77",
        "sube-TRE-16",
        "sube-TRE-16",
        "",
    ]
    assert rows[4].problem == "no readable day and hour"


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
