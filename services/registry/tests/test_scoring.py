"""The preliminary score, line by line, and what a campaign stores of it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.registry.credit.rating.rules.scoring import credit_limit_of, grade_of, score
from services.registry.tests.county import COUNTY, GOOD_ANSWERS, SCHEME, get, import_sheet, post, row, workbook
from shared.access import Role
from shared.households_sheet import INDICATOR_PREFIX
from shared.policy.vocabulary import BetterWhen
from shared.testing.service import ServiceUnderTest

CODES = tuple(GOOD_ANSWERS)
BEST = {code: Decimal(value) for code, value in GOOD_ANSWERS.items()}
answers = st.dictionaries(st.sampled_from(CODES), st.integers(0, 120_000).map(Decimal))


def _points(given_answers: Mapping[str, Decimal]) -> dict[str, Decimal]:
    return {line.code: line.points for line in score(given_answers, SCHEME).lines}


@pytest.mark.clause("ZJ-1(b)")
@pytest.mark.parametrize(
    ("code", "value", "points"),
    [
        ("assets_value", 4999, 0),
        ("assets_value", 5000, 5),
        ("assets_value", 99_999, 12),
        ("assets_value", 100_000, 15),
        ("labourers", 0, 0),
        ("labourers", 2, 12),
        ("labourers", 9, 15),
        ("children_at_school", 3, 0),
        ("children_at_school", 2, 3),
        ("children_at_school", 0, 5),
        ("bad_records", 3, 0),
        ("bad_records", 1, 10),
        ("bad_records", 0, 20),
    ],
)
def test_an_indicator_earns_the_points_of_the_best_step_it_meets(code: str, value: int, points: int) -> None:
    assert _points({code: Decimal(value)})[code] == points


@pytest.mark.parametrize(
    ("spending", "income", "points"),
    [(57_000, 60_000, 3), (48_000, 60_000, 6), (36_000, 60_000, 10), (36_001, 60_000, 6), (60_000, 60_000, 0)],
)
def test_a_ratio_is_measured_exactly_at_its_threshold(spending: int, income: int, points: int) -> None:
    given_answers = {"spending_annual": Decimal(spending), "income_annual": Decimal(income)}
    assert _points(given_answers)["spending_annual"] == points


def test_a_ratio_over_nothing_earns_nothing() -> None:
    for spending in (0, 1):
        assert _points({"spending_annual": Decimal(spending), "income_annual": Decimal(0)})["spending_annual"] == 0
    assert _points({"spending_annual": Decimal(1)})["spending_annual"] == 0


def test_the_best_answers_earn_all_points() -> None:
    derivation = score(BEST, SCHEME)
    assert derivation.total == 100
    assert all(line.points == line.points_max for line in derivation.lines)


@pytest.mark.clause("FJ-10(c)")
@pytest.mark.parametrize(
    ("total", "grade", "line"),
    [
        ("100", "A", 50_000),
        pytest.param("80", "A", 50_000, marks=pytest.mark.clause("ZJ-1(b)")),
        ("79.99", "B", 40_000),
        ("65", "B", 40_000),
        ("50", "C", 30_000),
    ],
)
def test_a_score_has_a_grade_and_the_grade_a_line(total: str, grade: str, line: int) -> None:
    found = grade_of(Decimal(total), SCHEME)
    assert found is not None
    assert (found.code, credit_limit_of(found.code, SCHEME)) == (grade, Decimal(line))


@pytest.mark.clause("FJ-10(c)")
def test_a_grades_line_never_passes_the_households_cap() -> None:
    scheme = replace(SCHEME, household_cap=Decimal("45000.00"))
    assert [credit_limit_of(code, scheme) for code in "ABC"] == [Decimal(45_000), Decimal(40_000), Decimal(30_000)]


def test_below_the_lowest_band_there_is_no_grade() -> None:
    assert grade_of(Decimal("49.99"), SCHEME) is None


@given(answers, st.sampled_from([each for each in SCHEME.indicators if each.per is None]), st.integers(1, 50_000))
def test_a_better_answer_never_lowers_the_points_of_its_indicator(
    given_answers: dict[str, Decimal], indicator: object, step: int
) -> None:
    chosen = next(each for each in SCHEME.indicators if each is indicator)
    value = given_answers.get(chosen.code, Decimal(60_000))
    better = value + step if chosen.better_when is BetterWhen.HIGHER else max(value - step, Decimal(0))
    before = _points({**given_answers, chosen.code: value})[chosen.code]
    assert _points({**given_answers, chosen.code: better})[chosen.code] >= before


@given(answers)
def test_the_total_is_the_sum_of_the_lines_and_never_above_a_hundred(given_answers: dict[str, Decimal]) -> None:
    derivation = score(given_answers, SCHEME)
    assert derivation.total == sum(line.points for line in derivation.lines)
    assert 0 <= derivation.total <= 100


_SAMPLES: tuple[dict[str, object], ...] = (
    {},
    {"bad_records": 1},
    {"bad_records": 2, "labourers": 1},
    {"spending_annual": 85_500},
    {"spending_annual": 85_501},
    {"spending_annual": 72_000, "assets_value": 4999.5},
    {"income_annual": 0},
    {"income_annual": 0, "spending_annual": 0},
    {"income_annual": "", "labourers": ""},
    {"assets_value": 0, "labourers": 0, "migrant_workers": 0, "bad_records": 9},
    {"children_at_school": 2, "migrant_workers": 1, "income_annual": 14_999},
    dict.fromkeys(CODES, ""),
)


async def test_a_campaign_stores_what_the_rule_finds_for_each_household(registry: ServiceUnderTest) -> None:
    rows = [
        row(place, **{f"{INDICATOR_PREFIX}{code}": value for code, value in sample.items()})
        for place, sample in enumerate(_SAMPLES)
    ]
    assert (await import_sheet(registry, workbook(rows))).json()["rejected_count"] == 0
    body = {"county_code": COUNTY, "year": 2017, "as_of": "2017-01-05"}
    campaign = (await post(registry, "/rating-campaigns", body, Role.SERVICE_CENTRE)).json()
    scored = (await post(registry, f"/rating-campaigns/{campaign['id']}/scores", None, Role.SERVICE_CENTRE)).json()
    found = await registry.database.pool.fetch(
        "SELECT h.number, s.score, s.preliminary_grade FROM rating_score s JOIN household h ON h.id = s.household_id"
    )
    by_number = {each["number"]: each for each in found}
    assert scored["scored_count"] == len(_SAMPLES) - 1  # a household without any answer is not scored
    for place, sample in enumerate(_SAMPLES[:-1]):
        collected = {**GOOD_ANSWERS, **sample}
        expected = score({code: Decimal(str(value)) for code, value in collected.items() if value != ""}, SCHEME)
        grade = grade_of(expected.total, SCHEME)
        stored = by_number[f"FJ{place:05d}"]
        assert (stored["score"], stored["preliminary_grade"]) == (expected.total, grade.code if grade else None)


_NEWER_SURVEY = """
INSERT INTO credit_survey (household_id, collected_on, answers, collected_by)
SELECT id, $2, $3, 'test' FROM household WHERE number = $1
"""
_ENDED = "UPDATE household SET ended_on = $2, end_reason = 'moved_out' WHERE number = $1"


@pytest.mark.clause("ZJ-1(b)")
async def test_the_latest_survey_of_who_is_on_the_register_that_day_is_scored(registry: ServiceUnderTest) -> None:
    await import_sheet(registry, workbook([row(place) for place in range(1, 5)]))
    pool = registry.database.pool
    await pool.execute(_NEWER_SURVEY, "FJ00001", date(2017, 1, 3), {**GOOD_ANSWERS, "bad_records": 9})  # an older one
    await pool.execute(_NEWER_SURVEY, "FJ00002", date(2017, 1, 5), {**GOOD_ANSWERS, "bad_records": 1})
    await pool.execute(_ENDED, "FJ00003", date(2017, 1, 5))
    await pool.execute(_ENDED, "FJ00004", date(2017, 1, 6))
    body = {"county_code": COUNTY, "year": 2017, "as_of": "2017-01-05"}
    campaign = (await post(registry, "/rating-campaigns", body, Role.SERVICE_CENTRE)).json()["id"]
    await post(registry, f"/rating-campaigns/{campaign}/scores", None, Role.SERVICE_CENTRE)
    found = await pool.fetch("SELECT h.number, s.score FROM rating_score s JOIN household h ON h.id = s.household_id")
    assert dict(map(tuple, found)) == {"FJ00001": 100, "FJ00002": 90, "FJ00004": 100}


async def test_a_households_derivation_is_shown_line_by_line(registry: ServiceUnderTest) -> None:
    await import_sheet(registry, workbook([row(1, **{f"{INDICATOR_PREFIX}bad_records": 1})]))
    household = (await get(registry, f"/households?region_code={COUNTY}", Role.TOWNSHIP)).json()["items"][0]["id"]
    shown = (await get(registry, f"/households/{household}/rating?as_of=2017-02-01", Role.TOWNSHIP)).json()
    [line] = [each for each in shown["derivation"] if each["code"] == "bad_records"]
    assert (line["value"], line["threshold"], line["points"], line["points_max"]) == ("1", "1", "10", "20")
    assert (shown["score"], shown["preliminary_grade"], shown["ratings"]) == ("90", "A", [])
