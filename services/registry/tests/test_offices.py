"""Who makes ratings final, decides on listings and marks households: the pack's office, in the county alone."""

import httpx
import pytest

from services.registry.tests.county import COUNTY, PACK_TEXT, get, post
from services.registry.tests.listing_steps import decision_body, proposal
from services.registry.tests.rating_county import Campaign, Home, refused, settled
from services.registry.tests.rating_schemes import governed
from shared.access import Role
from shared.testing.service import ServiceUnderTest

CLOSING = {"finalised_on": "2017-01-13"}


async def by_bank(registry: ServiceUnderTest, campaign: Campaign, bank: str) -> httpx.Response:
    """Make the grades final as a bank's program."""
    headers = registry.headers(Role.BANK, subject=f"program of {bank}", organisation=bank)
    return await registry.client.post(f"/api/v1{campaign.path}/finalisations", json=CLOSING, headers=headers)


@pytest.mark.clause("LG-10(b)")
async def test_where_the_bank_rates_it_makes_the_grades_final_and_nobody_else(
    regional_registry: ServiceUnderTest,
) -> None:
    registry = await governed(regional_registry, finalised_by=["bank"])
    await settled(registry, [Home()])
    campaign = await (await Campaign.opened(registry)).shown()
    answer = await campaign.do("finalisations", CLOSING, Role.SERVICE_CENTRE)
    assert refused(answer) == (403, "other-office")
    assert answer.json()["values"] == {"step": "rating_finalisation", "offices": ["bank"]}
    done = await by_bank(registry, campaign, "LGRCB")
    assert (done.status_code, done.json()["state"]) == (201, "final")
    kept = await registry.database.pool.fetchrow("SELECT finalised_by, finalised_as FROM rating_campaign")
    assert tuple(kept) == ("program of LGRCB", "bank")


async def test_where_the_service_centre_rates_the_bank_does_not(registry: ServiceUnderTest) -> None:
    await settled(registry, [Home()])
    campaign = await (await Campaign.opened(registry)).shown()
    assert refused(await by_bank(registry, campaign, "PSBC")) == (403, "other-office")
    assert refused(await campaign.do("finalisations", CLOSING, Role.POVERTY_OFFICE)) == (403, "other-office")
    assert (await campaign.do("finalisations", CLOSING, Role.SERVICE_CENTRE)).status_code == 201


@pytest.mark.clause("LG-9")
async def test_a_listing_is_decided_by_the_office_that_the_pack_names(registry: ServiceUnderTest) -> None:
    [household] = await settled(registry, [Home()])
    filed = await post(registry, "/listing-proposals", proposal(household), Role.TOWNSHIP, subject="zhao")
    path, body = f"/listing-requests/{filed.json()['id']}/decisions", decision_body("accept", "2018-08-10")
    assert refused(await post(registry, path, body, Role.FINANCE_BUREAU)) == (403, "right-missing")
    assert (await post(registry, path, body, Role.SERVICE_CENTRE)).status_code == 201
    assert await registry.database.pool.fetchval("SELECT decided_as FROM listing_request") == "service_centre"


@pytest.mark.clause("SX-7(b)")
@pytest.mark.parametrize("region", ["", "50", "5002"])
async def test_above_the_county_a_household_is_read_and_not_marked(registry: ServiceUnderTest, region: str) -> None:
    [household] = await settled(registry, [Home()])
    mark = {"household_ids": [household], "state": "lifted", "effective_from": "2017-01-01", "reason": "脱贫"}
    above = await post(registry, "/household-status-changes", mark, Role.POVERTY_OFFICE, region=region)
    assert refused(above) == (403, "acts-in-the-county")
    assert "只能查看和报告" in above.json()["detail"]
    read = await get(registry, f"/reports/registry?region_code={COUNTY}", Role.POVERTY_OFFICE, region=region)
    assert read.status_code == 200
    county = await post(registry, "/household-status-changes", mark, Role.POVERTY_OFFICE, region=COUNTY)
    assert county.status_code == 201, county.text


async def test_the_region_assesses_its_counties_by_their_figures_and_enters_none(registry: ServiceUnderTest) -> None:
    [household] = await settled(registry, [Home()])
    figures = await get(registry, f"/reports/registry?region_code={COUNTY}", Role.POVERTY_OFFICE, region="50")
    assert figures.status_code == 200, figures.text
    entered = await post(registry, "/listing-proposals", proposal(household), Role.POVERTY_OFFICE, region="50")
    assert refused(entered) == (403, "acts-in-the-county")


@pytest.mark.clause("NX-15(c)")
async def test_the_county_executes_what_the_prefecture_only_looks_at(registry: ServiceUnderTest) -> None:
    [household] = await settled(registry, [Home()])
    mark = {"household_ids": [household], "state": "lifted", "effective_from": "2017-01-01", "reason": "脱贫"}
    for region, status in (("5002", 403), (COUNTY, 201)):
        done = await post(registry, "/household-status-changes", mark, Role.POVERTY_OFFICE, region=region)
        assert done.status_code == status


@pytest.mark.clause("NX-15(d)")
async def test_a_township_takes_part_in_its_own_villages_alone(registry: ServiceUnderTest) -> None:
    [household] = await settled(registry, [Home()])
    for region, status in (("500236002", 404), ("500236001", 201)):
        filed = await post(registry, "/listing-proposals", proposal(household), Role.TOWNSHIP, region=region)
        assert filed.status_code == status, filed.text


@pytest.mark.clause("LG-9")
@pytest.mark.parametrize(
    ("old", "new", "key", "could"),
    [
        ("{level: county_centre, signers: [service_centre]}", "{level: county_centre, signers: [township]}",
         "approval.steps", "service_centre, poverty_office"),
        ("handed_over_by:\n    value: [service_centre]", "handed_over_by:\n    value: [auditor]",
         "approval.handed_over_by", "township, service_centre, poverty_office"),
    ],
)  # fmt: skip
async def test_a_pack_that_leaves_a_step_to_nobody_is_refused_by_key_office_and_who_could(
    regional_registry: ServiceUnderTest, old: str, new: str, key: str, could: str
) -> None:
    text = pack_text_of(old, new)
    headers = regional_registry.headers(Role.POVERTY_OFFICE)
    answer = await regional_registry.client.post("/api/v1/policy-packs", content=text.encode(), headers=headers)
    assert refused(answer) == (422, "policy-pack-invalid")
    [mistake] = answer.json()["values"]["mistakes"]
    assert mistake["key"] == key
    assert could in mistake["remedy"]["en"]
    assert "此环节将无人可办" in mistake["message"]["zh"]


def pack_text_of(old: str, new: str) -> str:
    """Return Fengjie's pack with one part of its text replaced."""
    assert PACK_TEXT.count(old) == 1, old
    return PACK_TEXT.replace(old, new)
