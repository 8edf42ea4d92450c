"""Publish reference rates."""

from collections.abc import Sequence
from typing import Any, Final

from services.subsidy.rates.refusals import ReferenceRateContradicts, ReferenceRateEmpty
from services.subsidy.rates.schemas import ReferenceRateIn, ReferenceRatesIn, ReferenceRatesOut
from shared import outbox
from shared.access import Principal
from shared.db import Connection
from shared.events.subsidy import ReferenceRatePublished
from shared.ids import new_id

WHOLE_COUNTRY: Final = "00"  # the rates hold everywhere, and an event must name a region
COLUMNS: Final = ("up_to_1y", "over_1y_to_5y", "over_5y")


_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('reference-rates', 0))"
_KNOWN = """
SELECT r.* FROM reference_rate r
JOIN unnest($1::text[], $2::date[]) AS sent (basis, effective_from) USING (basis, effective_from)
"""
_PUBLISH = """
INSERT INTO reference_rate (rate_id, basis, effective_from, up_to_1y, over_1y_to_5y, over_5y, published_by)
SELECT sent.*, $7 FROM unnest($1::uuid[], $2::text[], $3::date[], $4::numeric[], $5::numeric[], $6::numeric[]) AS sent
"""


async def publish_rates(conn: Connection, officer: Principal, body: ReferenceRatesIn) -> ReferenceRatesOut:
    """Record publications that are new, with one event for each.

    Raises:
        ReferenceRateContradicts: one differs from what was published for its day; nothing is recorded.
        ReferenceRateEmpty: one names no rate.
    """
    await conn.execute(_LOCK)
    rates = body.rates
    known_rows = await conn.fetch(_KNOWN, [str(rate.basis) for rate in rates], [rate.effective_from for rate in rates])
    known = {(row["basis"], row["effective_from"]): _columns(row) for row in known_rows}
    new: list[ReferenceRateIn] = []
    for rate in rates:
        sent, key = _columns(rate.model_dump()), (str(rate.basis), rate.effective_from)
        if not any(sent):
            raise ReferenceRateEmpty(rate.basis, rate.effective_from.isoformat())
        if known.setdefault(key, sent) != sent:
            raise ReferenceRateContradicts(
                rate.basis, rate.effective_from.isoformat(), _shown(known[key]), _shown(sent)
            )
        if known[key] is sent:
            new.append(rate)
    await _record(conn, officer, new)
    return ReferenceRatesOut(published=len(new), already_published=len(rates) - len(new))


async def _record(conn: Connection, officer: Principal, new: Sequence[ReferenceRateIn]) -> None:
    events = [
        ReferenceRatePublished(
            rate_id=new_id(),
            basis=str(rate.basis),
            effective_from=rate.effective_from,
            up_to_1y=rate.up_to_1y,
            over_1y_to_5y=rate.over_1y_to_5y,
            over_5y=rate.over_5y,
        )
        for rate in new
    ]
    await conn.execute(
        _PUBLISH,
        [event.rate_id for event in events],
        [event.basis for event in events],
        [event.effective_from for event in events],
        *([getattr(event, column) for event in events] for column in COLUMNS),
        officer.subject,
    )
    await outbox.record_many(conn, [outbox.RecordedEvent(event, event.rate_id, 1, WHOLE_COUNTRY) for event in events])


def _columns(rate: Any) -> tuple[Any, ...]:
    return tuple(rate[column] for column in COLUMNS)


def _shown(columns: tuple[Any, ...]) -> str:
    return " / ".join("–" if rate is None else f"{rate.normalize():f} %" for rate in columns)
