"""Judge rows of the facts statement by the rules."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from asyncpg import Record

from services.registry.standing.eligibility.fact_rows import facts_of, loan_request_of
from services.registry.standing.eligibility.pack_rules import RulesInForce
from services.registry.standing.eligibility.rules.facts import BorrowingRules
from services.registry.standing.eligibility.rules.judging import verdict
from shared.policy.household_facts import HouseholdFacts, LoanRequest
from shared.policy.in_force import ConfirmedPack
from shared.rules.reasons import Condition, Reason


@dataclass(frozen=True, slots=True)
class Judgement:
    """One row of the facts statement, every reason against the loan that it asks for, and its conditions."""

    row: Record
    facts: HouseholdFacts
    loan_request: LoanRequest
    rules: BorrowingRules
    pack: ConfirmedPack
    reasons: tuple[Reason, ...]
    conditions: tuple[Condition, ...]

    @property
    def pack_id(self) -> UUID:
        """Return the pack that was judged by."""
        return self.pack.pack_id


def rules_for(row: Mapping[str, Any], held: Mapping[str, RulesInForce]) -> RulesInForce | None:
    """Return the rules of the place where the household is registered, else of the place where it lives (MS-2)."""
    return held.get(row["village_code"]) or held.get(row["residence_code"] or "")


def judge(row: Record, held: RulesInForce, loan_request: LoanRequest | None = None) -> Judgement:
    """Return what a county's rules say about one row of facts; `loan_request` is given where all rows ask the same."""
    facts, asked = facts_of(row), loan_request or loan_request_of(row)
    found = verdict(facts, asked, held.rules, row["as_of"])
    return Judgement(row, facts, asked, held.rules, held.pack, found.reasons, found.conditions)
