"""Oracle cases: figures that other engines publish, checked against ours.

Cases left out, because they describe another product:

| case                  | reason                                                                              |
|-----------------------|-------------------------------------------------------------------------------------|
| FIN-UT-2WEEK364       | periods of 14 days over 364: our periods are months, our bases the four of a contract |
| FIN-FEE03             | flat interest and an instalment fee: no fee may be added to these loans               |
| FIN-GRACEMID          | months without principal put into a running plan: not offered                         |
| FIN-NEWRATE-FLAT      | flat interest: ours is always on the declining balance                                |
| FRA-DPD-ELAPSED       | classification by days past due: another rule module                                  |
| CAP-LINEAR-Q12-GRACE4 | first periods without principal: not offered                                          |

Cases whose convention differs are adapted where they are used, and say how.
"""

import json
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from services.lending.loans.rules import schedule
from services.lending.loans.rules.schedule import Installment
from shared.policy.vocabulary import DayCount, Rounding

CASES: dict[str, Any] = {
    case["id"]: case
    for case in json.loads((Path(__file__).parent / "data" / "oracle_cases.json").read_text("utf-8"))["cases"]
}
CENT = Decimal("0.01")


def rows_of_fixed_total(
    principal: Decimal,
    total: Decimal,
    annual_rate_percent: Decimal,
    day_count: DayCount,
    period_from: date,
    due_on: Sequence[date],
) -> tuple[Installment, ...]:
    """Return the engine's rows when every instalment is `total`, until nothing is left."""
    loan = schedule._loan(principal, annual_rate_percent, day_count, period_from, due_on, Rounding.HALF_UP)
    rows = schedule._rows(loan, schedule._fixed_total(total))
    return tuple(row for row in rows if row.total > 0 or row.balance > 0)
