"""A registry with a small county on file."""

import pytest

from services.registry.tests.county import PACK_TEXT, REGIONS
from shared.access import Role
from shared.testing.service import ServiceUnderTest, StartService


async def load_regions(registry: ServiceUnderTest) -> None:
    """Import the county's regions."""
    headers = registry.headers(Role.ADMIN, region="")
    answer = await registry.client.post("/api/v1/region-imports", content=REGIONS, headers=headers)
    assert answer.status_code == 201, answer.text


async def put_in_force(registry: ServiceUnderTest) -> None:
    """Import the county's regions, then submit and confirm its pack."""
    await load_regions(registry)
    headers = registry.headers(Role.POVERTY_OFFICE, subject="maker")
    pack = await registry.client.post("/api/v1/policy-packs", content=PACK_TEXT.encode(), headers=headers)
    assert pack.status_code == 201, pack.text
    headers = registry.headers(Role.POVERTY_OFFICE, subject="checker")
    path = f"/api/v1/policy-packs/{pack.json()['id']}/confirmations"
    confirmed = await registry.client.post(path, headers=headers)
    assert confirmed.status_code == 201, confirmed.text


@pytest.fixture
async def empty_registry(start_service: StartService) -> ServiceUnderTest:
    """Return a registry without regions and packs."""
    return await start_service("registry")


@pytest.fixture
async def regional_registry(start_service: StartService) -> ServiceUnderTest:
    """Return a registry with regions and no pack."""
    return await start_service("registry", prepared=load_regions)


@pytest.fixture
async def registry(start_service: StartService) -> ServiceUnderTest:
    """Return a registry with regions and the county's confirmed pack."""
    return await start_service("registry", prepared=put_in_force)
