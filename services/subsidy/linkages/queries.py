"""Named reads of leases and jobs."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final
from uuid import UUID

from services.subsidy.agreements.queries import get_agreement
from services.subsidy.linkages.rules.lease import lease_year, services_missing
from services.subsidy.linkages.schemas import (
    JobOfferOut,
    JobOffersOut,
    LeaseEntryOut,
    LeaseServiceOut,
    LeaseStatementOut,
    LeaseYearOut,
)
from shared.db import Connection
from shared.money import ZERO
from shared.policy.copies import find_current_pack
from shared.policy.pack import PolicyPack

_YEAR: Final = """
SELECT s.household_id, s.area_mu, coalesce(sum(e.amount) FILTER (WHERE e.kind = 'rent'), 0.00) AS rent_paid,
  coalesce(sum(e.amount) FILTER (WHERE e.kind = 'sale'), 0.00) AS sold
FROM agreement_share s
LEFT JOIN lease_entry e ON e.agreement_id = $1 AND e.household_id = s.household_id AND e.year_number = $3
WHERE s.agreement_id = $1 AND s.version = $2 AND s.area_mu > 0 GROUP BY 1, 2 ORDER BY 1
"""
_ENTRIES: Final = """
SELECT e.*, EXISTS (SELECT FROM lease_entry r WHERE r.reverses_id = e.id) AS is_reversed
FROM lease_entry e WHERE e.agreement_id = $1 AND e.year_number = $2 AND e.reverses_id IS NULL ORDER BY e.id
"""
_SERVICES: Final = "SELECT * FROM lease_service WHERE agreement_id = $1 AND year_number = $2 ORDER BY id"
_OFFERS: Final = "SELECT * FROM job_offer WHERE agreement_id = $1 ORDER BY id"


async def get_statement(
    conn: Connection, regions: Sequence[str], agreement_id: UUID, year_number: int
) -> LeaseStatementOut:
    """Return what a year of a lease costs and brings each household, beside what the document expects (FJ-9d).

    Raises:
        AgreementUnknown: there is none in these regions.
    """
    agreement = await get_agreement(conn, regions, agreement_id)
    found = await find_current_pack(conn, agreement.county_code, agreement.valid_from)
    expected = _expected_per_mu(found.pack if found else None, agreement.terms["linkage_model"])
    rent = Decimal(agreement.terms["rent_per_mu"] or 0)
    households = []
    for row in await conn.fetch(_YEAR, agreement_id, agreement.version, year_number):
        year = lease_year(row["area_mu"], rent, row["rent_paid"], row["sold"], expected)
        households.append(
            LeaseYearOut(
                household_id=row["household_id"],
                area_mu=row["area_mu"],
                rent=year.rent,
                rent_paid=year.rent_paid,
                sold=year.sold,
                net=max(year.net, ZERO),
                shortfall=max(-year.net, ZERO),
                expected_net=year.expected_net,
                is_below_expected=year.is_below_expected,
            )
        )
    entries = [LeaseEntryOut(**row) for row in await conn.fetch(_ENTRIES, agreement_id, year_number)]
    services = [LeaseServiceOut(**row) for row in await conn.fetch(_SERVICES, agreement_id, year_number)]
    done = [each.service for each in services if each.reversed_on is None]
    return LeaseStatementOut(
        agreement_id=agreement_id,
        year_number=year_number,
        households=households,
        entries=entries,
        services=services,
        services_missing=services_missing(agreement.terms["lease_services"], done),
    )


async def list_offers(conn: Connection, regions: Sequence[str], agreement_id: UUID) -> JobOffersOut:
    """Return the posts offered under an agreement, in the order of their recording.

    Raises:
        AgreementUnknown: there is none in these regions.
    """
    await get_agreement(conn, regions, agreement_id)
    return JobOffersOut(items=[JobOfferOut(**row) for row in await conn.fetch(_OFFERS, agreement_id)])


def _expected_per_mu(pack: PolicyPack | None, model: str | None) -> Decimal | None:
    models = pack.linkage.models.value if pack and pack.linkage else ()
    return next((each.expected_net_per_mu for each in models if each.code == model), None)
