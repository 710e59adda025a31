"""Second factors: kept sealed, asked for after the code, limited, and nobody else's to touch."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from allauth.mfa.webauthn.internal.auth import WebAuthn
from django.http import HttpRequest
from django.test import Client, override_settings

from satu.people.actions import erase_resident
from satu.web.doors import codes
from satu.web.doors.adapter import FactorAdapter
from satu.web.doors.factors import has_factor, is_last, remove_all
from satu.web.doors.forgetting import forget_old
from satu.web.doors.models import User
from satu.web.doors.rights import viewer_of
from satu.web.doors.sessions import user_of_resident, user_of_staff
from tests.database.people_support import everything_stored
from tests.support import Database
from tests.web_doors import hire, new_resident, resident_client, staff_client

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
PHONE = "0812 0000 9999"


def with_app(user: User) -> Authenticator:
    found: Authenticator = TOTP.activate(user, SECRET).instance
    return found


def with_passkey(user: User) -> Authenticator:
    found: Authenticator = WebAuthn.add(user, "Kunci", {"id": "AAAA"}).instance
    return found


def half_way(client: Client) -> None:
    """A sign-in whose code was right and whose second factor is still to be shown."""
    client.post("/masuk/", {"contact": PHONE})
    (newest, *_) = codes.outbox(datetime.now(tz=UTC)) or []
    answer = client.post("/masuk/kode/", {"code": newest.code})
    assert answer.url == "/masuk/faktor-kedua/"


def who(client: Client) -> str:
    request: HttpRequest = client.get("/").wsgi_request
    viewer = viewer_of(request)
    return viewer.actor if viewer else ""


def test_the_secret_of_an_app_is_kept_sealed(database: Database) -> None:
    user = user_of_resident(new_resident())
    app = with_app(user)
    assert has_factor(user) and app.wrap().instance.data["secret"] != SECRET
    assert SECRET.encode() not in everything_stored(database.owner())


def test_the_code_alone_lets_nobody_in_who_has_a_factor(database: Database) -> None:
    siti = new_resident()
    with_app(user_of_resident(siti))
    client = Client()
    half_way(client)
    assert who(client) == ""
    assert client.get("/masuk/keamanan/").status_code == 302
    assert client.get("/masuk/faktor-kedua/").status_code == 200
    for _ in range(6):
        answer = client.post("/masuk/faktor-kedua/", {"code": "000000"})
        assert answer.status_code == 200 and who(client) == ""
    assert "Terlalu banyak" in answer.content.decode()


def test_what_is_somebody_elses_is_not_there(database: Database) -> None:
    siti, budi = new_resident(), new_resident("Budi Teladan Contoh")
    key = with_passkey(user_of_resident(siti))
    with_app(user_of_resident(siti))
    client = resident_client(budi)
    for method in (client.get, client.post):
        assert method(f"/masuk/keamanan/kunci-sandi/{key.pk}/hapus/").status_code == 404
        assert method("/masuk/keamanan/aplikasi/hapus/").status_code == 404
    assert Authenticator.objects.filter(user__resident=siti).count() == 2


def test_before_a_factor_goes_it_is_shown_once_more(database: Database) -> None:
    siti = new_resident()
    with_app(user_of_resident(siti))
    client = resident_client(siti)
    for path in ("aplikasi/hapus/", "kunci-sandi/baru/", "kode-cadangan/baru/"):
        answer = client.post(f"/masuk/keamanan/{path}")
        assert answer.url.startswith("/masuk/keamanan/lagi/"), path
    assert has_factor(user_of_resident(siti))


def test_staff_keep_their_last_factor_where_one_is_asked_for(database: Database) -> None:
    user = user_of_staff(hire("ani", "desk"))
    app = with_app(user)
    assert is_last(app)
    with override_settings(STAFF_NEED_FACTOR=True):
        assert not FactorAdapter().can_delete_authenticator(app)
        key = with_passkey(user)
        assert FactorAdapter().can_delete_authenticator(app)
        assert FactorAdapter().can_delete_authenticator(key)
    assert remove_all(user) == 2 and not has_factor(user)


def test_a_link_does_not_go_around_a_factor(database: Database) -> None:
    hire("ani", "technician")
    with_app(user_of_staff("ani"))
    client = staff_client("ani", "technician")
    assert who(client) == ""
    assert client.get("/masuk/faktor-kedua/").status_code == 200


def test_what_no_door_needs_any_more_is_forgotten(database: Database) -> None:
    siti, budi = new_resident(), new_resident("Budi Teladan Contoh", "+6281200008888")
    for resident in (siti, budi):
        with_passkey(user_of_resident(resident))
    client, other = resident_client(siti), resident_client(budi)
    Client().post("/masuk/", {"contact": PHONE})
    now = datetime.now(tz=UTC)
    assert forget_old(at=now) == 0
    erase_resident(resident=siti, reason="asked", open_cards=0, actor="command:test", at=now)
    assert who(client) == ""
    assert forget_old(at=now + timedelta(days=1, seconds=1)) == 2
    assert [user.resident for user in User.objects.all()] == [budi]
    assert Authenticator.objects.count() == 1 and who(other) == f"resident:{budi}"
