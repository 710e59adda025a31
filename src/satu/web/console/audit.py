"""The audit trail for who watches over it: a search, the chain's state, staff who stand out."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from satu.audit.actions import record
from satu.audit.entry import Detail, Subject
from satu.audit.models import AuditEntry
from satu.audit.outliers import Reason, Watched, watch
from satu.audit.proofs import ask_proof, asked_proof, newest_proof, standing
from satu.audit.search import Wanted, looks_by_day, search
from satu.audit.verify import Breach
from satu.people.kinds import Role
from satu.people.looks import FOUND, TRIPS_SEEN
from satu.people.queries import OPENED
from satu.people.queries import staff as all_staff
from satu.taps.queries import CARD_LOOKS
from satu.web.console.trail import Names, did, who, whom
from satu.web.console.trail_words import ACTIONS, ACTORS
from satu.web.design.cells import Badge, Cell, Coded, Link, Noted
from satu.web.design.formats import NO_BREAK
from satu.web.design.formats import day as written_day
from satu.web.design.menus import Place
from satu.web.design.sheets import Column, Sheet, Sort, asked_sort, csv_answer
from satu.web.doors.rights import staff_only, viewer_of
from satu.web.said import language, say

WATCHERS = (Role.AUDITOR, Role.PRIVACY)
PAGE = 50
MOST_EXPORTED = 20_000
LOOKS = (OPENED, FOUND, TRIPS_SEEN, *CARD_LOOKS)
WATCHED_DAYS = 30
LONGEST_SHOWN = 40
LATE = timedelta(minutes=1)  # sealed each second, what waits so long tells that nobody seals


@require_GET
@never_cache
@staff_only(*WATCHERS)
def audit(request: HttpRequest) -> HttpResponseBase:
    """Search the trail; `?format=csv` gives what was found as a file, and that is written down."""
    wanted = _wanted(request)
    is_file = request.GET.get("format") == "csv"
    columns = _columns(is_file)
    sort = asked_sort(request, columns, Sort("at", is_down=True))
    found = search(
        wanted,
        beyond=None if is_file else _number(request.GET.get("hal", "")),
        is_oldest_first=not sort.is_down,
        limit=MOST_EXPORTED if is_file else PAGE + 1,
    )
    shown = found if is_file else found[:PAGE]
    further = str(shown[-1].id) if len(found) > len(shown) and not is_file else ""
    names = Names()
    sheet = Sheet(
        columns=columns,
        rows=[_cells(one, names, is_file) for one in shown],
        caption=_("Entries of the audit trail"),
        sort=sort,
        empty=_("Nothing was written down that fits. Take a filter away."),
        older=further if sort.is_down else "",
        newer="" if sort.is_down else further,
        export="csv",
    )
    if is_file:
        viewer = viewer_of(request)
        assert viewer is not None
        told: Detail = {"entries": len(shown), "actor": wanted.actor, "action": wanted.action}
        subject = Subject("audit", "trail")
        record(
            subject=subject,
            action="audit.exported",
            actor=viewer.actor,
            at=timezone.now(),
            detail=told,
        )
        return csv_answer(sheet, "jejak-audit")
    context = {
        "sheet": sheet,
        "sought": request.GET,
        "actions": [(code, say(words)) for code, words in sorted(ACTIONS.items())],
        "tabs": _tabs("console:audit"),
    }
    return render(request, "console/audit.html", context)


def _wanted(request: HttpRequest) -> Wanted:
    asked = request.GET
    kind, _colon, name = asked.get("subjek", "").strip()[:80].partition(":")
    first, last = _day(asked.get("dari", "")), _day(asked.get("sampai", ""))
    return Wanted(
        actor=_actor(asked.get("pelaku", "").strip()[:80]),
        action=asked.get("tindakan", "").strip()[:80],
        subject_kind=kind,
        subject_id=name,
        since=_midnight(first) if first else None,
        until=_midnight(last + timedelta(days=1)) if last else None,
    )


def _actor(asked: str) -> str:
    """Who is sought: a code of the trail, or a login alone."""
    is_code = not asked or ":" in asked or asked in ACTORS
    return asked if is_code else f"staff:{asked}"


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if 2000 <= found.year <= 9000 else None


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def _columns(is_file: bool) -> list[Column]:
    """A page tells codes and details under the words; a file has columns for them."""
    if not is_file:
        return [
            Column("at", _("When"), is_sortable=True),
            Column("actor", _("Who")),
            Column("action", _("Did what")),
            Column("subject", _("To what")),
        ]
    return [
        Column("at", _("When"), is_sortable=True),
        Column("who", _("Who")),
        Column("did", _("Did what")),
        Column("whom", _("To what")),
        Column("actor", "actor"),
        Column("action", "action"),
        Column("subject", "subject"),
        Column("detail", _("Details")),
    ]


def _cells(entry: AuditEntry, names: Names, is_file: bool) -> list[Cell]:
    subject = f"{entry.subject_kind}:{entry.subject_id}"
    words = (names.who(entry.actor), did(entry.action), whom(entry.subject_kind, entry.subject_id))
    if is_file:
        detail = " · ".join(f"{name}={value}" for name, value in entry.detail.items())
        return [entry.at, *words, entry.actor, entry.action, subject, detail]
    detail = " · ".join(f"{name}={_short(value)}" for name, value in entry.detail.items())
    code = " · ".join(filter(None, (entry.action, detail)))
    return [
        Noted(written_moment(entry.at), f"#{entry.id}"),
        Coded(words[0], entry.actor, _asked(pelaku=entry.actor)),
        Coded(words[1], code, _asked(tindakan=entry.action)),
        Coded(words[2], subject, _asked(subjek=subject)),
    ]


def _asked(**wanted: str) -> str:
    return f"?{urlencode(wanted, safe=':')}"


def _short(value: object) -> str:
    """A value for the page; the file has it whole."""
    text = str(value)
    return text if len(text) <= LONGEST_SHOWN else text[: LONGEST_SHOWN // 2] + "…"


def written_moment(at: datetime) -> str:
    """`7 Jul 2026 05.12.09`: entries follow each other by the second."""
    local = timezone.localtime(at)
    clock = f"{local:%H.%M.%S}" if language() == "id" else f"{local:%H:%M:%S}"
    return f"{written_day(local.date(), language())} {clock}".replace(" ", NO_BREAK)


def _tabs(here: str) -> list[Place]:
    named = (
        ("console:audit", _("Search")),
        ("console:audit_chain", _("The chain")),
        ("console:audit_staff", _("Staff who stand out")),
    )
    return [Place(words, reverse(name), name == here) for name, words in named]


@require_GET
@never_cache
@staff_only(*WATCHERS)
def chain(request: HttpRequest) -> HttpResponseBase:
    """Whether what was written down is still what was written down."""
    proof, now, at = newest_proof(), standing(), timezone.now()
    breaks = [[breach_words()[Breach(one[0])], *one[1:]] for one in proof.breaks] if proof else []
    sheet = Sheet(
        columns=[
            Column("what", _("What is wrong")),
            Column("entry", _("Entry"), is_number=True),
            Column("seal", _("Seal"), is_number=True),
        ],
        rows=[["–" if cell is None else cell for cell in one] for one in breaks],
        caption=_("Breaks of the chain"),
    )
    context = {
        "proof": proof,
        "standing": now,
        "is_late": now.oldest is not None and at - now.oldest > LATE,
        "pending": asked_proof(),
        "sealed": proof.entries - proof.unsealed if proof else 0,
        "sheet": sheet if breaks else None,
        "tabs": _tabs("console:audit_chain"),
    }
    return render(request, "console/audit_chain.html", context)


@require_POST
@never_cache
@staff_only(*WATCHERS)
def prove(request: HttpRequest) -> HttpResponseBase:
    """Have the whole chain proved soon."""
    viewer = viewer_of(request)
    assert viewer is not None
    ask_proof(actor=viewer.actor, at=timezone.now())
    messages.success(request, _("Asked for. The chain is proved within a minute."))
    return redirect("console:audit_chain")


def breach_words() -> dict[Breach, str]:
    """What is wrong with the chain, in words."""
    return {
        Breach.ENTRY_CHANGED: _("An entry is not what was sealed"),
        Breach.ENTRY_REMOVED: _("An entry is gone"),
        Breach.ENTRY_INSERTED: _("An entry stands outside the chain"),
        Breach.SEAL_CHANGED: _("A seal is not what was made"),
        Breach.SEAL_REMOVED: _("A seal is gone"),
        Breach.SEAL_UNLINKED: _("A seal does not follow the one before it"),
        Breach.HEAD_DIFFERS: _(
            "The seal of the last proof is gone: the chain was cut or made anew"
        ),
    }


@require_GET
@never_cache
@staff_only(*WATCHERS)
def staff(request: HttpRequest) -> HttpResponseBase:
    """Who looked at people how often in the last days, those who stand out first."""
    groups = {f"staff:{one.login}": ",".join(sorted(one.roles)) for one in all_staff()}
    since = timezone.now() - timedelta(days=WATCHED_DAYS)
    days = looks_by_day(actions=LOOKS, since=since, zone=settings.TIME_ZONE)
    watched, columns = watch(days, groups), _staff_columns()
    sort = asked_sort(request, columns, Sort("stands", is_down=True))
    sheet = Sheet(
        columns=columns,
        rows=[_staff_cells(one, since) for one in _sorted(watched, sort)],
        caption=_("Looks at people by staff"),
        sort=sort,
        empty=_("Nobody of the staff looked at a person in these days."),
        export="csv",
    )
    if request.GET.get("format") == "csv":
        return csv_answer(sheet, "petugas")
    context = {
        "sheet": sheet,
        "days": WATCHED_DAYS,
        "outliers": sum(bool(one.reasons) for one in watched),
        "tabs": _tabs("console:audit_staff"),
    }
    return render(request, "console/audit_staff.html", context)


def _staff_columns() -> list[Column]:
    return [
        Column("actor", _("Staff"), is_sortable=True),
        Column("stands", _("Stands out"), is_sortable=True),
        Column("looks", _("Looks"), is_number=True, is_sortable=True),
        Column("days", _("Days"), is_number=True, is_sortable=True),
        Column("most", _("Most in a day"), is_number=True, is_sortable=True),
        Column("most_on", _("On that day"), is_sortable=True),
        Column("usual", _("Colleagues' usual day"), is_number=True),
        Column("at_night", _("20:00–06:00"), is_number=True, is_sortable=True),
    ]


def _sorted(watched: list[Watched], sort: Sort) -> list[Watched]:
    """As asked; those who stand out are at one end of the list."""
    if sort.column == "stands":
        return watched if sort.is_down else watched[::-1]
    return sorted(watched, key=lambda one: getattr(one, sort.column), reverse=sort.is_down)


def _staff_cells(one: Watched, since: datetime) -> list[Cell]:
    words = {Reason.MANY: _("Many in a day"), Reason.AT_NIGHT: _("At night")}
    told = ", ".join(words[reason] for reason in one.reasons)
    usual = "–" if one.usual is None else f"{one.usual:g}"
    return [
        Link(
            who(one.actor),
            f"{reverse('console:audit')}?pelaku={one.actor}&dari={timezone.localdate(since)}",
        ),
        Badge("bad", told) if told else Badge("none", _("No")),
        one.looks,
        one.days,
        one.most,
        one.most_on,
        usual.replace(".", ",") if language() == "id" else usual,
        one.at_night,
    ]
