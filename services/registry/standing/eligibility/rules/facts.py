"""What is known about a household, what it asks for and the county's rules: the input of every rule. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from shared.policy.arrangements import LegacyRule
from shared.policy.terms import EligibilityRules, EntityRules, LoanTerms
from shared.policy.vocabulary import LoanMode


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason against a loan, in words that say what to do, with the clause it rests on."""

    code: str
    zh: str
    en: str
    clause: str


@dataclass(frozen=True, slots=True)
class ReasonKind:
    """A kind of reason: its words, and the pack's value or the clause that it rests on."""

    code: str
    zh: str
    en: str
    value: str | None = None  # name of the pack's value
    clause: str = ""  # when no value of the pack sets it

    def origin(self, clauses: Mapping[str, str]) -> str:
        """Return the clause under a county's pack."""
        return clauses.get(self.value, "") if self.value else self.clause


@dataclass(frozen=True, slots=True)
class RatingFacts:
    """A household's latest rating."""

    grade: str
    credit_limit: Decimal
    valid_from: date
    valid_until: date


@dataclass(frozen=True, slots=True)
class OpenLoan:
    """A loan that is not closed: what was granted and when, and what is still owed of it."""

    principal: Decimal
    granted_on: date
    owed: Decimal


@dataclass(frozen=True, slots=True)
class EntityFacts:
    """The implementing entity of an indirect loan (SX-4); figures without this household.

    `households_max` is None while no assessment was confirmed; `amount_max` None means no limit in yuan.
    """

    conditions_met: frozenset[str] = frozenset()  # codes of the pack's conditions
    lists: tuple[str, ...] = ()
    active: bool = True
    assessed_on: date | None = None
    valid_until: date | None = None
    households_max: int | None = None
    amount_max: Decimal | None = None
    households: int = 0
    amount: Decimal = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class HouseholdFacts:
    """What is known about a household on the day of the question; age, capacity and ability are the borrower's."""

    state: str | None  # None: not on the register yet on that day
    born_on: date | None  # None: the borrower is not known
    civil_capacity: str | None
    able_to_work: bool
    exclusions: frozenset[str]  # codes of the kinds of excluded persons that apply
    credit_record: str
    has_account: bool
    lists: tuple[str, ...]
    rating: RatingFacts | None
    open_loans: int
    owed: Decimal  # of open loans, those under an legacy rule included
    village_code: str | None = None  # where it is registered; None: not known, so not judged
    residence_code: str | None = None  # where it lives, when elsewhere
    ended_on: date | None = None
    end_reason: str | None = None  # merged, moved_out, died_out, error
    borrower: str = "active"  # active, died, left, or unknown: no member of this household
    malicious: bool = False  # a malicious default is on record, repaid or not
    account_bank: str | None = None  # code of the bank that keeps the household's account
    family_debt_banks: tuple[str, ...] = ()  # banks where another member has a production loan or a live credit limit
    industries: frozenset[str] = frozenset()  # industries of the open loans
    loans: tuple[OpenLoan, ...] = ()  # the open loans one by one, for the words
    entity: EntityFacts | None = None  # the entity the loan request names, if it is on file
    bank_rating: RatingFacts | None = None  # by the lending bank; counts where that bank has a standard of its own


@dataclass(frozen=True, slots=True)
class LoanRequest:
    """What the household asks for; purpose, industry and bank only where they are known already."""

    amount: Decimal
    term_months: int
    industry: str | None = None
    purpose: str | None = None
    other_industries: tuple[str, ...] = ()
    bank_code: str | None = None  # the bank that is to lend
    mode: str = LoanMode.DIRECT
    granted_on: date | None = None  # the day of the contract; None: the day of the question
    borrower_member_id: UUID | None = None  # None: the head of the household
    entity_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class BorrowingRules:
    """The county's rules of this question; `clauses` names the origin of each value by its name in the pack."""

    eligibility: EligibilityRules
    loan: LoanTerms
    clauses: Mapping[str, str]
    entities: EntityRules
    areas: tuple[str, ...] = ("",)  # prefixes of the regions in which the household must be registered or live
    legacy: LegacyRule | None = None
    rating_banks: tuple[str, ...] = ()  # banks that rate by a standard of their own (LG-10)


# A rule with the reason that it may give: about the household, or about the entity of an indirect loan alone.
HouseholdRule = tuple[ReasonKind, Callable[[HouseholdFacts, LoanRequest, BorrowingRules, date], Reason | None]]
EntityRule = tuple[ReasonKind, Callable[[EntityFacts | None, LoanRequest, BorrowingRules, date], Reason | None]]
