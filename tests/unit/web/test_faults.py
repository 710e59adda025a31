"""Pages of faults say what happened and what to do, in both languages, the reader's own first."""

from __future__ import annotations

import pytest
from django.test import RequestFactory
from django.utils import translation

from satu.web.design import faults

REQUEST = RequestFactory().get("/")


@pytest.mark.parametrize("status", sorted(faults.FAULTS))
@pytest.mark.parametrize("language", ["id", "en"])
def test_both_languages_the_own_first(status, language):
    with translation.override(language):
        answer = faults.answer(status)
    page = answer.content.decode()
    title, advice = faults.FAULTS[status]
    own, other = (title.id, title.en) if language == "id" else (title.en, title.id)
    assert answer.status_code == status and answer.headers["Cache-Control"] == "no-store"
    assert f"<h1>{own}</h1>" in page and page.index(own) < page.rindex(other)
    assert advice.id in page and advice.en in page
    assert f'<html lang="{language}"' in page


def test_every_handler_answers_with_its_status():
    found = ValueError("secret words")
    answers = [
        faults.bad_request(REQUEST, found),
        faults.permission_denied(REQUEST, found),
        faults.not_found(REQUEST, found),
        faults.server_error(REQUEST),
        faults.stale_form(REQUEST, "secret words"),
    ]
    assert [answer.status_code for answer in answers] == [400, 403, 404, 500, 403]
    assert all(b"secret" not in answer.content for answer in answers)
    assert faults.STALE_FORM.title.id.encode() in answers[-1].content


def test_who_comes_too_often_is_told_when_to_come_again():
    answer = faults.too_many(90)
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "90")
