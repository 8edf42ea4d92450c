"""Named reads of the kept reference rates."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Final

from services.lending.pack_copies.refusals import ReferenceRateMissing
from services.lending.pack_copies.rules.series import Publication, rate_in_force
from shared.db import Connection
from shared.policy.vocabulary import RateBasis, RateColumn

_PUBLISHED: Final = """
SELECT rate_id, basis, effective_from, revision, up_to_1y, over_1y_to_5y, over_5y FROM reference_rate
WHERE $1::text IS NULL OR basis = $1
"""


async def publications(conn: Connection, basis: RateBasis | None = None) -> Sequence[Publication]:
    """Return everything published of one series, or of all; a series has a few hundred publications at most."""
    return [Publication(**row) for row in await conn.fetch(_PUBLISHED, basis and str(basis))]


async def reference_rate(conn: Connection, basis: RateBasis, on: date, column: RateColumn) -> Decimal:
    """Return the published rate in force on a day, in percent a year.

    Raises:
        ReferenceRateMissing: nothing was published by then, or not for this tenor.
    """
    rate = rate_in_force(await publications(conn, basis), basis, on, column)
    if rate is None:
        raise ReferenceRateMissing(basis, on, column)
    return rate
