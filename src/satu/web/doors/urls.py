"""The doors, at /masuk/. allauth finds its pages by these names, so they have no namespace."""

from __future__ import annotations

from allauth.mfa.base import views as factors
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as passkeys
from django.urls import path

from satu.web.doors import views
from satu.web.doors.rights import public, signed_in

urlpatterns = [
    path("", views.sign_in, name="account_login"),
    path("kode/", views.code, name="account_code"),
    path("siapa/", views.choose, name="account_choose"),
    path("baru/", views.sign_up, name="account_signup"),
    path("petugas/", views.staff_sign_in, name="account_staff"),
    path("keluar/", views.sign_out, name="account_logout"),
    path("keluar-semua/", views.sign_out_everywhere, name="account_logout_all"),
    path("alamat/", views.address, name="account_address"),
    path("alamat/kode/", views.keep_address, name="account_keep_address"),
    path("pesan/", views.outbox, name="account_outbox"),
    path("kunci-sandi/", public(passkeys.login_webauthn), name="mfa_login_webauthn"),
    path("faktor-kedua/", public(factors.authenticate), name="mfa_authenticate"),
    path("keamanan/", signed_in(factors.index), name="mfa_index"),
    path("keamanan/lagi/", signed_in(factors.reauthenticate), name="mfa_reauthenticate"),
    path(
        "keamanan/lagi/kunci-sandi/",
        signed_in(passkeys.reauthenticate_webauthn),
        name="mfa_reauthenticate_webauthn",
    ),
    path("keamanan/kunci-sandi/", signed_in(passkeys.list_webauthn), name="mfa_list_webauthn"),
    path("keamanan/kunci-sandi/baru/", signed_in(passkeys.add_webauthn), name="mfa_add_webauthn"),
    path(
        "keamanan/kunci-sandi/<int:pk>/hapus/",
        signed_in(passkeys.remove_webauthn),
        name="mfa_remove_webauthn",
    ),
    path("keamanan/aplikasi/", signed_in(totp.activate_totp), name="mfa_activate_totp"),
    path("keamanan/aplikasi/hapus/", signed_in(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path(
        "keamanan/kode-cadangan/",
        signed_in(recovery.view_recovery_codes),
        name="mfa_view_recovery_codes",
    ),
    path(
        "keamanan/kode-cadangan/baru/",
        signed_in(recovery.generate_recovery_codes),
        name="mfa_generate_recovery_codes",
    ),
]
