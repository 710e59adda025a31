"""The door for people: Django under WSGI (docs/adr/0004)."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "satu.project.settings")
application = get_wsgi_application()
