"""Households and loan requests drawn around every boundary of the packs, for the tests of who may borrow."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from hypothesis import strategies as st

from services.registry.standing.eligibility.pack_rules import rules_of
from services.registry.standing.eligibility.rules.facts import BorrowingRules
from services.registry.tests.county import ROOT
from shared.policy.household_facts import EntityFacts, Exposure, HouseholdFacts, LoanRequest, OpenLoan, RatingFacts
from shared.policy.load import load_pack
from shared.policy.pack import PolicyPack
from shared.policy.vocabulary import EntityParty, LoanMode, LoanSecurity, PovertyState, ProjectStage

PACKS: Final[dict[str, PolicyPack]] = {
    file.stem: load_pack(file) for file in sorted((ROOT / "policy" / "packs").glob("*.yaml"))
}
RULES_BY_PACK: Final[dict[str, BorrowingRules]] = {name: rules_of(pack) for name, pack in PACKS.items()}
_ALL: Final = tuple(RULES_BY_PACK.values())
DAYS: Final = (date(2017, 12, 7), date(2017, 12, 8), date(2018, 2, 28), date(2020, 2, 29), date(2023, 6, 30))
BANKS: Final = ("RCB", "PSBC")


def years_before(day: date, years: int) -> date:
    """Return the same day so many years earlier; 29 February becomes 28 February."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


def _codes(*groups: Any) -> list[str]:
    return sorted({term.code for group in groups for term in group})


INDUSTRIES: Final = [*_codes(*(rules.eligibility.purposes.industries for rules in _ALL)), "mining"]
PURPOSES: Final = [
    *_codes(*(rules.eligibility.purposes.allowed for rules in _ALL)),
    *_codes(*(rules.eligibility.purposes.forbidden for rules in _ALL)),
    "gambling",
]
EXCLUSIONS: Final = [*_codes(*(rules.eligibility.exclusions for rules in _ALL)), "other_kind"]
CONDITIONS: Final = [*_codes(*(rules.entities.conditions for rules in _ALL)), "other_condition"]
_PLACES: Final = [*(area.ljust(12, "0")[:11] + "1" for rules in _ALL for area in rules.areas), "990000000001"]
_AMOUNTS: Final = sorted(
    {amount + change for rules in _ALL for change in (Decimal("-0.01"), Decimal("0.00"), Decimal("0.01"))
     for amount in (rules.loan.amount_min, rules.loan.amount_max, rules.loan.household_cap)}
    | {Decimal("20000.00"), Decimal("30000.00"), Decimal("30000.01")}
)  # fmt: skip
_TERMS: Final = sorted(
    {term + change for rules in _ALL for change in (-1, 0, 1)
     for term in (rules.loan.term_months_min, rules.loan.term_months_max)} - {0}
)  # fmt: skip
_OWED: Final = [Decimal("0.00"), Decimal("0.01"), Decimal("20000.00"), Decimal("49999.99"), Decimal("80000.00")]


def _near(day: date) -> Any:
    return st.sampled_from([day + timedelta(days=days) for days in (-400, -1, 0, 1, 400)])


@st.composite
def ratings(draw: st.DrawFn, day: date) -> RatingFacts:
    """Draw a rating that begins and ends around a day."""
    begins = draw(_near(day))
    ends = max(begins + timedelta(days=1), draw(_near(day)))
    credit_limit = draw(st.sampled_from([Decimal("30000.00"), Decimal("50000.00"), Decimal("60000.00")]))
    return RatingFacts(draw(st.sampled_from("ABC")), credit_limit, begins, ends)


@st.composite
def entities(draw: st.DrawFn, day: date) -> EntityFacts:
    """Draw an implementing entity, assessed or not, with room or full."""
    assessed = draw(st.booleans())
    return EntityFacts(
        conditions_met=draw(st.frozensets(st.sampled_from(CONDITIONS)) | st.just(frozenset(CONDITIONS))),
        lists=draw(st.sampled_from([(), ("blacklist",), ("blacklist", "dishonesty")])),
        active=draw(st.booleans()),
        assessed_on=draw(_near(day)) if assessed else None,
        valid_until=draw(_near(day) | st.none()) if assessed else None,
        households_max=draw(st.sampled_from([1, 2, 3])) if assessed else None,
        amount_max=draw(st.sampled_from([Decimal("70000.00"), Decimal("100000.00"), None])) if assessed else None,
        households=draw(st.sampled_from([0, 1, 2, 3])),
        amount=draw(st.sampled_from([Decimal("0.00"), Decimal("50000.00"), Decimal("100000.00")])),
        determined_by=draw(st.frozensets(st.sampled_from(EntityParty)) | st.just(frozenset(EntityParty))),
        chosen=draw(st.booleans()),
    )


exposures: Final = st.builds(Exposure, st.integers(0, 2), st.sampled_from(_OWED), st.sampled_from(_OWED))


@st.composite
def loan_requests(draw: st.DrawFn, day: date) -> LoanRequest:
    """Draw a loan request around the packs' bounds."""
    return LoanRequest(
        amount=draw(st.sampled_from(_AMOUNTS)),
        term_months=draw(st.sampled_from(_TERMS)),
        industry=draw(st.none() | st.sampled_from(INDUSTRIES)),
        purpose=draw(st.none() | st.sampled_from(PURPOSES)),
        other_industries=tuple(draw(st.lists(st.sampled_from(INDUSTRIES), max_size=2))),
        bank_code=draw(st.none() | st.sampled_from(BANKS)),
        mode=draw(st.sampled_from(LoanMode)),
        granted_on=draw(st.none() | _near(day) | st.sampled_from(DAYS)),
        exposure=draw(st.none() | exposures),
        project_stage=draw(st.none() | st.sampled_from(ProjectStage)),
        project_investment=draw(st.none() | st.sampled_from(_AMOUNTS)),
        repayable_amount=draw(st.none() | st.sampled_from(_AMOUNTS)),
        security=draw(st.none() | st.sampled_from(LoanSecurity)),
        accepts_supervision=draw(st.none() | st.booleans()),
        volunteers=draw(st.none() | st.booleans()),
        takes_part=draw(st.none() | st.booleans()),
    )


@st.composite
def households(draw: st.DrawFn, day: date) -> HouseholdFacts:
    """Draw a household whose every event may speak for or against it."""
    born = st.integers(17, 66).map(lambda years: years_before(day, years))
    account = draw(st.none() | st.sampled_from(BANKS))
    owed = draw(st.sampled_from(_OWED))
    return HouseholdFacts(
        state=draw(st.none() | st.sampled_from(PovertyState)),
        born_on=draw(st.none() | st.builds(lambda on, days: on + timedelta(days=days), born, st.integers(-1, 1))),
        civil_capacity=draw(st.sampled_from(["full", "limited", "none", None])),
        able_to_work=draw(st.booleans()),
        exclusions=draw(st.frozensets(st.sampled_from(EXCLUSIONS))),
        credit_record=draw(st.sampled_from(["none", "clean", "bad_unresolved", "bad_settled"])),
        has_account=account is not None,
        lists=draw(st.sampled_from([(), ("blacklist",), ("blacklist", "dishonesty")])),
        rating=draw(st.none() | ratings(day)),
        open_loans=0 if owed == 0 else draw(st.integers(1, 3)),
        owed=owed,
        village_code=draw(st.none() | st.sampled_from(_PLACES)),
        residence_code=draw(st.none() | st.sampled_from(_PLACES)),
        ended_on=draw(st.none() | _near(day)),
        end_reason=draw(st.sampled_from([None, "merged", "moved_out", "died_out", "error"])),
        borrower=draw(st.sampled_from(["active", "active", "died", "left", "unknown"])),
        malicious=draw(st.booleans()),
        account_bank=account,
        family_debt_banks=draw(st.sampled_from([(), ("RCB",), ("PSBC", "RCB")])),
        industries=draw(st.frozensets(st.sampled_from(INDUSTRIES), max_size=2)),
        loans=(OpenLoan(owed, day, owed),) if owed else (),
        entity=draw(st.none() | entities(day)),
        bank_rating=draw(st.none() | ratings(day)),
        income_per_head=draw(st.none() | st.sampled_from([Decimal("3999.99"), Decimal("4000.00"), Decimal("4000.01")])),
        good_repute=draw(st.none() | st.booleans()),
        willing_and_able=draw(st.none() | st.booleans()),
    )
