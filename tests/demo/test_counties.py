"""Every county of the demonstration: figures with their clauses, households that its own rules judge as planned."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from random import Random

import pytest
from pydantic import ValidationError

from services.registry.credit.rating.rules.scoring import grade_of, score
from services.registry.standing.eligibility.pack_rules import rules_of
from services.registry.standing.eligibility.rules.judging import reasons
from shared.households_sheet import household_columns
from shared.policy.household_facts import HouseholdFacts, LoanRequest, RatingFacts
from shared.policy.load import load_pack
from shared.policy.pack import PolicyPack
from shared.policy.sourced import Sourced
from shared.policy.vocabulary import PovertyState
from shared.resident_id import born_on
from tools.clauses.catalogue import read_catalogue
from tools.demo.county_figures import EVERY_COUNTY, FOLDER, Bar, CountyFigures, figures_of
from tools.demo.credit_places import credit_areas, ungraded_places
from tools.demo.loan_requests import first_round_loan_requests
from tools.demo.members import draw_members, with_wrong_rows
from tools.demo.outline import Outline, outline_of
from tools.demo.places import places_of
from tools.demo.plan import DemoPlan
from tools.demo.population import Household, Population, draw_population
from tools.demo.workbook import household_cells

PROJECT = Path(__file__).parents[2]
COUNTIES = sorted(path.stem for path in (PROJECT / "policy" / "packs").glob("*.yaml"))
SCALE = Decimal("0.02")
every_county = pytest.mark.parametrize("name", COUNTIES)
REASON_OF_BAR = {
    Bar.EXCLUDED: {"excluded-kind"},
    Bar.OVER_AGE: {"age-above-maximum", "age-plus-term-above-maximum"},
    Bar.NO_CAPACITY: {"civil-capacity-not-full", "not-able-to-work"},
    Bar.BAD_RECORD: {"bad-credit-record"},
    Bar.OTHER_STATE: {"state-not-eligible"},
    Bar.FAMILY_DEBT: {"family-debt"},
    Bar.UNGRADED: {"not-rated"},
}


@cache
def pack_of(name: str) -> PolicyPack:
    return load_pack(PROJECT / "policy" / "packs" / f"{name}.yaml")


@cache
def outline(name: str) -> Outline:
    return outline_of(pack_of(name))


def draw(name: str) -> Population:
    place = outline(name)
    townships = places_of(place.regions).taking_part(SCALE, place.townships)
    villages = [village for township in townships for village in township.villages]
    return draw_population(DemoPlan.at(SCALE, place), place.county_code, pack_of(name).rating_scheme(), villages)


@cache
def population(name: str) -> Population:
    return draw(name)


def judged(name: str, household: Household) -> set[str]:
    """Return the codes of every reason that the county's rules find against the household on the survey's day."""
    pack, place, on = pack_of(name), outline(name), outline(name).days.surveyed_on
    credit_limit = place.grade_limits[household.target_grade] if household.target_grade else None
    rating = (
        RatingFacts(str(household.target_grade), credit_limit, on, on + timedelta(days=365)) if credit_limit else None
    )
    excluded = household.bar is Bar.EXCLUDED and place.exclusion_kind is not None
    facts = HouseholdFacts(
        state=household.poverty_state,
        born_on=born_on(household.resident_id),
        civil_capacity=household.civil_capacity,
        able_to_work=household.able_to_work,
        exclusions=frozenset({str(place.exclusion_kind)}) if excluded else frozenset(),
        credit_record=household.credit_record,
        has_account=True,
        lists=(),
        rating=rating,
        open_loans=0,
        owed=Decimal("0.00"),
        village_code=household.village_code,
        family_debt_banks=tuple(filter(None, [household.family_debt_banks])),
        income_per_head=Decimal(household.answers.get("income_annual", 0)) / household.member_count,
        good_repute=True,
        willing_and_able=True,
    )
    loan_request = LoanRequest(amount=place.lowest_limit, term_months=min(place.term_weights))
    return {reason.code for reason in reasons(facts, loan_request, rules_of(pack), on)}


def origins(figures: CountyFigures) -> Iterator[Sourced[object]]:
    """Yield every sourced value of a county's figures."""
    for key in type(figures).model_fields:
        value = getattr(figures, key)
        if isinstance(value, Sourced):
            yield value


@every_county
def test_every_figure_names_a_clause_of_the_catalogue_or_why_it_was_assumed(name: str) -> None:
    known, figures = read_catalogue(PROJECT / "policy" / "clauses.yaml").ids, figures_of(name)
    cited = {clause for value in origins(figures) for clause in (*(value.clause or ()), *(value.after or ()))}
    assert cited | {stated.clause for stated in figures.stated} <= known
    assert all(value.clause or value.reason for value in origins(figures))


def test_every_file_of_figures_belongs_to_a_pack() -> None:
    assert {file.stem for file in FOLDER.glob("*.yaml")} <= {EVERY_COUNTY, *COUNTIES}


def test_a_county_without_figures_of_its_own_has_those_of_every_county() -> None:
    assert figures_of("a-county-of-tomorrow").lendable_households.value == 3000


def test_refuses_a_misspelled_figure(tmp_path: Path) -> None:
    (tmp_path / f"{EVERY_COUNTY}.yaml").write_text((FOLDER / f"{EVERY_COUNTY}.yaml").read_text())
    (tmp_path / "somewhere.yaml").write_text("lendable_housholds: {value: 3, clause: FJ-8}\n")
    with pytest.raises(ValidationError, match="lendable_housholds"):
        figures_of("somewhere", tmp_path)


@every_county
def test_every_grade_of_the_pack_is_reached_and_scored_as_planned(name: str) -> None:
    county, scheme = population(name), pack_of(name).rating_scheme()
    assert {grade.code for grade in scheme.grades} <= {household.target_grade for household in county.registered}
    for household in county.registered:
        counts = {"member_count": household.member_count, "labourer_count": household.labourer_count}
        answers = {code: Decimal(value) for code, value in {**household.answers, **counts}.items()}
        found = grade_of(score(answers, scheme).total, scheme)
        assert (found.code if found else None) == household.target_grade


@every_county
def test_the_countys_rules_find_each_bar_and_nothing_against_the_others(name: str) -> None:
    county = population(name)
    assert {household.bar for household in county.barred} == set(county.plan.bars)
    for household in county.registered:
        found = judged(name, household)
        if household.bar is None:
            assert found == set()
        else:
            assert found & REASON_OF_BAR[household.bar], (household.bar, found)


@every_county
def test_rows_fill_every_required_column_with_words_the_import_reads(name: str) -> None:
    columns = household_columns(pack_of(name).rating_scheme())
    for household in population(name).households:
        cells = household_cells(household)
        for column in columns:
            cell = cells.get(column.key, "")
            assert str(cell) or not column.required
            if column.words:
                assert str(cell) in column.words
            assert not isinstance(cell, int) or cell >= 0


@every_county
def test_the_same_county_is_drawn_again_to_the_last_digit(name: str) -> None:
    assert draw(name).households == population(name).households


@every_county
def test_terms_states_and_purposes_are_those_of_the_pack(name: str) -> None:
    place, pack = outline(name), pack_of(name)
    terms, rules = pack.loan_terms(), pack.eligibility_rules()
    assert all(terms.term_months_min <= term <= terms.term_months_max for term in place.term_weights)
    assert set(place.state_weights) <= set(rules.eligible_states)
    assert set(place.purposes) == {industry.code for industry in pack.purpose_rule().industries}
    assert set(place.purposes.values()) <= {purpose.code for purpose in pack.purpose_rule().allowed}
    assert place.other_state not in rules.eligible_states


@every_county
def test_members_have_ids_of_their_own_and_two_rows_are_wrong(name: str) -> None:
    county = population(name)
    township = county.registered[0].village_code[:9]
    members = draw_members(county, township)
    heads = {household.resident_id for household in county.households}
    at_home = [household for household in county.registered if household.village_code.startswith(township)]
    assert len(members) == sum(household.member_count - 1 for household in at_home)
    assert len({member.resident_id for member in members} | heads) == len(members) + len(heads)
    assert len(with_wrong_rows(members)) == len(members) + 2


@pytest.mark.clause("DY-1(a)")
def test_dingyuan_rates_10_000_households_and_grants_8_947_of_them_its_lines() -> None:
    plan = DemoPlan.at(1, outline("dingyuan"))
    credit_limits = sum(plan.grade_limits[grade] * count for grade, count in plan.grade_households.items())
    with_line = sum(plan.grade_households.values())
    assert (with_line, f"{credit_limits:.2f}") == (8947, "314600000.00")
    rated = with_line + plan.bars[Bar.UNGRADED]
    assert (rated, plan.registered_households) == (10_000, 12_195)
    assert f"{100 * Decimal(rated) / plan.registered_households:.2f}" == "82.00"


@pytest.mark.clause("ZJ-1(g)")
def test_zhijin_rates_all_farm_households_and_only_poor_ones_may_borrow() -> None:
    plan = DemoPlan.at(1, outline("zhijin"))
    place = plan.outline
    assert plan.registered_households == 194_700
    credit = plan.lendable_households + plan.bars[Bar.OTHER_STATE]
    assert (credit, f"{100 * Decimal(credit) / plan.registered_households:.2f}") == (171_063, "87.86")
    assert (plan.lendable_households, f"{100 * Decimal(plan.lendable_households) / credit:.2f}") == (60_762, "35.52")
    assert place.other_state is PovertyState.GENERAL
    assert not place.is_ungraded(Bar.OTHER_STATE)
    assert (place.townships, place.credit_townships, place.credit_village_share) == (32, 17, Decimal("0.7556"))


def test_ungraded_households_leave_as_many_credit_areas_as_zhijins_document_counts() -> None:
    place = outline("zhijin")
    townships = places_of(place.regions).taking_part(Decimal(1), place.townships)
    villages = [village for township in townships for village in township.villages]
    homes = [village for village in villages for _ in range(60)]
    ungraded = round(Decimal("0.1214") * len(homes))
    placed = ungraded_places(homes, ungraded, place)
    graded = Counter(village for number, village in enumerate(homes) if number not in placed)
    shares = place.area_shares
    assert len(placed) == ungraded
    assert credit_areas(graded, Counter(homes), 9, shares["township"]) == (32, 17)  # 53.13 percent
    assert credit_areas(graded, Counter(homes), 12, shares["village"]) == (572, 432)  # the nearest to 75.56 percent


@pytest.mark.clause("FJ-8(c)")
def test_fengjie_lends_to_10_986_households_of_which_180_state_no_industry() -> None:
    figures = figures_of("fengjie")
    assert figures.lendable_households.value == 10_986
    assert figures.industry_weights is not None
    assert sum(figures.industry_weights.value.values()) + 180 == 10_986
    assert figures.amount_lent is not None
    assert figures.amount_lent.value == Decimal("525000000.00")


@pytest.mark.clause("DZ-2")
def test_dengzhou_supports_the_households_of_its_document_in_26_townships() -> None:
    place = outline("dengzhou")
    assert DemoPlan.at(1, place).borrowing_households == 6142
    assert len(places_of(place.regions).taking_part(Decimal(1), place.townships)) == 26


@pytest.mark.clause("DZ-2(c)")
def test_dengzhou_lends_323_370_000_and_what_no_limit_holds_a_second_time_within_the_year() -> None:
    plan, pack = DemoPlan.at(1, outline("dengzhou")), pack_of("dengzhou")
    assert (f"{plan.amount_lent:.2f}", f"{plan.amount_lent_again:.2f}") == ("297290000.00", "26080000.00")
    assert plan.amount_lent + plan.amount_lent_again == Decimal("323370000.00")
    asked = [request for _, request in first_round_loan_requests(plan, Random(1))]
    again = [request for request in asked if request.again]
    assert (len(asked), len(again)) == (6142, plan.turnover_households)
    assert sum(request.again for request in again) == plan.amount_lent_again
    assert all(request.again <= pack.loan_terms().household_cap for request in again)
    assert {request.term_months for request in again} == {pack.loan_terms().term_months_min} == {6}
    assert {request.term_months for request in asked if not request.again} == set(plan.outline.term_weights)


def test_jingning_lends_16_690_000_to_484_households_of_the_1_970_it_has_lent_to_in_all() -> None:
    plan = DemoPlan.at(1, outline("jingning"))
    assert (plan.lendable_households, plan.borrowing_households) == (1970, 484)
    assert str(plan.amount_lent) == "16690000.00"
    assert sum(plan.borrowing_grades.values()) == 484


@every_county
def test_first_round_loans_fit_the_pack_and_add_up_to_the_plan(name: str) -> None:
    county, terms = population(name), pack_of(name).loan_terms()
    asked = [household.loan_request for household in county.lendable if household.loan_request]
    assert len(asked) == county.plan.borrowing_households
    assert sum(request.amount for request in asked) == county.plan.amount_lent
    assert all(terms.amount_min <= request.amount <= terms.amount_max for request in asked)
    waiting = [request.amount for request in asked if request.after_top_up]
    assert county.plan.amount_lent - sum(waiting) <= county.plan.cover_limit_initial
    assert bool(waiting) == (county.plan.amount_lent > county.plan.cover_limit_initial)
    assert county.plan.fund_paid_in * county.plan.fund_multiplier >= county.plan.amount_lent


@every_county
def test_every_kind_of_barred_household_asks_too(name: str) -> None:
    county = population(name)
    asking = {household.bar for household in county.barred if household.loan_request}
    assert asking == set(county.plan.bars)
