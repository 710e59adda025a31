"""Django's settings for every front. What differs between places comes from environment.py."""

from __future__ import annotations

from pathlib import Path

import django_htmx

from satu.kernel import keys
from satu.project import environment
from satu.project.database import django_database
from satu.web.design import statics

PACKAGE = Path(__file__).resolve().parent.parent
PRODUCTION = environment.is_production()

SECRET_KEY = environment.key_for("django").hex()
DEBUG = False
ALLOWED_HOSTS = environment.web_hosts()

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "procrastinate.contrib.django",
    "satu.audit",
    "satu.ledger",
    "satu.people",
    "satu.messages",
    "satu.cards",
    "satu.taps",
    "satu.payments",
    "satu.cases",
    "satu.settlement",
    "satu.partners",
    "satu.approvals",
    "satu.insight",
    "satu.web",
    "satu.web.doors",
    "allauth",
    "allauth.account",
    "allauth.mfa",
]

MIDDLEWARE = [
    "satu.web.middleware.content_security",
    "satu.web.middleware.Compression",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "satu.web.middleware.Sessions",
    "satu.web.middleware.chosen_language",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

ROOT_URLCONF = "satu.project.urls"
WSGI_APPLICATION = "satu.project.wsgi.application"

DATABASES = {
    "default": django_database(environment.app_url())
    | {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True},
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]

AUTH_USER_MODEL = "doors.User"
AUTHENTICATION_BACKENDS = ["satu.web.doors.backend.SessionBackend"]
LOGIN_URL = "account_login"
STAFF_NEED_FACTOR = PRODUCTION  # a passkey or an authenticator, before any page of staff

# Of django-allauth the second factors and the steps of a sign-in are used: satu.web.doors.adapter.
ACCOUNT_ADAPTER = "satu.web.doors.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_LOGIN_METHODS = {"phone"}
ACCOUNT_SIGNUP_FIELDS = ["phone*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
MFA_ADAPTER = "satu.web.doors.adapter.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Satu"
# A carrier puts a whole quarter of the city behind one address; a factor is tried five times.
ACCOUNT_RATE_LIMITS = {"login_failed": "60/m/ip,5/5m/key", "reauthenticate": "10/m/user"}
MFA_RATE_LIMITS = {"webauthn_login": "60/m/ip"}

# What is counted against limits of tries; in the database, as everything.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "doors_cache",
    }
}

LANGUAGE_CODE = "id"
LANGUAGES = [("id", "Bahasa Indonesia"), ("en", "English")]
LOCALE_PATHS = [PACKAGE / "web" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Jakarta"
DAY_START_HOUR = 4  # a service day and a settlement day begin at 04:00

TOKEN_KEY = environment.key_for(keys.TOKEN)
PRINTED_KEY = environment.key_for(keys.PRINTED)
PARTNER_KEY = environment.key_for(keys.PARTNER)
SCHEME_SEED = environment.key_for(keys.SCHEME)
PERSON_MASTER = environment.key_for(keys.PERSON_MASTER)
PERSON_LOOKUP = environment.key_for(keys.PERSON_LOOKUP)
DOOR_KEY = environment.key_for(keys.DOOR)
APPROVAL_KEY = environment.key_for(keys.APPROVAL)
PKCS11 = environment.hardware_module()

MAIL = environment.mail_server()
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if MAIL else 'dummy'}.EmailBackend"
DEFAULT_FROM_EMAIL = environment.mail_sender()
if MAIL:
    EMAIL_HOST, EMAIL_PORT, EMAIL_HOST_USER, EMAIL_HOST_PASSWORD, EMAIL_USE_SSL = MAIL
    EMAIL_USE_TLS = not EMAIL_USE_SSL
EMAIL_TIMEOUT = 10
SMS_URL = environment.sms_url()

PUBLIC_DELAY_S = environment.public_delay_s()
READERS_CONTRACT = "satu.gateway.openapi.document"  # shown among the doors for programs

STATIC_URL = statics.address_of((statics.STATIC, Path(django_htmx.__file__).parent / "static"))
WHITENOISE_USE_FINDERS = True
WHITENOISE_IMMUTABLE_FILE_TEST = f"^{STATIC_URL}"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = PRODUCTION
CSRF_COOKIE_SECURE = PRODUCTION
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = PRODUCTION
SECURE_HSTS_SECONDS = 31_536_000 if PRODUCTION else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PRODUCTION else None
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "satu.web.design.faults.stale_form"

PROCRASTINATE_AUTODISCOVER_MODULE_NAME = ""
PROCRASTINATE_IMPORT_PATHS = ["satu.project.jobs"]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
