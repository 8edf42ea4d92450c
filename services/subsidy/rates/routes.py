"""Reference rates over HTTP."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response

from services.subsidy.access import PublishRates, ReadRates
from services.subsidy.edge import Read
from services.subsidy.rates import actions
from services.subsidy.rates.schemas import ReferenceRateOut, ReferenceRatesIn, ReferenceRatesOut
from shared.policy.vocabulary import RateBasis
from shared.web.pages import Page, PageOf, page_of
from shared.web.writes import Write

router = APIRouter(tags=["基准利率 Reference rates"])

_LIST = """
SELECT * FROM reference_rate WHERE ($1::text IS NULL OR basis = $1) AND ($2::uuid IS NULL OR rate_id > $2)
ORDER BY rate_id LIMIT $3
"""


@router.post("/reference-rates", status_code=201, response_model=ReferenceRatesOut)
async def publish_reference_rates(body: ReferenceRatesIn, officer: PublishRates, write: Write) -> Response:
    """Record published benchmark rates or LPR, in percent a year; what is known already does no harm."""
    return await write(lambda tx: actions.publish_rates(tx, officer, body))


@router.get("/reference-rates", status_code=200, response_model=PageOf[ReferenceRateOut])
async def list_reference_rates(
    officer: ReadRates,
    conn: Read,
    page: Page,
    basis: Annotated[RateBasis | None, Query(description="one series only")] = None,
) -> Any:
    """List the publications in the order they were recorded."""
    after = UUID(page.after) if page.after else None
    rows = await conn.fetch(_LIST, basis, after, page.limit + 1)
    return page_of([ReferenceRateOut(**row) for row in rows], page.limit, "rate_id")
