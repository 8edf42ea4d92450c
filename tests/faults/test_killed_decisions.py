"""kill -9 while interest is remitted, a misuse is found or a recovery is taken back: each step repeats, counts once."""

from decimal import Decimal
from typing import Any

import pytest

from shared.policy.vocabulary import LossCause
from shared.workdays import add_workdays
from tests.faults.convergence import ensure_settled
from tests.faults.test_killed_corrections import DAY, ROUNDS, correcting
from tests.journeys.tiny_county import Place
from tools.demo import losses
from tools.demo.county import until

FEN = Decimal("0.01")
pytestmark = [pytest.mark.chaos, pytest.mark.long, pytest.mark.asyncio(loop_scope="session")]


@pytest.mark.parametrize("failpoint", ROUNDS)
async def test_a_remission_that_is_given_and_taken_back_is_killed_at_every_step(lent: Place, failpoint: str) -> None:
    work = correcting(lent, failpoint)

    async def remitted() -> Any:
        return (await work.clerk.get(f"{work.path}/account", as_of=DAY))["remitted"]

    asked = {"remits": "interest", "amount": "5.00", "value_on": DAY, "reason": "受灾减免", "proposed_on": "2018-02-01"}
    proposed = await work.killed(lambda: work.clerk.post(f"{work.path}/remissions", asked))
    await work.killed(lambda: work.confirm(f"/remissions/{proposed['id']}"))
    assert ((await work.only("/remissions"))["remitted"], await remitted()) == ("5.00", "5.00")
    await ensure_settled(lent)

    why = {"reason": "减免对象有误", "proposed_on": "2018-02-02"}
    back = await work.killed(lambda: work.clerk.post(f"/remissions/{proposed['id']}/reversals", why))
    await work.killed(lambda: work.confirm(f"/remission-reversals/{back['id']}"))
    assert (await work.only("/remission-reversals"))["state"] == "confirmed"
    assert await remitted() == "0.00"
    await ensure_settled(lent)


@pytest.mark.parametrize("failpoint", ROUNDS)
async def test_a_misuse_that_is_found_ended_and_taken_back_is_killed_at_every_step(lent: Place, failpoint: str) -> None:
    work = correcting(lent, failpoint)
    papers = [{"kind": "account_flow", "reference": "账户流水第3页"}]

    async def penalty() -> Any:
        return (await work.clerk.get(f"{work.path}/account", as_of="2018-02-02"))["penalty"]

    before = await penalty()
    found = {
        "amount": "1000.00",
        "from_on": DAY,
        "papers": papers,
        "reason": "资金用于建房",
        "proposed_on": "2018-02-01",
    }
    misuse = await work.killed(lambda: work.clerk.post(f"{work.path}/misuses", found))
    shown = await work.killed(lambda: work.confirm(f"/misuses/{misuse['id']}"))
    adds = Decimal(shown["penalty"])
    assert adds > 0
    assert abs(Decimal(await penalty()) - Decimal(before) - adds) <= FEN  # each due is rounded by itself
    await ensure_settled(lent)

    ended = {"ended_on": "2018-01-20", "papers": papers, "reason": "资金已收回", "proposed_on": "2018-02-02"}
    end = await work.killed(lambda: work.clerk.post(f"/misuses/{misuse['id']}/terminations", ended))
    await work.killed(lambda: work.confirm(f"/misuse-terminations/{end['id']}"))
    assert (await work.only("/misuses"))["ended_on"] == "2018-01-20"
    assert Decimal(before) < Decimal(await penalty()) < Decimal(before) + adds
    await ensure_settled(lent)

    why = {"reason": "认定有误", "proposed_on": "2018-02-02"}
    back = await work.killed(lambda: work.clerk.post(f"/misuses/{misuse['id']}/reversals", why))
    await work.killed(lambda: work.confirm(f"/misuse-reversals/{back['id']}"))
    assert (await work.only("/misuse-reversals"))["state"] == "confirmed"
    assert await penalty() == before
    await ensure_settled(lent)


@pytest.mark.parametrize("failpoint", ROUNDS)
async def test_a_recovery_that_is_booked_and_taken_back_is_killed_at_every_step(lent: Place, failpoint: str) -> None:
    work, county = correcting(lent, failpoint), lent.county
    default = losses.Default(work.loan, LossCause.ILLNESS)
    await losses.confirm(county, default)
    claim_id = await losses.compensate(county, default, 0)
    await ensure_settled(lent)
    days = [add_workdays(county.life.recovered_on, number).isoformat() for number in range(3)]
    booked = {"bank_reference": work.reference("recovery"), "recovered_on": days[0], "amount": "1000.00"}
    wrong = await work.killed(lambda: work.clerk.post(f"{work.path}/recoveries", booked))
    why = {"cause": "wrong_loan", "reason": "追偿款串户", "proposed_on": days[1]}
    path = f"{work.path}/recoveries/{wrong['id']}/reversals"
    proposed = await work.killed(lambda: work.clerk.post(path, why))
    decision = {"decision": "confirm", "decided_on": days[2]}
    await work.killed(lambda: work.chief.post(f"/recovery-reversals/{proposed['id']}/decisions", decision))
    assert (await work.only("/recovery-reversals"))["state"] == "confirmed"

    async def is_known() -> bool:
        rows = await county.offices["auditor"].every("/recoveries", region_code=county.code)
        return [row["state"] for row in rows if row["claim_id"] == claim_id] == ["reversed"]

    await until(is_known, "the recovery taken back at the risk fund")
    await ensure_settled(lent)
