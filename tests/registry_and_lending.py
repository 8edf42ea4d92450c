"""A registry and the lending that asks it, both real, in one county."""

from collections.abc import Mapping
from typing import Any, Final

from starlette.types import ASGIApp

from services.registry.tests.county import COUNTY, PACK, PACK_TEXT, REGIONS
from shared.access import Role
from shared.events.registry import PolicyPackConfirmed
from shared.ids import new_id
from shared.policy.pack import PolicyPack
from shared.testing.service import ServiceUnderTest, StartService

BANK: Final = "RCB"


async def set_up_registry(registry: ServiceUnderTest, pack_text: str = PACK_TEXT) -> None:
    """Load the county's regions and let its pack be confirmed."""

    async def post(path: str, content: Any, role: Role, subject: str, region: str = COUNTY) -> Any:
        headers = registry.headers(role, region=region, subject=subject)
        answer = await registry.client.post(f"/api/v1{path}", content=content, headers=headers)
        assert answer.status_code == 201, answer.text
        return answer.json()

    await post("/region-imports", REGIONS, Role.ADMIN, "admin", region="")
    pack = await post("/policy-packs", pack_text.encode(), Role.POVERTY_OFFICE, "maker")
    await post(f"/policy-packs/{pack['id']}/confirmations", None, Role.POVERTY_OFFICE, "checker")


async def lending_beside(
    start_service: StartService,
    registry: ServiceUnderTest,
    peers: Mapping[str, ASGIApp] | None = None,
    pack: PolicyPack = PACK,
) -> ServiceUnderTest:
    """Return a lending service that asks the registry, with the county's pack and its bank."""
    lending = await start_service("lending", peers={"registry": registry.app, **(peers or {})})
    confirmed = PolicyPackConfirmed(
        pack_id=new_id(),
        county_code=COUNTY,
        pack_version=1,
        effective_from=pack.header.effective_from,
        content_hash=pack.content_hash(),
        content=pack.model_dump(mode="json"),
    )
    await lending.deliver(confirmed, region_code=COUNTY, aggregate_id=confirmed.pack_id)
    lender = {"code": BANK, "name": "农村商业银行", "kind": "rural_commercial"}
    headers = lending.headers(Role.SERVICE_CENTRE)
    assert (await lending.client.post("/api/v1/lenders", json=lender, headers=headers)).status_code == 201
    return lending
