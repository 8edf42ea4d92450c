"""Named reads of news of borrowers."""

from datetime import date
from typing import Final
from uuid import UUID

from services.lending.borrower_news.refusals import NewsUnknown
from services.lending.borrower_news.schemas import NewsOut
from shared.db import Connection
from shared.scope import Scope, seen
from shared.web.pages import PageRequest

_NEWS: Final = f"""
SELECT n.*, l.contract_number, l.household_number, l.village_code, l.bank_code,
  n.sent_on - n.observed_on AS days_to_send,
  greatest(least(n.answered_on, n.withdrawn_on, $3::date) - n.sent_on, 0) AS days_waiting
FROM borrower_news n JOIN loan l ON l.id = n.loan_id WHERE {seen("l.village_code", "l.bank_code")}
"""  # noqa: S608 - our own text
_ONE: Final = f"{_NEWS} AND n.id = $4"
_LIST: Final = f"""
{_NEWS} AND n.sent_on <= $3 AND ($4::text IS NULL OR l.village_code ^@ $4) AND ($5::uuid IS NULL OR n.loan_id = $5)
  AND ($6::boolean IS NULL OR (n.answered_on <= $3 OR n.withdrawn_on <= $3) IS NOT TRUE = $6)
  AND ($7::uuid IS NULL OR n.id > $7) ORDER BY n.id LIMIT $8
"""


async def get_news(conn: Connection, scope: Scope, news_id: UUID, on: date) -> NewsOut:
    """Return one piece of news. Raises: NewsUnknown."""
    row = await conn.fetchrow(_ONE, scope.regions, scope.banks, on, news_id)
    if row is None:
        raise NewsUnknown(news_id)
    return NewsOut.model_validate(dict(row))


async def list_news(
    conn: Connection,
    scope: Scope,
    page: PageRequest,
    as_of: date,
    region: str | None,
    loan_id: UUID | None,
    is_open: bool | None,
) -> list[NewsOut]:
    """Return up to one row more than a page of news, the oldest first; `is_open`: what waits for the bank's answer."""
    asked = (as_of, region, loan_id, is_open, page.after_as(UUID), page.limit + 1)
    rows = await conn.fetch(_LIST, scope.regions, scope.banks, *asked)
    return [NewsOut.model_validate(dict(row)) for row in rows]
