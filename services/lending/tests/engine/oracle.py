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
from decimal import Decimal
from pathlib import Path
from typing import Any

CASES: dict[str, Any] = {
    case["id"]: case
    for case in json.loads((Path(__file__).parent / "data" / "oracle_cases.json").read_text("utf-8"))["cases"]
}
CENT = Decimal("0.01")
