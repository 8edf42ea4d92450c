"""The county's report of its fund. Money is a decimal string in yuan."""

from datetime import date
from uuid import UUID

from services.riskfund.funds.schemas import SignedMoney
from shared.money import Money
from shared.web.bodies import Answer


class ClaimsInState(Answer):
    """Claims in one state."""

    state: str
    claims: int
    amount: Money


class ExposurePart(Answer):
    """Covered loans of one bank or township."""

    code: str
    loans: int
    principal: Money
    outstanding: Money


class ProductPart(Answer):
    """Loans of one product, with the fund's cover and without, and what the fund paid for them."""

    product_code: str
    loans_covered: int
    loans_without_cover: int
    exposure: Money
    claims_paid: int
    compensated: Money


class GuarantorFigures(Answer):
    """What stands between one guarantor and the banks at the end of the report's day, over all its claims."""

    guarantor_code: str
    claims: int
    borne: Money
    received: Money
    recovered_share: Money
    returned: Money
    owes: Money
    overdue: Money
    owed_back: Money
    owed_back_late: Money


class CoverOnDay(Answer):
    """Fund, exposure, reservations and limit at the end of a business date."""

    as_of: date
    fund_balance: SignedMoney
    exposure: SignedMoney
    reserved: SignedMoney
    limit: SignedMoney


class CoverExceptionOut(Answer):
    """Something about a loan's cover that was out of order."""

    loan_id: UUID
    village_code: str
    kind: str
    amount: SignedMoney
    noticed_on: date


class RiskfundReport(Answer):
    """Totals of a region: the funds of its counties, and the loans, claims and recoveries of its villages."""

    region_code: str
    product_code: str | None
    fund_paid_in: Money
    balance: Money
    exposure: Money
    reserved: Money
    limit: Money
    available: Money
    missing_amount: Money
    loans_covered: int
    loans_in_default: int
    claims_by_state: list[ClaimsInState]
    claims_paid: int
    compensated_principal: Money
    compensated_interest: Money
    insurance_paid: Money
    compensated: Money
    borne_by_bank: Money
    borne_by_guarantors: Money
    recoveries: int
    recovered: Money
    recovered_beyond_loss: Money
    fund_share_due: Money
    fund_share_due_late: Money
    fund_share_returned: Money
    fund_owes_banks: Money
    fund_owes_banks_late: Money
    late_returns: int
    guarantors: list[GuarantorFigures]
    exposure_by_bank: list[ExposurePart]
    exposure_by_township: list[ExposurePart]
    by_product: list[ProductPart]
    cover_by_day: list[CoverOnDay]
    cover_exception_count: int
    cover_exceptions: list[CoverExceptionOut]
