"""One county, its pack, and a lending service with fake peers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest

from services.lending.tests.applications.peers import Registry, Riskfund
from shared.access import Role
from shared.events.registry import PolicyPackConfirmed, VillageQuotaCut, VillageQuotaRestored
from shared.ids import new_id
from shared.policy.load import load_pack
from shared.policy.pack import PolicyPack
from shared.testing.service import ServiceUnderTest, StartService

PACKS = Path(__file__).parents[4] / "policy" / "packs"
COUNTY, TOWNSHIP, VILLAGE, OTHER_VILLAGE = "500236", "500236001", "500236001201", "500236001202"
BANK = "CQRCB"
FILED_ON = date(2017, 1, 9)
PAPERS = ["application_form", "review_form", "commitment_letter", "loan_contract"]


def county_pack() -> PolicyPack:
    """Return Fengjie's pack, held from the first day of 2017 on."""
    pack = load_pack(PACKS / "fengjie.yaml")
    return pack.model_copy(update={"header": pack.header.model_copy(update={"effective_from": date(2017, 1, 1)})})


@pytest.fixture(scope="session")
def pack() -> PolicyPack:
    """Return the county's pack: Fengjie's rules, here from the first day of 2017 on."""
    return county_pack()


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

    async def register_bank(self, code: str, kind: str, county: str = COUNTY) -> None:
        """Register a bank that lends in a county."""
        body = {"code": code, "name": f"{code} 银行", "kind": kind}
        answered = await self.post("/lenders", body, Role.SERVICE_CENTRE, region=county)
        assert answered.status_code == 201, answered.text

    async def confirm_pack(self, pack: PolicyPack, county_code: str = COUNTY, version: int = 1) -> UUID:
        """Let a confirmed pack arrive."""
        pack_id = new_id()
        pack = pack.model_copy(update={"header": pack.header.model_copy(update={"version": version})})
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

    async def file(self, *items: Mapping[str, Any], **more: Any) -> dict[str, Any]:
        """File a batch as the township's clerk and return the answer."""
        answered = await self.post("/application-batches", batch(*items, **more), Role.TOWNSHIP, subject="clerk")
        assert answered.status_code == 201, answered.text
        return dict(answered.json())

    async def ids(self, batch_id: str) -> list[str]:
        """Return the batch's applications under way, as they were filed."""
        rows = await self.service.database.pool.fetch(
            "SELECT id FROM application WHERE batch_id = $1 AND state <> 'refused' ORDER BY household_number",
            UUID(batch_id),
        )
        return [str(row["id"]) for row in rows]

    async def ids_of(self, household_number: str) -> list[str]:
        """Return the household's applications, oldest first."""
        rows = await self.service.database.pool.fetch(
            "SELECT id FROM application WHERE household_number = $1 ORDER BY id", household_number
        )
        return [str(row["id"]) for row in rows]

    async def count(self, table: str) -> int:
        """Count a table's rows."""
        return int(await self.service.database.pool.fetchval(f"SELECT count(*) FROM {table}"))

    async def lend(self, *items: Mapping[str, Any]) -> dict[str, Any]:
        """Bring applications all the way to disbursement, on 2017-02-15; return the batch as it was filed."""
        filed = await self.file(*items)
        await self.bring_to_approved(filed["id"])
        assert (await self.hand_over(filed["id"], "2017-02-14")).status_code == 201
        for application_id in await self.ids(filed["id"]):
            await self.disburse(application_id, "2017-02-15")
        return filed

    async def disburse(self, application_id: str, on: str, bank: str = BANK) -> None:
        """Let the bank pay one loan out."""
        await self.service.database.pool.execute(
            "INSERT INTO reference_rate (rate_id, basis, effective_from, up_to_1y, over_1y_to_5y, over_5y) "
            "SELECT uuid7(), 'PBOC_BENCHMARK', '2015-10-24', 4.35, 4.75, 4.90 WHERE NOT EXISTS "
            "(SELECT 1 FROM reference_rate)"
        )
        amount = (await self.get(f"/applications/{application_id}")).json()["amount"]
        number = application_id.replace("-", "")
        body = {"contract_number": f"C{number}", "bank_reference": f"D{number}", "disbursed_on": on, "amount": amount}
        path = f"/applications/{application_id}/disbursements"
        answered = await self.post(path, body, Role.BANK, organisation=bank)
        assert answered.status_code == 201, answered.text

    async def repay_whole(self, loan_id: str) -> None:
        """Pay every instalment of a loan on its day."""
        path = f"/loans/{loan_id}/installments"
        for row in (await self.get(path, Role.BANK, organisation=BANK)).json()["items"]:
            body = {
                "bank_reference": f"R{row['number']}",
                "kind": "repayment",
                "paid_on": row["due_on"],
                "amount": f"{Decimal(row['principal_due']) + Decimal(row['interest_due']):.2f}",
            }
            paid = await self.post(f"/loans/{loan_id}/repayments", body, Role.BANK, organisation=BANK)
            assert paid.status_code == 201, paid.text

    async def cut_quota(self, village_code: str, share: str, *, on: str, loan_id: UUID | None = None) -> UUID:
        """Let the cut of a village's quota arrive."""
        cut = VillageQuotaCut(
            village_code=village_code,
            cut_share=share,
            loan_id=loan_id or new_id(),
            effective_on=date.fromisoformat(on),
        )
        await self.service.deliver(cut, region_code=village_code)
        return cut.loan_id

    async def restore_quota(self, village_code: str, share: str, *, on: str, loan_id: UUID) -> None:
        """Let the end of a cut arrive."""
        restored = VillageQuotaRestored(
            village_code=village_code, cut_share=share, loan_id=loan_id, effective_on=date.fromisoformat(on)
        )
        await self.service.deliver(restored, region_code=village_code)

    async def decide(self, batch_id: str, stage: str, on: str, **more: Any) -> httpx.Response:
        """Decide a batch at one stage as that stage's officer."""
        role = {"village": Role.VILLAGE, "township": Role.TOWNSHIP, "county_centre": Role.SERVICE_CENTRE}[stage]
        checks = (
            {"checks": {"identity_confirmed": True, "purpose_confirmed": True, "amount_confirmed": True}}
            if stage == "village"
            else {}
        )
        body = {"stage": stage, "decision": "approve", "decided_on": on, **checks, **more}
        return await self.post(f"/application-batches/{batch_id}/decisions", body, role)

    async def put_on_public_notice(self, batch_id: str, level: str, started_on: str) -> dict[str, Any]:
        """Make a batch public at a level."""
        body = {"level": level, "started_on": started_on}
        answered = await self.post(f"/application-batches/{batch_id}/public-notices", body, Role.SERVICE_CENTRE)
        assert answered.status_code == 201, answered.text
        return dict(answered.json())

    async def close(self, notice_id: str, closed_on: str) -> httpx.Response:
        """Close a notice."""
        return await self.post(f"/public-notices/{notice_id}/closures", {"closed_on": closed_on}, Role.SERVICE_CENTRE)

    async def sign(self, batch_id: str, role: Role, signed_on: str, **options: Any) -> httpx.Response:
        """Sign the joint review for one office."""
        return await self.post(f"/application-batches/{batch_id}/signatures", {"signed_on": signed_on}, role, **options)

    async def hand_over(self, batch_id: str, on: str, **options: Any) -> httpx.Response:
        """Hand a batch over to the bank."""
        body = {"handed_over_on": on}
        return await self.post(f"/application-batches/{batch_id}/hand-overs", body, Role.SERVICE_CENTRE, **options)

    async def bring_to_public_notice(self, batch_id: str) -> dict[str, Any]:
        """Bring a batch through the village check and hang its first notice on 2017-01-10, until 2017-01-17."""
        assert (await self.decide(batch_id, "village", "2017-01-10")).status_code == 201
        return await self.put_on_public_notice(batch_id, "village", "2017-01-10")

    async def bring_to_joint_review(self, batch_id: str) -> None:
        """Bring a batch to the joint review, on 2017-02-10."""
        notice = await self.bring_to_public_notice(batch_id)
        assert (await self.close(notice["id"], notice["ends_on"])).status_code == 201
        assert (await self.decide(batch_id, "township", "2017-01-18")).status_code == 201
        notice = await self.put_on_public_notice(batch_id, "township", "2017-01-18")
        assert (await self.close(notice["id"], notice["ends_on"])).status_code == 201
        assert (await self.decide(batch_id, "county_centre", "2017-02-03")).status_code == 201
        notice = await self.put_on_public_notice(batch_id, "county", "2017-02-03")
        assert (await self.close(notice["id"], notice["ends_on"])).status_code == 201

    async def bring_to_approved(self, batch_id: str) -> None:
        """Bring a batch to `approved`, on 2017-02-13."""
        await self.bring_to_joint_review(batch_id)
        for role in (Role.FINANCE_BUREAU, Role.POVERTY_OFFICE, Role.SERVICE_CENTRE):
            assert (await self.sign(batch_id, role, "2017-02-13")).status_code == 201


def loan_request(number: str, amount: str = "50000.00", **more: Any) -> dict[str, Any]:
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


def changed_pack(pack: PolicyPack, **changed: Any) -> PolicyPack:
    """Return the pack with `section__value=...` changed, as a second version."""
    content = pack.model_dump(mode="json")
    content["header"]["version"] = 2
    for name, value in changed.items():
        section, key = name.split("__")
        leaf = content[section][key] or {"assumed": True, "reason": "Set by a test."}
        content[section][key] = {**leaf, "value": value}
    return PolicyPack.model_validate(content)


async def open_for_business(service: ServiceUnderTest) -> None:
    """Let the county's pack arrive and register its bank."""
    pack = county_pack()
    county = Lending(service, Registry(), Riskfund(), pack)
    await county.confirm_pack(pack)
    await county.register_bank(BANK, "rural_commercial")


@pytest.fixture
async def lending(start_service: StartService, pack: PolicyPack) -> Lending:
    """Return a lending service that knows the county's pack."""
    registry, riskfund = Registry(), Riskfund()
    peers = {"registry": registry.app(), "riskfund": riskfund.app()}
    service = await start_service("lending", peers=peers, prepared=open_for_business)
    return Lending(service, registry, riskfund, pack)
