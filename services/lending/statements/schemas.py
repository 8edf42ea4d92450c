"""What the statement of a loan says; amounts are yuan as decimal strings."""

from datetime import date, datetime
from uuid import UUID

from services.lending.accounts.schemas import LoanStatementLineOut
from shared.money import Money
from shared.web.bodies import Answer


class LoanStatementOut(Answer):
    """What was posted on a loan in a span of days, and how it stood before and after."""

    loan_id: UUID
    contract_number: str
    from_on: date
    through_on: date
    known_at: datetime | None
    opening_principal: Money
    closing_principal: Money
    heirs: str | None
    lines: list[LoanStatementLineOut]
