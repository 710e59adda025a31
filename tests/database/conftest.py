"""What tests of residents' own pages share: a town, and who of it asks for somebody's card."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.support import Database

if TYPE_CHECKING:
    from django.test import Client

    from tests.residents_town import ResidentsTown


@pytest.fixture
def town(database: Database) -> Iterator[ResidentsTown]:
    """Codes go out beside requests: what is still to be done is done before its database goes."""
    from satu.web.doors import sending
    from tests.residents_town import ResidentsTown

    yield ResidentsTown(database)
    sending.wait_for_all()


@pytest.fixture
def dian(town: ResidentsTown) -> Client:
    """Dian has no card; Tono wants to give her his."""
    from tests.web_doors import resident_client

    return resident_client(town.dian)
