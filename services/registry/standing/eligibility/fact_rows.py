"""Facts and loan requests as rows: from the database to the rules, and as JSON beside an answer. Pure."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from services.registry.standing.eligibility.rules.facts import (
    EntityFacts,
    HouseholdFacts,
    LoanRequest,
    OpenLoan,
    RatingFacts,
)

Row = Mapping[str, Any]


def facts_of(row: Row) -> HouseholdFacts:
    """Return the facts of one row of the facts relation."""
    return HouseholdFacts(
        state=row["state"],
        born_on=row["born_on"],
        civil_capacity=row["civil_capacity"],
        able_to_work=row["able_to_work"],
        exclusions=frozenset(row["exclusions"]),
        credit_record=row["credit_record"],
        has_account=row["has_account"],
        lists=tuple(row["lists"]),
        rating=_rating(row, ""),
        open_loans=row["open_loans"],
        owed=Decimal(row["owed"]),
        village_code=row["village_code"],
        residence_code=row["residence_code"],
        ended_on=row["ended_on"],
        end_reason=row["end_reason"],
        borrower=row["borrower"],
        malicious=row["malicious"],
        account_bank=row["account_bank"],
        family_debt_banks=tuple(row["family_debt_banks"]),
        industries=frozenset(row["industries"]),
        loans=tuple(_loan(each) for each in row["loans"]),
        entity=_entity(row),
        bank_rating=_rating(row, "bank_"),
    )


def _rating(row: Row, whose: str) -> RatingFacts | None:
    if row[f"{whose}grade"] is None:
        return None
    return RatingFacts(*(row[f"{whose}{name}"] for name in ("grade", "credit_limit", "valid_from", "valid_until")))


def _loan(kept: Row) -> OpenLoan:
    granted_on = kept["granted_on"]
    return OpenLoan(
        principal=Decimal(kept["principal"]),
        granted_on=granted_on if isinstance(granted_on, date) else date.fromisoformat(granted_on),
        owed=Decimal(kept["owed"]),
    )


def _entity(row: Row) -> EntityFacts | None:
    if row["entity_active"] is None:
        return None
    return EntityFacts(
        conditions_met=frozenset(row["entity_conditions"]),
        lists=tuple(row["entity_lists"]),
        active=row["entity_active"],
        assessed_on=row["entity_assessed_on"],
        valid_until=row["entity_valid_until"],
        households_max=row["entity_households_max"],
        amount_max=row["entity_amount_max"],
        households=row["entity_households"],
        amount=row["entity_amount"],
    )


def loan_request_of(row: Row) -> LoanRequest:
    """Return the loan request of one row of the facts relation."""
    borrower: UUID | None = row["borrower_member_id"]
    return LoanRequest(
        amount=row["amount"],
        term_months=row["term_months"],
        industry=row["industry"],
        purpose=row["purpose"],
        other_industries=tuple(row["other_industries"]),
        bank_code=row["bank_code"],
        mode=row["mode"],
        granted_on=row["granted_on"],
        borrower_member_id=borrower,
        entity_id=row["entity_id"],
    )


def row_of(facts: HouseholdFacts, loan_request: LoanRequest) -> dict[str, Any]:
    """Return facts and loan request as the columns of one row of the facts relation."""
    entity = facts.entity
    return {
        "village_code": facts.village_code,
        "residence_code": facts.residence_code,
        "ended_on": facts.ended_on,
        "end_reason": facts.end_reason,
        "state": facts.state,
        "borrower": facts.borrower,
        "born_on": facts.born_on,
        "civil_capacity": facts.civil_capacity,
        "able_to_work": facts.able_to_work,
        "exclusions": sorted(facts.exclusions),
        "credit_record": facts.credit_record,
        "malicious": facts.malicious,
        "has_account": facts.has_account,
        "account_bank": facts.account_bank,
        "family_debt_banks": list(facts.family_debt_banks),
        "lists": list(facts.lists),
        **_rating_row(facts.rating, ""),
        **_rating_row(facts.bank_rating, "bank_"),
        "open_loans": facts.open_loans,
        "owed": facts.owed,
        "industries": sorted(facts.industries),
        "loans": [
            {"principal": str(loan.principal), "granted_on": loan.granted_on, "owed": str(loan.owed)}
            for loan in facts.loans
        ],
        "entity_active": entity and entity.active,
        "entity_conditions": entity and sorted(entity.conditions_met),
        "entity_lists": entity and list(entity.lists),
        "entity_assessed_on": entity and entity.assessed_on,
        "entity_valid_until": entity and entity.valid_until,
        "entity_households_max": entity and entity.households_max,
        "entity_amount_max": entity and entity.amount_max,
        "entity_households": entity and entity.households,
        "entity_amount": entity and entity.amount,
        **loan_request_row(loan_request),
    }


def _rating_row(rating: RatingFacts | None, whose: str) -> dict[str, Any]:
    return {
        f"{whose}grade": rating and rating.grade,
        f"{whose}credit_limit": rating and rating.credit_limit,
        f"{whose}valid_from": rating and rating.valid_from,
        f"{whose}valid_until": rating and rating.valid_until,
    }


def loan_request_row(loan_request: LoanRequest) -> dict[str, Any]:
    """Return a loan request as columns."""
    return {
        "amount": loan_request.amount,
        "term_months": loan_request.term_months,
        "industry": loan_request.industry,
        "purpose": loan_request.purpose,
        "other_industries": list(loan_request.other_industries),
        "bank_code": loan_request.bank_code,
        "mode": loan_request.mode,
        "granted_on": loan_request.granted_on,
        "borrower_member_id": loan_request.borrower_member_id,
        "entity_id": loan_request.entity_id,
    }
