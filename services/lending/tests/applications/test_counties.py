"""What each county's document says of lenders and of second loans, filed as its townships file."""

from datetime import date

import pytest

from services.lending.tests.applications.conftest import PACKS, Lending
from services.lending.tests.applications.counties import county
from shared.policy.load import load_pack
from shared.policy.vocabulary import LenderKind

IN_2020, IN_2023 = date(2020, 11, 10), date(2023, 3, 15)


@pytest.mark.parametrize(
    ("code", "filed_on", "reason"),
    [
        ("xx-district", IN_2020, "age-below-minimum"),
        ("xx-district", IN_2020, "age-above-maximum"),
        ("dengzhou", IN_2023, "state-not-eligible"),
    ],
)
async def test_who_registry_says_may_not_borrow_does_not(
    lending: Lending, code: str, filed_on: date, reason: str
) -> None:
    place = await county(lending, code, filed_on)
    barred, free = place.loan_request(), place.loan_request()
    lending.registry.reasons[barred["household_number"]] = [reason]
    assert [[code for code, _ in reasons] for reasons in await place.refusals(barred, free)] == [[reason], []]


@pytest.mark.clause("SX-2(a)")
async def test_a_province_admits_all_eight_kinds_of_lenders(lending: Lending) -> None:
    place = await county(lending, "kelan")
    for kind in LenderKind:
        await lending.register_bank(f"BANK-{kind.replace('_', '-')[:15]}", kind, place.county)
        filed = await place.file(place.loan_request(), bank_code=f"BANK-{kind.replace('_', '-')[:15]}")
        assert (filed["filed_count"], filed["refused_count"]) == (1, 0), kind
    assert len(LenderKind) == 8


@pytest.mark.clause("ZJ-2c")
async def test_a_bank_of_another_kind_than_the_packs_is_a_reason_against(lending: Lending) -> None:
    place = await county(lending, "zhijin")
    await lending.register_bank("STATE", "state_owned", place.county)
    assert await place.refusals(place.loan_request()) == [[]]
    assert await place.refusals(place.loan_request(), bank_code="STATE") == [
        [("lender-kind-not-admitted", "ZJ-2c, ZJ-7")]
    ]


@pytest.mark.parametrize("path", sorted(PACKS.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_pack_names_kinds_of_lenders_that_exist(path: object) -> None:
    kinds = load_pack(path).loan_terms().lender_kinds  # type: ignore[arg-type]
    assert kinds
    assert {LenderKind(kind) for kind in kinds} <= set(LenderKind)


async def test_a_second_loan_follows_the_countys_own_number_of_open_loans(lending: Lending) -> None:
    place = await county(lending, "lingui")
    asked = place.loan_request("20000.00")
    again = {**place.loan_request("20000.00"), "household_number": asked["household_number"]}
    assert await place.refusals(asked) == [[]]
    assert await place.refusals(again) == [[("application-open", "SX-1")]]
