"""`satu cases`: what a person and a program see of cases, and that nobody's words are in it."""

from __future__ import annotations

import json

from satu.cases.actions import NewCase, answer_case, open_case
from satu.cases.city import keep_city
from satu.cases.kinds import Channel, Filling
from satu.city.cases import read_cases
from satu.kernel.days import from_ms
from satu.project.clock import now_ms
from tests.commands import satu
from tests.database.people_support import ACTOR, prepare, register
from tests.database.test_cases import PACK, STORY
from tests.support import Database


def test_cases_are_listed_and_shown(database: Database) -> None:
    prepare()
    siti, at = register(), from_ms(now_ms())
    city = read_cases(PACK, [])
    assert city is not None
    keep_city(city=city, asset="IDR", actor=ACTOR, at=at)
    for number in (1, 2):
        new = NewCase("complaint", Channel.COUNTER, f"counter:{number}", siti, None, STORY)
        open_case(new=new, actor=ACTOR, at=at)
    answer_case(case=2, answer="thank_you", filling=Filling(), text="", actor=ACTOR, at=at)
    listed = satu("cases", "list")
    assert listed.returncode == 0 and "K-1  complaint  desk/–" in listed.stdout
    assert "K-2" not in listed.stdout and "desk: 1 terbuka" in listed.stdout
    told = json.loads(satu("cases", "list", "--team", "desk", "--json").stdout)
    assert told["teams"] == {"desk": {"open": 1, "overdue": 0}}
    assert [case["case"] for case in told["cases"]] == ["K-1"]
    assert json.loads(satu("cases", "list", "--overdue", "--json").stdout)["cases"] == []
    shown = satu("cases", "show", "K-2")
    assert "Terima kasih. Laporan K-2" in shown.stdout and "terjepit" not in shown.stdout
    story = json.loads(satu("cases", "show", "K-1", "--json").stdout)["story"]
    assert [(step["what"], step["has_text"]) for step in story] == [("opened", True)]
    assert json.loads(satu("cases", "show", "K-9", "--json").stdout)["refused"] == "case_unknown"
