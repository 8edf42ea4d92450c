"""Bodies of misuses; amounts are yuan as decimal strings, days from the first that counts."""

from datetime import date
from typing import Literal
from uuid import UUID

from pydantic import Field

from services.lending.accounts.schemas import AccountFiguresOut
from services.lending.loans.schemas import Rate
from services.lending.proposals.schemas import ProposalOut
from shared.money import Money, PositiveMoney
from shared.web.bodies import Answer, Body, HappenedOn, LongText, Sha256, Text

PAPERS_MAX = 20
MisusePaperKind = Literal[
    "use_record", "account_flow", "rectification_order", "borrower_statement", "rectification_proof", "other_paper"
]


class MisusePaperIn(Body):
    """One paper that shows it: its kind, its number or place, the SHA-256 of a stored file's content."""

    kind: MisusePaperKind
    reference: Text
    sha256: Sha256 | None = None


class MisusePaperOut(Answer):
    """One paper that shows it."""

    kind: MisusePaperKind
    reference: str
    sha256: str | None


class MisuseIn(Body):
    """How much of a loan's principal was used for another purpose (挪用), since which day, by which papers."""

    amount: PositiveMoney
    from_on: HappenedOn
    papers: list[MisusePaperIn] = Field(min_length=1, max_length=PAPERS_MAX)
    reason: LongText
    proposed_on: HappenedOn


class MisuseOut(ProposalOut):
    """A misuse, who found and who confirmed it, and what became of it.

    From `from_on` until `ended_on`, or until it is repaid, the amount bears the contract's rate times `multiplier`.
    `penalty` is what that adds to the account up to the day of the step; `before` and `after` show the loan.
    """

    amount: Money
    from_on: date
    multiplier: Rate
    papers: list[MisusePaperOut]
    ended_on: date | None
    reversed_on: date | None
    penalty: Money | None = None
    before: AccountFiguresOut | None = None
    after: AccountFiguresOut | None = None


class MisuseTerminationIn(Body):
    """Since which day a misuse is put right (已整改), and which papers show it."""

    ended_on: HappenedOn
    papers: list[MisusePaperIn] = Field(min_length=1, max_length=PAPERS_MAX)
    reason: LongText
    proposed_on: HappenedOn


class MisuseTerminationOut(ProposalOut):
    """The end of a misuse, who proposed and who confirmed it."""

    misuse_id: UUID
    amount: Money
    from_on: date
    ended_on: date
    papers: list[MisusePaperOut]
    before: AccountFiguresOut | None = None
    after: AccountFiguresOut | None = None


class MisuseReversalIn(Body):
    """Why a misuse never was one."""

    reason: LongText
    proposed_on: HappenedOn


class MisuseReversalOut(ProposalOut):
    """A misuse taken back or proposed to be, who proposed and who decided it."""

    misuse_id: UUID
    amount: Money
    from_on: date
    before: AccountFiguresOut | None = None
    after: AccountFiguresOut | None = None
