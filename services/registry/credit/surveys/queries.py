"""Named reads of credit surveys: the form, a household's history, and what is due again (DZ-4b)."""

from dataclasses import asdict
from datetime import date
from uuid import UUID

from services.registry.credit.surveys.refusals import FormBankUnknown
from services.registry.credit.surveys.rules.form import FormLine, collection_form, form_of_part, unit_of
from services.registry.credit.surveys.schemas import (
    CreditSystemOut,
    FormLineOut,
    FormOut,
    StepOut,
    SurveyRecordOut,
    SurveyStateOut,
)
from services.registry.policy.packs.queries import find_pack_in_force, find_packs_in_force, get_pack_in_force
from services.registry.policy.packs.rules.schemes import banks_with_own_scheme, own_scheme
from services.registry.register.households.refusals import HouseholdsUnknown
from shared.access import Principal, Right
from shared.db import Connection
from shared.policy.in_force import ConfirmedPack
from shared.regions import county_of, is_within

_PACK_REGIONS = """
SELECT DISTINCT region FROM policy_pack CROSS JOIN LATERAL jsonb_array_elements_text(regions) AS region
WHERE state = 'confirmed' AND (county_code ^@ $1 OR $1 ^@ county_code) ORDER BY region
"""
# PostgreSQL ends a month on its last day like `add_months` does, so both give the same due day. Where the
# pack of a township holds, the longest region around the village counts, as in `holding_in`.
_STATES = """
SELECT h.id AS household_id, h.number AS household_number, h.village_code, h.group_name, a.helper, s.collected_on,
       s.collected_by, s.due_on, coalesce(s.due_on <= $4, true) AS is_stale
FROM household h
JOIN LATERAL (
  SELECT recollect_months FROM unnest($2::text[], $3::integer[]) AS p (region, recollect_months)
  WHERE h.village_code ^@ p.region ORDER BY length(p.region) DESC LIMIT 1
) c ON true
LEFT JOIN LATERAL (
  SELECT collected_on, collected_by, (collected_on + make_interval(months => c.recollect_months))::date AS due_on
  FROM credit_survey WHERE household_id = h.id AND collected_on <= $4 ORDER BY collected_on DESC LIMIT 1
) s ON true
LEFT JOIN LATERAL (
  SELECT helper FROM helper_assignment
  WHERE household_id = h.id AND valid_from <= $4 AND coalesce(valid_until > $4, true) ORDER BY valid_from DESC LIMIT 1
) a ON true
WHERE h.village_code ^@ $1 AND h.village_code ^@ ANY ($5::text[]) AND coalesce(h.ended_on > $4, true)
  AND ($6::text IS NULL OR a.helper = $6) AND (NOT $7 OR coalesce(s.due_on <= $4, true))
  AND ($8::uuid IS NULL OR h.id > $8)
ORDER BY h.id LIMIT $9
"""
_ON_FILE = "SELECT EXISTS (SELECT FROM household WHERE id = $1 AND village_code ^@ ANY ($2::text[]))"
_HISTORY = """
SELECT collected_on, answers, group_name, collected_by, recorded_at FROM credit_survey
WHERE household_id = $1 ORDER BY collected_on DESC LIMIT 200
"""


async def get_form(conn: Connection, region_code: str, bank_code: str | None, on: date) -> FormOut:
    """Return the collection form of a county, or a part of it, on a day; with a bank only what that bank scores.

    Raises:
        NoPackInForce, FormBankUnknown
    """
    found = await get_pack_in_force(conn, region_code, on)
    scheme = found.pack.rating_scheme()
    banks, system = banks_with_own_scheme(scheme), scheme.collected_through
    if bank_code is not None and own_scheme(scheme, bank_code) is None:
        raise FormBankUnknown(region_code, bank_code, banks)
    return FormOut(
        county_code=county_of(region_code),
        region_code=region_code,
        bank_code=bank_code,
        pack_version=found.pack.header.version,
        recollect_months=scheme.recollect_months,
        collected_through=CreditSystemOut(**asdict(system)) if system else None,
        banks=list(banks),
        lines=[_line(line) for line in await _form(conn, region_code, found, bank_code, on)],
    )


async def _form(
    conn: Connection, region_code: str, found: ConfirmedPack, bank_code: str | None, on: date
) -> tuple[FormLine, ...]:
    scheme = found.pack.rating_scheme()
    county = await find_pack_in_force(conn, county_of(region_code), on)
    if bank_code is None and county is not None and county.pack_id != found.pack_id:
        return form_of_part(scheme, county.pack.rating_scheme())
    return collection_form(scheme, bank_code)


async def list_survey_states(
    conn: Connection,
    officer: Principal,
    *,
    region: str,
    on: date,
    helper: str | None,
    only_due: bool,
    after: UUID | None,
    limit: int,
) -> list[SurveyStateOut]:
    """Return up to `limit` households of a region with their latest survey; `only_due` those stale or without one.

    Households of a village without a pack in force are left out: nothing says what or how often to collect there.
    """
    named = [row["region"] for row in await conn.fetch(_PACK_REGIONS, region)]
    packs = await find_packs_in_force(conn, named, on)
    months = {
        place: found.pack.rating_scheme().recollect_months
        for place, found in packs.items()
        if found and any(is_within(place, each) for each in found.pack.header.regions)
    }
    scopes = officer.regions_for(Right.HOUSEHOLDS_READ)
    rows = await conn.fetch(
        _STATES, region, list(months), list(months.values()), on, scopes, helper, only_due, after, limit
    )
    return [SurveyStateOut(**row) for row in rows]


async def list_household_surveys(conn: Connection, officer: Principal, household_id: UUID) -> list[SurveyRecordOut]:
    """Return a household's surveys, newest first.

    Raises:
        HouseholdsUnknown: it is not on file in the officer's region.
    """
    if not await conn.fetchval(_ON_FILE, household_id, officer.regions_for(Right.HOUSEHOLDS_READ)):
        raise HouseholdsUnknown([household_id])
    rows = await conn.fetch(_HISTORY, household_id)
    return [
        SurveyRecordOut(**{**row, "answers": {code: str(value) for code, value in row["answers"].items()}})
        for row in rows
    ]


def _line(line: FormLine) -> FormLineOut:
    indicator = line.indicator
    return FormLineOut(
        code=indicator.code,
        zh=indicator.zh,
        en=indicator.en,
        unit_zh=unit_of(indicator.zh),
        unit_en=unit_of(indicator.en),
        is_collected=line.is_collected,
        better_when=indicator.better_when,
        per=indicator.per,
        steps=[StepOut(threshold=step.threshold, points=step.points) for step in indicator.steps],
        points_max=indicator.points_max,
        scored_by=list(line.scored_by),
    )
