"""What unpaid interest bears while a due is late (欠息计收复利): nothing, or interest at one rate or the other; pure.

Central bank, notice 251 of 2003, item 3: interest that is not paid on time bears compound interest, at the contract's
rate until the loan's last due day and at the penalty rate from it on. Whether it does so is agreed in the contract and
stands in the pack (`repayment.unpaid_interest_bears`). Penalty itself never bears anything, whatever a pack says.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from services.lending.loans.rules.schedule import NOTHING
from shared.policy.vocabulary import UnpaidInterest


@dataclass(frozen=True, slots=True)
class Late:
    """What is unpaid of one instalment in [`since`, `until`), in yuan, by the rate that it bears there."""

    since: date
    until: date
    at_penalty_rate: Decimal
    at_contract_rate: Decimal = NOTHING


def late(
    bears: UnpaidInterest, principal: Decimal, interest: Decimal, since: date, until: date, term_ends_on: date
) -> Iterator[Late]:
    """Yield what bears interest in the days of lateness [`since`, `until`), in order; what bears none is left out.

    `principal` and `interest` are unpaid, in yuan. `term_ends_on` is the last due day of the loan: before it unpaid
    interest bears the contract's rate where the contract says so.
    """
    if bears is UnpaidInterest.CONTRACT_RATE_THEN_PENALTY_RATE:
        turns_on = min(max(since, term_ends_on), until)
        if since < turns_on:
            yield Late(since, turns_on, principal, interest)
        if turns_on < until:
            yield Late(turns_on, until, principal + interest)
        return
    base = principal if bears is UnpaidInterest.NOTHING else principal + interest
    if base > 0:
        yield Late(since, until, base)
