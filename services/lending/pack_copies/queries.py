"""Named reads of the kept reference rates."""

from datetime import date
from decimal import Decimal

from services.lending.pack_copies.refusals import ReferenceRateMissing
from shared.db import Connection
from shared.policy.vocabulary import RateBasis, RateColumn

_RATES = """
SELECT up_to_1y, over_1y_to_5y, over_5y FROM reference_rate WHERE basis = $1 AND effective_from <= $2
ORDER BY effective_from DESC, rate_id DESC LIMIT 1
"""


async def reference_rate(conn: Connection, basis: RateBasis, on: date, column: RateColumn) -> Decimal:
    """Return the published rate in force on a day, in percent a year.

    Raises:
        ReferenceRateMissing: nothing was published by then, or not for this tenor.
    """
    row = await conn.fetchrow(_RATES, str(basis), on)
    rate: Decimal | None = row[str(column)] if row else None
    if rate is None:
        raise ReferenceRateMissing(basis, on, column)
    return rate
