"""A county's registered households, drawn from a seed: who they are, where they live, what they want to borrow.

The same plan, county, scheme and seed always give the same households, to the last digit.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random
from types import MappingProxyType
from typing import Final, TypeVar

from shared.households_sheet import INDICATOR_PREFIX, CivilCapacity, CreditRecord, rating_columns
from shared.money import yuan
from shared.policy.rating_terms import RatingScheme
from shared.policy.vocabulary import PovertyState
from tools.demo.answers import GradeUnreachable, indicator_answers
from tools.demo.county_figures import Bar, RowFault
from tools.demo.credit_places import ungraded_places
from tools.demo.identity import bank_card, birth_date_at_age, mobile_phone, resident_id, with_wrong_check_digit
from tools.demo.loan_requests import LoanRequest, first_round_loan_requests
from tools.demo.names import person_name
from tools.demo.outline import OLDEST_YEARS
from tools.demo.plan import DemoPlan, spread_evenly
from tools.demo.refused import DemoRefused

SEED: Final = 20170301

COMMONEST_AGE: Final = 22 / 31  # of the way from the youngest to the oldest: 46 between 24 and 55
MEN_SHARE: Final = 0.86
NEVER_BORROWED_SHARE: Final = 0.55
MEMBERS_WEIGHTS: Final[Mapping[int, int]] = MappingProxyType({1: 9, 2: 19, 3: 26, 4: 25, 5: 13, 6: 6, 7: 2})
# The register was set up in 2014 and corrected in the two years after.
REGISTERED_FROM_WEIGHTS: Final[Mapping[date, int]] = MappingProxyType(
    {date(2014, 4, 1): 82, date(2015, 9, 1): 13, date(2016, 7, 1): 5}
)
REGISTRATION_DAYS: Final = 120
CARD_STEP: Final = 37
VILLAGE_CODE_LENGTH: Final = 12
HOUSEHOLDS_PER_GROUP: Final = 30
UNFIT_MEMBERS_WEIGHTS: Final[Mapping[int, int]] = MappingProxyType({1: 5, 2: 8, 3: 3})

Choice = TypeVar("Choice")


@dataclass(frozen=True, slots=True)
class Household:
    """One row of the spreadsheet, and what the demonstration knows besides: fault, bar, grade and loan request."""

    household_number: str
    head_name: str
    resident_id: str
    phone: str
    village_code: str
    member_count: int
    labourer_count: int
    poverty_state: PovertyState
    registered_on: date
    four_kinds: bool
    civil_capacity: CivilCapacity
    able_to_work: bool
    credit_record: CreditRecord
    bank_code: str
    bank_account: str
    answers: Mapping[str, int]
    target_grade: str | None  # None: below the lowest grade
    fault: RowFault | None = None
    bar: Bar | None = None
    loan_request: LoanRequest | None = None
    family_debt_banks: str = ""  # where another member owes

    @property
    def group_name(self) -> str:
        """Return the villagers' group (村民组): some thirty neighbours in the order of their numbers."""
        return f"{int(self.household_number[VILLAGE_CODE_LENGTH:]) // HOUSEHOLDS_PER_GROUP + 1}组"


@dataclass(frozen=True, slots=True)
class Population:
    """The households in the order of the file."""

    county_code: str
    plan: DemoPlan
    households: tuple[Household, ...]

    @property
    def registered(self) -> tuple[Household, ...]:
        """Return the households whose row is right."""
        return tuple(household for household in self.households if household.fault is None)

    @property
    def lendable(self) -> tuple[Household, ...]:
        """Return the registered households that may borrow."""
        return tuple(household for household in self.registered if household.bar is None)

    @property
    def barred(self) -> tuple[Household, ...]:
        """Return the registered households that may not borrow."""
        return tuple(household for household in self.registered if household.bar is not None)


def draw_population(
    plan: DemoPlan, county_code: str, scheme: RatingScheme, villages: Sequence[str], seed: int = SEED
) -> Population:
    """Draw the county's households: right rows and wrong ones, in the order of a village-by-village list.

    Raises:
        DemoRefused: the scheme cannot give one of the plan's grades.
    """
    rng = Random(seed)
    cases = _cases(plan, rng)
    drawing = _Drawing(county_code, plan, scheme, tuple(villages), rng)
    homes = _homes(villages, len(cases), rng)
    ungraded = [case for case in cases if plan.outline.is_ungraded(case[0])]
    if plan.outline.credit_townships is not None and ungraded:
        others = [case for case in cases if not plan.outline.is_ungraded(case[0])]
        placed = ungraded_places(homes, len(ungraded), plan.outline)
        cases = [ungraded.pop() if place in placed else others.pop() for place in range(len(homes))]
    try:
        households = [
            drawing.household(kind, grade, loan_request, village)
            for (kind, grade, loan_request), village in zip(cases, homes, strict=True)
        ]
    except GradeUnreachable as unreachable:
        raise DemoRefused(
            zh=f"按政策包 rating.indicators 的得分达不到等级 {unreachable.grade}；"
            "请核对 grade_bands 的最低分与各项得分。",
            en=f"{unreachable} (`rating.indicators`, `grade_bands`)",
        ) from None
    _insert_duplicates(households, plan.row_faults[RowFault.DUPLICATE], drawing)
    return Population(county_code, plan, tuple(households))


def _cases(plan: DemoPlan, rng: Random) -> list[tuple[RowFault | Bar | None, str, LoanRequest | None]]:
    """Return every household to draw, shuffled: its kind, its grade and what it wants to borrow."""
    cases: list[tuple[RowFault | Bar | None, str, LoanRequest | None]] = []
    cases += [(None, grade, loan_request) for grade, loan_request in first_round_loan_requests(plan, rng)]
    for grade, count in plan.grade_households.items():
        cases += [(None, grade, None)] * (count - plan.borrowing_grades[grade])
    grades = spread_evenly(plan.grade_households)
    unfit: tuple[tuple[RowFault | Bar, int], ...] = (*plan.bars.items(), *plan.row_faults.items())
    for kind, count in unfit:
        if kind is not RowFault.DUPLICATE:
            cases += [(kind, grade, None) for grade in rng.choices(grades, k=count)]
    rng.shuffle(cases)
    return cases


def _homes(villages: Sequence[str], count: int, rng: Random) -> list[str]:
    """Return a sorted village for each household, larger townships and villages in proportion."""
    townships = {village[:9] for village in villages}
    township_weight = {township: rng.uniform(0.7, 1.6) for township in sorted(townships)}
    weights = [township_weight[village[:9]] * rng.uniform(0.6, 1.5) for village in villages]
    step = sum(weights) / count
    homes: list[str] = []
    reached, due = 0.0, step * rng.random()
    for village, weight in zip(villages, weights, strict=True):
        reached += weight
        while due < reached and len(homes) < count:
            homes.append(village)
            due += step
    return homes + [villages[-1]] * (count - len(homes))


def _insert_duplicates(households: list[Household], count: int, drawing: "_Drawing") -> None:
    """Enter some registered people a second time, under another household number further down the file."""
    registered = [household for household in households if household.fault is None]
    for original in drawing.rng.sample(registered, count):
        stands_at = next(place for place, household in enumerate(households) if household is original)
        place = drawing.rng.randint(stands_at + 1, len(households))
        copy = replace(
            original,
            household_number=drawing.next_household_number(original.village_code),
            fault=RowFault.DUPLICATE,
            bar=None,
            loan_request=None,
        )
        households.insert(place, copy)


class _Drawing:
    """Draws one household after another; no resident ID, card or household number comes twice."""

    def __init__(
        self,
        county_code: str,
        plan: DemoPlan,
        scheme: RatingScheme,
        villages: tuple[str, ...],
        rng: Random,
    ) -> None:
        self.county_code, self.scheme, self.villages, self.rng = county_code, scheme, frozenset(villages), rng
        self.outline, self.plan = plan.outline, plan
        self.industries = spread_evenly(plan.industry_households)
        self.terms = spread_evenly(plan.term_households)
        self.serials: dict[str, int] = {}
        self.resident_ids: set[str] = set()
        self.first_card = rng.randrange(10**12, 9 * 10**13)
        self.turn: dict[RowFault | Bar | None, int] = {}
        self.collected = [column.key.removeprefix(INDICATOR_PREFIX) for column in rating_columns(scheme)]

    def household(
        self, kind: RowFault | Bar | None, grade: str, loan_request: LoanRequest | None, village_code: str
    ) -> Household:
        """Draw a household of one kind: ordinary (None), barred from borrowing, or with a fault in its row."""
        rng = self.rng
        self.turn[kind] = self.turn.get(kind, 0) + 1
        age = self._age(kind)
        is_man = rng.random() < MEN_SHARE
        number, born_on = self._person(age, is_man, self._aged_on(kind))
        members = self._pick(UNFIT_MEMBERS_WEIGHTS if kind is Bar.OVER_AGE else MEMBERS_WEIGHTS)
        able_to_work, capacity = self._capacity(kind)
        labourers = rng.randint(1, max(1, min(members, 1 + members // 2))) if able_to_work else 0
        if kind is RowFault.UNKNOWN_VILLAGE:
            village_code = self._unknown_village(village_code)
        card = bank_card(self.first_card + len(self.resident_ids) * CARD_STEP)
        reached, answers = self._answers(kind, grade, members, labourers)
        household = Household(
            household_number=self.next_household_number(village_code),
            head_name=person_name(is_man, born_on.year, rng),
            resident_id=with_wrong_check_digit(number, rng) if kind is RowFault.WRONG_CHECK_DIGIT else number,
            phone=mobile_phone(rng),
            village_code=village_code,
            member_count=members,
            labourer_count=labourers,
            poverty_state=self._state(kind),
            registered_on=self._registered_on(),
            four_kinds=kind is Bar.EXCLUDED and self.outline.excludes_by_sheet,
            civil_capacity=capacity,
            able_to_work=able_to_work,
            credit_record=self._credit_record(kind),
            bank_code=self._pick(self.outline.bank_weights),
            bank_account=card,
            answers=answers,
            target_grade=reached,
            fault=kind if isinstance(kind, RowFault) else None,
            bar=kind if isinstance(kind, Bar) else None,
            loan_request=self._loan_request_of_barred(reached, kind) if isinstance(kind, Bar) else loan_request,
        )
        return replace(household, family_debt_banks=household.bank_code) if kind is Bar.FAMILY_DEBT else household

    def next_household_number(self, village_code: str) -> str:
        """Return the village code and the next four-digit serial in it."""
        self.serials[village_code] = self.serials.get(village_code, 0) + 1
        return f"{village_code}{self.serials[village_code]:04d}"

    def _aged_on(self, kind: RowFault | Bar | None) -> date:
        """Return the day on which an age is reached: who is too old is so before anybody files."""
        days = self.outline.days
        return days.filed_on[0] if kind is Bar.OVER_AGE else days.surveyed_on

    def _person(self, age: int, is_man: bool, on: date) -> tuple[str, date]:
        while True:
            born_on = birth_date_at_age(age, on, self.rng)
            number = resident_id(self.county_code, born_on, self.rng.randrange(is_man, 1000, 2))
            if number not in self.resident_ids:
                self.resident_ids.add(number)
                return number, born_on

    def _age(self, kind: RowFault | Bar | None) -> int:
        too_old_from = self.outline.too_old_from_years
        if kind is Bar.OVER_AGE and too_old_from is not None:
            return self.rng.randint(too_old_from, max(OLDEST_YEARS, too_old_from))
        youngest, oldest = self.outline.ages
        return round(self.rng.triangular(youngest, oldest, youngest + (oldest - youngest) * COMMONEST_AGE))

    def _registered_on(self) -> date:
        """Return a day of registration before the pack began to hold."""
        drawn = self._pick(REGISTERED_FROM_WEIGHTS) + timedelta(days=self.rng.randrange(REGISTRATION_DAYS))
        return min(drawn, self.outline.days.starts_on - timedelta(days=1))

    def _state(self, kind: RowFault | Bar | None) -> PovertyState:
        if kind is Bar.OTHER_STATE and self.outline.other_state is not None:
            return self.outline.other_state
        return self._pick(self.outline.state_weights)

    def _pick(self, weights: Mapping[Choice, int]) -> Choice:
        return self.rng.choices(tuple(weights), tuple(weights.values()))[0]

    def _capacity(self, kind: RowFault | Bar | None) -> tuple[bool, CivilCapacity]:
        if kind is not Bar.NO_CAPACITY:
            return True, CivilCapacity.FULL
        if self.turn[kind] % 2:
            return False, CivilCapacity.FULL
        return False, self.rng.choice((CivilCapacity.LIMITED, CivilCapacity.LIMITED, CivilCapacity.NONE))

    def _answers(
        self, kind: RowFault | Bar | None, grade: str, members: int, labourers: int
    ) -> tuple[str | None, Mapping[str, int]]:
        """Return the grade and its answers; one who will not borrow may be too badly off for it and gets the next."""
        known = {"member_count": members, "labourer_count": labourers, "labourers": labourers}
        known["bad_records"] = 1 if kind is Bar.BAD_RECORD else 0
        at_most = {"migrant_workers": labourers, "children_at_school": members - min(members, labourers)}
        if self.outline.income_per_head_max is not None:
            at_most["income_annual"] = int(self.outline.income_per_head_max) * members
        for reachable in self._grades_tried(kind, grade):
            try:
                answers = indicator_answers(reachable, self.rng, self.scheme, known, at_most)
            except GradeUnreachable:
                continue
            return reachable, MappingProxyType({code: answers[code] for code in self.collected})
        raise GradeUnreachable(grade)

    def _grades_tried(self, kind: RowFault | Bar | None, grade: str) -> list[str | None]:
        if self.outline.is_ungraded(kind):
            return [None]
        grades: list[str | None] = list(self.outline.grade_limits)
        return grades[grades.index(grade) :] if kind else [grade]

    def _credit_record(self, kind: RowFault | Bar | None) -> CreditRecord:
        if kind is Bar.BAD_RECORD:
            return CreditRecord.BAD_UNRESOLVED
        return CreditRecord.NONE if self.rng.random() < NEVER_BORROWED_SHARE else CreditRecord.CLEAN

    def _unknown_village(self, village_code: str) -> str:
        """Return a code in the same township that no village has."""
        while True:
            code = f"{village_code[:9]}9{self.rng.randrange(100):02d}"
            if code not in self.villages:
                return code

    def _loan_request_of_barred(self, grade: str | None, kind: Bar) -> LoanRequest | None:
        """Return what a barred household asks for: as many of a kind ask as of those that may borrow, at least one."""
        industry, term_months = self.rng.choice(self.industries), self.rng.choice(self.terms)
        asking, of = self.plan.borrowing_households, self.plan.lendable_households
        turn = self.turn[kind]
        if turn > 1 and turn * asking // of == (turn - 1) * asking // of:
            return None
        limit = self.outline.lowest_limit if grade is None else self.outline.loan_limits[grade]
        return LoanRequest(yuan(limit), industry, term_months, after_top_up=False)
