"""Bodies of remissions; amounts are yuan as decimal strings."""

from datetime import date
from typing import Literal
from uuid import UUID

from services.lending.accounts.schemas import AccountFiguresOut
from services.lending.proposals.schemas import ProposalOut
from shared.money import Money, PositiveMoney
from shared.web.bodies import Body, HappenedOn, LongText

Remits = Literal["penalty", "interest"]


class RemissionIn(Body):
    """Penalty or interest that the bank remits (减免), as of a day: at most the amount, of what is unpaid then."""

    remits: Remits
    amount: PositiveMoney
    value_on: HappenedOn
    reason: LongText
    proposed_on: HappenedOn


class RemissionOut(ProposalOut):
    """A remission, who proposed and who decided it.

    `remitted` is what it remits by what is posted now, never more than `amount`; while it is proposed, what it would
    remit. `before` and `after` show what the step does to the loan.
    """

    remits: Remits
    amount: Money
    value_on: date
    reversed_on: date | None
    remitted: Money
    before: AccountFiguresOut | None = None
    after: AccountFiguresOut | None = None


class RemissionReversalIn(Body):
    """Why a remission is to be taken back."""

    reason: LongText
    proposed_on: HappenedOn


class RemissionReversalOut(ProposalOut):
    """A remission taken back or proposed to be, who proposed and who decided it."""

    remission_id: UUID
    remits: Remits
    amount: Money
    value_on: date
    before: AccountFiguresOut | None = None
    after: AccountFiguresOut | None = None
