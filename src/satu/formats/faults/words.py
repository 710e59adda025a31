"""The words of every fault and remark of a file, by code: one table, Indonesian and English.

Each says what to do, where the place and what is allowed do not say it already.
"""

from __future__ import annotations

from satu.formats.faults.files import FILES
from satu.formats.faults.packs import PACKS
from satu.formats.faults.remarks import REMARKS
from satu.formats.faults.tariffs import TARIFFS
from satu.wire.messages import Words

WORDS: dict[str, Words] = {**FILES, **TARIFFS, **REMARKS, **PACKS}
