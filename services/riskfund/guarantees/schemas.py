"""Request and response bodies of guarantees. Money is a decimal string in yuan, dates are business dates."""

from datetime import date
from enum import StrEnum
from uuid import UUID

from services.riskfund.claims.rules.approval import State
from shared.money import Money, PositiveMoney
from shared.web.bodies import Answer, Body, HappenedOn, LongText, Reference


class Direction(StrEnum):
    """Which way money went between a bank and a guarantor."""

    TO_BANK = "to_bank"
    TO_GUARANTOR = "to_guarantor"


class AccountState(StrEnum):
    """Who owes whom on a day; `overdue` is a guarantor that owes after its last day."""

    OWES = "owes"
    OVERDUE = "overdue"
    OWED_BACK = "owed_back"
    SETTLED = "settled"


class GuarantorTransferIn(Body):
    """A transfer as it stands in the bank's account: the guarantor's payment, or money given back to it."""

    direction: Direction
    amount: PositiveMoney
    transferred_on: HappenedOn
    bank_reference: Reference


class TransferWithdrawalIn(Body):
    """Why a transfer was recorded wrongly."""

    withdrawn_on: HappenedOn
    reason: LongText


class GuarantorTransferOut(Answer):
    """A transfer on file; the last three fields are null as long as it stands."""

    id: UUID
    direction: Direction
    amount: Money
    transferred_on: date
    bank_reference: str
    recorded_by: str
    withdrawn_on: date | None
    withdrawn_by: str | None
    withdrawal_reason: str | None


class GuarantorAccountOut(Answer):
    """How bank and guarantor stand with each other about one claim at the end of a day.

    Of its part of the loss (`borne`) the guarantor has paid `received`; its part of recoveries (`recovered_share`)
    first lowers what it still owes. What is left is either owed by it or given back to it.
    """

    claim_id: UUID
    loan_id: UUID
    village_code: str
    bank_code: str
    guarantor_code: str
    claim_state: State
    borne: Money
    due_on: date | None
    received: Money
    recovered_share: Money
    returned: Money
    owes: Money
    owed_back: Money
    owed_back_late: Money
    state: AccountState


class GuarantorAccountDetail(GuarantorAccountOut):
    """An account with every transfer on file, withdrawn ones too."""

    transfers: list[GuarantorTransferOut]
