"""Who watches over the trail: the search, the chain proved or broken, staff who stand out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from satu.audit.actions import record
from satu.audit.entry import Subject
from satu.audit.models import AuditEntry
from satu.audit.proofs import ask_proof, make_asked, newest_proof, standing
from satu.audit.search import Wanted, search
from satu.audit.store import seal
from tests.support import Database
from tests.web_doors import hire, staff_client

AT = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
PAGE = "/console/audit/"


def wrote(action: str, subject: Subject, actor: str = "staff:ani", at: datetime = AT) -> None:
    record(subject=subject, action=action, actor=actor, at=at, detail={"reason": "lost"})


def told(client, path: str = "", **asked: str) -> str:
    answer = client.get(PAGE + path, asked)
    assert answer.status_code == 200, path
    return answer.content.decode()


def test_the_trail_is_searched_by_who_what_whom_and_when(database: Database) -> None:
    wrote("card.blocked", Subject("card", 17))
    wrote("card.unblocked", Subject("card", 17), at=AT + timedelta(days=1))
    wrote("case.opened", Subject("case", 3), actor="resident:5")

    def found(**wanted: object) -> list[str]:
        return [one.action for one in search(Wanted(**wanted), limit=9)]  # type: ignore[arg-type]

    assert found() == ["case.opened", "card.unblocked", "card.blocked"]
    assert found(actor="staff:ani") == ["card.unblocked", "card.blocked"]
    assert found(action="card.blocked") == ["card.blocked"]
    assert found(action="card.") == ["card.unblocked", "card.blocked"]
    assert found(subject_kind="card", subject_id="17", until=AT + timedelta(hours=1)) == [
        "card.blocked"
    ]
    assert found(subject_kind="case", since=AT + timedelta(hours=1)) == []
    assert search(Wanted(), limit=1)[0].action == "case.opened"
    newest = search(Wanted(), limit=1)[0].id
    assert [one.action for one in search(Wanted(), beyond=newest, limit=1)] == ["card.unblocked"]
    oldest = search(Wanted(), is_oldest_first=True, limit=1)[0]
    assert oldest.action == "card.blocked"
    (then,) = search(Wanted(), beyond=oldest.id, is_oldest_first=True, limit=1)
    assert then.action == "card.unblocked"


def test_its_page_narrows_pages_and_gives_a_file_which_is_written_down(database: Database) -> None:
    client = staff_client("agus", "auditor")
    for number in range(60):
        wrote("card.blocked", Subject("card", number))
    wrote("case.opened", Subject("case", 3), actor="resident:5", at=AT + timedelta(days=2))
    page = told(client, subjek="card:17")
    assert "?subjek=card:17" in page and "card:18" not in page and "reason=lost" in page
    assert ">Diblokir</a>" in page and ">Kartu 17</a>" in page
    assert "card:17" in told(client, pelaku="ani", subjek="card:17")
    first = told(client, tindakan="card.blocked")
    older = first.split("hal=")[1].split('"')[0]
    assert "card:59" in first and "card:3<" in told(client, tindakan="card.blocked", hal=older)
    first = told(client, tindakan="card.blocked", urut="at")
    newer = first.split("hal=")[1].split('"')[0].split("&")[0]
    assert "card:3<" in first and "card:59<" not in first and "Lebih baru" in first
    assert "card:59<" in told(client, tindakan="card.blocked", urut="at", hal=newer)
    assert ">case.opened" not in told(client, sampai="2026-11-21", tindakan="case.")
    assert ">case.opened" in told(client, dari="2026-11-22", sampai="2026-11-22", tindakan="case.")
    for nonsense in ("2026-13-40", "x"):
        told(client, dari=nonsense, hal=nonsense)
    lines = (
        client.get(PAGE, {"format": "csv", "tindakan": "card."}).getvalue().decode().splitlines()
    )
    words = "ani,Diblokir,Kartu 59,staff:ani,card.blocked,card:59,reason=lost"
    assert len(lines) == 61 and lines[1].endswith(words)
    kept = AuditEntry.objects.get(action="audit.exported")
    assert (kept.actor, kept.detail["entries"]) == ("staff:agus", 60)
    assert staff_client("sari", "administrator").get(PAGE).status_code == 404


def test_the_chain_is_proved_when_asked_for(database: Database) -> None:
    client = staff_client("agus", "auditor")
    assert "Belum dibuktikan" in told(client, "chain")
    client.post(PAGE + "chain/prove")
    client.post(PAGE + "chain/prove")
    assert AuditEntry.objects.filter(action="audit.proof_asked").count() == 1
    assert "Bukti diminta oleh agus" in told(client, "chain")
    with database.connect() as conn:
        seal(conn, at=AT)
    assert make_asked(url=database.app_url, at=AT) is not None
    assert make_asked(url=database.app_url, at=AT) is None
    page = told(client, "chain")
    proof = newest_proof()
    assert proof is not None and "Rantai utuh" in page and proof.hash in page
    assert (proof.broken, proof.seal, standing().seal, standing().unsealed) == (0, 1, 1, 0)
    wrote("card.blocked", Subject("card", 1))
    assert standing().unsealed == 1 and "Tidak ada yang menyegel" in told(client, "chain")


def test_a_broken_chain_says_where(database: Database) -> None:
    client = staff_client("agus", "auditor")
    wrote("card.blocked", Subject("card", 1))
    with database.connect() as conn:
        seal(conn, at=AT)
    database.owner().execute(
        "update audit_entry set actor = 'staff:budi' where actor = 'staff:ani'"
    )
    ask_proof(actor="staff:agus", at=AT)
    proof = make_asked(url=database.app_url, at=AT)
    assert proof is not None and proof.broken == 1
    page = told(client, "chain")
    assert "Rantai putus" in page and "Sebuah baris bukan seperti yang disegel" in page


def test_staff_who_look_too_often_or_at_night_stand_out(database: Database) -> None:
    client = staff_client("agus", "auditor")
    assert "Tidak ada petugas" in told(client, "staff")
    for login in ("ani", "budi"):
        hire(login, "desk")
    noon = datetime.now(tz=UTC).replace(hour=5) - timedelta(days=1)  # 12:00 in Jakarta
    for day in range(6):
        wrote("person.opened", Subject("person", 1), "staff:budi", noon - timedelta(days=day))
    for number in range(12):
        wrote("person.opened", Subject("person", number), "staff:ani", noon)
    for hour in range(4):
        wrote("card.blocked", Subject("card", 1), "staff:ani", noon + timedelta(hours=9 + hour))
        wrote("trips.seen", Subject("person", 1), "staff:ani", noon + timedelta(hours=9 + hour))
    lines = client.get(PAGE + "staff?format=csv").getvalue().decode("utf-8-sig").splitlines()
    ani, budi = (line.split(",") for line in lines[1:])
    assert ani[0] == "ani" and '"Banyak dalam sehari' in ani[1]
    assert ani[3:6] == ["16", "1", "16"] or ani[3] == "16"
    assert budi[:3] == ["budi", "Tidak", "6"]
    assert "Ada yang menonjol" in told(client, "staff")
    least = told(client, "staff", urut="looks")
    assert least.index("pelaku=staff:budi") < least.index("pelaku=staff:ani")
