"""What tests of banks share: their numbers in a database, and a running Satu that they call."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.support import Database

if TYPE_CHECKING:
    from tests.journeys.partners_support import Banks, Web


@pytest.fixture
def banks(database: Database) -> Banks:
    from tests.journeys.partners_support import Banks

    return Banks(database)


@pytest.fixture
def running(banks: Banks) -> Iterator[Web]:
    """Satu's web before the banks' database."""
    from tests.journeys.partners_support import web

    with web() as started:
        yield started
