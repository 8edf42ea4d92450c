"""Bodies of write-offs; amounts are yuan as decimal strings."""

from datetime import date
from typing import Literal
from uuid import UUID

from pydantic import Field

from services.lending.loans.schemas import LoanState
from services.lending.proposals.schemas import ProposalOut
from shared.money import Money, PositiveMoney
from shared.policy.vocabulary import WriteOffGround
from shared.web.bodies import Answer, Body, HappenedOn, LongText, Sha256, Text

PAPERS_MAX = 20
WriteOffPaperKind = Literal["bank_decision", "collection_proof", "court_paper", "death_certificate", "other_paper"]


class WriteOffPaperIn(Body):
    """One paper that a write-off rests on: its kind, its number or place, the SHA-256 of a stored file's content."""

    kind: WriteOffPaperKind
    reference: Text
    sha256: Sha256 | None = None


class WriteOffPaperOut(Answer):
    """One paper that a write-off rests on."""

    kind: WriteOffPaperKind
    reference: str
    sha256: str | None


class WriteOffIn(Body):
    """How much of a loan the bank takes from its books (核销), why, and on which papers."""

    amount: PositiveMoney
    papers: list[WriteOffPaperIn] = Field(min_length=1, max_length=PAPERS_MAX)
    reason: LongText
    proposed_on: HappenedOn


class WriteOffOut(ProposalOut):
    """A write-off or a proposal of one, and what became of it.

    `owed` is what the household owed on the day it was decided, and goes on owing; `recovered_since` is what was paid
    from then on while it stands. `ground_gone`: by what is known now no ground that the county allows was there on the
    day it was decided; two persons take it back.
    """

    ground: WriteOffGround
    amount: Money
    owed: Money
    papers: list[WriteOffPaperOut]
    loan_state: LoanState
    reversed_on: date | None
    recovered_since: Money
    ground_gone: bool = False


class WriteOffWithdrawalIn(Body):
    """Why a write-off was wrong."""

    proposed_on: HappenedOn
    reason: LongText


class WriteOffWithdrawalOut(ProposalOut):
    """The withdrawal of a write-off, who proposed and who decided it."""

    write_off_id: UUID
    amount: Money
