"""Send news of a borrower to the bank, answer it, and take back what was wrong (JN-5)."""

from typing import Any, Final
from uuid import UUID

from services.lending.borrower_news.queries import get_news
from services.lending.borrower_news.refusals import NewsSettled, NewsUnknown
from services.lending.borrower_news.schemas import NewsAnswerIn, NewsIn, NewsOut, NewsWithdrawalIn
from services.lending.loans.queries import get_loan
from shared.access import Principal, Right
from shared.dates import ensure_not_before
from shared.db import Connection
from shared.errors import MakerIsChecker
from shared.ids import new_id
from shared.scope import Scope, scope_of, seen

_SEND: Final = """
INSERT INTO borrower_news (id, loan_id, news_kind, observed_on, sent_on, words, sent_by)
VALUES ($1, $2, $3, $4, $5, $6, $7)
"""
_FIND: Final = f"""
SELECT n.* FROM borrower_news n JOIN loan l ON l.id = n.loan_id
WHERE {seen("l.village_code", "l.bank_code")} AND n.id = $3 FOR UPDATE OF n
"""  # noqa: S608 - our own text
_ANSWER: Final = "UPDATE borrower_news SET answered_on = $2, answered_by = $3, answer = $4 WHERE id = $1"
_WITHDRAW: Final = "UPDATE borrower_news SET withdrawn_on = $2, withdrawn_by = $3, withdrawal_reason = $4 WHERE id = $1"


async def send_news(conn: Connection, officer: Principal, loan_id: UUID, body: NewsIn) -> NewsOut:
    """Send the lending bank what the village saw of a borrower.

    Raises: LoanUnknown, DateBeforeStep.
    """
    scope = scope_of(officer, Right.TESTIMONIES_RECORD)
    loan = await get_loan(conn, loan_id, scope)
    ensure_not_before("observed_on", body.observed_on, "disbursed_on", loan.disbursed_on)
    ensure_not_before("sent_on", body.sent_on, "observed_on", body.observed_on)
    news_id = new_id()
    said = (body.news_kind, body.observed_on, body.sent_on, body.words)
    await conn.execute(_SEND, news_id, loan_id, *said, officer.subject)
    return await get_news(conn, scope, news_id, body.sent_on)


async def answer_news(conn: Connection, officer: Principal, news_id: UUID, body: NewsAnswerIn) -> NewsOut:
    """Say what the bank did about the news.

    Raises: NewsUnknown, NewsSettled, DateBeforeStep.
    """
    scope = scope_of(officer, Right.LOANS_FOLLOW_UP)
    found = await _open(conn, scope, news_id)
    ensure_not_before("answered_on", body.answered_on, "sent_on", found["sent_on"])
    await conn.execute(_ANSWER, news_id, body.answered_on, officer.subject, body.answer)
    return await get_news(conn, scope, news_id, body.answered_on)


async def withdraw_news(conn: Connection, officer: Principal, news_id: UUID, body: NewsWithdrawalIn) -> NewsOut:
    """Take wrong news back, as the township, before the bank has answered.

    Raises: NewsUnknown, NewsSettled, MakerIsChecker, DateBeforeStep.
    """
    scope = scope_of(officer, Right.TESTIMONIES_WITHDRAW)
    found = await _open(conn, scope, news_id)
    if found["sent_by"] == officer.subject:
        raise MakerIsChecker(officer.subject)
    ensure_not_before("withdrawn_on", body.withdrawn_on, "sent_on", found["sent_on"])
    await conn.execute(_WITHDRAW, news_id, body.withdrawn_on, officer.subject, body.reason)
    return await get_news(conn, scope, news_id, body.withdrawn_on)


async def _open(conn: Connection, scope: Scope, news_id: UUID) -> Any:
    found = await conn.fetchrow(_FIND, scope.regions, scope.banks, news_id)
    if found is None:
        raise NewsUnknown(news_id)
    if found["answered_on"] or found["withdrawn_on"]:
        by = found["answered_by"] or found["withdrawn_by"]
        raise NewsSettled(found["answered_on"] or found["withdrawn_on"], by)
    return found
