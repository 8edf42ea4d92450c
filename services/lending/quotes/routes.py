"""Quotes: a question each, so they need no Idempotency-Key and change nothing."""

from fastapi import APIRouter

from services.lending.access import ReadQuotes
from services.lending.quotes import products, queries
from services.lending.quotes.schemas import LoanQuote, LoanQuoteIn, ProductQuote, ProductQuoteIn, ProductsOut
from shared.regions import RegionCode
from shared.web.bodies import Day
from shared.web.edge import Read, Today

router = APIRouter(tags=["试算 Quotes"])


@router.post("/loan-quotes", response_model=LoanQuote, status_code=200)
async def quote_loan(body: LoanQuoteIn, officer: ReadQuotes) -> LoanQuote:
    """Return the instalments and the total interest of a loan on these terms; nothing is stored.

    `annual_rate` is in percent, amounts are in yuan. Without `first_due_on` the first instalment is due one period
    after disbursement.
    """
    return queries.loan_quote(body)


@router.get("/loan-products", response_model=ProductsOut)
async def list_products(
    officer: ReadQuotes, conn: Read, today: Today, region_code: RegionCode, as_of: Day | None = None
) -> ProductsOut:
    """List the county's loan products (贷款产品) on a day: for whom, how much, how long, at what rate."""
    return await products.list_products(conn, region_code, as_of or today)


@router.post("/product-quotes", response_model=ProductQuote, status_code=200)
async def quote_product(body: ProductQuoteIn, officer: ReadQuotes, conn: Read) -> ProductQuote:
    """Return the contract that a bank would sign for a product of the county; nothing is stored.

    The rate is the county's on the day of disbursement; where the bank states its own, `annual_rate` is that.
    """
    return await products.product_quote(conn, body)
