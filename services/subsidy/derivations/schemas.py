"""Derivations out."""

from datetime import date
from uuid import UUID

from shared.money import Money
from shared.web.bodies import Answer


class DerivationStep(Answer):
    """One step: what it takes off the interest and what it leaves, and why, in both languages."""

    code: str
    zh: str
    en: str
    withheld: str
    left: str


class DerivationOut(Answer):
    """How the subsidy of one interest payment comes about (SX-5, DZ-7).

    The steps begin with the interest and end with `amount`: `due` by the rule, less `granted_before`. `line_id` is null
    for interest looked at before a batch; then `amount` is what a batch of today would grant, or take back below zero.
    """

    line_id: UUID | None
    repayment_id: UUID
    installment_number: int
    bank_reference: str
    interest_paid_on: date
    period_from: date
    period_until: date
    days: int
    eligible_days: int
    pack_version: int
    interest: Money
    due: Money
    granted_before: Money
    amount: str
    steps: list[DerivationStep]


class LoanDerivation(Answer):
    """What each interest payment of a loan is due by the facts known now, and what was granted of it so far."""

    loan_id: UUID
    contract_number: str
    household_id: UUID
    as_of: date
    interest: Money
    due: Money
    granted_before: Money
    amount: str
    items: list[DerivationOut]
