"""A programme is closed at its year's end; what is left goes into the next year once, what is promised is paid."""

from datetime import date
from typing import Any

import asyncpg
import pytest

from services.subsidy.tests.county import (
    Loan,
    approve,
    approved_batch,
    ask,
    confirm,
    instructions,
    lend,
    look,
    open_programme,
    paid_rows,
    pay,
    prepare,
    review,
)
from shared.access import Role
from shared.testing.service import ServiceUnderTest

CLERK, CHIEF = "bureau.clerk", "bureau.chief"


async def _propose(
    subsidy: ServiceUnderTest, programme: str, kind: str, expect: int = 201, on: str = "2017-12-31", **more: Any
) -> dict[str, Any]:
    body = {"kind": kind, "reason": "年度结项", "proposed_on": on, **more}
    path = f"/programmes/{programme}/closures"
    return await ask(subsidy, path, Role.FINANCE_BUREAU, body, subject=CLERK, expect=expect)


async def _decide(
    subsidy: ServiceUnderTest, closing: str, decision: str = "approve", expect: int = 201, **who: str
) -> dict[str, Any]:
    body = {"decision": decision, "decided_on": "2018-01-05"}
    path = f"/programme-closures/{closing}/decisions"
    return await ask(subsidy, path, Role.FINANCE_BUREAU, body, expect=expect, **({"subject": CHIEF} | who))


async def _done(subsidy: ServiceUnderTest, programme: str, kind: str, **more: Any) -> dict[str, Any]:
    return await _decide(subsidy, (await _propose(subsidy, programme, kind, **more))["id"])


async def _money(subsidy: ServiceUnderTest, programme: str) -> tuple[str, ...]:
    shown = await look(subsidy, f"/programmes/{programme}")
    return tuple(shown[name] for name in ("budget", "carried_in", "carried_out", "committed", "paid", "available"))


@pytest.mark.clause("DZ-2(i)")
async def test_a_closed_programme_pays_what_it_promised_and_promises_nothing_new(subsidy: ServiceUnderTest) -> None:
    first, later = Loan(), Loan()
    await lend(subsidy, first, first.paid("1776.25"))
    programme = await open_programme(subsidy, "2000.00")
    batch = await approved_batch(subsidy, programme)
    assert (await _propose(subsidy, programme, "close", 409, on="2017-12-30"))["code"] == "programme-runs-still"
    await lend(subsidy, later, later.paid("100.00"))
    waiting = (await prepare(subsidy, programme))["id"]
    await review(subsidy, waiting)
    closing = await _propose(subsidy, programme, "close")
    assert (await _propose(subsidy, programme, "close", 409))["code"] == "programme-closing-proposed"
    assert (await _decide(subsidy, closing["id"], expect=403, subject=CLERK))["code"] == "maker-is-checker"
    assert (await _decide(subsidy, closing["id"], expect=404, region="500237"))["code"] == "programme-unknown"
    assert (await _decide(subsidy, closing["id"]))["state"] == "confirmed"
    assert (await _decide(subsidy, closing["id"], expect=409))["code"] == "programme-closing-decided"
    assert (await look(subsidy, f"/programmes/{programme}"))["closed_on"] == "2018-01-05"
    assert (await approve(subsidy, waiting, expect=409))["code"] == "programme-closed"
    assert (await prepare(subsidy, programme, expect=409))["code"] == "programme-closed"
    more = {"amount": "1.00", "fund_source": "县级财政", "decided_on": "2018-01-06", "note": "追加"}
    path = f"/programmes/{programme}/supplements"
    assert (await ask(subsidy, path, Role.FINANCE_BUREAU, more, expect=409))["code"] == "programme-closed"
    run = await pay(subsidy, batch)
    await confirm(subsidy, run["id"], paid_rows(await instructions(subsidy, run["id"])))
    assert await _money(subsidy, programme) == ("2000.00", "0.00", "0.00", "0.00", "1776.25", "223.75")
    await _done(subsidy, programme, "reopen")
    assert (await approve(subsidy, waiting))["state"] == "approved"
    assert (await _propose(subsidy, programme, "reopen", 409))["code"] == "programme-open"


@pytest.mark.clause("DZ-2(i)")
async def test_what_is_left_goes_into_a_later_year_once(subsidy: ServiceUnderTest) -> None:
    loan = Loan()
    await lend(subsidy, loan, loan.paid("1776.25"))
    programme, following = await open_programme(subsidy, "2000.00"), await open_programme(subsidy, "10.00", year=2018)
    await approved_batch(subsidy, programme)
    over = {"into_id": following}
    assert (await _propose(subsidy, programme, "carry_over", 409, **over))["code"] == "programme-open"
    await _done(subsidy, programme, "close")
    refusal = await _propose(subsidy, programme, "carry_over", 409, amount="223.76", **over)
    assert (refusal["code"], refusal["values"]["available"]) == ("carry-over-above-available", "223.75")
    earlier = await open_programme(subsidy, year=2016)
    assert (await _propose(subsidy, programme, "carry_over", 409, into_id=earlier))["code"] == "carry-over-into-other"
    unknown = {"into_id": "01a20122-0000-7000-8000-000000000000"}
    assert (await _propose(subsidy, programme, "carry_over", 404, **unknown))["code"] == "programme-unknown"
    done = await _done(subsidy, programme, "carry_over", **over)
    assert (done["amount"], done["into_id"]) == ("223.75", following)
    assert await _money(subsidy, programme) == ("2000.00", "0.00", "223.75", "1776.25", "0.00", "0.00")
    assert await _money(subsidy, following) == ("10.00", "223.75", "0.00", "0.00", "0.00", "233.75")
    assert (await _propose(subsidy, programme, "carry_over", 409, **over))["code"] == "carry-over-above-available"
    listed = (await look(subsidy, f"/programmes/{following}/closures"))["items"]
    assert [each["kind"] for each in listed] == ["carry_over"]
    more = "UPDATE programme SET carried_out = carried_out + 0.01 WHERE closed_on IS NOT NULL"
    with pytest.raises(asyncpg.CheckViolationError, match="within_budget"):
        await subsidy.database.pool.execute(more)


async def test_a_wrong_carry_over_is_taken_back_once_and_only_what_is_free(subsidy: ServiceUnderTest) -> None:
    loan = Loan()
    await lend(subsidy, loan, loan.paid("100.00", on=date(2018, 3, 1)))
    programme, following = await open_programme(subsidy, "150.00"), await open_programme(subsidy, "60.00", year=2018)
    await _done(subsidy, programme, "close")
    carried = (await _done(subsidy, programme, "carry_over", into_id=following, amount="50.00"))["id"]
    waiting = await _propose(subsidy, programme, "carry_back", on="2018-01-05", reverses=carried)
    year = {"period_from": "2018-01-01", "period_until": "2019-01-01"}
    batch = await approved_batch(subsidy, following, **year)
    refusal = await _decide(subsidy, waiting["id"], expect=409)
    assert (refusal["code"], refusal["values"]["available"]) == ("carry-over-above-available", "10.00")
    await _decide(subsidy, waiting["id"], "return")
    end = {"kind": "return", "reason": "更正", "proposed_on": "2018-12-27"}
    ended = await ask(subsidy, f"/subsidy-batches/{batch}/terminations", Role.POVERTY_OFFICE, end)
    said = {"decision": "approve", "decided_on": "2018-12-28"}
    await ask(subsidy, f"/batch-terminations/{ended['id']}/decisions", Role.FINANCE_BUREAU, said)
    await _done(subsidy, programme, "carry_back", on="2018-01-05", reverses=carried)
    assert await _money(subsidy, programme) == ("150.00", "0.00", "0.00", "0.00", "0.00", "150.00")
    assert await _money(subsidy, following) == ("60.00", "0.00", "0.00", "0.00", "0.00", "60.00")
    refusal = await _propose(subsidy, programme, "carry_back", 409, on="2018-01-05", reverses=carried)
    assert refusal["code"] == "programme-closing-proposed"
    refusal = await _propose(subsidy, programme, "carry_back", 404, reverses=programme)
    assert refusal["code"] == "programme-closing-unknown"
    for wrong in ({"kind": "close", "amount": "1.00"}, {"kind": "carry_over"}, {"kind": "carry_back"}):
        assert (await _propose(subsidy, programme, expect=422, **wrong))["code"] == "invalid-request"
