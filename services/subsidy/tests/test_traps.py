"""Mistakes that subsidy systems make when facts come late and in another order; each with its figures."""

from datetime import date

from services.subsidy.tests.county import Loan, confirmed, deliver, mark, pack
from services.subsidy.tests.test_due_sql import SETTLE_FIRST
from services.subsidy.tests.test_restatements import _approved, _claw_back_all, _list, _net, _pay
from shared.testing.service import ServiceUnderTest

LATER_SHARE = (
    SETTLE_FIRST
    + """  later_shares:
    value: [{from_on: 2018-01-01, share: "0.70"}]
    clause: FJ-11
"""
)
SUMS = ("400.00", "620.00", "593.75")  # the receipt, and what its two corrections say


async def test_a_share_that_falls_a_mark_and_two_corrections_in_any_order_come_to_one_sum(
    subsidy: ServiceUnderTest,
) -> None:
    """90 days of 50 000 at 4.75 %: 12 at the whole share, 31 at 0.70, none from the stable lifting of 1 February on.

    593.75 x (12 + 31 x 0.70) / 90 = 222.33, whatever was granted, paid and clawed back between the facts.
    """
    await subsidy.deliver(confirmed(pack((SETTLE_FIRST, LATER_SHARE)), version=2))
    loans = [Loan(pack_version=2, annual_rate="4.75", disbursed_on=date(2017, 3, 20)) for _ in range(4)]
    receipts = []
    for loan in loans:
        await deliver(subsidy, loan, loan.disbursed())
        period = (date(2017, 12, 20), date(2018, 3, 20))
        first = loan.paid(SUMS[0], on=date(2017, 12, 20), period=period)
        same = {"repayment_id": first.repayment_id, "bank_reference": first.bank_reference}
        later = [loan.paid(each, on=date(2017, 12, 20), period=period).model_copy(update=same) for each in SUMS[1:]]
        receipts.append([first, *later])
    for step in range(4):
        for place, loan in enumerate(loans):
            if step == place:
                await mark(subsidy, loan, "stably_lifted", date(2018, 2, 1))
            else:
                at = step if step < place else step - 1
                event = receipts[place][at]
                await deliver(subsidy, loan, event if at == 0 else loan.restated(event))
        await _pay(subsidy, await _approved(subsidy))
        await _claw_back_all(subsidy, [])
    assert [str(await _net(subsidy, loan)) for loan in loans] == ["222.33"] * 4
    assert await _list(subsidy, "underpaid") == []
