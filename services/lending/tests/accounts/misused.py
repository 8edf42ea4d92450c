"""Steps of a drawn life in which the loan is misused: found, put right and taken back by two persons."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from hypothesis import strategies as st

from services.lending.accounts.rules.postings import Posting, PostingKind
from services.lending.tests.accounts.test_corrections import act

if TYPE_CHECKING:
    from services.lending.tests.accounts.test_life import Life

PAPERS = [{"kind": "account_flow", "reference": "账户流水第3页"}]


async def find(life: Life, _data: st.DataObject, day: date, amount: Decimal, today: date) -> None:
    """Find by two persons that the loan was misused since a day, where nothing is on file that forbids it."""
    body = {"amount": f"{amount:.2f}", "from_on": f"{day}", "papers": PAPERS, "reason": "资金用于建房"}
    path = f"/api/v1/loans/{life.loan_id}/misuses"
    proposed = await life.county.post(path, {**body, "proposed_on": f"{today}"})
    if proposed.status_code != 201:
        assert proposed.json()["code"] in {"misuse-on-file", "date-before-step", "nothing-misused"}, proposed.text
        return
    decided = await _confirmed(life, f"misuses/{proposed.json()['id']}", today)
    assert decided["penalty"] == proposed.json()["penalty"]
    life.misuses[decided["id"]] = None
    kind = PostingKind.MISUSE
    life.counts[decided["id"]] = Posting(UUID(decided["id"]), kind, day, decided["id"], amount)


async def put_right(life: Life, data: st.DataObject, day: date, _amount: Decimal, today: date) -> None:
    """Say by two persons that a misuse was put right on a day; a second time it is refused."""
    if not life.misuses:
        return
    misuse_id = data.draw(st.sampled_from([*life.misuses]))
    body = {"ended_on": f"{day}", "papers": PAPERS, "reason": "资金已收回", "proposed_on": f"{today}"}
    proposed = await life.county.post(f"/api/v1/misuses/{misuse_id}/terminations", body)
    if misuse_id not in life.counts:
        assert proposed.json()["code"] == "misuse-reversal-on-file"
    elif life.misuses[misuse_id] is not None:
        assert proposed.json()["code"] == "misuse-termination-on-file"
    elif day <= life.counts[misuse_id].value_on:
        assert proposed.json()["code"] == "misuse-ends-at-once"
    else:
        decided = await _confirmed(life, f"misuse-terminations/{proposed.json()['id']}", today)
        assert decided["after"] == proposed.json()["after"]
        life.misuses[misuse_id] = decided["id"]
        kind = PostingKind.MISUSE_ENDED
        life.counts[decided["id"]] = Posting(UUID(decided["id"]), kind, day, decided["id"])


async def take_back(life: Life, data: st.DataObject, _day: date, _amount: Decimal, today: date) -> None:
    """Take a misuse back by two persons, with its end; a second time it is refused."""
    if not life.misuses:
        return
    misuse_id = data.draw(st.sampled_from([*life.misuses]))
    body = {"reason": "认定有误", "proposed_on": f"{today}"}
    proposed = await life.county.post(f"/api/v1/misuses/{misuse_id}/reversals", body)
    if misuse_id not in life.counts:
        assert proposed.json()["code"] == "misuse-reversal-on-file"
        return
    decided = await _confirmed(life, f"misuse-reversals/{proposed.json()['id']}", today)
    assert decided["after"] == proposed.json()["after"]
    del life.counts[misuse_id]
    life.counts.pop(life.misuses[misuse_id] or "", None)


async def _confirmed(life: Life, path: str, today: date) -> dict[str, Any]:
    decided = await act(life.county, f"{path}/decisions", {"decision": "confirm", "decided_on": f"{today}"})
    assert decided.status_code == 201, decided.text
    answer: dict[str, Any] = decided.json()
    return answer


STEPS = {"misuse": find, "misuse put right": put_right, "no misuse": take_back}
