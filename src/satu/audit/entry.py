"""What an audit entry says. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

# Details are counts, codes and references. A person is named by a number kept elsewhere.
Detail = Mapping[str, int | bool | str | None]


class Subject(NamedTuple):
    """What was acted on: `Subject("card", 17)`, `Subject("city", "jakarta")`."""

    kind: str
    id: int | str
