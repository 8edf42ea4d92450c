"""Payees in and out."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints

from shared.dates import today_in_china
from shared.errors import WrongValue
from shared.resident_id import ResidentIdInvalid, ensure_living
from shared.web.bodies import Answer, BankCode, Body, HappenedOn, Text

NAME_LONGEST = 60


def _of_a_person(number: str) -> str:
    try:
        ensure_living(number, today_in_china())
    except ResidentIdInvalid:
        raise WrongValue(zh="身份证号有误，请核对。", en="This is no ID number; look at the card.") from None
    return number


class PayeeIn(Body):
    """Who receives for the heirs of a household that died out, with the account and the paper that shows it."""

    household_id: UUID
    holder_name: Annotated[Text, Field(max_length=NAME_LONGEST)]
    id_number: Annotated[str, StringConstraints(max_length=18), AfterValidator(_of_a_person)]
    bank_code: BankCode
    account_number: Annotated[str, StringConstraints(pattern=r"^[0-9]{8,30}$")]
    relation: Annotated[Text, Field(max_length=NAME_LONGEST)]
    document: Text
    proposed_on: HappenedOn


class PayeeDecisionIn(Body):
    """A second officer's word: `approve` puts the payee in the place of the one before, `return` drops it."""

    decision: Literal["approve", "return"]
    decided_on: HappenedOn


class PayeeOut(Answer):
    """A payee without name and number: those go to the paying bank alone."""

    id: UUID
    household_id: UUID
    bank_code: str
    account_tail: str
    relation: str
    document: str
    state: str
    proposed_by: str
    proposed_on: date
    proposed_at: datetime
    decided_by: str | None
    decided_on: date | None
