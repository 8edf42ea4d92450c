"""The register in figures."""

from typing import Any, cast

from services.registry.tests.county import COUNTY, OTHER_VILLAGE, get, import_sheet, rated, registered, row, workbook
from services.registry.tests.family import change, changed
from shared.access import Role
from shared.testing.service import ServiceUnderTest
from tools.reconcile.databases import Snapshot
from tools.reconcile.findings import Findings
from tools.reconcile.packs import Packs
from tools.reconcile.registry import states as reconcile_states
from tools.reconcile.retelling import Retelling
from tools.reconcile.world import World


async def test_the_report_counts_what_is_on_file(registry: ServiceUnderTest) -> None:
    await registered(registry, row(1), row(2, village_code=OTHER_VILLAGE, poverty_state="已脱贫"))
    await import_sheet(registry, workbook([row(3, village_code="500236001999", phone="1")]))
    await rated(registry)
    report = (await get(registry, f"/reports/registry?region_code={COUNTY}", Role.AUDITOR)).json()
    assert report == {
        "region_code": COUNTY,
        "region_name": "奉节县",
        "households_registered": 2,
        "households_rated": 2,
        "import_rows": 3,
        "import_rows_rejected": 1,
        "by_poverty_state": [
            {"code": "lifted", "household_count": 1},
            {"code": "registered", "household_count": 1},
        ],
        "by_grade": [{"code": "A", "household_count": 2}],
        "by_township": [
            {"code": "500236001", "name": "永安街道", "household_count": 1, "rated_count": 1},
            {"code": "500236117", "name": "白帝镇", "household_count": 1, "rated_count": 1},
        ],
        "listed_dishonesty": 0,
        "listed_blacklist": 0,
        "village_quotas_cut": 0,
        "rejections": [
            {"code": "phone-invalid", "zh": "联系电话有误", "en": "the phone number is invalid", "row_count": 1},
            {"code": "village-unknown", "zh": "村编码不存在", "en": "the village code is unknown", "row_count": 1},
        ],
    }


async def test_a_townships_report_is_of_its_own_region(registry: ServiceUnderTest) -> None:
    await registered(registry, row(1), row(2, village_code=OTHER_VILLAGE))
    own = (await get(registry, "/reports/registry?region_code=500236117", Role.TOWNSHIP, region="500236117")).json()
    assert (own["households_registered"], [each["code"] for each in own["by_township"]]) == (1, ["500236117"])
    other = await get(registry, "/reports/registry?region_code=500236", Role.TOWNSHIP, region="500236117")
    assert (other.status_code, other.json()["code"]) == (403, "outside-region")


async def test_a_household_that_has_ended_counts_no_more(registry: ServiceUnderTest) -> None:
    _, ended = await registered(registry, row(1), row(2, village_code=OTHER_VILLAGE, poverty_state="已脱贫"))
    await rated(registry)
    await changed(registry, change("household_ended", ended, end_reason="error"))
    report = (await get(registry, f"/reports/registry?region_code={COUNTY}", Role.AUDITOR)).json()
    assert (report["households_registered"], report["households_rated"]) == (1, 1)
    assert report["by_poverty_state"] == [{"code": "registered", "household_count": 1}]
    assert report["by_grade"] == [{"code": "A", "household_count": 1}]
    counts = {each["code"]: (each["household_count"], each["rated_count"]) for each in report["by_township"]}
    assert sorted(counts.values()) == [(0, 0), (1, 1)]
    assert await _reconciled_count(registry) == 1


async def _reconciled_count(registry: ServiceUnderTest) -> int:
    """Return how many households the reconciliation counts on the register."""
    async with registry.database.pool.acquire() as conn:
        databases = {"registry": Snapshot("registry", cast(Any, conn))}
        world = World(databases, {}, Retelling(), cast(Packs, None))
        await reconcile_states(world, Findings())
    return int(world.figures["households_registered"])


async def test_a_rating_of_a_day_to_come_is_none_yet(registry: ServiceUnderTest) -> None:
    await registered(registry, row(1), row(2))
    await rated(registry)
    await registry.database.pool.execute(
        "INSERT INTO rating (household_id, village_code, grade, credit_limit, cause, loan_id, valid_from, valid_until) "
        "SELECT household_id, village_code, 'AAA', 50000, 'repaid_on_time', uuid7(), '2199-01-01', '2200-01-01' "
        "FROM rating WHERE id = (SELECT min(id) FROM rating)"
    )
    report = (await get(registry, f"/reports/registry?region_code={COUNTY}", Role.AUDITOR)).json()
    assert report["by_grade"] == [{"code": "A", "household_count": 2}]
    assert report["households_rated"] == sum(each["rated_count"] for each in report["by_township"]) == 2
