"""What goes in and out about heirs; amounts are yuan as decimal strings."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, model_validator

from services.lending.defaults.schemas import PAPERS_MAX, PaperIn, PaperOut
from services.lending.proposals.schemas import ProposalOut
from shared.errors import WrongValue
from shared.money import Money
from shared.web.bodies import Answer, Body, HappenedOn, LongText, Text

NAME_LONGEST = 60
Name = Annotated[Text, Field(max_length=NAME_LONGEST)]


class Inheritance(StrEnum):
    """Whether somebody answers for the loan with what was inherited."""

    HEIR = "heir"  # 继承
    DISCLAIMED = "disclaimed"  # 放弃继承
    NOT_HEIR = "not_heir"  # 并非继承人


class HeirIn(Body):
    """Who inherits of a borrower who died, up to which amount, or that somebody disclaimed or inherits nothing.

    `estate_limit` is the value of what the heir inherits; more is never asked for. `replaces`: the record that was
    wrong or is so no more.
    """

    heir_name: Name
    relation: Name
    died_on: HappenedOn
    inheritance: Inheritance
    estate_limit: Money | None = None
    papers: list[PaperIn] = Field(default=[], max_length=PAPERS_MAX)
    replaces: UUID | None = None
    reason: LongText
    proposed_on: HappenedOn

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Self:
        if (self.estate_limit is not None) != (self.inheritance is Inheritance.HEIR):
            raise WrongValue(
                zh="estate_limit（所得遗产实际价值）仅在继承时填写，且必填。",
                en="estate_limit belongs to an heir and is required there",
            )
        if self.died_on > self.proposed_on:
            raise WrongValue(zh="died_on 不得晚于 proposed_on。", en="died_on cannot lie after proposed_on")
        return self


class HeirOut(ProposalOut):
    """A record of an heir, who proposed it and who decided it."""

    heir_name: str
    relation: str
    died_on: date
    inheritance: Inheritance
    estate_limit: Money | None
    papers: list[PaperOut]
    replaces: UUID | None


class HeirShareOut(Answer):
    """What one heir answers for: `limit_left` is what may still be asked for."""

    heir_id: UUID
    heir_name: str
    relation: str
    inheritance: Inheritance
    estate_limit: Money
    paid: Money
    limit_left: Money


class LoanHeirsOut(Answer):
    """Who services a loan whose borrower died; nobody where all disclaimed: then the estate alone answers."""

    loan_id: UUID
    died_on: date | None
    items: list[HeirShareOut]
