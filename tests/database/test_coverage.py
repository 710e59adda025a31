"""Who is still without a card, by kelurahan; and what of it everybody may see."""

from __future__ import annotations

from datetime import date

from satu.cards.actions import block_card, link_card
from satu.cards.coverage import LEAST_CELL, Covered, PublicCover, coverage, public_coverage
from satu.cards.queries import faces
from satu.people.actions import erase_resident
from satu.people.areas import keep_areas
from tests.database.cards_support import issue, open_banks
from tests.database.people_support import ACTOR, AT, audited, register
from tests.support import Database

GAMBIR, CIDENG, SENEN = "31.71.01.1001", "31.71.01.1002", "31.71.04.1001"
AREAS = [
    ("31.71", "Jakarta Pusat"),
    ("31.71.01", "Kecamatan Gambir"),
    (GAMBIR, "Gambir"),
    (CIDENG, "Cideng"),
    ("31.71.04", "Kecamatan Senen"),
    (SENEN, "Senen"),
]
DAY = date(2026, 1, 5)


def link(card: int, resident: int) -> None:
    (face,) = faces([card])
    done = link_card(
        number=face.number, secret=face.secret, owner=resident, actor="resident:1", at=AT
    )
    assert not isinstance(done, str), done


def test_residents_with_and_without_a_card_that_opens_doors(database: Database) -> None:
    open_banks()
    assert keep_areas(areas=AREAS, actor=ACTOR, at=AT) == 6
    people = [register(None, area=area) for area in (GAMBIR, GAMBIR, GAMBIR, "", "X.9", SENEN)]
    cards = issue(count=5)
    for card, resident in zip(cards, [people[0], people[0], people[1], people[3]], strict=False):
        link(card, resident)
    block_card(card=cards[2], reason="lost", actor=ACTOR, at=AT)
    erase_resident(resident=people[5], reason="asked", open_cards=0, actor=ACTOR, at=AT)
    found = coverage(DAY)
    assert found == [
        Covered("", "", "", 1, 1),
        Covered(GAMBIR, "Gambir", "Kecamatan Gambir", 3, 1),
        Covered(CIDENG, "Cideng", "Kecamatan Gambir", 0, 0),
        Covered(SENEN, "Senen", "Kecamatan Senen", 0, 0),
        Covered("X.9", "", "", 1, 0),
    ]
    assert [one.without for one in found] == [0, 2, 0, 0, 1]
    owner = database.owner()
    owner.execute("update cards_card set expires_on = '2026-01-06' where id = 1 or id = 2")
    assert coverage(DAY) == found, "its last day is still a day"
    owner.execute("update cards_card set expires_on = '2026-01-05' where id = 1 or id = 2")
    assert coverage(DAY)[1] == Covered(GAMBIR, "Gambir", "Kecamatan Gambir", 3, 0)


def test_areas_are_kept_once_and_follow_the_city(database: Database) -> None:
    assert keep_areas(areas=AREAS, actor=ACTOR, at=AT) == 6
    assert keep_areas(areas=AREAS, actor=ACTOR, at=AT) == 0
    changed = [(code, name.upper() if code == SENEN else name) for code, name in AREAS[1:]]
    assert keep_areas(areas=changed, actor=ACTOR, at=AT) == 2
    assert [row[4] for row in audited(database.connect(), "areas.kept")] == [
        {"changed": 6, "gone": 0},
        {"changed": 1, "gone": 1},
    ]


def test_small_cells_are_left_out_and_not_told_by_a_sum() -> None:
    def of(area: str, residents: int, with_card: int, within: str = "K") -> Covered:
        return Covered(area, area, within, residents, with_card)

    def shown(*found: Covered) -> list[str]:
        return [one.area for one in public_coverage(found) if one.residents is not None]

    many = LEAST_CELL * 10
    whole = of("a", many, many - LEAST_CELL)
    assert public_coverage([whole]) == [PublicCover("a", "a", "K", many, many - 10, 10)]
    assert shown(whole, of("b", many, 0), of("c", many, many)) == ["a", "b", "c"]
    assert shown(of("a", many, many - 9)) == []
    assert shown(of("a", many, 9)) == []
    assert shown(whole, of("b", 5, 0), of("c", 70, 30)) == ["a"], "c would tell b by the sum"
    assert shown(whole, of("b", 5, 0), of("c", 5, 5), of("d", 70, 30)) == ["a", "d"]
    assert shown(whole, of("b", 5, 0), of("c", 70, 30, "L")) == ["c"]
    assert shown(of("z", 0, 0), whole) == ["z", "a"], "nobody is no cell"
