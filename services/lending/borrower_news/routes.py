"""News of borrowers over HTTP."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response

from services.lending.access import FollowUpLoans, ReadLoans, SendNews, WithdrawNews
from services.lending.borrower_news import actions, queries
from services.lending.borrower_news.schemas import NewsAnswerIn, NewsIn, NewsOut, NewsWithdrawalIn
from shared.access import Right
from shared.regions import RegionCode
from shared.scope import scope_of
from shared.web.bodies import Day
from shared.web.edge import Read, Today
from shared.web.pages import Page, PageOf, page_of
from shared.web.writes import Write

router = APIRouter(tags=["借款人情况反馈 News of borrowers"])


@router.post("/loans/{loan_id}/borrower-news", response_model=NewsOut, status_code=201)
async def send_borrower_news(loan_id: UUID, body: NewsIn, officer: SendNews, write: Write) -> Response:
    """Send the lending bank, as the village committee, what was seen of a borrower and since when (JN-5)."""
    return await write(lambda conn: actions.send_news(conn, officer, loan_id, body))


@router.get("/borrower-news", response_model=PageOf[NewsOut])
async def list_borrower_news(
    officer: ReadLoans,
    conn: Read,
    page: Page,
    today: Today,
    region_code: RegionCode | None = None,
    loan_id: UUID | None = None,
    is_open: bool | None = None,
    as_of: Day | None = None,
) -> Any:
    """List news of borrowers, oldest first, with the days that each took and waits; a bank sees its own loans."""
    scope = scope_of(officer, Right.LOANS_READ)
    found = await queries.list_news(conn, scope, page, as_of or today, region_code, loan_id, is_open)
    return page_of(found, page.limit, "id")


@router.post("/borrower-news/{news_id}/answers", response_model=NewsOut, status_code=201)
async def answer_borrower_news(news_id: UUID, body: NewsAnswerIn, officer: FollowUpLoans, write: Write) -> Response:
    """Say, as the lending bank, what was done about the news (JN-5)."""
    return await write(lambda conn: actions.answer_news(conn, officer, news_id, body))


@router.post("/borrower-news/{news_id}/withdrawals", response_model=NewsOut, status_code=201)
async def take_back_news(news_id: UUID, body: NewsWithdrawalIn, officer: WithdrawNews, write: Write) -> Response:
    """Take back, as the township, news that was wrong, before the bank has answered it."""
    return await write(lambda conn: actions.withdraw_news(conn, officer, news_id, body))
