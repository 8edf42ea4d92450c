"""Lock an agreement, store its terms and shares, and look whether they are complete."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from services.subsidy.agreements.pack_rules import bounds_of
from services.subsidy.agreements.refusals import (
    AgreementHouseholdsUnknown,
    AgreementIncomplete,
    AgreementStateWrong,
    AgreementUnknown,
)
from services.subsidy.agreements.rules.completeness import TEXTS, Bounds, Terms, lacks, security_needed
from services.subsidy.agreements.rules.pledges import Pledged, is_pledged
from services.subsidy.agreements.schemas import SecurityIn, TermsIn
from shared.access import Principal, Right
from shared.db import Connection
from shared.money import ZERO
from shared.policy.copies import find_current_pack

_LOCK: Final = "SELECT * FROM agreement WHERE id = $1 AND region_code ^@ ANY ($2::text[]) FOR UPDATE"
_UNKNOWN: Final = """
SELECT asked FROM unnest($1::uuid[]) AS asked
WHERE NOT EXISTS (SELECT FROM household_state s WHERE s.household_id = asked AND s.village_code ^@ $2
  AND s.version = (SELECT max(n.version) FROM household_state n WHERE n.household_id = asked)) ORDER BY asked
"""
_STORE_TERMS: Final = """
INSERT INTO agreement_terms (agreement_id, version, terms, state, reason, proposed_by, proposed_on)
VALUES ($1, $2, $3, $4, $5, $6, $7)
"""
_STORE_SHARES: Final = """
INSERT INTO agreement_share (agreement_id, version, household_id, grant_amount, loan_amount, area_mu)
SELECT $1, $2, * FROM unnest($3::uuid[], $4::numeric[], $5::numeric[], $6::numeric[])
"""
# An asset stands for one agreement at a time: it secures nothing that another one counts already, whether it is valued
# by the same paper or is the same thing of the same entity under another one. What was released is free again.
_TAKEN: Final = """
SELECT each->>'valuation_document' AS document, each->>'security_kind' AS kind, each->>'what' AS what, a.entity_id
FROM agreement a JOIN agreement_terms t ON t.agreement_id = a.id AND t.version = a.version
CROSS JOIN LATERAL jsonb_array_elements(t.terms->'securities') AS each
WHERE a.county_code = $1 AND a.id <> $2 AND a.id IS DISTINCT FROM $3 AND a.state IN ('signed', 'in_force')
  AND (each->>'value')::numeric > (SELECT coalesce(sum(r.amount), 0) FROM security_release r
    WHERE r.agreement_id = a.id AND r.valuation_document = each->>'valuation_document')
"""
_GONE: Final = """
SELECT (SELECT coalesce(sum(amount), 0.00) FROM security_release WHERE agreement_id = $1 AND released_on <= $2)
  + (SELECT coalesce(sum(amount), 0.00) FROM security_draw
     WHERE agreement_id = $1 AND state = 'accepted' AND decided_on <= $2)
"""
_ONE_AT_A_TIME: Final = "SELECT pg_advisory_xact_lock(hashtextextended('agreement-security/' || $1::text, 0))"
_TERMS: Final = "SELECT terms FROM agreement_terms WHERE agreement_id = $1 AND version = $2"
_FIRST_DELEGATE: Final = "SELECT min(from_on) FROM agreement_delegate WHERE agreement_id = $1"


async def lock_agreement(
    conn: Connection, officer: Principal, right: Right, agreement_id: UUID, *states: str
) -> dict[str, Any]:
    """Return an agreement of the officer's region, locked; with `states`, only when it stands in one of them.

    Raises:
        AgreementUnknown, AgreementStateWrong.
    """
    row = await conn.fetchrow(_LOCK, agreement_id, officer.regions_for(right))
    if row is None:
        raise AgreementUnknown(agreement_id)
    if states and row["state"] not in states:
        raise AgreementStateWrong(row["number"], row["state"])
    return dict(row)


async def store_terms(
    conn: Connection,
    agreement_id: UUID,
    region_code: str,
    version: int,
    terms: TermsIn,
    *,
    state: str,
    reason: str | None,
    by: str,
    on: date,
) -> None:
    """Store terms with the shares of their households.

    Raises:
        AgreementHouseholdsUnknown: households do not live in the agreement's region.
    """
    households = [each.household_id for each in terms.shares]
    unknown = [row["asked"] for row in await conn.fetch(_UNKNOWN, households, region_code)]
    if unknown:
        raise AgreementHouseholdsUnknown(unknown)
    await conn.execute(
        _STORE_TERMS, agreement_id, version, terms.model_dump(mode="json", exclude={"shares"}), state, reason, by, on
    )
    money = [
        [each.grant_amount for each in terms.shares],
        [each.loan_amount for each in terms.shares],
        [each.area_mu for each in terms.shares],
    ]
    await conn.execute(_STORE_SHARES, agreement_id, version, households, *money)


async def stored_terms(conn: Connection, agreement_id: UUID, version: int) -> TermsIn:
    """Return a version of the terms with its shares."""
    terms = await conn.fetchval(_TERMS, agreement_id, version)
    shares = await conn.fetch(
        "SELECT household_id, grant_amount, loan_amount, area_mu FROM agreement_share "
        "WHERE agreement_id = $1 AND version = $2 ORDER BY household_id",
        agreement_id,
        version,
    )
    return TermsIn.model_validate({**terms, "shares": [dict(row) for row in shares]})


async def ensure_complete(conn: Connection, agreement: dict[str, Any], terms: TermsIn, on: date) -> Decimal:
    """Refuse terms that lack what the county's pack in force on a day asks for (ZJ-2a, ZJ-2b, ZJ-4, ZJ-5, FJ-9).

    Return the security, in yuan, that has to stand for the agreement as long as it holds (ZJ-4(b)).

    Raises:
        AgreementIncomplete: with everything that is missing.
    """
    found = await find_current_pack(conn, agreement["county_code"], on)
    delegate_from = await conn.fetchval(_FIRST_DELEGATE, agreement["id"])
    await conn.execute(_ONE_AT_A_TIME, agreement["county_code"])
    others = agreement["county_code"], agreement["id"], agreement["follows_id"]
    taken = [Pledged(**row) for row in await conn.fetch(_TAKEN, *others)]
    free = [each for each in terms.securities if not _is_pledged(each, terms, taken)]
    worth = sum((each.value for each in free if each.valued_on <= on), ZERO)
    bounds = bounds_of(found.pack) if found else Bounds()
    content = replace(
        terms_for_rules(agreement["kind"], terms, delegate_from),
        security=worth - await conn.fetchval(_GONE, agreement["id"], on),
        pledged=len(free) < len(terms.securities),
    )
    missing = lacks(content, bounds)
    if missing:
        raise AgreementIncomplete(missing)
    return security_needed(content, bounds)


def _is_pledged(each: SecurityIn, terms: TermsIn, taken: Sequence[Pledged]) -> bool:
    return is_pledged(each.valuation_document, each.security_kind, each.what, terms.entity_id, taken)


def terms_for_rules(kind: str, terms: TermsIn, delegate_from: date | None) -> Terms:
    """Return the terms as the rules take them."""
    return Terms(
        kind=kind,
        valid_from=terms.valid_from,
        valid_until=terms.valid_until,
        texts={name: getattr(terms, name) for name in TEXTS},
        form=terms.dividend_form,
        model=terms.linkage_model,
        has_entity=terms.entity_id is not None,
        households=len(terms.shares),
        grant=sum((each.grant_amount for each in terms.shares), ZERO),
        loan=sum((each.loan_amount for each in terms.shares), ZERO),
        area_mu=sum((each.area_mu for each in terms.shares), ZERO),
        grant_rates=terms.grant_rates,
        loan_rates=terms.loan_rates,
        household_share=terms.household_share,
        negotiators=frozenset(each.role for each in terms.negotiators),
        delegate_from=delegate_from,
        rent_per_mu=terms.rent_per_mu,
        floor_price_per_500g=terms.floor_price_per_500g,
        services=frozenset(terms.lease_services),
    )
