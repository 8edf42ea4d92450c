"""Reference rates over HTTP."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from services.subsidy.access import PublishRates, ReadRates
from services.subsidy.rates import actions
from services.subsidy.rates.schemas import ReferenceRateOut, ReferenceRatesIn, ReferenceRatesOut
from shared.policy.vocabulary import RateBasis
from shared.web.edge import Read
from shared.web.pages import Page, PageOf, page_of
from shared.web.writes import Write

router = APIRouter(tags=["基准利率 Reference rates"])

_LIST = """
SELECT rate_id, basis, effective_from, trim_scale(up_to_1y) AS up_to_1y, trim_scale(over_1y_to_5y) AS over_1y_to_5y,
  trim_scale(over_5y) AS over_5y, published_by, published_at
FROM reference_rate WHERE ($1::text IS NULL OR basis = $1) AND ($2::text IS NULL OR basis || ' ' || effective_from > $2)
ORDER BY basis || ' ' || effective_from LIMIT $3
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
    """List the publications of each series from the earliest day on."""
    rows = await conn.fetch(_LIST, basis, page.after, page.limit + 1)
    return page_of([ReferenceRateOut(**row) for row in rows], page.limit, "place")
