"""Every service there is: importing this module registers them. The only list of services."""

from __future__ import annotations

from satu.services.transit import service as transit
from satu.services.venues import service as venues

SERVICES = (transit.TRANSIT, venues.VENUES)
