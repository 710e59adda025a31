"""The transfer step: a change of vehicle within a time costs less, often nothing. Pure."""

from __future__ import annotations

from satu.fares.draft import Draft
from satu.fares.legs import TransferWindow
from satu.fares.prices import MINUTE_MS


def apply_transfers(draft: Draft) -> None:
    """Lower the fares of legs that continue a chain; the chain's time runs from its first leg."""
    chains = {window.network: window for window in draft.windows}
    for index, leg in enumerate(draft.legs):
        if not draft.is_plain[index]:
            continue
        prices = draft.prices[index]
        started_ms = leg.started_ms
        for rule in prices.transfers_to.get(leg.network, ()):
            chain = chains.get(rule.from_network)
            if chain is None or leg.started_ms > _end_ms(chain, rule.duration_minutes):
                continue
            started_ms = chain.started_ms
            draft.fares[index] = min(draft.fares[index], rule.amount)
            draft.note(index, f"transfer:{rule.from_network}>{rule.to_network}")
            break
        duration_ms = prices.transfer_ms.get(leg.network)
        if duration_ms is not None:
            window = TransferWindow(leg.network, started_ms, started_ms + duration_ms)
            chains[leg.network] = window
    if draft.runs_on:
        draft.windows = tuple(chains[network] for network in sorted(chains))


def _end_ms(chain: TransferWindow, duration_minutes: int) -> int:
    return chain.started_ms + duration_minutes * MINUTE_MS
