"""The programs' door of the web: what it offers is at /api/openapi.json."""

from __future__ import annotations

import logging
from importlib.metadata import version
from typing import Any

import msgspec
import psycopg
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.openapi.schema import OpenAPISchema

from satu.taps.explain import DayTold, Looked
from satu.taps.history import History
from satu.taps.places import NoCityLoaded
from satu.web.api import problems
from satu.web.api.fares import router
from satu.web.api.mine import router as mine
from satu.web.api.problems import ProblemError
from satu.wire.messages import Problem

ABOUT = (
    "Tarif: mengapa sebuah hari berharga sekian, dan berapa harga sebuah perjalanan; riwayat kartu "
    "sendiri. / "
    "Fares: why a day cost what it cost, and what a journey would cost; one's own cards' history."
)
REF = "#/components/schemas/{name}"
TOLD = (DayTold, Looked, History, Problem)

logger = logging.getLogger(__name__)


class Doors(NinjaAPI):
    """Answers are made and described by the domain's own types (msgspec), not by copies."""

    def get_openapi_schema(self, **given: Any) -> OpenAPISchema:
        document = super().get_openapi_schema(**given)
        schemas = msgspec.json.schema_components(TOLD, ref_template=REF)[1]
        document["components"]["schemas"].update(schemas)
        return document


doors = Doors(
    title="Satu: the programs' door",
    version=version("satu"),
    description=ABOUT,
    docs_url=None,
    urls_namespace="api",
)
doors.add_router("", router)
doors.add_router("", mine)


@doors.exception_handler(ProblemError)
def _problem(request: HttpRequest, error: ProblemError) -> HttpResponse:
    return problems.answer(error.code, error.about, error.wait_s)


@doors.exception_handler(Http404)
def _not_found(request: HttpRequest, error: Http404) -> HttpResponse:
    return problems.answer("not_found")


@doors.exception_handler(HttpError)
def _unreadable(request: HttpRequest, error: HttpError) -> HttpResponse:
    return problems.answer("body_malformed")


@doors.exception_handler(ValidationError)
def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    place, *path = error.errors[0]["loc"]
    code = "body_invalid" if place == "body" else "parameter_invalid"
    field = ".".join(str(part) for part in path[1 if place == "body" else 0 :]) or "body"
    return problems.answer(code, f"{field}: {error.errors[0]['msg']}")


@doors.exception_handler(NoCityLoaded)
def _no_city(request: HttpRequest, error: NoCityLoaded) -> HttpResponse:
    return problems.answer("not_ready")


@doors.exception_handler(psycopg.OperationalError)
@doors.exception_handler(OperationalError)
def _away(request: HttpRequest, error: Exception) -> HttpResponse:
    logger.error("the database is away: %s", error)
    return problems.answer("not_ready")


@doors.exception_handler(Exception)
def _unexpected(request: HttpRequest, error: Exception) -> HttpResponse:
    logger.exception("a request failed", exc_info=error)
    return problems.answer("internal_error")
