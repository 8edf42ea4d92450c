"""The county's rules and the reasons that they give: what every rule takes beside the facts. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

from shared.languages import Sentence
from shared.policy.arrangements import LegacyRule
from shared.policy.household_facts import EntityFacts, HouseholdFacts, LoanRequest
from shared.policy.terms import EligibilityRules, EntityRules, LoanTerms
from shared.rules.reasons import Reason


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
class BorrowingRules:
    """The county's rules of this question; `clauses` names the origin of each value by its name in the pack."""

    eligibility: EligibilityRules
    loan: LoanTerms
    clauses: Mapping[str, str]
    entities: EntityRules
    areas: tuple[str, ...] = ("",)  # prefixes of the regions in which the household must be registered or live
    legacy: tuple[LegacyRule, ...] = ()
    without_limit: Mapping[str, Sentence] = field(default_factory=dict)  # by grade, why it does not borrow
    rating_banks: tuple[str, ...] = ()  # banks that rate by a standard of their own (LG-10)


# A rule with the reason that it may give: about the household, or about the entity of an indirect loan alone.
HouseholdRule = tuple[ReasonKind, Callable[[HouseholdFacts, LoanRequest, BorrowingRules, date], Reason | None]]
EntityRule = tuple[ReasonKind, Callable[[EntityFacts | None, LoanRequest, BorrowingRules, date], Reason | None]]
