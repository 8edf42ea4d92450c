"""`POST /loan-quotes`: a question, so it needs no Idempotency-Key and changes nothing."""

from fastapi import APIRouter

from services.lending.access import ReadQuotes
from services.lending.quotes import queries
from services.lending.quotes.schemas import LoanQuote, LoanQuoteIn

router = APIRouter(tags=["试算 Quotes"])


@router.post("/loan-quotes", response_model=LoanQuote, status_code=200)
async def quote_loan(body: LoanQuoteIn, officer: ReadQuotes) -> LoanQuote:
    """Return the instalments and the total interest of a loan on these terms; nothing is stored.

    `annual_rate` is in percent, amounts are in yuan. Without `first_due_on` the first instalment is due one period
    after disbursement.
    """
    return queries.loan_quote(body)
