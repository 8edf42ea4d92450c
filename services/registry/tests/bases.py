"""Have a province's base submitted and confirmed."""

import httpx

from shared.access import Role
from shared.policy.bases import BASES
from shared.testing.service import ServiceUnderTest

BASE_TEXT = (BASES / "shanxi.yaml").read_text(encoding="utf-8")
PROVINCE = "14"


async def post(
    registry: ServiceUnderTest, path: str, role: Role, region: str, text: str = "", subject: str = "maker"
) -> httpx.Response:
    """Send a file, or a confirmation, as an officer of a region."""
    headers = registry.headers(role, subject=subject, region=region)
    return await registry.client.post(f"/api/v1{path}", content=text, headers=headers)


async def submit_base(registry: ServiceUnderTest, text: str = BASE_TEXT) -> httpx.Response:
    """Submit a base as the province's poverty office."""
    return await post(registry, "/policy-bases", Role.POVERTY_OFFICE, PROVINCE, text)


async def confirm_base(registry: ServiceUnderTest, base_id: str, subject: str = "checker") -> httpx.Response:
    """Confirm a base as the province's treasury."""
    path = f"/policy-bases/{base_id}/confirmations"
    return await post(registry, path, Role.FINANCE_BUREAU, PROVINCE, subject=subject)


async def set_base(registry: ServiceUnderTest, text: str = BASE_TEXT) -> str:
    """Have a base submitted and confirmed; return its id."""
    submitted = await submit_base(registry, text)
    assert submitted.status_code == 201, submitted.text
    confirmed = await confirm_base(registry, submitted.json()["id"])
    assert confirmed.status_code == 201, confirmed.text
    return str(submitted.json()["id"])
