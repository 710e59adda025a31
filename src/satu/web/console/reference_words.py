"""What the codes in reference data are called, in the page's language."""

from __future__ import annotations

from functools import cached_property

from satu.cards.queries import issuers
from satu.cases.queries import asset
from satu.people.kinds import Basis, Kept
from satu.web.design.words import role_names
from satu.web.pictures import current_picture
from satu.web.said import say
from satu.wire.messages import Words

POINTS = {
    "stop": Words("Halte", "Stop"),
    "station": Words("Stasiun", "Station"),
    "entrance": Words("Pintu masuk", "Entrance"),
}
BASES: dict[str, Words] = {
    Basis.CONSENT: Words("Persetujuan", "Consent"),
    Basis.CONTRACT: Words("Perjanjian layanan", "Contract on the service"),
    Basis.LEGAL_DUTY: Words("Kewajiban hukum", "Legal duty"),
    Basis.PUBLIC_TASK: Words("Tugas pelayanan publik", "Public task"),
}
KEPT: dict[str, Words] = {
    Kept.TRIPS: Words("Siapa bepergian ke mana", "Who went where"),
    Kept.CONSENTS: Words("Persetujuan yang dicabut", "Consents that were withdrawn"),
    Kept.CHECKS: Words("Hasil pencocokan kependudukan", "Matches with the civil register"),
    Kept.GUARDIANS: Words("Perwalian yang berakhir", "Guardianships that ended"),
    Kept.MESSAGES: Words("Pesan yang dikirim", "Messages that were sent"),
    Kept.CASES: Words("Isi laporan yang selesai", "Texts of closed cases"),
    Kept.MONEY: Words("Catatan uang", "Records of money"),
    Kept.TRAIL: Words("Jejak audit", "The audit trail"),
}
OF_COLUMNS = {"kind": POINTS, "basis": BASES, "what": KEPT}


class RowWords:
    """What a page's rows are told with: what must be asked for is asked for once for all rows."""

    @cached_property
    def asset(self) -> str:
        """The city's currency."""
        return asset()

    @cached_property
    def _parties(self) -> dict[str, str]:
        return dict([*parties("operator"), *parties("issuer")])

    def word_of(self, column: str, value: str) -> str:
        """What a value of a column is called, `Transjakarta` for `operator:transjakarta`; "": it
        is called what it is."""
        if column == "roles":
            return role_names(frozenset(value.split(", ")))
        if column == "acts_for":
            return self._parties.get(value, "") if value else ""
        words = OF_COLUMNS.get(column, {}).get(value)
        return say(words) if words else ""


def parties(kind: str) -> list[tuple[str, str]]:
    """Whom an organisation can act for, with their names: operators, or issuers (`issuer`)."""
    places = current_picture().places
    operators = places.bundle.operators if places else ()
    known = issuers() if kind == "issuer" else operators
    return [(f"{kind}:{one.code}", one.name) for one in known]
