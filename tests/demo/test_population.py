"""The demonstration's households: exact figures at every scale, numbers that pass real checks, one seed one county."""

from collections import Counter
from decimal import Decimal
from functools import cache
from pathlib import Path
from random import Random

import pytest
import stdnum.luhn
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook
from stdnum.cn import ric
from stdnum.exceptions import InvalidChecksum

from shared.households_sheet import (
    HOUSEHOLD_COLUMNS,
    CivilCapacity,
    CreditRecord,
    column_for_header,
    folded,
    household_columns,
)
from shared.policy.load import load_pack
from shared.policy.rating_terms import Grade, Indicator, IndicatorStep, RatingScheme
from shared.policy.vocabulary import BetterWhen, NextLimitChoice, PovertyState
from shared.resident_id import born_on
from tools.demo.answers import GradeUnreachable, grade_of, indicator_answers
from tools.demo.county_figures import Bar, RowFault
from tools.demo.loan_requests import first_round_loan_requests
from tools.demo.outline import outline_of
from tools.demo.places import places_of
from tools.demo.plan import DemoPlan
from tools.demo.population import Household, Population, draw_population
from tools.demo.refused import DemoRefused
from tools.demo.workbook import write_workbook

FENGJIE = "500236"
FENGJIE_PACK = Path(__file__).parents[2] / "policy" / "packs" / "fengjie.yaml"
HIGHER, LOWER = BetterWhen.HIGHER, BetterWhen.LOWER


def indicator(code: str, better_when: BetterWhen, *steps: tuple[int, int], per: str | None = None) -> Indicator:
    rungs = tuple(IndicatorStep(Decimal(threshold), Decimal(points)) for threshold, points in steps)
    return Indicator(code=code, zh=f"指标{code}", en=f"Fact {code}", better_when=better_when, steps=rungs, per=per)


SCHEME = RatingScheme(
    indicators=(
        indicator("yearly_income", HIGHER, (3000, 5), (6000, 10), (10000, 20), per="member_count"),
        indicator("assets", HIGHER, (10000, 5), (30000, 10), (80000, 15)),
        indicator("debts", LOWER, (50000, 4), (20000, 8), (0, 15)),
        indicator("labourer_count", HIGHER, (1, 5), (2, 10)),
        indicator("has_skill", HIGHER, (1, 10)),
        indicator("late_payments", LOWER, (2, 5), (1, 10), (0, 20)),
        indicator("years_resident", HIGHER, (0, 1), (1, 2), (5, 5), (10, 10)),
    ),
    grades=(
        Grade("A", Decimal(75), Decimal(50000)),
        Grade("B", Decimal(60), Decimal(40000)),
        Grade("C", Decimal(40), Decimal(30000)),
    ),
    valid_months=12,
    recollect_months=12,
    group_review_members_min=3,
    gradient_multiplier=Decimal("1.20"),
    promotion_path=("C", "B", "A"),
    next_limit=NextLimitChoice.ROLLING,
    area_thresholds=(),
    demonstration_villages_per_year=30,
    demonstration_households_per_year=3000,
    household_cap=Decimal(50000),
)


OUTLINE = outline_of(load_pack(FENGJIE_PACK))


def plan_at(scale: Decimal | float | str) -> DemoPlan:
    return DemoPlan.at(scale, OUTLINE)


@cache
def village_codes(county_code: str) -> tuple[str, ...]:
    return tuple(village for township in places_of([county_code]).townships for village in township.villages)


@cache
def population(scale: str, county_code: str = FENGJIE) -> Population:
    return draw_population(plan_at(scale), county_code, SCHEME, village_codes(county_code))


def amount_requested(households: tuple[Household, ...]) -> Decimal:
    return sum((household.loan_request.amount for household in households if household.loan_request), Decimal(0))


def test_plans_fengjies_own_figures_at_full_size() -> None:
    plan = plan_at(1)
    assert plan.rows == 12_000
    assert dict(plan.row_faults) == {
        RowFault.WRONG_CHECK_DIGIT: 40,
        RowFault.DUPLICATE: 40,
        RowFault.UNKNOWN_VILLAGE: 34,
    }
    assert plan.registered_households == 11_886
    assert dict(plan.bars) == {Bar.EXCLUDED: 300, Bar.OVER_AGE: 300, Bar.NO_CAPACITY: 100, Bar.BAD_RECORD: 200}
    assert plan.lendable_households == 10_986
    assert str(plan.amount_lent) == "525000000.00"
    assert str(plan.fund_initial) == "50000000.00"
    assert str(plan.cover_limit_initial) == "500000000.00"
    assert str(plan.fund_top_up) == "2500000.00"
    assert str(plan.fund_paid_in) == "52500000.00"
    assert sum(plan.grade_households.values()) == 10_986
    assert dict(plan.industry_households) == {
        "planting": 4074,
        "breeding": 4485,
        "mixed": 1627,
        "processing_tourism": 800,
    }
    assert dict(plan.term_households) == {12: 4944, 22: 1099, 24: 1648, 34: 1098, 36: 2197}


@pytest.mark.parametrize(
    ("scale", "rows", "registered", "lendable", "lent", "fund", "top_up"),
    [
        ("0.1", 1200, 1189, 1099, "52500000.00", "5000000.00", "250000.00"),
        ("0.01", 120, 117, 110, "5250000.00", "500000.00", "25000.00"),
        ("0.001", 18, 15, 11, "525000.00", "50000.00", "2500.00"),
    ],
)
def test_plans_smaller_counties_in_proportion(
    scale: str, rows: int, registered: int, lendable: int, lent: str, fund: str, top_up: str
) -> None:
    plan = plan_at(scale)
    counted = (plan.rows, plan.registered_households, plan.lendable_households)
    money = (str(plan.amount_lent), str(plan.fund_initial), str(plan.fund_top_up))
    assert counted == (rows, registered, lendable)
    assert money == (lent, fund, top_up)
    assert min(*plan.bars.values(), *plan.row_faults.values()) >= 1


@given(st.integers(1, 1000), st.integers(0, 2**32))
def test_the_first_rounds_story_holds_at_every_scale(thousandths: int, seed: int) -> None:
    plan = plan_at(Decimal(thousandths) / 1000)
    loan_requests = first_round_loan_requests(plan, Random(seed))
    amounts = [loan_request.amount for _, loan_request in loan_requests]
    waiting = [loan_request.amount for _, loan_request in loan_requests if loan_request.after_top_up]
    covered_first = sum(amounts) - sum(waiting)
    assert sum(amounts) == plan.amount_lent
    assert all(
        1000 <= loan_request.amount <= plan.grade_limits[grade] and loan_request.amount % 1000 == 0
        for grade, loan_request in loan_requests
    )
    assert waiting, "someone must wait for the top-up"
    assert covered_first <= plan.cover_limit_initial < covered_first + min(waiting)
    assert plan.amount_lent == plan.fund_paid_in * plan.fund_multiplier
    assert plan.rows - plan.rows_wrong == plan.registered_households
    assert plan.registered_households - sum(plan.bars.values()) == plan.lendable_households


def test_first_loans_use_up_the_first_cover_exactly_at_full_size() -> None:
    before = [
        loan_request.amount
        for h in population("1").lendable
        if (loan_request := h.loan_request) and not loan_request.after_top_up
    ]
    assert sum(before) == Decimal("500000000.00")


@pytest.mark.parametrize("scale", ["0", "0.0009", "1.01", "-1", "half", "NaN", ""])
def test_refuses_a_scale_out_of_range(scale: str) -> None:
    with pytest.raises(DemoRefused, match=r"SCALE=0\.01"):
        plan_at(scale)


@pytest.mark.parametrize("scale", ["1", "0.1", "0.01"])
def test_draws_exactly_the_planned_households(scale: str) -> None:
    county, plan = population(scale), plan_at(scale)
    loan_requests = [household.loan_request for household in county.lendable if household.loan_request]
    assert len(county.households) == plan.rows
    assert Counter(h.fault for h in county.households if h.fault) == plan.row_faults
    assert Counter(h.bar for h in county.barred) == plan.bars
    assert len(county.registered) == plan.registered_households
    assert len(loan_requests) == len(county.lendable) == plan.lendable_households
    assert amount_requested(county.lendable) == plan.amount_lent
    assert Counter(h.target_grade for h in county.lendable) == plan.grade_households
    assert Counter(loan_request.industry for loan_request in loan_requests) == plan.industry_households
    assert Counter(loan_request.term_months for loan_request in loan_requests) == plan.term_households
    assert all(h.loan_request is not None for h in county.barred)


def test_the_same_seed_draws_the_same_county_and_another_seed_another() -> None:
    plan = plan_at("0.01")
    again = draw_population(plan, FENGJIE, SCHEME, village_codes(FENGJIE))
    other = draw_population(plan, FENGJIE, SCHEME, village_codes(FENGJIE), seed=7)
    assert again.households == population("0.01").households
    assert other.households != again.households
    assert amount_requested(other.lendable) == amount_requested(again.lendable)


def test_every_registered_id_passes_an_independent_check_and_wrong_ones_fail() -> None:
    county = population("1")
    for household in county.households:
        if household.fault is RowFault.WRONG_CHECK_DIGIT:
            with pytest.raises(InvalidChecksum):
                ric.validate(household.resident_id)
        else:
            assert ric.validate(household.resident_id) == household.resident_id
            assert "奉节县" in ric.get_birth_place(household.resident_id)["county"]


def test_registered_people_cards_and_household_numbers_are_all_different() -> None:
    county = population("1")
    for column in ("resident_id", "bank_account"):
        assert len({getattr(h, column) for h in county.registered}) == len(county.registered)
    assert len({h.household_number for h in county.households}) == len(county.households)
    assert all(stdnum.luhn.is_valid(h.bank_account) and len(h.bank_account) == 19 for h in county.households)
    assert all(len(h.phone) == 11 and h.phone.isdecimal() for h in county.households)


def test_a_duplicate_stands_below_the_row_it_repeats() -> None:
    first_seen: dict[str, int] = {}
    for row, household in enumerate(population("1").households):
        if household.fault is RowFault.DUPLICATE:
            assert first_seen[household.resident_id] < row
        else:
            assert household.resident_id not in first_seen
            first_seen[household.resident_id] = row


def test_households_live_in_real_villages_and_every_village_has_some() -> None:
    county, villages = population("1"), set(village_codes(FENGJIE))
    assert len(villages) == 392
    assert {h.village_code for h in county.registered} == villages
    assert len({code[:9] for code in villages}) == 33
    unknown = [h for h in county.households if h.fault is RowFault.UNKNOWN_VILLAGE]
    assert all(h.village_code not in villages and len(h.village_code) == 12 for h in unknown)


def test_only_the_barred_carry_what_bars_them() -> None:
    for household in population("1").registered:
        age_years = (OUTLINE.days.surveyed_on - born_on(household.resident_id)).days // 365.2425
        signs = {
            Bar.EXCLUDED: household.four_kinds,
            Bar.OVER_AGE: age_years > 65,
            Bar.NO_CAPACITY: household.civil_capacity is not CivilCapacity.FULL or not household.able_to_work,
            Bar.BAD_RECORD: household.credit_record is CreditRecord.BAD_UNRESOLVED,
        }
        assert [bar for bar, shown in signs.items() if shown] == ([household.bar] if household.bar else [])
        assert household.bar is Bar.OVER_AGE or 18 <= age_years <= 55
        assert 0 <= household.labourer_count <= household.member_count


@pytest.mark.parametrize("scheme", [SCHEME, load_pack(FENGJIE_PACK).rating_scheme()], ids=["invented", "fengjie"])
def test_answers_earn_the_target_grade(scheme: RatingScheme) -> None:
    county = draw_population(plan_at("0.05"), FENGJIE, scheme, village_codes(FENGJIE))
    for household in county.households:
        counts = {"member_count": household.member_count, "labourer_count": household.labourer_count}
        assert grade_of(scheme, {**household.answers, **counts}) == household.target_grade
        assert household.answers.get("labourers", household.labourer_count) == household.labourer_count
        assert household.answers.get("migrant_workers", 0) <= household.labourer_count


def test_refuses_a_grade_no_answers_can_reach() -> None:
    with pytest.raises(GradeUnreachable):
        indicator_answers("A", Random(1), SCHEME, known={"late_payments": 9, "debts": 10**6})
    with pytest.raises(GradeUnreachable):
        indicator_answers("Z", Random(1), SCHEME)


@pytest.mark.parametrize("county_code", ["520524", "411381", "450312", "341125", "331127", "640423", "640303"])
def test_serves_other_counties_with_their_own_codes(county_code: str) -> None:
    county = population("0.01", county_code)
    assert {h.village_code[:6] for h in county.registered} == {county_code}
    for household in county.registered:  # some counties are younger than their people, so only the digits are checked
        assert ric.calc_check_digit(household.resident_id) == household.resident_id[-1]
        assert ric.get_birth_date(household.resident_id) < OUTLINE.days.surveyed_on


def test_the_workbook_holds_every_household_with_numbers_kept_as_text(tmp_path: Path) -> None:
    county, path = population("0.01"), tmp_path / "households.xlsx"
    assert write_workbook(path, county.households, SCHEME) == 120
    header, *rows = load_workbook(path).worksheets[0].iter_rows(values_only=True)
    columns = household_columns(SCHEME)
    assert list(header) == [column.header for column in columns]
    assert len(rows) == 120
    for household, row in zip(county.households, rows, strict=True):
        cells = dict(zip((column.key for column in columns), row, strict=True))
        assert cells["resident_id"] == household.resident_id
        assert cells["bank_account"] == household.bank_account
        assert cells["member_count"] == household.member_count
        assert cells["registered_on"] == household.registered_on.isoformat()
        assert cells["indicator.yearly_income"] == household.answers["yearly_income"]
    words = {column.key: column.words for column in columns}
    states = {words["poverty_state"][folded(str(row[7]))] for row in rows}
    assert states <= {PovertyState.REGISTERED, PovertyState.LIFTED}


def test_the_same_households_make_the_same_workbook(tmp_path: Path) -> None:
    for name in ("one.xlsx", "two.xlsx"):
        write_workbook(tmp_path / name, population("0.01").households, SCHEME)
    assert (tmp_path / "one.xlsx").read_bytes() == (tmp_path / "two.xlsx").read_bytes()


def test_header_cells_and_words_are_read_in_either_language_and_any_width() -> None:
    for spelling in ("身份证号 Resident ID", "身份证号", "resident id", " Ｒesident ID", "resident_id"):
        column = column_for_header(spelling, HOUSEHOLD_COLUMNS)
        assert column is not None
        assert column.key == "resident_id"
    assert column_for_header("备注 Remarks", HOUSEHOLD_COLUMNS) is None
    assert column_for_header("", HOUSEHOLD_COLUMNS) is None
    words = {column.key: column.words for column in HOUSEHOLD_COLUMNS}
    assert words["four_kinds"][folded("Ｙ")] == "yes"
    assert words["poverty_state"][folded(" 已 脱贫 ")] == PovertyState.LIFTED
