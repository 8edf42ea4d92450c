"""Banks are registered with their kind, branches in the officer's regions; applications go to the nearest branch."""

from typing import Any

import pytest

from services.lending.tests.applications.conftest import (
    BANK,
    COUNTY,
    OTHER_VILLAGE,
    PACKS,
    TOWNSHIP,
    VILLAGE,
    Lending,
    batch,
    lending,
    loan_request,
    pack,
)
from shared.access import Role
from shared.ids import new_id
from shared.policy.load import load_pack
from shared.policy.pack import PolicyPack

__all__ = ["lending", "pack"]  # fixtures
OTHER_TOWNSHIP = "500236101"
CENTRE = Role.SERVICE_CENTRE


async def branch(lending: Lending, code: str, stands_in: str, bank: str = BANK, **more: Any) -> Any:
    """Register a branch and return the answer."""
    body = {"code": code, "name": f"{code}支行", "region_code": stands_in, "address": "集镇1号"}
    return await lending.post(f"/lenders/{bank}/branches", body, CENTRE, **more)


async def near(lending: Lending, village: str = VILLAGE, **asked: str) -> list[tuple[str, str, str]]:
    """Return bank, code and nearness of the branches near a village, in order."""
    query = "&".join(
        f"{key}={value}" for key, value in {"village_code": village, "as_of": "2017-01-09", **asked}.items()
    )
    found = (await lending.get(f"/branches?{query}", Role.HELPER)).json()["items"]
    return [(each["bank_code"], each["code"], each["nearness"]) for each in found]


async def test_a_bank_is_registered_once_with_its_kind(lending: Lending) -> None:
    body = {"code": "PSBC", "name": "邮政储蓄银行", "kind": "postal_savings"}
    first = await lending.post("/lenders", body, Role.BANK_REGULATOR)
    again = await lending.post("/lenders", body, CENTRE)
    other = await lending.post("/lenders", {**body, "kind": "village"}, CENTRE)
    assert (first.status_code, first.json()["kind"], first.json()["registered_by"]) == (
        201,
        "postal_savings",
        "bank_regulator-officer",
    )
    assert (again.status_code, again.content) == (201, first.content)
    assert (other.status_code, other.json()["code"], other.json()["clause"]) == (409, "lender-registered", "SX-2")
    listed = (await lending.get("/lenders", Role.BANK)).json()["items"]
    assert [(each["code"], each["kind"]) for each in listed] == [(BANK, "rural_commercial"), ("PSBC", "postal_savings")]
    assert (await lending.get("/lenders?kind=village")).json()["items"] == []


async def test_pages_of_lenders_and_branches_follow_each_other(lending: Lending) -> None:
    for number in range(3):
        await lending.register_bank(f"B{number}", "village")
        assert (await branch(lending, f"W{number}", TOWNSHIP)).status_code == 201
    for path, key in (
        ("/lenders", "code"),
        (f"/lenders/{BANK}/branches", "code"),
        (f"/branches?village_code={VILLAGE}", "code"),
    ):
        joined = "&" if "?" in path else "?"
        seen, cursor = [], ""
        while True:
            page = (await lending.get(f"{path}{joined}limit=1{cursor}")).json()
            seen += [each[key] for each in page["items"]]
            if page["next"] is None:
                break
            cursor = f"&cursor={page['next']}"
        assert seen == (["B0", "B1", "B2", BANK] if path == "/lenders" else ["W0", "W1", "W2"])


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({"kind": "pawnshop"}, marks=pytest.mark.clause("SX-2(a)")),
        {"kind": None},
        {"code": "R"},
        {"code": "R B"},
        {"name": ""},
    ],
)
async def test_kinds_are_a_closed_vocabulary(lending: Lending, wrong: dict[str, Any]) -> None:
    answered = await lending.post("/lenders", {"code": "RB", "name": "银行", "kind": "village", **wrong}, CENTRE)
    assert (answered.status_code, answered.json()["code"]) == (422, "invalid-request")
    assert await lending.count("lender") == 1


@pytest.mark.clause("SX-7(a)")
async def test_each_county_registers_its_own_banks(lending: Lending) -> None:
    body = {"code": BANK, "name": "农村信用社", "kind": "rural_credit_cooperative"}
    elsewhere = await lending.post("/lenders", {**body, "county_code": COUNTY}, CENTRE, region="510000")
    assert (elsewhere.status_code, elsewhere.json()["code"]) == (403, "outside-region")
    own = await lending.post("/lenders", body, CENTRE, region="510000")
    assert (own.status_code, own.json()["county_code"]) == (201, "510000")
    nowhere = await lending.post("/lenders", body, Role.ADMIN, region="")
    assert (nowhere.status_code, nowhere.json()["code"]) == (422, "lender-county-missing")
    kinds = {each["county_code"]: each["kind"] for each in (await lending.get("/lenders")).json()["items"]}
    assert kinds == {COUNTY: "rural_commercial", "510000": "rural_credit_cooperative"}
    assert len((await lending.get("/lenders?county_code=510000")).json()["items"]) == 1


@pytest.mark.parametrize("role", [Role.BANK, Role.TOWNSHIP, Role.AUDITOR, Role.FINANCE_BUREAU])
async def test_other_roles_register_nothing(lending: Lending, role: Role) -> None:
    body = {"code": "RB", "name": "银行", "kind": "village"}
    answered = await lending.post("/lenders", body, role, organisation="RB")
    assert (answered.status_code, answered.json()["code"]) == (403, "right-missing")


async def test_branches_are_refused_by_name(lending: Lending) -> None:
    assert (await branch(lending, "W1", TOWNSHIP)).status_code == 201
    twice = await branch(lending, "W1", VILLAGE)
    elsewhere = await branch(lending, "W2", "510000001", region=COUNTY)
    nobody = await branch(lending, "W2", TOWNSHIP, bank="NOBODY")
    county = await branch(lending, "W2", COUNTY)
    answers = [(each.status_code, each.json()["code"]) for each in (twice, elsewhere, nobody, county)]
    assert answers == [
        (409, "branch-registered"),
        (403, "outside-region"),
        (404, "lender-unknown"),
        (422, "invalid-request"),
    ]
    assert (await lending.get("/lenders/NOBODY/branches")).json()["code"] == "lender-unknown"


async def test_the_branches_shown_for_a_product_are_of_the_banks_that_lend_it(lending: Lending) -> None:
    await lending.register_bank("ABC", "state_owned")
    await branch(lending, "V1", VILLAGE)
    await branch(lending, "V2", VILLAGE, bank="ABC")
    farm = {
        "code": "farm",
        "name": {"zh": "农户贷款", "en": "Farm loan"},
        "lending": {"lender_kinds": {"value": ["state_owned"], "assumed": True, "reason": "Set by the test."}},
    }
    county = load_pack(PACKS / "fengjie.yaml")
    await lending.confirm_pack(PolicyPack.model_validate({**county.content(), "products": [farm]}), version=2)
    day = {"admitted_only": "true", "as_of": "2017-03-15"}
    assert [code for _, code, _ in await near(lending, **day)] == ["V1"]
    assert [code for _, code, _ in await near(lending, **day, product_code="farm")] == ["V2"]


@pytest.mark.clause("SX-2(b)")
async def test_the_nearest_branch_comes_first(lending: Lending) -> None:
    await lending.register_bank("ABC", "state_owned")
    await branch(lending, "C1", OTHER_TOWNSHIP)
    await branch(lending, "T2", TOWNSHIP)
    await branch(lending, "T1", OTHER_VILLAGE, bank="ABC")
    await branch(lending, "V9", VILLAGE)
    expected = [(BANK, "V9", "village"), ("ABC", "T1", "township"), (BANK, "T2", "township"), (BANK, "C1", "county")]
    assert await near(lending) == expected
    assert await near(lending, bank_code="ABC") == expected[1:2]
    assert await near(lending, admitted_only="true") == [expected[0], *expected[2:]]  # no state-owned bank lends here
    assert (await near(lending, "500236101200"))[0] == (BANK, "C1", "township")
    assert await near(lending, "510000001001") == []


@pytest.mark.clause("SX-2(b)")
async def test_an_application_goes_to_the_branch_it_names_or_to_the_nearest(lending: Lending) -> None:
    far = (await branch(lending, "T2", TOWNSHIP)).json()["id"]
    own = (await branch(lending, "V1", VILLAGE)).json()["id"]
    await lending.lend(
        loan_request(f"{VILLAGE}-1"), loan_request(f"{VILLAGE}-2", branch_id=far), loan_request(f"{OTHER_VILLAGE}-3")
    )
    loans = (await lending.get("/loans")).json()["items"]
    assert {loan["household_number"]: loan["branch_id"] for loan in loans} == {
        f"{VILLAGE}-1": own,
        f"{VILLAGE}-2": far,
        f"{OTHER_VILLAGE}-3": far,
    }


async def test_a_branch_of_another_bank_or_a_closed_one_is_a_reason_against(lending: Lending) -> None:
    await lending.register_bank("VB", "village")
    foreign = (await branch(lending, "V1", VILLAGE, bank="VB")).json()["id"]
    closed = (await branch(lending, "T1", TOWNSHIP)).json()["id"]
    path, body = f"/branches/{closed}/closures", {"closed_on": "2017-01-09"}
    outside = await lending.post(path, body, CENTRE, region="510000")
    assert (outside.status_code, outside.json()["code"]) == (404, "branch-unknown")
    assert (await lending.post(path, body, CENTRE)).json()["closed_on"] == "2017-01-09"
    twice = await lending.post(path, body, CENTRE)
    assert (twice.status_code, twice.json()["code"]) == (409, "branch-closed")

    filed = await lending.file(
        *(loan_request(f"{VILLAGE}-{n}", branch_id=each) for n, each in enumerate((foreign, closed, str(new_id()))))
    )
    codes = [[reason["code"] for reason in refused["reasons"]] for refused in filed["refusals"]]
    assert codes == [["branch-not-of-bank"]] * 3
    assert await lending.count("application WHERE branch_id IS NOT NULL") == 0
    assert await near(lending, bank_code=BANK) == []


async def test_nothing_is_filed_at_a_bank_nobody_registered(lending: Lending) -> None:
    refused = await lending.post(
        "/application-batches", batch(loan_request(f"{VILLAGE}-1"), bank_code="NEW"), Role.TOWNSHIP
    )
    assert (refused.status_code, refused.json()["code"], refused.json()["clause"]) == (
        409,
        "lender-not-registered",
        "SX-2",
    )
    assert "NEW" in refused.json()["detail"]
    assert not lending.registry.lookups
    assert not lending.registry.questions
    await lending.register_bank("NEW", "village", "510000")  # in another county
    one = {**loan_request(f"{VILLAGE}-1"), "bank_code": "NEW", "filed_on": "2017-01-09"}
    assert (await lending.post("/applications", one, Role.TOWNSHIP)).json()["code"] == "lender-not-registered"
    assert await lending.count("application") == 0

    await lending.register_bank("NEW", "village")
    again = await lending.post(
        "/application-batches", batch(loan_request(f"{VILLAGE}-1"), bank_code="NEW"), Role.TOWNSHIP
    )
    assert (again.status_code, again.json()["filed_count"]) == (201, 1)


async def test_a_repeated_key_answers_the_same(lending: Lending) -> None:
    body = {"code": "RB", "name": "银行", "kind": "village"}
    first = await lending.post("/lenders", body, CENTRE, key="lender-0001")
    again = await lending.post("/lenders", body, CENTRE, key="lender-0001")
    other = await lending.post("/lenders", {**body, "code": "RC"}, CENTRE, key="lender-0001")
    assert (again.status_code, again.content) == (201, first.content)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency-key-reused")
