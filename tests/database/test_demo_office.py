"""The demo's office: a draft to look at, a chain that is sealed and proved, rehearsals done."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

from satu.audit.proofs import newest_proof, standing
from satu.city.demo_office import DEARER, keep_office, open_office
from satu.city.load import load_city
from satu.city.pack import read_pack
from satu.fares.tariff import Flat
from satu.taps import drafts
from satu.taps.queries import active_bundle
from tests.support import Database
from tests.unit.city.packs import write_pack

AT = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)


def test_a_demo_has_a_draft_and_a_proof_once(database: Database, tmp_path: Path) -> None:
    load_city(pack=read_pack(write_pack(tmp_path / "town")), actor="test", at=AT)
    bundle = active_bundle("town")
    number = open_office(bundle=bundle, at=AT)
    assert number is not None and open_office(bundle=bundle, at=AT) == number
    draft = drafts.draft(number)
    assert draft is not None and draft.valid_from == date(2026, 12, 31)
    prices = [one.price for one in drafts.tariff_of(draft).products if one.id == "bus"]
    assert prices == [Flat(3_500 + DEARER)]
    assert newest_proof() is None
    asked = drafts.ask_rehearsal(
        draft=number, first=date(2026, 11, 16), last=date(2026, 11, 17), actor="staff:sari", at=AT
    )
    assert not isinstance(asked, drafts.Refusal)
    for _ in range(2):
        keep_office(url=database.app_url, clock=lambda: AT)
    proof = newest_proof()
    assert proof is not None and (proof.broken, proof.seal) == (0, 1)
    assert standing().unsealed == 0
    done = drafts.rehearsal(asked.id)
    assert done is not None and done.ended_at == AT and drafts.rehearsed(done) is not None
