"""(e) Who may borrow, for every household of a county in one request, with the answers kept."""

import time
from typing import Any, Final

import httpx

from shared.access import Role
from shared.ids import new_id
from tools.bench.loans_sql import COUNTY
from tools.bench.ratios import Bound, Comparison, Series, Target
from tools.bench.world import PACK_FILE, World
from tools.demo.places import REGIONS_FILE

SCREENED: Final = (
    "no floor: seconds from the question until every household's reasons in words and their counts are committed: "
    "events of twelve tables in one statement, judged piece by piece by the rules of `POST /eligibility-checks`."
)
AS_OF: Final = "2017-06-01"
REQUEST_SECONDS: Final = 120.0
# Every rule meets some households: n is the household's place, and each event has a period of its own.
FILL: Final = (
    """
INSERT INTO household_import (id, county_code, file_sha256, collected_on, columns, columns_ignored, row_count,
  registered_count, already_registered_count, rejected_count, imported_by, kind, state, form, byte_count, scopes,
  rows_expected, rows_read, rows_per_piece, attempt_count, started_at, finished_at)
SELECT '00000000-0000-7000-8000-000000000001', $1, '\\x00', '2017-01-01', '{}', '{}', $2, $2, 0, 0, 'bench',
       'households', 'finished', 'csv', 1, '{}', $2, $2, $2, 1, now(), now()
""",
    """
INSERT INTO household (id, county_code, number, village_code, version, poverty_state, poverty_state_from, registered_on,
  member_count, labourer_count, civil_capacity, able_to_work, credit_record, content_digest, import_id)
SELECT md5('household' || n)::uuid, $1, 'B' || n, v.codes[1 + n % cardinality(v.codes)], 1,
       CASE WHEN n % 11 = 0 THEN 'general' ELSE 'registered' END, '2014-01-01', '2014-01-01', 3, 2,
       CASE WHEN n % 97 = 0 THEN 'limited' ELSE 'full' END, n % 29 <> 0,
       CASE WHEN n % 41 = 0 THEN 'bad_unresolved' ELSE 'clean' END, '\\x00', '00000000-0000-7000-8000-000000000001'
FROM generate_series(1, $2::integer) n,
     (SELECT array_agg(code ORDER BY code) AS codes FROM region WHERE level = 'village' AND code ^@ $1::text) v
""",
    """
INSERT INTO member (id, household_id, is_head, relation, name_sealed, resident_id_sealed, resident_id_index, born_on,
  joined_on)
SELECT md5('member' || n || '/' || m)::uuid, md5('household' || n)::uuid, m = 1,
       CASE m WHEN 1 THEN 'head' WHEN 2 THEN 'spouse' ELSE 'child' END, '\\x00', '\\x00',
       sha256((n || '/' || m)::bytea), date '1945-01-01' + n % 20000, '2014-01-01'
FROM generate_series(1, $2::integer) n, generate_series(1, 3) m WHERE $1::text <> ''
""",
    """
INSERT INTO household_state_change (household_id, state, effective_from, reason, recorded_by)
SELECT id, poverty_state, poverty_state_from, 'bench', 'bench' FROM household WHERE county_code = $1 AND $2::integer > 0
""",
    """
INSERT INTO bank_account (household_id, version, bank_code, account_sealed, valid, reason, recorded_by)
SELECT md5('household' || n)::uuid, 1, CASE n % 2 WHEN 0 THEN 'RCB' ELSE 'PSBC' END, '\\x00', true, 'bench', 'bench'
FROM generate_series(1, $2::integer) n WHERE n % 13 <> 0 AND $1::text <> ''
""",
    """
INSERT INTO rating_campaign (id, county_code, year, as_of, pack_id, state, public_notice_started_on,
  public_notice_ends_on,
  finalised_on, opened_by)
SELECT '00000000-0000-7000-8000-000000000002', $1, 2017, '2017-01-01', id, 'final', '2017-01-02', '2017-01-09',
       '2017-01-09', 'bench'
FROM policy_pack WHERE county_code = $1 AND $2::integer > 0
""",
    """
INSERT INTO rating (household_id, village_code, grade, credit_limit, cause, campaign_id, valid_from, valid_until)
SELECT id, village_code, 'A', 50000.00, 'campaign', '00000000-0000-7000-8000-000000000002', '2017-01-09', '2019-01-09'
FROM household WHERE county_code = $1 AND substr(number, 2)::integer % 9 <> 0 AND $2::integer > 0
""",
    """
INSERT INTO household_loan (loan_id, household_id, village_code, principal, disbursed_on, industry)
SELECT md5('loan' || number)::uuid, id, village_code, 30000.00, '2017-02-01', 'planting'
FROM household WHERE county_code = $1 AND substr(number, 2)::integer % 3 = 0 AND $2::integer > 0
""",
    """
INSERT INTO household_exclusion (id, household_id, kind, valid_from, reason, recorded_by)
SELECT md5('exclusion' || number)::uuid, id, 'four_kinds', '2016-01-01', 'bench', 'bench'
FROM household WHERE county_code = $1 AND substr(number, 2)::integer % 53 = 0 AND $2::integer > 0
""",
    """
INSERT INTO family_debt (id, household_id, bank_code, kind, valid_from, recorded_by)
SELECT md5('debt' || number)::uuid, id, 'RCB', 'credit_limit', '2016-01-01', 'bench'
FROM household WHERE county_code = $1 AND substr(number, 2)::integer % 7 = 0 AND $2::integer > 0
""",
)
_FILLED: Final = (
    "household",
    "member",
    "household_state_change",
    "bank_account",
    "rating",
    "household_loan",
    "household_exclusion",
    "family_debt",
)


class ScreeningNotMade(RuntimeError):
    """The county was not screened as expected."""


async def measure(world: World) -> list[Comparison]:
    """Put a county's households on file and ask who of them may borrow."""
    count = world.sizes.screened_households
    world.platform.start("registry")
    await _empty(world)  # of the part before
    await _post(world, Role.ADMIN, "/region-imports", content=REGIONS_FILE.read_bytes())
    pack = await _post(world, Role.POVERTY_OFFICE, "/policy-packs", content=_pack())
    await _post(world, Role.FINANCE_BUREAU, f"/policy-packs/{pack['id']}/confirmations")
    await _fill(world, count)
    runs = [await _screening(world, count) for _ in range(world.sizes.rounds)]
    await _empty(world)
    world.platform.stop("registry")
    return [
        Comparison(
            "e",
            f"全县资格普查 {count} 户",
            f"Who of {count} households may borrow",
            Series("HTTP at the registry service", "s", tuple(runs)),
            None,
            Target(Bound.AT_MOST, 10.0),
        )
    ]


def _pack() -> bytes:
    """Return the county's pack with the one rule that it does without."""
    written = PACK_FILE.read_bytes()
    without = b"family_debt_excludes:\n    value: false"
    if without not in written:
        raise ScreeningNotMade(f"{PACK_FILE} is not written as expected; put its rule on family debt here.")
    return written.replace(without, without.replace(b"false", b"true"))


async def _fill(world: World, count: int) -> None:
    async with world.database("registry", as_superuser=True) as connection:
        for statement in FILL:
            await connection.execute(statement, COUNTY, count)
        for table in _FILLED:
            await connection.execute(f"VACUUM (ANALYZE) {table}")
        await connection.execute("CHECKPOINT")


async def _screening(world: World, count: int) -> float:
    body = {"region_code": COUNTY, "as_of": AS_OF, "amount": "30000.00", "term_months": 12, "bank_code": "RCB"}
    began = time.perf_counter()
    screening = await _post(world, Role.SERVICE_CENTRE, "/eligibility-screenings", json=body)
    seconds = time.perf_counter() - began
    if screening["household_count"] != count or not 0 < screening["eligible_count"] < count:
        raise ScreeningNotMade(f"{count} households were expected: {screening}")
    return seconds


async def _post(world: World, role: Role, path: str, **body: Any) -> dict[str, Any]:
    host, port = world.address("registry")
    headers = {
        "Authorization": f"Bearer {world.token('registry', role, f'bench.{role}')}",
        "Idempotency-Key": str(new_id()),
    }
    async with httpx.AsyncClient(trust_env=False, timeout=REQUEST_SECONDS) as http:
        answer = await http.post(f"http://{host}:{port}/api/v1{path}", headers=headers, **body)
    if answer.status_code != 201:
        raise ScreeningNotMade(f"POST {path} answered {answer.status_code}: {answer.text[:500]}")
    return dict(answer.json())


async def _empty(world: World) -> None:
    async with world.database("registry", as_superuser=True) as connection:
        await connection.execute("SET session_replication_role = replica")
        await connection.execute("TRUNCATE region, policy_pack, household_import, idempotency_key, outbox CASCADE")
        await connection.execute("CHECKPOINT")
