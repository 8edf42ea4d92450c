"""A registry with a small county on file."""

from collections.abc import Awaitable, Callable

import pytest

from services.registry.tests.county import PACK_FILE, REGIONS
from shared.access import Role
from shared.testing.service import ServiceUnderTest


@pytest.fixture
async def empty_registry(start_service: Callable[[str], Awaitable[ServiceUnderTest]]) -> ServiceUnderTest:
    """Return a registry without regions and packs."""
    return await start_service("registry")


@pytest.fixture
async def regional_registry(empty_registry: ServiceUnderTest) -> ServiceUnderTest:
    """Return a registry with regions and no pack."""
    headers = empty_registry.headers(Role.ADMIN, region="")
    answer = await empty_registry.client.post("/api/v1/region-imports", content=REGIONS, headers=headers)
    assert answer.status_code == 201, answer.text
    return empty_registry


@pytest.fixture
async def registry(regional_registry: ServiceUnderTest) -> ServiceUnderTest:
    """Return a registry with regions and the county's confirmed pack."""
    client = regional_registry.client
    headers = regional_registry.headers(Role.POVERTY_OFFICE, subject="maker")
    pack = await client.post("/api/v1/policy-packs", content=PACK_FILE.read_bytes(), headers=headers)
    assert pack.status_code == 201, pack.text
    headers = regional_registry.headers(Role.POVERTY_OFFICE, subject="checker")
    confirmed = await client.post(f"/api/v1/policy-packs/{pack.json()['id']}/confirmations", headers=headers)
    assert confirmed.status_code == 201, confirmed.text
    return regional_registry
