"""One question for every household of a region: the answers of one by one, counted, kept, limited to a region."""

import itertools
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from services.registry.tests.bases import set_base
from services.registry.tests.borrowing import PACKS
from services.registry.tests.county import COUNTY, OTHER_VILLAGE, ROOT, VILLAGE, every_page, get, post, registered, row
from shared.access import Role
from shared.testing.service import ServiceUnderTest

LOAN_REQUEST = {"amount": "30000.00", "term_months": 12}
AS_OF = "2017-06-01"
OTHER_COUNTY = "500237"


async def _screening(
    registry: ServiceUnderTest,
    *,
    region: str = COUNTY,
    role: Role = Role.SERVICE_CENTRE,
    grant: str = "",
    **loan_request: Any,
) -> dict[str, Any]:
    body = {"region_code": region, "as_of": AS_OF, **LOAN_REQUEST, **loan_request}
    answer = await post(registry, "/eligibility-screenings", body, role, region=grant or region[:6])
    assert answer.status_code == 201, answer.text
    screening: dict[str, Any] = answer.json()
    return screening


async def _households(registry: ServiceUnderTest, screening: dict[str, Any], query: str = "") -> list[dict[str, Any]]:
    """Return every household of a screening."""
    county = screening["county_code"]
    path = f"/eligibility-screenings/{screening['id']}/households?region_code={county}{query}"
    return await every_page(registry, path, county)


async def _three(registry: ServiceUnderTest) -> list[str]:
    """Register a fit household, an excluded one that cannot work, and one in another township; all unrated."""
    return await registered(
        registry, row(1), row(2, four_kinds="是", able_to_work="否"), row(3, village_code=OTHER_VILLAGE)
    )


@pytest.mark.clause("DZ-4")
async def test_counts_are_given_by_reason_and_by_township_in_words(registry: ServiceUnderTest) -> None:
    await _three(registry)
    screening = await _screening(registry)
    assert (screening["household_count"], screening["eligible_count"]) == (3, 0)
    assert [(each["code"], each["households"], each["clause"]) for each in screening["reasons"]] == [
        ("not-able-to-work", 1, "MS-2"),
        ("excluded-kind", 1, "FJ-6"),
        ("not-rated", 3, "FJ-10"),
    ]
    assert all(each["zh"] and each["en"] for each in screening["reasons"])
    assert screening["townships"] == [
        {"township_code": VILLAGE[:9], "household_count": 2, "eligible_count": 0},
        {"township_code": OTHER_VILLAGE[:9], "household_count": 1, "eligible_count": 0},
    ]


async def test_households_are_listed_by_reason_township_and_answer(registry: ServiceUnderTest) -> None:
    ids = await _three(registry)
    screening = await _screening(registry)
    barred = await _households(registry, screening, "&reason=excluded-kind")
    assert [each["household_id"] for each in barred] == [ids[1]]
    assert [reason["code"] for reason in barred[0]["reasons"]] == ["not-able-to-work", "excluded-kind", "not-rated"]
    assert await _households(registry, screening, "&eligible=true") == []
    assert len(await _households(registry, screening, "&eligible=false")) == 3


async def test_a_part_of_the_county_is_screened_alone(registry: ServiceUnderTest) -> None:
    await _three(registry)
    screening = await _screening(registry, region=OTHER_VILLAGE[:9], role=Role.TOWNSHIP, grant=OTHER_VILLAGE[:9])
    assert (screening["household_count"], [each["township_code"] for each in screening["townships"]]) == (
        1,
        [OTHER_VILLAGE[:9]],
    )


async def test_a_household_off_the_register_is_left_out_from_its_last_day_on(registry: ServiceUnderTest) -> None:
    ids = await _three(registry)
    await registry.database.pool.execute(
        "UPDATE household SET ended_on = '2017-06-01', end_reason = 'moved_out' WHERE id = $1", UUID(ids[0])
    )
    assert (await _screening(registry))["household_count"] == 2
    assert (await _screening(registry, as_of="2017-05-31"))["household_count"] == 3


async def test_an_empty_region_has_no_households_and_no_reasons(registry: ServiceUnderTest) -> None:
    screening = await _screening(registry)
    assert (screening["household_count"], screening["reasons"], screening["townships"]) == (0, [], [])


async def test_screenings_of_a_region_are_listed_in_order(registry: ServiceUnderTest) -> None:
    first, second = await _screening(registry), await _screening(registry, amount="5000.00")
    page = (await get(registry, f"/eligibility-screenings?region_code={COUNTY}", Role.POVERTY_OFFICE)).json()
    assert [each["id"] for each in page["items"]] == [first["id"], second["id"]]
    assert page["items"][1]["loan_request"]["amount"] == "5000.00"


async def test_a_repeated_request_is_one_screening(registry: ServiceUnderTest) -> None:
    headers = registry.headers(Role.SERVICE_CENTRE, region=COUNTY)
    body = {"region_code": COUNTY, "as_of": AS_OF, **LOAN_REQUEST}
    first, second = [
        await registry.client.post("/api/v1/eligibility-screenings", json=body, headers=headers) for _ in range(2)
    ]
    assert first.json() == second.json()
    assert await registry.database.pool.fetchval("SELECT count(*) FROM eligibility_screening") == 1


async def test_other_regions_and_roles_screen_nothing(registry: ServiceUnderTest) -> None:
    screening = await _screening(registry)
    body = {"region_code": COUNTY, "as_of": AS_OF, **LOAN_REQUEST}
    elsewhere = await post(registry, "/eligibility-screenings", body, Role.SERVICE_CENTRE, region=OTHER_COUNTY)
    assert (elsewhere.status_code, elsewhere.json()["code"]) == (403, "outside-region")
    insurer = await post(registry, "/eligibility-screenings", body, Role.INSURER)
    assert (insurer.status_code, insurer.json()["code"]) == (403, "right-missing")
    for path in (
        f"/eligibility-screenings/{screening['id']}",
        f"/eligibility-screenings/{screening['id']}/households?region_code=50",
    ):
        hidden = await get(registry, path, Role.SERVICE_CENTRE, region=OTHER_COUNTY)
        assert (hidden.status_code, hidden.json()["code"]) == (404, "eligibility-screening-unknown")
    listed = await get(registry, "/eligibility-screenings?region_code=50", Role.SERVICE_CENTRE, region=OTHER_COUNTY)
    assert listed.json()["items"] == []


async def test_a_county_without_a_pack_and_a_region_above_a_county_are_refused(registry: ServiceUnderTest) -> None:
    body = {"region_code": OTHER_COUNTY, "as_of": AS_OF, **LOAN_REQUEST}
    no_pack = await post(registry, "/eligibility-screenings", body, Role.SERVICE_CENTRE, region=OTHER_COUNTY)
    assert (no_pack.status_code, no_pack.json()["code"]) == (409, "no-policy-pack-in-force")
    wide = await post(
        registry, "/eligibility-screenings", {**body, "region_code": "50"}, Role.SERVICE_CENTRE, region="50"
    )
    assert (wide.status_code, wide.json()["code"]) == (422, "invalid-request")


async def test_a_screening_stays_as_it_was(registry: ServiceUnderTest) -> None:
    await _three(registry)
    await _screening(registry)
    for table in ("eligibility_screening", "eligibility_screening_reason", "eligibility_screening_answer"):
        with pytest.raises(Exception, match="only grows"):
            await registry.database.pool.execute(f"DELETE FROM {table}")


# Households of every pack's county whose facts repeat in different periods, so that they meet in ever new ways.
HOUSEHOLDS = 90
COUNTY_SQL = (
    """INSERT INTO region (code, name, level, parent_code)
       SELECT code, '测试', level, parent FROM unnest($1::text[], $2::text[], $3::text[]) AS r (code, level, parent)
       ON CONFLICT DO NOTHING""",
    """INSERT INTO household (id, county_code, number, village_code, version, poverty_state, poverty_state_from,
         registered_on, member_count, labourer_count, civil_capacity, able_to_work, credit_record, content_digest,
         import_id, residence_code, ended_on, end_reason)
       SELECT md5($1 || n)::uuid, $1, 'N' || n, ($3::text[])[1 + n % 2], 1, 'registered', '2010-01-01', '2010-01-01', 3,
         2, CASE WHEN n % 13 = 0 THEN 'limited' ELSE 'full' END, n % 11 <> 0,
         (ARRAY['none', 'clean', 'bad_unresolved', 'bad_settled'])[1 + n % 4], '\\x00',
         (SELECT id FROM household_import LIMIT 1), CASE WHEN n % 8 = 0 THEN ($3::text[])[1] END,
         CASE WHEN n % 17 = 0 THEN $2::date + 1 WHEN n % 19 = 0 THEN $2::date END,
         CASE WHEN n % 17 = 0 OR n % 19 = 0 THEN 'moved_out' END
       FROM generate_series(1, $4) n""",
    """INSERT INTO member (id, household_id, is_head, relation, name_sealed, resident_id_sealed, resident_id_index,
         born_on, joined_on, left_on, left_reason, civil_capacity, labour)
       SELECT uuid7(), md5($1 || n)::uuid, true, 'head', '\\x00', '\\x00', sha256(($1 || n)::bytea),
         ($2::date - make_interval(years => 16 + n % 52))::date + n % 3 - 1, '2010-01-01',
         CASE WHEN n % 23 = 0 THEN $2::date - n % 2 END, CASE WHEN n % 23 = 0 THEN
           CASE WHEN n % 3 = 0 THEN 'death' ELSE 'split' END END,
         CASE WHEN n % 5 = 0 THEN 'none' END, (ARRAY['able', 'partly', 'unable', NULL])[1 + n % 4]
       FROM generate_series(1, $4) n WHERE cardinality($3::text[]) = 2""",
    """INSERT INTO household_state_change (household_id, state, effective_from, reason, recorded_by)
       SELECT md5($1 || n)::uuid, (ARRAY['registered', 'lifted', 'stably_lifted', 'monitored', 'marginal', 'general'])
         [1 + n % 6], $2::date - 10 * (n % 5) + 1, 'test', 'test'
       FROM generate_series(1, $4) n WHERE cardinality($3::text[]) = 2""",
    """INSERT INTO bank_account (household_id, version, bank_code, account_sealed, valid, reason, recorded_by)
       SELECT md5($1 || n)::uuid, 1, (ARRAY['RCB', 'PSBC'])[1 + n % 2], '\\x00', n % 7 <> 1, 'test', 'test'
       FROM generate_series(1, $4) n WHERE n % 6 <> 0 AND cardinality($3::text[]) = 2 AND $2::date IS NOT NULL""",
    """INSERT INTO household_exclusion (id, household_id, kind, valid_from, reason, recorded_by, valid_until,
         end_reason, ended_by, ended_at)
       SELECT uuid7(), md5($1 || n)::uuid, 'four_kinds', $2::date - 5, 'test', 'test', valid_until,
         CASE WHEN valid_until IS NOT NULL THEN 'test' END, CASE WHEN valid_until IS NOT NULL THEN 'test' END,
         CASE WHEN valid_until IS NOT NULL THEN now() END
       FROM (SELECT n, CASE n % 3 WHEN 0 THEN $2::date WHEN 1 THEN $2::date + 1 END AS valid_until
             FROM generate_series(1, $4) n WHERE n % 9 < 3 AND cardinality($3::text[]) = 2) x""",
    """INSERT INTO family_debt (id, household_id, bank_code, kind, valid_from, recorded_by)
       SELECT uuid7(), md5($1 || n)::uuid, (ARRAY['RCB', 'PSBC'])[1 + n % 2], 'credit_limit', $2::date + n % 4 - 1,
         'test'
       FROM generate_series(1, $4) n WHERE n % 5 < 2 AND cardinality($3::text[]) = 2""",
    """INSERT INTO household_loan (loan_id, household_id, village_code, principal, disbursed_on, industry, malicious,
         defaulted_on, closed_on, repaid_on_time)
       SELECT md5('loan' || $1 || n)::uuid, md5($1 || n)::uuid, ($3::text[])[1], 10000 * (1 + n % 8), $2::date - 90,
         (ARRAY['planting', 'breeding', 'processing_tourism', NULL])[1 + n % 4], n % 10 = 0,
         CASE WHEN n % 10 = 0 THEN $2::date + n % 3 - 1 END, CASE WHEN n % 3 = 0 THEN $2::date + n % 2 END,
         CASE WHEN n % 3 = 0 THEN true END
       FROM generate_series(1, $4) n WHERE n % 5 IN (0, 2)""",
    """INSERT INTO household_repayment (id, loan_id, paid_on, principal)
       SELECT uuid7(), md5('loan' || $1 || n)::uuid, $2::date + n % 3 - 1, 10000.00
       FROM generate_series(1, $4) n WHERE n % 5 IN (0, 2) AND n % 4 < 2 AND cardinality($3::text[]) = 2""",
    """INSERT INTO rating (household_id, village_code, grade, credit_limit, cause, loan_id, valid_from, valid_until)
       SELECT md5($1 || n)::uuid, ($3::text[])[1], (ARRAY['A', 'B', 'C'])[1 + n % 3], 10000 * (3 + n % 3),
         'repaid_on_time', uuid7(), $2::date + (ARRAY[-700, -100, -1, 0, 1])[1 + n % 5],
         $2::date + (ARRAY[0, 600, 1, 500, 700])[1 + n % 5]
       FROM generate_series(1, $4) n WHERE n % 7 <> 0""",
)


async def _county(registry: ServiceUnderTest, county: str, areas: list[str], as_of: date) -> None:
    """Put a county of made-up households on file: in a village of the pack's area, and in one outside if there is."""
    inside = areas[0].ljust(9, "1").ljust(12, "0")[:11] + "1"
    outside = county + "999001"
    codes = sorted({code[:digits] for code in (inside, outside) for digits in (2, 4, 6, 9, 12)}, key=len)
    levels = {2: "province", 4: "prefecture", 6: "county", 9: "township", 12: "village"}
    parents = [
        next((each for each in reversed(codes) if code != each and code.startswith(each)), None) for code in codes
    ]
    async with registry.database.pool.acquire() as conn:
        await conn.execute(COUNTY_SQL[0], codes, [levels[len(code)] for code in codes], parents)
        for statement in COUNTY_SQL[1:]:
            await conn.execute(statement, county, as_of, [inside, outside], HOUSEHOLDS)


async def _confirmed(registry: ServiceUnderTest, name: str, county: str) -> None:
    body = (ROOT / "policy" / "packs" / f"{name}.yaml").read_bytes()
    if b"based_on" in body:
        await set_base(registry)
    headers = registry.headers(Role.POVERTY_OFFICE, region=county, subject="maker")
    pack = await registry.client.post("/api/v1/policy-packs", content=body, headers=headers)
    headers = registry.headers(Role.POVERTY_OFFICE, region=county, subject="checker")
    path = f"/api/v1/policy-packs/{pack.json()['id']}/confirmations"
    assert (await registry.client.post(path, headers=headers)).status_code == 201, pack.text


@pytest.mark.parametrize("name", PACKS)
async def test_every_household_gets_the_answer_it_gets_alone(registry: ServiceUnderTest, name: str) -> None:
    pack = PACKS[name]
    county, as_of = pack.header.regions[0][:6], pack.header.effective_from + timedelta(days=100)
    await registered(registry, row(1))  # brings the import that households point to
    await _county(registry, county, list(pack.header.regions), as_of)
    if county != COUNTY:
        await _confirmed(registry, name, county)
    seen: set[str] = set()
    for amount, mode, bank, purpose in itertools.product(
        ("30000.00", "50000.01"), ("direct", "indirect"), ("RCB", None), ("house_building",)
    ):
        loan_request: dict[str, Any] = {
            "amount": amount,
            "term_months": 24,
            "mode": mode,
            "bank_code": bank,
            "purpose": purpose,
        }
        screening = await _screening(registry, region=county, as_of=as_of.isoformat(), **loan_request)
        together = {each["household_id"]: each for each in await _households(registry, screening)}
        items = [{"household_id": household, **loan_request} for household in together]
        asked = {"as_of": as_of.isoformat(), "asker_regions": [""], "items": items}
        alone = (await post(registry, "/eligibility-checks", asked, Role.SERVICE, region="")).json()["items"]
        assert len(alone) == screening["household_count"]
        assert screening["household_count"] + screening["without_pack_count"] >= HOUSEHOLDS * 0.9
        # Only one township of the county has a pack; who neither is registered nor lives there is not judged.
        assert (screening["without_pack_count"] > 0) is (name == "miaoshan")
        for each in alone:
            assert each["reasons"] == together[each["household_id"]]["reasons"]
            seen.update(reason["code"] for reason in each["reasons"])
        assert screening["eligible_count"] == sum(each["eligible"] for each in alone)
    assert len(seen) >= 12, sorted(seen)
