"""The product's subsidy: what a household of the district paid as interest by contract comes back from the treasury."""

from pathlib import Path

import pytest

from services.subsidy.tests.county import (
    Loan,
    ask,
    confirm,
    confirmed,
    confirmed_programme,
    instructions,
    lend,
    look,
    paid_rows,
)
from services.subsidy.tests.test_offices import APPROVAL, PAYMENT, REVIEW, YEAR, tried
from services.subsidy.tests.test_programmes import PROGRAMME
from services.subsidy.tests.test_rates import BENCHMARK, RATES
from shared.access import Role
from shared.policy.load import load_pack
from shared.testing.service import ServiceUnderTest

PACKS = Path(__file__).resolve().parents[3] / "policy" / "packs"
LARGEST = "1939.58"  # 50 000 at the benchmark of 4.75 %, 294 days of 360


async def _benchmark(subsidy: ServiceUnderTest) -> None:
    rates, seen = {"rates": [BENCHMARK | RATES]}, {"decision": "confirm", "reason": "与公告核对一致"}
    path = "/reference-rate-proposals"
    proposed = await ask(subsidy, path, Role.CENTRAL_BANK, rates, region="", subject="maker")
    path = f"{path}/{proposed['id']}/decisions"
    await ask(subsidy, path, Role.FINANCE_BUREAU, seen, region="", subject="checker")


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("lingui", marks=pytest.mark.clause("LG-2(f)")),
        pytest.param("kelan", marks=pytest.mark.clause("SX-9(e)")),
    ],
)
async def test_the_treasury_gives_back_the_whole_interest_at_the_benchmark(
    subsidy: ServiceUnderTest, name: str
) -> None:
    rules = load_pack(PACKS / f"{name}.yaml")
    county = rules.header.regions[0]
    await subsidy.deliver(confirmed(rules, county=county))
    await _benchmark(subsidy)
    loan = Loan(village=f"{county}001201", annual_rate="4.75")
    await lend(subsidy, loan, loan.paid(LARGEST, penalty="7.00"))
    programme = {**PROGRAMME, "county_code": county, "budget": "100000.00", "budget_document": "预算决议"}
    asked = {"county_code": county, **YEAR}
    asked["programme_id"] = await confirmed_programme(subsidy, programme, county)
    batch = f"/subsidy-batches/{await tried(subsidy, '/subsidy-batches', asked, Role.POVERTY_OFFICE, county)}"
    await tried(subsidy, f"{batch}/reviews", REVIEW, Role.FINANCE_BUREAU, county)
    await tried(subsidy, f"{batch}/approvals", APPROVAL, Role.FINANCE_BUREAU, county)
    assert await tried(subsidy, f"{batch}/payment-runs", PAYMENT, Role.POVERTY_OFFICE, county) == "right-missing"
    run = await tried(subsidy, f"{batch}/payment-runs", PAYMENT, Role.FINANCE_BUREAU, county)
    [sent] = await instructions(subsidy, run, region=county)
    assert sent[4] == LARGEST
    await confirm(subsidy, run, paid_rows([sent]), region=county)
    report = await look(subsidy, f"/reports/subsidy?region_code={county}", region=county)
    assert (report["interest_paid"], report["subsidy_paid"], report["penalty_paid"]) == (LARGEST, LARGEST, "7.00")
    assert report["programmes"][0]["paid"] == LARGEST
