"""X10: the whole platform added up; money neither appears nor gets lost between the services."""

from decimal import Decimal

from tools.reconcile.checks import check
from tools.reconcile.findings import Findings
from tools.reconcile.world import World

_MONEY = """
SELECT count(DISTINCT household_id) FILTER (WHERE loan_round = 1) AS households_lent,
  coalesce(sum(principal) FILTER (WHERE loan_round = 1), 0) AS amount_lent,
  coalesce(sum(principal) FILTER (WHERE loan_round > 1), 0) AS repeat_amount_lent,
  coalesce(sum(principal_repaid), 0) AS principal_repaid, coalesce(sum(principal_outstanding), 0) AS outstanding,
  coalesce(sum(principal_remitted), 0) AS principal_remitted,
  coalesce(sum(principal_compensated), 0) AS principal_compensated,
  coalesce(sum(interest_compensated), 0) AS interest_compensated, coalesce(sum(interest_paid), 0) AS interest_paid,
  coalesce(sum(penalty_paid), 0) AS penalty_paid,
  coalesce(sum(principal_recovered + interest_recovered), 0) AS recovered
FROM loan
"""
_BORNE = """
SELECT coalesce(sum(principal), 0) AS principal, coalesce(sum(interest), 0) AS interest,
  coalesce(sum(insurance_amount), 0) AS insurance, coalesce(sum(fund_amount), 0) AS fund,
  coalesce(sum(bank_amount), 0) AS bank, coalesce(sum(guarantor_amount), 0) AS guarantor
FROM claim WHERE state = 'paid'
"""
_FUND = """
SELECT (SELECT coalesce(sum(amount), 0) FROM contribution) AS paid_in,
  (SELECT coalesce(sum(amount), 0) FROM claim_payment) AS compensated,
  (SELECT coalesce(sum(amount), 0) FROM recovery_return) AS returned,
  (SELECT coalesce(sum(CASE WHEN kind = 'interest' THEN amount ELSE -amount END), 0)
   FROM fund_movement WHERE state = 'booked') AS decided,
  (SELECT coalesce(sum(balance), 0) FROM ledger_account WHERE code = 'fund_cash') AS cash
"""
_DISBURSED = "SELECT coalesce(sum(amount), 0) FROM disbursement"
_DRAWN = """
SELECT (SELECT coalesce(sum(paid), 0) FROM programme),
  (SELECT coalesce(sum(amount), 0) FROM payment_instruction WHERE state = 'paid'),
  (SELECT coalesce(sum(l.amount), 0) FROM subsidy_line l JOIN subsidy_batch b ON b.id = l.batch_id
   WHERE b.state = 'settled'),
  (SELECT coalesce(sum(amount_paid + amount_reduced), 0) FROM subsidy_batch WHERE state = 'settled'),
  (SELECT coalesce(sum(amount), 0) FROM interest_payment WHERE superseded_by IS NULL),
  (SELECT coalesce(sum(paid), 0) FROM project_money)
"""


@check(
    "X10",
    "全平台守恒",
    "Money out = repaid + remitted + outstanding + losses borne; the fund and the budget lose not a fen",
)
async def conservation(world: World, found: Findings) -> None:
    """Add up the whole platform."""
    money = (await world["lending"].rows(_MONEY))[0]
    borne = (await world["riskfund"].rows(_BORNE))[0]
    fund = (await world["riskfund"].rows(_FUND))[0]
    drawn, paid, lines, settled, interest_known, projects = (await world["subsidy"].rows(_DRAWN))[0]
    lent = money["amount_lent"] + money["repeat_amount_lent"]
    left = (
        money["principal_repaid"] + money["principal_remitted"] + money["outstanding"] + money["principal_compensated"]
    )
    found.equal("platform", "paid out by banks = lent", lent, await world["lending"].value(_DISBURSED))
    found.equal("platform", "lent = repaid + remitted + outstanding + compensated", lent, left)
    found.equal("platform", "loss = insurance + fund + bank + guarantor", borne["principal"] + borne["interest"],
                borne["insurance"] + borne["fund"] + borne["bank"] + borne["guarantor"])  # fmt: skip
    found.equal("platform", "fund: paid in − compensated + returned + decided by two = cash",
                fund["paid_in"] - fund["compensated"] + fund["returned"] + fund["decided"], fund["cash"])  # fmt: skip
    found.equal("platform", "budget drawn = subsidies and projects paid", drawn, paid + projects)
    found.equal("platform", "settled batches: lines = paid, but for what proved too high before", lines, settled)
    if not world.is_online:
        found.equal("platform", "compensated in lending = in the fund", borne["principal"] + borne["interest"],
                    money["principal_compensated"] + money["interest_compensated"])  # fmt: skip
        found.equal("platform", "interest paid = interest known to the subsidy", money["interest_paid"], interest_known)
    paid_interest = money["interest_paid"]
    found.holds("platform", "subsidy ≤ interest paid", paid <= paid_interest, paid_interest, paid)
    world.figures |= {name: _written(value) for name, value in money.items()}
    world.figures |= {
        "compensated": _written(fund["compensated"]),
        "fund_cash": _written(fund["cash"]),
        "insurance_paid": _written(borne["insurance"]),
        "borne_by_bank": _written(borne["bank"]),
        "borne_by_guarantors": _written(borne["guarantor"]),
    }


def _written(value: object) -> object:
    return f"{value:.2f}" if isinstance(value, Decimal) else value
