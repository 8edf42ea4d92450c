"""Who sees which claims, recoveries and figures: banks, insurers, guarantors, and accounts with several roles."""

from typing import Any

import httpx
import pytest_asyncio
from hypothesis import given
from hypothesis import strategies as st

from services.riskfund.tests.county import County, fengjie, refusal
from shared.access import Grant, Principal, Role
from shared.scope import Scope, View, seen

VILLAGES = ("500236001201", "500236002201", "500237001201")
VIEWS = st.builds(
    View, st.sampled_from(("", "500236", "500236001", "500237")), st.none() | st.sampled_from(("RCB", "ABC"))
)


@pytest_asyncio.fixture
async def two_counties(county: County) -> tuple[County, County]:
    """Return two counties, each with a compensated and partly recovered loan of either bank; one of them is insured."""
    other = County(county.service, "500237")
    await other.confirm_pack(fengjie())
    for each in (county, other):
        await each.open_fund()
        for bank_code in ("cqrcb", "abc"):
            loan = await each.lend(bank_code=bank_code)
            if bank_code == "abc":
                await each.insure(loan, policy_number=f"P-{each.code}")
            await each.service.deliver_all([each.defaulted(loan)])
            claim_id = (await each.file(loan, subject=f"clerk-{bank_code}")).json()["id"]
            if bank_code == "abc":
                await each.answer(claim_id, "0.00")
            for member in ("member-1", "member-2"):
                await each.decide(claim_id, member)
            assert (await each.pay(claim_id)).status_code == 201
            await each.service.deliver_all([each.recovered(loan, claim_id, "100.00")])
    return county, other


async def read(county: County, path: str, *grants: Grant, organisation: str | None = None) -> httpx.Response:
    """Read as an account with these grants."""
    token = county.service.signer.sign(Principal("mixed", "mixed", grants, organisation), "riskfund", 600)
    return await county.service.client.get(f"/api/v1{path}", headers={"Authorization": f"Bearer {token}"})


async def owners(county: County, path: str, *grants: Grant, organisation: str | None = None) -> list[tuple[str, str]]:
    """Return county and bank of each item the account sees, sorted."""
    answer = await read(county, path, *grants, organisation=organisation)
    assert answer.status_code == 200, answer.text
    return sorted((item["village_code"][:6], item["bank_code"]) for item in answer.json()["items"])


async def test_a_bank_here_and_an_auditor_there_sees_its_own_here_and_all_there(
    two_counties: tuple[County, County],
) -> None:
    county, _ = two_counties
    grants = (Grant(Role.BANK, "500236"), Grant(Role.AUDITOR, "500237"))
    expected = [("500236", "cqrcb"), ("500237", "abc"), ("500237", "cqrcb")]
    for path in ("/claims", "/recoveries"):
        assert await owners(county, path, *grants, organisation="cqrcb") == expected
        assert await owners(county, f"{path}?region_code=500236", *grants, organisation="cqrcb") == expected[:1]
    for region, claims in (("500236", 1), ("500237", 2)):
        answer = await read(county, f"/reports/riskfund?region_code={region}", *grants, organisation="cqrcb")
        assert (answer.json()["claims_paid"], answer.json()["loans_covered"]) == (claims, claims)


async def test_an_insurer_sees_recoveries_of_the_claims_it_was_asked_about(
    two_counties: tuple[County, County],
) -> None:
    county, _ = two_counties
    for path in ("/claims", "/recoveries"):
        assert await owners(county, path, Grant(Role.INSURER, "500236"), organisation="picc") == [("500236", "abc")]
        assert await owners(county, path, Grant(Role.INSURER, "500236"), organisation="cpic") == []


async def test_a_guarantor_sees_no_claim_as_long_as_none_says_who_guarantees_it(
    two_counties: tuple[County, County],
) -> None:
    county, _ = two_counties
    for path in ("/claims", "/recoveries"):
        assert await owners(county, path, Grant(Role.GUARANTOR, "500236"), organisation="cqrcb") == []


async def test_a_bank_without_organisation_is_refused(county: County) -> None:
    for path in ("/claims", "/recoveries"):
        answer = await read(county, path, Grant(Role.BANK, "500236"), Grant(Role.AUDITOR, "500237"))
        assert refusal(answer) == (403, "organisation-missing")


async def test_the_statements_condition_is_the_rule(county: County) -> None:
    rows = [(village, bank) for village in VILLAGES for bank in ("RCB", "ABC")]
    statement = f"""
SELECT village, bank FROM unnest($3::text[], $4::text[]) AS row (village, bank) WHERE {seen("village", "bank")}
"""
    drawn: list[Scope] = []

    @given(st.lists(VIEWS, max_size=4))
    def draw(views: list[View]) -> None:
        drawn.append(Scope(tuple(views)))

    draw()
    for scope in drawn:
        columns: list[Any] = [[row[0] for row in rows], [row[1] for row in rows]]
        found = await county.service.database.pool.fetch(statement, scope.regions, scope.banks, *columns)
        assert {tuple(row) for row in found} == {row for row in rows if scope.sees(*row)}
