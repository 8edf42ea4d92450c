"""A guarantor's part of a loss: named, decided, paid in parts, late or never, and given back of recoveries."""

import asyncio
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.riskfund.tests.county import County, fengjie, refusal
from services.riskfund.tests.lending import Loan
from shared.access import Role
from shared.events.registry import PackCorrected
from shared.events.riskfund import ClaimApproved, ClaimPaid, RecoveryReturned
from shared.ids import new_id
from shared.testing.service import StartService

SHARES = {
    "compensation__fund_share": "0.50",
    "compensation__bank_share": "0.20",
    "compensation__guarantor_share": "0.30",
    "compensation__guarantor_pays_working_days": 10,
}
GUARANTOR = "zxqy"
BORNE = Decimal(15300)
# Of 51 000.01: the fund bears 25 500.00, the guarantor 15 300.00, the bank the rest.
DUE_ON = "2018-07-04"  # ten working days after 2018-06-20
DAYS = st.dates(date(2018, 6, 25), date(2018, 12, 20))


@pytest.fixture
async def county(start_service: StartService) -> County:
    """Return a county whose losses fund, bank and guarantor share five to two to three."""
    county = County(await start_service("riskfund"))
    await county.confirm_pack(fengjie(**SHARES))
    await county.open_fund()
    return county


async def claim_of(county: County, loan: Loan) -> str:
    filed = await county.file(loan, guarantor_code=GUARANTOR)
    assert filed.status_code == 201, filed.text
    claim_id: str = filed.json()["id"]
    return claim_id


async def approved(county: County) -> str:
    claim_id = await claim_of(county, await county.default())
    for member in ("member-1", "member-2"):
        await county.decide(claim_id, member)
    return claim_id


async def compensated(county: County) -> tuple[Loan, str]:
    loan = await county.default()
    claim_id = await claim_of(county, loan)
    for member in ("member-1", "member-2"):
        await county.decide(claim_id, member)
    assert (await county.pay(claim_id)).status_code == 201
    return loan, claim_id


async def transfer(
    county: County, claim_id: str, amount: str, on: str = "2018-07-02", to: str = "bank", **more: Any
) -> httpx.Response:
    """Record as the bank what the guarantor paid, or what it got back."""
    reference = more.pop("reference", None) or f"GC-{new_id()}"
    subject, bank = more.pop("subject", "bank-clerk"), more.pop("bank", "cqrcb")
    body = {"direction": f"to_{to}", "amount": amount, "transferred_on": on, "bank_reference": reference}
    return await county.post(f"/guarantor-accounts/{claim_id}/transfers", body, Role.BANK, subject, organisation=bank)


async def withdraw(county: County, claim_id: str, transfer_id: str, subject: str, **more: Any) -> httpx.Response:
    """Withdraw a transfer as another person of the bank."""
    body = {"withdrawn_on": "2018-07-10", "reason": "金额录错", **more}
    path = f"/guarantor-accounts/{claim_id}/transfers/{transfer_id}/withdrawals"
    return await county.post(path, body, Role.BANK, subject, organisation="cqrcb")


async def account(county: County, claim_id: str, on: str = "2018-12-31") -> dict[str, Any]:
    """Return the claim's account at the end of a day."""
    shown = await county.get(f"/guarantor-accounts/{claim_id}?as_of={on}")
    assert shown.status_code == 200, shown.text
    found: dict[str, Any] = shown.json()
    return found


@pytest.mark.clause("DZ-3(b)")
async def test_a_loss_of_three_is_decided_paid_and_owed_by_the_guarantor(county: County) -> None:
    _, claim_id = await compensated(county)
    claim = (await county.get(f"/claims/{claim_id}")).json()
    parts = ("fund_amount", "guarantor_amount", "bank_amount", "guarantor_code", "guarantor_due_on", "state")
    assert [claim[part] for part in parts] == ["25500.00", "15300.00", "10200.01", GUARANTOR, DUE_ON, "paid"]
    assert claim["payment"]["amount"] == "25500.00", "the fund pays its own part and waits for nobody"
    assert (await county.fund())["compensated"] == "25500.00"
    owed = await account(county, claim_id, DUE_ON)
    assert (owed["borne"], owed["owes"], owed["state"], owed["due_on"]) == ("15300.00", "15300.00", "owes", DUE_ON)


@pytest.mark.clause("DZ-3(b)")
async def test_the_events_say_what_the_guarantor_bears_and_by_when(county: County) -> None:
    _, claim_id = await compensated(county)
    approval, payment = [(name, data) for name, data, _, _ in await county.service.outbox()][-2:]
    event = ClaimApproved.model_validate(approval[1], strict=False)
    assert (event.guarantor_code, event.guarantor_amount, str(event.guarantor_due_on)) == (
        GUARANTOR,
        BORNE,
        DUE_ON,
    )
    paid = ClaimPaid.model_validate(payment[1], strict=False)
    assert (paid.guarantor_amount, str(paid.claim_id)) == (BORNE, claim_id)
    borne = paid.insurance_amount + paid.fund_amount + paid.bank_amount + paid.guarantor_amount
    assert paid.principal + paid.interest == borne


async def test_a_claim_says_who_guarantees_exactly_where_a_guarantor_shares(county: County) -> None:
    loan = await county.default()
    assert refusal(await county.file(loan)) == (409, "guarantor-not-named")
    other = County(county.service, "500237")
    await other.confirm_pack(fengjie())
    await other.open_fund()
    answer = await other.file(await other.default(), guarantor_code=GUARANTOR)
    assert refusal(answer) == (409, "no-guarantor-here")


async def test_a_guarantor_that_a_correction_brings_in_is_named_before_the_committee_decides(county: County) -> None:
    other = County(county.service, "500237")
    await other.confirm_pack(fengjie())
    await other.open_fund()
    claim_id = (await other.file(await other.default())).json()["id"]
    await other.confirm_pack(fengjie(**SHARES), version=2)
    ids = await other.service.database.pool.fetch(
        "SELECT pack_id FROM policy_pack WHERE county_code = '500237' ORDER BY pack_version"
    )
    keys = ("compensation.fund_share", "compensation.guarantor_share")
    correction = PackCorrected(
        correction_id=new_id(),
        county_code=other.code,
        pack_id=ids[0][0],
        number=1,
        follows_pack_id=ids[1][0],
        keys=keys,
        effective_from=date(2018, 6, 10),
    )
    await other.deliver(correction, correction.correction_id, 1)
    assert refusal(await other.decide(claim_id, "member-1")) == (409, "guarantor-not-named")
    assert (await other.decide(claim_id, "member-1", "refuse")).json()["state"] == "refused"


async def test_a_guarantor_that_never_pays_is_overdue_and_nobody_else_bears_more(county: County) -> None:
    _, claim_id = await compensated(county)
    assert (await account(county, claim_id, DUE_ON))["state"] == "owes"
    late = await account(county, claim_id, "2018-07-05")
    assert (late["state"], late["owes"]) == ("overdue", "15300.00")
    listed = await county.get("/guarantor-accounts?state=overdue&as_of=2018-07-05&region_code=500236")
    assert [each["claim_id"] for each in listed.json()["items"]] == [claim_id]
    assert (await county.get("/guarantor-accounts?state=settled&as_of=2018-07-05")).json()["items"] == []
    claim = (await county.get(f"/claims/{claim_id}")).json()
    assert (claim["fund_amount"], claim["bank_amount"]) == ("25500.00", "10200.01")


@pytest.mark.clause("DZ-3(b)")
async def test_a_guarantor_pays_in_parts_and_late_and_each_day_shows_what_is_left(county: County) -> None:
    _, claim_id = await compensated(county)
    assert (await transfer(county, claim_id, "5300.00", "2018-07-04")).json()["owes"] == "10000.00"
    await transfer(county, claim_id, "10000.00", "2018-07-20")
    days = {day: await account(county, claim_id, day) for day in ("2018-07-03", "2018-07-05", "2018-07-20")}
    assert [(each["owes"], each["state"]) for each in days.values()] == [
        ("15300.00", "owes"),
        ("10000.00", "overdue"),
        ("0.00", "settled"),
    ]


async def test_the_same_transfer_is_recorded_once(county: County) -> None:
    _, claim_id = await compensated(county)
    answers = await asyncio.gather(*(transfer(county, claim_id, "15300.00", reference="ONE") for _ in range(3)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409]
    assert {refusal(each)[1] for each in answers if each.status_code == 409} == {"guarantor-transfer-on-file"}
    assert (await account(county, claim_id))["received"] == "15300.00"


async def test_what_a_guarantor_pays_twice_is_owed_back_to_it(county: County) -> None:
    _, claim_id = await compensated(county)
    await transfer(county, claim_id, "15300.00")
    twice = (await transfer(county, claim_id, "15300.00")).json()
    assert (twice["state"], twice["owed_back"], twice["owed_back_late"]) == ("owed_back", "15300.00", "15300.00")
    above = await transfer(county, claim_id, "15300.01", "2018-07-06", to="guarantor")
    assert refusal(above) == (409, "more-than-owed-back")
    early = await transfer(county, claim_id, "15300.00", "2018-07-01", to="guarantor")
    assert refusal(early) == (409, "more-than-owed-back"), "it had not come by that day"
    back = (await transfer(county, claim_id, "15300.00", "2018-07-06", to="guarantor")).json()
    assert (back["state"], back["returned"]) == ("settled", "15300.00")


async def test_money_that_came_before_a_decision_or_for_a_refused_claim_is_not_lost(county: County) -> None:
    claim_id = await claim_of(county, await county.default())
    early = (await transfer(county, claim_id, "15300.00", "2018-06-10")).json()
    assert (early["borne"], early["owed_back"]) == ("0.00", "15300.00")
    for member in ("member-1", "member-2"):
        await county.decide(claim_id, member)
    assert (await account(county, claim_id))["state"] == "settled"
    await county.decide(claim_id, "member-3", "refuse")
    refused = await account(county, claim_id)
    assert (refused["claim_state"], refused["borne"], refused["owed_back"]) == ("refused", "0.00", "15300.00")


async def test_a_wrong_transfer_is_withdrawn_by_a_second_person_of_the_bank_and_recorded_anew(county: County) -> None:
    _, claim_id = await compensated(county)
    wrong = (await transfer(county, claim_id, "153.00", reference="T-1")).json()["transfers"][0]
    assert refusal(await withdraw(county, claim_id, wrong["id"], "bank-clerk")) == (403, "maker-is-checker")
    before = await withdraw(county, claim_id, wrong["id"], "second", withdrawn_on="2018-07-01")
    assert refusal(before) == (422, "date-before-step")
    shown = (await withdraw(county, claim_id, wrong["id"], "second")).json()
    noted = [shown["transfers"][0][each] for each in ("withdrawn_by", "withdrawal_reason")]
    assert (shown["received"], shown["owes"], noted) == ("0.00", "15300.00", ["second", "金额录错"])
    again = await withdraw(county, claim_id, wrong["id"], "third")
    assert refusal(again) == (404, "guarantor-transfer-unknown")
    assert (await transfer(county, claim_id, "15300.00", reference="T-1")).json()["state"] == "settled"


async def test_transfers_on_file_are_never_changed(county: County) -> None:
    _, claim_id = await compensated(county)
    await transfer(county, claim_id, "1.00")
    for statement in ("UPDATE guarantor_transfer SET amount = 2", "DELETE FROM guarantor_transfer"):
        with pytest.raises(asyncpg.RaiseError, match="only grows"):
            await county.service.database.pool.execute(statement)


async def test_transfers_that_cannot_be_are_refused(county: County) -> None:
    _, claim_id = await compensated(county)
    assert refusal(await transfer(county, claim_id, "1.00", "2018-06-04")) == (422, "date-before-step")
    assert refusal(await transfer(county, claim_id, "1.00", bank="abc")) == (404, "claim-unknown")
    assert refusal(await transfer(county, str(new_id()), "1.00")) == (404, "claim-unknown")
    other = County(county.service, "500237")
    await other.confirm_pack(fengjie())
    await other.open_fund()
    without = (await other.file(await other.default())).json()["id"]
    assert refusal(await transfer(other, without, "1.00")) == (404, "guarantor-account-unknown")
    assert refusal(await other.get(f"/guarantor-accounts/{without}")) == (404, "guarantor-account-unknown")


@pytest.mark.clause("LG-40(a)")
async def test_a_guarantor_holds_its_part_of_the_claim_and_sees_who_holds_the_rest(county: County) -> None:
    loan, claim_id = await compensated(county)
    await county.service.deliver_all([county.recovered(loan, claim_id, "2000.00")])
    held = (
        await county.get(f"/claims/{claim_id}/holders?as_of=2018-09-03", Role.GUARANTOR, organisation=GUARANTOR)
    ).json()
    parts = ("held_by_fund", "held_by_guarantor", "held_by_bank")
    assert [held[part] for part in parts] == ["24500.00", "14700.00", "9800.01"]
    before = (await county.get(f"/claims/{claim_id}/holders?as_of=2018-09-02")).json()
    assert [before[part] for part in parts] == ["25500.00", "15300.00", "10200.01"]


@pytest.mark.clause("DZ-3(a)")
async def test_recoveries_go_back_to_all_three_and_lower_first_what_the_guarantor_owes(county: County) -> None:
    loan, claim_id = await compensated(county)
    await transfer(county, claim_id, "15000.00")
    await county.service.deliver_all([county.recovered(loan, claim_id, "2000.00")])
    [recovery] = (await county.get("/recoveries")).json()["items"]
    shares = ("fund_share", "guarantor_share", "bank_share", "beyond_loss")
    assert [recovery[share] for share in shares] == ["1000.00", "600.00", "400.00", "0.00"]
    on_time = await account(county, claim_id, recovery["due_on"])
    assert (on_time["owed_back"], on_time["owed_back_late"]) == ("300.00", "0.00"), "300.00 of 600.00 were still owed"
    assert (await account(county, claim_id, "2018-09-11"))["owed_back_late"] == "300.00"
    assert (await transfer(county, claim_id, "300.00", "2018-09-05", to="guarantor")).json()["state"] == "settled"
    assert (await county.give_back(recovery["id"], "1000.00")).status_code == 201
    event = RecoveryReturned.model_validate((await county.service.outbox())[-1][1], strict=False)
    assert (event.fund_share, event.guarantor_share, event.bank_share) == (Decimal(1000), Decimal(600), Decimal(400))


async def test_a_recovery_taken_back_is_the_guarantors_on_no_day(county: County) -> None:
    loan, claim_id = await compensated(county)
    await transfer(county, claim_id, "15000.00")
    owed = await account(county, claim_id, "2018-09-05")
    wrong = county.recovered(loan, claim_id, "2000.00")
    await county.service.deliver_all([wrong])
    assert (await account(county, claim_id, "2018-09-05"))["recovered_share"] == "600.00"
    await county.service.deliver_all([county.recovery_reversed(loan, wrong)])
    assert await account(county, claim_id, "2018-09-05") == owed
    assert (await account(county, claim_id, "2018-12-31"))["owes"] == owed["owes"]


async def test_a_guarantor_sees_the_claims_that_name_it_and_their_accounts_and_changes_nothing(county: County) -> None:
    _, claim_id = await compensated(county)
    for path in ("/claims", "/guarantor-accounts"):
        for organisation, count in ((GUARANTOR, 1), ("other", 0)):
            seen = await county.get(path, Role.GUARANTOR, organisation=organisation)
            assert len(seen.json()["items"]) == count, (path, organisation)
        assert len((await county.get(path, Role.BANK, organisation="abc")).json()["items"]) == 0
    hidden = await county.get(f"/guarantor-accounts/{claim_id}", Role.GUARANTOR, organisation="other")
    assert refusal(hidden) == (404, "guarantor-account-unknown")
    body = {"direction": "to_bank", "amount": "1.00", "transferred_on": "2018-07-02", "bank_reference": "X"}
    for role in (Role.GUARANTOR, Role.FINANCE_BUREAU, Role.INSURER):
        answer = await county.post(f"/guarantor-accounts/{claim_id}/transfers", body, role, organisation=GUARANTOR)
        assert refusal(answer) == (403, "right-missing"), role


async def test_the_report_shows_what_each_guarantor_bears_and_owes(county: County) -> None:
    _, first = await compensated(county)
    await compensated(county)
    await transfer(county, first, "15300.00")
    report = (await county.get(f"/reports/riskfund?region_code={county.code}&as_of=2018-12-31")).json()
    assert (report["borne_by_guarantors"], report["compensated"], report["borne_by_bank"]) == (
        "30600.00",
        "51000.00",
        "20400.02",
    )
    [row] = report["guarantors"]
    figures = ("guarantor_code", "claims", "borne", "received", "owes", "overdue", "owed_back")
    assert [row[figure] for figure in figures] == [GUARANTOR, 2, "30600.00", "15300.00", "15300.00", "15300.00", "0.00"]


FACTS = st.lists(
    st.tuples(st.sampled_from(["paid", "recovered"]), st.decimals("0.01", "9000", places=2), DAYS),
    min_size=1,
    max_size=6,
)


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(facts=FACTS, order=st.randoms(use_true_random=False))
async def test_the_order_in_which_payments_and_recoveries_arrive_makes_no_difference(
    county: County, facts: list[tuple[str, Decimal, date]], order: Any
) -> None:
    shuffled = [*facts]
    order.shuffle(shuffled)
    ends = []
    for sequence in (facts, shuffled):
        loan, claim_id = await compensated(county)
        for kind, amount, day in sequence:
            if kind == "paid":
                assert (await transfer(county, claim_id, str(amount), str(day))).status_code == 201
            else:
                await county.service.deliver_all([county.recovered(loan, claim_id, str(amount), day)])
        shown = await account(county, claim_id)
        money = [Decimal(shown[each]) for each in ("borne", "received", "recovered_share", "owes", "owed_back")]
        borne, received, share, owes, owed_back = money
        assert borne - received - share == owes - owed_back
        assert min(owes, owed_back) == 0
        shared = await county.service.database.pool.fetchrow(_SUMS, UUID(claim_id))
        assert share == shared["guarantor"]
        assert shared["amount"] == shared["parts"]
        ends.append(money)
    assert ends[0] == ends[1]


_SUMS = """
SELECT coalesce(sum(guarantor_share), 0) AS guarantor, coalesce(sum(amount), 0) AS amount,
       coalesce(sum(fund_share + bank_share + guarantor_share + beyond_loss), 0) AS parts
FROM recovery WHERE claim_id = $1
"""
