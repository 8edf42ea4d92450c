"""What may be borrowed for, and in which industries."""

from dataclasses import replace

import pytest

from services.registry.tests.borrowing import PACKS, RULES_BY_PACK
from services.registry.tests.fit_households import against, codes_against, fit


@pytest.mark.parametrize("name", PACKS)
def test_houses_investments_and_household_goods_are_forbidden_everywhere(name: str) -> None:
    forbidden = ("house_building", "financial_investment", "household_goods", "financing_platform", "real_estate",
                 "infrastructure")  # fmt: skip
    assert [codes_against(name, fit(name), purpose=each) for each in forbidden] == [["purpose-forbidden"]] * 6
    assert codes_against(name, fit(name), purpose="gambling") == ["purpose-unknown"]


@pytest.mark.clause("SX-3(a)")
@pytest.mark.parametrize(
    "purpose",
    [
        "special_planting",
        "special_breeding",
        "rural_tourism",
        "repair",
        "processing",
        "catering",
        "small_shop",
        "trade",
    ],
)
def test_shanxi_allows_the_purposes_of_its_document(purpose: str) -> None:
    assert codes_against("kelan", fit("kelan"), purpose=purpose) == []


@pytest.mark.parametrize(
    "purpose",
    [
        pytest.param("house_building", marks=pytest.mark.clause("SX-3(b)")),
        pytest.param("financial_investment", marks=pytest.mark.clause("SX-3(b)")),
        pytest.param("household_goods", marks=pytest.mark.clause("SX-3(b)")),
        pytest.param("other_consumption", marks=pytest.mark.clause("SX-3(b)")),
        pytest.param("financing_platform", marks=pytest.mark.clause("SX-3(c)")),
        pytest.param("real_estate", marks=pytest.mark.clause("SX-3(c)")),
        pytest.param("infrastructure", marks=pytest.mark.clause("SX-3(c)")),
    ],
)
def test_shanxi_forbids_the_purposes_of_its_document(purpose: str) -> None:
    [reason] = against("kelan", fit("kelan"), purpose=purpose)
    assert (reason.code, reason.clause) == ("purpose-forbidden", "SX-3")


@pytest.mark.clause("SX-3(a)")
def test_shanxi_lends_for_each_purpose_it_allows_and_refuses_each_it_forbids() -> None:
    purposes = RULES_BY_PACK["kelan"].eligibility.purposes
    allowed = [purpose.code for purpose in purposes.allowed]
    forbidden = [term.code for term in purposes.forbidden]
    assert {"special_planting", "special_breeding", "rural_tourism", "trade"} < set(allowed)
    assert {"house_building", "financial_investment", "household_goods", "financing_platform"} < set(forbidden)

    def found(purpose: str) -> list[tuple[str, str]]:
        return [(reason.code, reason.clause) for reason in against("kelan", fit("kelan"), purpose=purpose)]

    assert [found(code) for code in allowed] == [[]] * len(allowed)
    assert [found(code) for code in forbidden] == [[("purpose-forbidden", "SX-3")]] * len(forbidden)
    assert found("gambling") == [("purpose-unknown", "SX-3")]


@pytest.mark.parametrize(
    ("has", "asks", "also", "codes"),
    [
        pytest.param((), "planting", (), [], marks=pytest.mark.clause("FJ-8(b)")),
        pytest.param(("breeding",), "planting", (), [], marks=pytest.mark.clause("FJ-8(b)")),
        pytest.param((), "planting", ("breeding",), [], marks=pytest.mark.clause("FJ-8(b)")),
        pytest.param(
            ("breeding", "mixed"), "planting", (), ["industries-too-many"], marks=pytest.mark.clause("FJ-8(b)")
        ),
        pytest.param(("breeding", "planting"), "planting", (), [], marks=pytest.mark.clause("FJ-8(b)")),
        pytest.param((), "planting", ("mining",), ["industry-unknown"], marks=pytest.mark.clause("FJ-8(a)")),
    ],
)
def test_a_borrower_has_one_or_two_income_industries(
    has: tuple[str, ...], asks: str, also: tuple[str, ...], codes: list[str]
) -> None:
    facts = fit("fengjie", industries=frozenset(has))
    assert codes_against("fengjie", facts, industry=asks, other_industries=also) == codes


@pytest.mark.clause("FJ-8(b)")
def test_a_county_that_wants_two_industries_says_when_one_is_missing() -> None:
    fengjie = RULES_BY_PACK["fengjie"]
    purposes = replace(fengjie.eligibility.purposes, industries_per_borrower_min=2)
    rules = replace(fengjie, eligibility=replace(fengjie.eligibility, purposes=purposes))
    assert codes_against("fengjie", fit("fengjie"), rules, industry="planting") == ["industries-too-few"]
    assert codes_against("fengjie", fit("fengjie"), rules) == []
