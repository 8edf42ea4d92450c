"""What holds for the rating of every county: better facts never cost points, grade or credit limit (LG-10, FJ-10)."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.registry.credit.rating.rules.limit_growth import next_limit
from services.registry.credit.rating.rules.scoring import credit_limit_of, grade_of, score
from services.registry.credit.surveys.rules.form import collection_form
from services.registry.policy.packs.rules.schemes import banks_with_own_scheme, own_scheme, scheme_of
from services.registry.tests.county import COUNTY, PACK_FILE, SCHEME
from services.registry.tests.rating_county import Campaign, Home, settled
from services.registry.tests.rating_schemes import BANK, BANK_SCHEME, SCHEME_WITH_BANK, governed, pack_text
from shared.policy.load import PackRefused, load_pack, read_pack
from shared.policy.rating_terms import Indicator, RatingScheme
from shared.policy.vocabulary import BetterWhen
from shared.testing.service import ServiceUnderTest

PACKS: Final = {file.stem: load_pack(file) for file in sorted(PACK_FILE.parent.glob("*.yaml"))}
SCHEMES: Final[dict[str, RatingScheme]] = {
    **{name: pack.rating_scheme() for name, pack in PACKS.items()},
    **{
        f"{name}/{bank}": scheme_of(pack.rating_scheme(), bank)
        for name, pack in PACKS.items()
        for bank in banks_with_own_scheme(pack.rating_scheme())
    },
    "a bank's own": scheme_of(SCHEME_WITH_BANK, BANK),
}
of_every_scheme = pytest.mark.parametrize("scheme", SCHEMES.values(), ids=SCHEMES)


def _values(indicator: Indicator) -> st.SearchStrategy[Decimal]:
    """Return numbers around the thresholds of an indicator, where points change."""
    near = [
        step.threshold + shift for step in indicator.steps for shift in (-1, Decimal("-0.01"), 0, Decimal("0.01"), 1)
    ]
    around = st.sampled_from([each for each in near if each >= 0])
    return st.one_of(around, st.integers(0, 200_000).map(Decimal), st.just(Decimal(0)))


def _better(indicator: Indicator, value: Decimal, step: Decimal) -> Decimal:
    return value + step if indicator.better_when is BetterWhen.HIGHER else max(value - step, Decimal(0))


def _standing(answers: Mapping[str, Decimal], scheme: RatingScheme) -> tuple[Decimal, Decimal]:
    total = score(answers, scheme).total
    grade = grade_of(total, scheme)
    return total, credit_limit_of(grade.code, scheme) if grade else Decimal(0)


@of_every_scheme
@given(data=st.data())
def test_a_better_fact_never_lowers_score_grade_or_line(scheme: RatingScheme, data: st.DataObject) -> None:
    answers = {each.code: data.draw(_values(each), each.code) for each in scheme.indicators}
    for missing in data.draw(st.sets(st.sampled_from(sorted(answers)), max_size=2), "not collected"):
        del answers[missing]
    collected = [each for each in scheme.indicators if each.code in answers]
    if not collected:
        return
    chosen = data.draw(st.sampled_from(collected), "better")
    step = data.draw(st.one_of(st.integers(1, 100_000).map(Decimal), st.just(Decimal("0.01"))), "by")
    improved = {**answers, chosen.code: _better(chosen, answers[chosen.code], step)}
    before, after = _standing(answers, scheme), _standing(improved, scheme)
    assert after[0] >= before[0]
    assert after[1] >= before[1]
    assert 0 <= after[0] <= 100


@of_every_scheme
@given(data=st.data())
def test_repaying_on_time_never_lowers_a_line_in_any_county(scheme: RatingScheme, data: st.DataObject) -> None:
    grade = data.draw(st.sampled_from([each.code for each in scheme.grades]))
    credit_limit = credit_limit_of(grade, scheme)
    principal = data.draw(st.integers(1, int(credit_limit)).map(Decimal))
    found = next_limit(grade, credit_limit, principal, scheme)
    assert credit_limit <= found.credit_limit <= scheme.household_cap
    better = [each.code for each in scheme.grades][: [each.code for each in scheme.grades].index(grade)]
    for other in better:
        assert next_limit(other, credit_limit_of(other, scheme), principal, scheme).credit_limit >= found.credit_limit


@of_every_scheme
def test_every_county_has_a_form_and_lines_within_its_cap(scheme: RatingScheme) -> None:
    assert any(line.is_collected for line in collection_form(scheme))
    assert all(0 < credit_limit_of(grade.code, scheme) <= scheme.household_cap for grade in scheme.grades)
    assert grade_of(Decimal(100), scheme) == scheme.grades[0]


@pytest.mark.clause("LG-10(a)")
def test_a_bank_rates_by_its_own_standard_and_the_countys_rest() -> None:
    own = scheme_of(SCHEME_WITH_BANK, BANK)
    assert [each.code for each in own.grades] == ["gold", "silver"]
    assert (own.valid_months, own.promotion_path) == (SCHEME.valid_months, ("silver", "gold"))
    assert scheme_of(SCHEME_WITH_BANK, "RCB") == SCHEME_WITH_BANK
    assert own_scheme(SCHEME, BANK) is None
    answers = {"income_annual": Decimal(50_000), "deposits": Decimal(1_000)}
    assert _standing(answers, own) == (Decimal(70), Decimal(20_000))


@pytest.mark.parametrize(
    ("rating", "words"),
    [
        ({"bank_schemes": [BANK_SCHEME, BANK_SCHEME]}, "PSBC has two standards"),
        ({"bank_schemes": [{**BANK_SCHEME, "promotion_path": ["bronze"]}]}, "bronze is not a grade"),
        ({"bank_schemes": [{**BANK_SCHEME, "indicators": BANK_SCHEME["indicators"][:1]}]}, "add up to 40"),
        ({"area_thresholds": [{"level": "hamlet", "share_min": "0.80"}]}, "hamlet is none of"),
        ({"area_thresholds": [{"level": "village", "share_min": "1.20"}]}, "lies above 0"),
        ({"demonstration_village_criteria": ["credit_share", "credit_share"]}, "each criterion once"),
    ],
)
def test_a_pack_that_contradicts_itself_is_refused(rating: dict[str, object], words: str) -> None:
    with pytest.raises(PackRefused, match=words):
        read_pack(pack_text(**rating), "a county")


def test_a_divisor_that_could_punish_a_better_fact_is_refused() -> None:
    indicators = [
        {**each, "better_when": "higher", "steps": [{"threshold": "1", "points": "60"}]}
        for each in BANK_SCHEME["indicators"]
    ]
    indicators[1] = {**indicators[1], "per": "income_annual", "steps": [{"threshold": "1", "points": "40"}]}
    with pytest.raises(PackRefused, match="a better income_annual could lower"):
        read_pack(pack_text(bank_schemes=[{**BANK_SCHEME, "indicators": indicators}]), "a county")


def _indicator(code: str, better_when: str, *steps: tuple[str, str], **other: str) -> dict[str, object]:
    points = [{"threshold": threshold, "points": points} for threshold, points in steps]
    return {"code": code, "zh": code, "en": code, "better_when": better_when, "steps": points, **other}


PER_HEAD: Final = [
    _indicator("income_annual", "higher", ("10000", "20"), ("40000", "40")),
    _indicator("debts", "lower", ("5000", "30"), ("1000", "50"), per="member_count"),
    _indicator("member_count", "higher", ("4", "10")),
]


@pytest.mark.clause("LG-10(a)")
@pytest.mark.parametrize(
    ("income", "debts", "score", "grade"),
    [
        (40_000, 4_000, 100, "gold"),  # debts of 1 000 for each of the four on file
        (40_000, 4_001, 80, "gold"),
        (39_999, 20_000, 60, "silver"),
        (39_999, 20_001, 30, None),
        (0, 20_000, 40, "silver"),
    ],
)
async def test_a_campaign_measures_per_head_by_the_register(
    regional_registry: ServiceUnderTest, income: int, debts: int, score: int, grade: str | None
) -> None:
    registry = await governed(regional_registry, bank_schemes=[{**BANK_SCHEME, "indicators": PER_HEAD}])
    await settled(registry, [Home(answers={"income_annual": income, "debts": debts})])
    campaign = await Campaign.opened(registry, bank_code=BANK)
    assert (await campaign.do("scores")).status_code == 201
    [scored] = (await campaign.read(f"/scores?region_code={COUNTY}"))["items"]
    assert Decimal(scored["score"]) == score
    assert (scored["preliminary_grade"], scored["grade"]) == (grade, grade)
