"""Counties other than the first, with their packs, as lending's tests file and lend in them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import httpx

from services.lending.tests.applications.conftest import PACKS, Lending
from shared.access import Role
from shared.policy.load import load_pack
from shared.policy.pack import PolicyPack
from shared.regions import county_of, township_of


@dataclass
class Place:
    """One county in which the service lends, by a bank of a kind that its pack admits."""

    lending: Lending
    pack: PolicyPack
    filed_on: date
    bank: str = "LOCAL"
    numbers: list[str] = field(default_factory=list)

    @property
    def village(self) -> str:
        """Return a village where the pack holds."""
        return self.pack.header.regions[0].ljust(12, "1")

    @property
    def county(self) -> str:
        """Return the county's code."""
        return county_of(self.village)

    def loan_request(self, amount: str = "50000.00", term_months: int | None = None, **more: Any) -> dict[str, Any]:
        """Return what a new household asks for, in the pack's first purpose and its longest term."""
        terms, purpose = self.pack.loan_terms(), self.pack.purpose_rule().allowed[0]
        self.numbers.append(f"{self.village}-{len(self.numbers) + 1}")
        return {
            "household_number": self.numbers[-1],
            "amount": amount,
            "term_months": term_months or terms.term_months_max,
            "industry": purpose.industry or self.pack.purpose_rule().industries[0].code,
            "purpose": purpose.code,
            "documents": [paper.code for paper in self.pack.approval_chain().documents],
            "statement": {"consent": {"given_on": self.filed_on.isoformat()}},
            **more,
        }

    async def post(self, path: str, body: Mapping[str, Any], role: Role = Role.TOWNSHIP, **more: Any) -> httpx.Response:
        """Send one write as an officer of this county."""
        return await self.lending.post(path, body, role, region=self.county, **more)

    async def file(self, *loan_requests: Mapping[str, Any], **more: Any) -> dict[str, Any]:
        """File a batch and return the answer."""
        body = {"township_code": township_of(self.village), "bank_code": self.bank, "items": list(loan_requests)}
        body |= {"filed_on": self.filed_on.isoformat(), **more}
        answered = await self.post("/application-batches", body, subject="clerk")
        assert answered.status_code == 201, answered.text
        return dict(answered.json())

    async def refusals(self, *loan_requests: Mapping[str, Any], **more: Any) -> list[list[tuple[str, str]]]:
        """Return code and clause of every reason against each loan request, in the order of the loan requests."""
        filed = await self.file(*loan_requests, **more)
        against = {
            refused["household_number"]: [(reason["code"], reason["clause"]) for reason in refused["reasons"]]
            for refused in filed["refusals"]
        }
        return [against.get(loan_request["household_number"], []) for loan_request in loan_requests]

    async def ready(self, **application: Any) -> UUID:
        """Put one application of this county into the bank's hands and return its id."""
        values = {"amount": Decimal("50000.00"), "mode": "direct", "handed_over_on": self.filed_on, **application}
        pool = self.lending.service.database.pool
        purpose = self.pack.purpose_rule().allowed[0]
        self.numbers.append(f"{self.village}-{len(self.numbers) + 1}")
        application_id: UUID = await pool.fetchval(
            """INSERT INTO application (id, household_id, household_number, village_code, township_code, county_code,
                 bank_code, amount, term_months, industry, purpose, state, state_from, pack_id, pack_version,
                 eligibility, filed_on, filed_by, approved_on, handed_over_on, handed_over_by, disbursement_due_on,
                   mode,
                 entity_id)
               SELECT uuid7(), uuid7(), $1, $2, left($2, 9), left($2, 6), $3, $4, 12, $5, $6, 'handed_over', $7::date,
                 pack_id, pack_version, '{}', $7, 'clerk', $7, $7, 'centre', $7 + 9, $8, $9
               FROM policy_pack WHERE county_code = left($2, 6) RETURNING id""",
            self.numbers[-1],
            self.village,
            self.bank,
            values["amount"],
            purpose.industry,
            purpose.code,
            values["handed_over_on"],
            values["mode"],
            values.get("entity_id"),
        )
        return application_id


async def county(lending: Lending, code: str, filed_on: date = date(2017, 3, 15)) -> Place:
    """Let a county's pack arrive and register its bank; registry finds no credit limit there.

    On a day before its rule began the county files as if it had held then, for the days that the rule itself names.
    """
    pack = load_pack(PACKS / f"{code}.yaml")
    header = pack.header.model_copy(update={"effective_from": min(filed_on, pack.header.effective_from)})
    pack = pack.model_copy(update={"header": header})
    place = Place(lending, pack, filed_on)
    await lending.confirm_pack(pack, place.county)
    await lending.register_bank(place.bank, pack.loan_terms().lender_kinds[0], place.county)
    lending.registry.credit_limit = None
    return place
