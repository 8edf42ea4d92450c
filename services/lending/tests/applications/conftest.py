"""One county, its pack, and a lending service with fake peers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest

from services.lending.tests.applications.peers import Registry, Riskfund
from shared.access import Role
from shared.events.registry import PolicyPackConfirmed
from shared.ids import new_id
from shared.policy.load import load_pack
from shared.policy.pack import PolicyPack
from shared.testing.plugin import StartService
from shared.testing.service import ServiceUnderTest

PACKS = Path(__file__).parents[4] / "policy" / "packs"
COUNTY, TOWNSHIP, VILLAGE, OTHER_VILLAGE = "500236", "500236001", "500236001201", "500236001202"
BANK = "CQRCB"
FILED_ON = date(2017, 1, 9)
PAPERS = ["application_form", "review_form", "commitment_letter", "loan_contract"]


@pytest.fixture(scope="session")
def pack() -> PolicyPack:
    """Return the county's pack."""
    return load_pack(PACKS / "fengjie.yaml")


@dataclass
class Lending:
    """The service under test with its peers, and the calls people make."""

    service: ServiceUnderTest
    registry: Registry
    riskfund: Riskfund
    pack: PolicyPack

    async def post(
        self,
        path: str,
        body: Mapping[str, Any],
        role: Role,
        *,
        subject: str | None = None,
        region: str = COUNTY,
        organisation: str | None = None,
        key: str | None = None,
    ) -> httpx.Response:
        """Send one write as an officer of the role."""
        headers = self.service.headers(role, region=region, subject=subject, organisation=organisation)
        if key is not None:
            headers["Idempotency-Key"] = key
        return await self.service.client.post(f"/api/v1{path}", json=dict(body), headers=headers)

    async def get(
        self, path: str, role: Role = Role.SERVICE_CENTRE, *, region: str = COUNTY, organisation: str | None = None
    ) -> httpx.Response:
        """Send one read as an officer of the role."""
        headers = self.service.headers(role, region=region, organisation=organisation)
        return await self.service.client.get(f"/api/v1{path}", headers=headers)

    async def confirm_pack(self, pack: PolicyPack, county_code: str = COUNTY, version: int = 1) -> UUID:
        """Let a confirmed pack arrive."""
        pack_id = new_id()
        event = PolicyPackConfirmed(
            pack_id=pack_id,
            county_code=county_code,
            pack_version=version,
            effective_from=pack.header.effective_from,
            content_hash=pack.content_hash(),
            content=pack.model_dump(mode="json"),
        )
        await self.service.deliver(event, region_code=county_code, aggregate_id=pack_id)
        return pack_id

    async def file(self, *items: Mapping[str, Any], **options: Any) -> dict[str, Any]:
        """File a batch as the township's clerk and return the answer."""
        answered = await self.post("/application-batches", batch(*items), Role.TOWNSHIP, subject="clerk", **options)
        assert answered.status_code == 201, answered.text
        return dict(answered.json())

    async def ids(self, batch_id: str) -> list[str]:
        """Return the batch's applications under way, as they were filed."""
        rows = await self.service.database.pool.fetch(
            "SELECT id FROM application WHERE batch_id = $1 AND state <> 'refused' ORDER BY household_number",
            UUID(batch_id),
        )
        return [str(row["id"]) for row in rows]

    async def decide(self, batch_id: str, stage: str, on: str, **more: Any) -> httpx.Response:
        """Decide a batch at one stage as that stage's officer."""
        role = {"village": Role.VILLAGE, "township": Role.TOWNSHIP, "county_centre": Role.SERVICE_CENTRE}[stage]
        checks = {"checks": {"identity": True, "purpose": True, "amount": True}} if stage == "village" else {}
        body = {"stage": stage, "decision": "approve", "decided_on": on, **checks, **more}
        return await self.post(f"/application-batches/{batch_id}/decisions", body, role)

    async def publicise(self, batch_id: str, level: str, started_on: str) -> dict[str, Any]:
        """Make a batch public at a level."""
        body = {"level": level, "started_on": started_on}
        answered = await self.post(f"/application-batches/{batch_id}/publicity-notices", body, Role.SERVICE_CENTRE)
        assert answered.status_code == 201, answered.text
        return dict(answered.json())

    async def close(self, notice_id: str, closed_on: str) -> httpx.Response:
        """Close a notice."""
        return await self.post(
            f"/publicity-notices/{notice_id}/closings", {"closed_on": closed_on}, Role.SERVICE_CENTRE
        )

    async def sign(self, batch_id: str, role: Role, signed_on: str, **options: Any) -> httpx.Response:
        """Sign the joint review for one office."""
        return await self.post(f"/application-batches/{batch_id}/signatures", {"signed_on": signed_on}, role, **options)

    async def hand_over(self, batch_id: str, on: str, **options: Any) -> httpx.Response:
        """Hand a batch over to the bank."""
        body = {"handed_over_on": on}
        return await self.post(f"/application-batches/{batch_id}/hand-overs", body, Role.SERVICE_CENTRE, **options)

    async def bring_to_publicity(self, batch_id: str) -> dict[str, Any]:
        """Bring a batch through the village check and hang its first notice on 2017-01-10, until 2017-01-17."""
        assert (await self.decide(batch_id, "village", "2017-01-10")).status_code == 201
        return await self.publicise(batch_id, "village", "2017-01-10")

    async def bring_to_joint_review(self, batch_id: str) -> None:
        """Bring a batch to the joint review, on 2017-02-10."""
        notice = await self.bring_to_publicity(batch_id)
        assert (await self.close(notice["id"], notice["ends_on"])).status_code == 201
        assert (await self.decide(batch_id, "township", "2017-01-18")).status_code == 201
        notice = await self.publicise(batch_id, "township", "2017-01-18")
        assert (await self.close(notice["id"], notice["ends_on"])).status_code == 201
        assert (await self.decide(batch_id, "county_centre", "2017-02-03")).status_code == 201
        notice = await self.publicise(batch_id, "county", "2017-02-03")
        assert (await self.close(notice["id"], notice["ends_on"])).status_code == 201

    async def bring_to_approved(self, batch_id: str) -> None:
        """Bring a batch to `approved`, on 2017-02-13."""
        await self.bring_to_joint_review(batch_id)
        for role in (Role.FINANCE_BUREAU, Role.POVERTY_OFFICE, Role.SERVICE_CENTRE):
            assert (await self.sign(batch_id, role, "2017-02-13")).status_code == 201


def wish(number: str, amount: str = "50000.00", **more: Any) -> dict[str, Any]:
    """Return what one household asks for; `number` is `<village code>-<n>`."""
    return {
        "household_number": number,
        "amount": amount,
        "term_months": 36,
        "industry": "planting",
        "purpose": "planting",
        "documents": PAPERS,
        **more,
    }


def batch(*items: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """Return the body of a batch."""
    filed = {"township_code": TOWNSHIP, "bank_code": BANK, "filed_on": FILED_ON.isoformat()}
    return {**filed, "items": [dict(item) for item in items], **more}


@pytest.fixture
async def lending(start_service: StartService, pack: PolicyPack) -> Lending:
    """Return a lending service that knows the county's pack."""
    registry, riskfund = Registry(), Riskfund()
    service = await start_service("lending", peers={"registry": registry.app(), "riskfund": riskfund.app()})
    started = Lending(service, registry, riskfund, pack)
    await started.confirm_pack(pack)
    return started
