"""Budgets are raised, lowered and moved between sources by two persons, never below what is promised."""

from typing import Any

import asyncpg
import pytest

from services.subsidy.tests.county import (
    Loan,
    adjust,
    approved_batch,
    ask,
    confirmed_programme,
    lend,
    look,
    open_programme,
)
from services.subsidy.tests.test_programmes import PROGRAMME
from shared.access import Role
from shared.testing.service import ServiceUnderTest

SOURCES = [
    {"fund_source": "中央衔接资金", "amount": "60.00", "document": "财农〔2017〕1号"},
    {"fund_source": "县级财政", "amount": "40.00", "document": "预算批复〔2017〕2号"},
]


async def _split(subsidy: ServiceUnderTest) -> str:
    body = {name: value for name, value in PROGRAMME.items() if name != "fund_sources"} | {"sources": SOURCES}
    return await confirmed_programme(subsidy, body)


async def _by_source(subsidy: ServiceUnderTest, programme: str) -> tuple[str, dict[str, str]]:
    shown = await look(subsidy, f"/programmes/{programme}")
    return shown["budget"], {each["fund_source"]: each["amount"] for each in shown["sources"]}


async def _propose(subsidy: ServiceUnderTest, programme: str, expect: int = 201, **change: Any) -> dict[str, Any]:
    body = {"fund_source": "县级财政", "decided_on": "2017-12-01", "note": "预算批复", **change}
    path = f"/programmes/{programme}/supplements"
    return await ask(subsidy, path, Role.FINANCE_BUREAU, body, subject="bureau.clerk", expect=expect)


async def _decide(
    subsidy: ServiceUnderTest, supplement: str, decision: str, expect: int = 201, **more: Any
) -> dict[str, Any]:
    said = {"decision": decision, "confirmed_on": "2017-12-02"} | more.pop("body", {})
    who = {"subject": "bureau.chief"} | more
    path = f"/programme-supplements/{supplement}/decisions"
    return await ask(subsidy, path, Role.FINANCE_BUREAU, said, expect=expect, **who)


@pytest.mark.clause("DZ-2(i)")
async def test_a_budget_changes_once_a_second_officer_agrees(subsidy: ServiceUnderTest) -> None:
    programme = await _split(subsidy)
    more = await _propose(subsidy, programme, amount="10.00", fund_source="市级财政")
    assert (more["state"], more["kind"], more["confirmed_by"]) == ("proposed", "raise", None)
    assert (await _by_source(subsidy, programme))[0] == "100.00"
    refusal = await _decide(subsidy, more["id"], "approve", 403, subject="bureau.clerk")
    assert refusal["code"] == "maker-is-checker"
    early = {"body": {"confirmed_on": "2017-11-30"}}
    assert (await _decide(subsidy, more["id"], "approve", 422, **early))["code"] == "date-before-step"
    assert (await _decide(subsidy, more["id"], "approve", 404, region="500237"))["code"] == "programme-unknown"
    done = await _decide(subsidy, more["id"], "approve")
    assert (done["state"], done["confirmed_by"], done["confirmed_on"]) == ("confirmed", "bureau.chief", "2017-12-02")
    refusal = await _decide(subsidy, more["id"], "return", 409)
    assert refusal["code"] == "programme-supplement-decided"
    added = {"中央衔接资金": "60.00", "县级财政": "40.00", "市级财政": "10.00"}
    assert await _by_source(subsidy, programme) == ("110.00", added)
    await adjust(subsidy, programme, kind="lower", amount="5.00")
    await adjust(subsidy, programme, kind="move", amount="60.00", from_source="中央衔接资金")
    left = {"中央衔接资金": "0.00", "县级财政": "95.00", "市级财政": "10.00"}
    assert await _by_source(subsidy, programme) == ("105.00", left)
    listed = (await look(subsidy, f"/programmes/{programme}/supplements"))["items"]
    assert [each["kind"] for each in listed] == ["raise", "lower", "move"]
    with pytest.raises(asyncpg.CheckViolationError, match="two_persons"):
        await subsidy.database.pool.execute("UPDATE programme_supplement SET confirmed_by = recorded_by")


@pytest.mark.clause("DZ-2(i)")
async def test_what_is_promised_stays_in_the_budget(subsidy: ServiceUnderTest) -> None:
    loan = Loan()
    await lend(subsidy, loan, loan.paid("1776.25"))
    programme = await open_programme(subsidy, "2000.00")
    waiting = await _propose(subsidy, programme, kind="lower", amount="2000.00")
    await approved_batch(subsidy, programme)
    refusal = await _decide(subsidy, waiting["id"], "approve", 409)
    assert (refusal["code"], refusal["values"]["available"]) == ("programme-budget-below-promised", "223.75")
    assert (await _propose(subsidy, programme, 409, kind="lower", amount="223.76"))["code"] == refusal["code"]
    assert (await _decide(subsidy, waiting["id"], "return"))["state"] == "refused"
    await adjust(subsidy, programme, kind="lower", amount="223.75")
    shown = await look(subsidy, f"/programmes/{programme}")
    assert (shown["budget"], shown["available"]) == ("1776.25", "0.00")


async def test_a_source_gives_no_more_than_it_has(subsidy: ServiceUnderTest) -> None:
    programme = await _split(subsidy)
    move = {"kind": "move", "from_source": "中央衔接资金"}
    refusal = await _propose(subsidy, programme, 409, amount="60.01", **move)
    assert (refusal["code"], refusal["values"]["left"]) == ("programme-source-below-promised", "60.00")
    refusal = await _propose(subsidy, programme, 409, kind="lower", amount="40.01")
    assert (refusal["code"], refusal["values"]["left"]) == ("programme-source-below-promised", "40.00")
    whole = await open_programme(subsidy, year=2018)
    assert (await _propose(subsidy, whole, 409, amount="1.00", **move))["code"] == "programme-sources-not-split"
    refusal = await _propose(subsidy, whole, 409, kind="lower", amount="1.00", fund_source="市级财政")
    assert (refusal["code"], refusal["values"]["left"]) == ("programme-source-below-promised", "0.00")
    for wrong in ({"kind": "move"}, {"from_source": "中央衔接资金"}, {"kind": "move", "from_source": "县级财政"}):
        assert (await _propose(subsidy, programme, 422, amount="1.00", **wrong))["code"] == "invalid-request"


async def test_a_wrong_adjustment_is_taken_back_once_by_its_opposite(subsidy: ServiceUnderTest) -> None:
    programme = await _split(subsidy)
    wrong = (await adjust(subsidy, programme, amount="10.00"))["id"]
    for other in ({"amount": "10.00"}, {"kind": "lower", "amount": "9.99"}):
        refusal = await _propose(subsidy, programme, 409, reverses=wrong, **other)
        assert refusal["code"] == "programme-reversal-differs"
    undo = {"kind": "lower", "amount": "10.00", "reverses": wrong}
    early = await _propose(subsidy, programme, 422, **{**undo, "decided_on": "2017-11-30"})
    assert early["code"] == "date-before-step"
    waiting = await _propose(subsidy, programme, **undo)
    assert (await _propose(subsidy, programme, 409, **undo))["code"] == "programme-supplement-reversed"
    path = f"/programme-supplements/{waiting['id']}/withdrawals"
    gone = await ask(subsidy, path, Role.FINANCE_BUREAU, {"withdrawn_on": "2017-12-03"})
    assert gone["state"] == "withdrawn"
    refusal = await _propose(subsidy, programme, 404, **{**undo, "reverses": waiting["id"]})
    assert refusal["code"] == "programme-supplement-unknown"
    await adjust(subsidy, programme, **undo)
    moved = await adjust(subsidy, programme, kind="move", amount="1.00", from_source="中央衔接资金")
    back: dict[str, Any] = {"kind": "move", "amount": "1.00", "fund_source": "中央衔接资金", "from_source": "县级财政"}
    await adjust(subsidy, programme, reverses=moved["id"], **back)
    assert await _by_source(subsidy, programme) == ("100.00", {"中央衔接资金": "60.00", "县级财政": "40.00"})
