"""What goes in and out about news of borrowers."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from shared.web.bodies import Answer, Body, HappenedOn, LongText

NewsKind = Literal[
    "going_well", "moved_away", "illness", "death", "business_failed", "money_unused", "money_misused", "other"
]


class NewsIn(Body):
    """What the village saw of a borrower, since which day, and on which day the bank was informed."""

    news_kind: NewsKind
    observed_on: HappenedOn
    sent_on: HappenedOn
    words: LongText


class NewsAnswerIn(Body):
    """What the bank did about the news."""

    answered_on: HappenedOn
    answer: LongText


class NewsWithdrawalIn(Body):
    """Why news is taken back: it was wrong, or of another borrower."""

    withdrawn_on: HappenedOn
    reason: LongText


class NewsOut(Answer):
    """One piece of news, how many days it took to the bank and how many it waits there for an answer."""

    id: UUID
    loan_id: UUID
    contract_number: str
    household_number: str
    village_code: str
    bank_code: str
    news_kind: NewsKind
    observed_on: date
    words: str
    sent_on: date
    sent_by: str
    sent_at: datetime
    days_to_send: int
    days_waiting: int
    answered_on: date | None
    answered_by: str | None
    answer: str | None
    withdrawn_on: date | None
    withdrawn_by: str | None
    withdrawal_reason: str | None
