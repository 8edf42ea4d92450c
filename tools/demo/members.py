"""The people of a township's households, drawn from a seed: spouses, children, parents, each with a valid ID."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Final

from shared.resident_id import born_on
from tools.demo.identity import birth_date_at_age, resident_id, with_wrong_check_digit
from tools.demo.names import person_name
from tools.demo.population import Household, Population

MEMBERS_SEED: Final = 20170302
SPOUSE_UP_TO_YEARS: Final = 80
SPOUSE_FROM_YEARS: Final = 22
GENERATION_YEARS: Final = (22, 30)
OLDEST_PARENT_YEARS: Final = 95
SCHOOL_AGES: Final = range(7, 18)
WORKING_AGES: Final = range(18, 60)
PRIMARY_UNTIL_YEARS: Final = 13
UNKNOWN_NUMBER: Final = "NOT-ON-FILE"


@dataclass(frozen=True, slots=True)
class Member:
    """One row of the members' sheet; the words are those of the sheet's columns."""

    household_number: str
    name: str
    resident_id: str
    relation: str
    labour: str
    education: str
    at_school: bool


def draw_members(population: Population, township_code: str, seed: int = MEMBERS_SEED) -> tuple[Member, ...]:
    """Draw the members, beside the heads, of the township's registered households."""
    drawing = _Drawing(population, Random(seed))
    households = [each for each in population.registered if each.village_code.startswith(township_code)]
    return tuple(member for household in households for member in drawing.members_of(household))


def with_wrong_rows(members: tuple[Member, ...], seed: int = MEMBERS_SEED) -> tuple[Member, ...]:
    """Add two rows that must come back: a wrong check digit, and a household that is not on file."""
    rng = Random(seed)
    last = members[-1]
    wrong_digit = with_wrong_check_digit(last.resident_id, rng)
    of_nobody = Member(UNKNOWN_NUMBER, last.name, last.resident_id, "child", "unable", "none", False)
    mistyped = Member(last.household_number, last.name, wrong_digit, "child", "unable", "none", False)
    return (*members, mistyped, of_nobody)


class _Drawing:
    """Draws families around heads; no resident ID comes twice."""

    def __init__(self, population: Population, rng: Random) -> None:
        self.county_code, self.rng = population.county_code, rng
        self.on: date = population.plan.outline.days.surveyed_on
        self.taken = {household.resident_id for household in population.households}

    def members_of(self, household: Household) -> Iterator[Member]:
        """Draw as many members as the household counts beside its head."""
        head_age = (self.on - born_on(household.resident_id)).days * 4 // 1461
        head_is_man = int(household.resident_id[16]) % 2 == 1
        for place in range(household.member_count - 1):
            relation, age = self._relation(place, head_age)
            is_man = not head_is_man if relation == "spouse" else self.rng.random() < 0.5
            yield self._member(household, relation, age, is_man)

    def _relation(self, place: int, head_age: int) -> tuple[str, int]:
        if place == 0 and head_age <= SPOUSE_UP_TO_YEARS:
            return "spouse", max(SPOUSE_FROM_YEARS, head_age + self.rng.randint(-4, 3))
        apart = self.rng.randint(*GENERATION_YEARS)
        if place == 3 and head_age + apart <= OLDEST_PARENT_YEARS:
            return "parent", head_age + apart
        return ("child", head_age - apart) if head_age >= apart else ("sibling", max(1, head_age - 2))

    def _member(self, household: Household, relation: str, age: int, is_man: bool) -> Member:
        number = self._number(age, is_man)
        at_school = age in SCHOOL_AGES
        return Member(
            household_number=household.household_number,
            name=person_name(is_man, born_on(number).year, self.rng),
            resident_id=number,
            relation=relation,
            labour="able" if age in WORKING_AGES else "unable",
            education=_education(age),
            at_school=at_school,
        )

    def _number(self, age: int, is_man: bool) -> str:
        while True:
            born_on = birth_date_at_age(age, self.on, self.rng)
            number = resident_id(self.county_code, born_on, self.rng.randrange(is_man, 1000, 2))
            if number not in self.taken:
                self.taken.add(number)
                return number


def _education(age: int) -> str:
    if age < SCHOOL_AGES.start:
        return "none"
    return "primary" if age < PRIMARY_UNTIL_YEARS or age >= WORKING_AGES.stop else "junior_middle"
