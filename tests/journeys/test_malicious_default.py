"""A malicious default on its whole road: two persons, the blacklist, what it bars, and its end in each of two ways."""

from collections import defaultdict
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final
from uuid import UUID

import pytest

from services.lending.tests.accounts import test_default_withdrawals as withdrawals
from services.lending.tests.applications.conftest import Lending, loan_request
from services.lending.tests.applications.peers import Registry, Riskfund
from services.lending.tests.county import County
from services.lending.tests.defaults import test_defaults as defaults
from services.registry.tests.county import COUNTY, OTHER_VILLAGE, PACK, VILLAGE, every_page, rated, registered, row
from services.subsidy.tests.county import ask, look, open_programme
from shared.access import Role
from shared.testing.service import ServiceUnderTest, StartService
from tests.journeys.carried import Carried
from tests.registry_and_lending import BANK, set_up_registry

LISTED_ON, CLEARED_ON = "2018-03-26", "2018-06-01"
LISTED_DAYS: Final = 67  # of [LISTED_ON, CLEARED_ON)
SETTLED, CURED, WRONG, HONEST = range(4)
ACCUSED: Final = (SETTLED, CURED, WRONG)
VILLAGES: Final = (VILLAGE, VILLAGE, OTHER_VILLAGE, OTHER_VILLAGE)


@dataclass
class Road:
    """The three services, and one loan of each of the four households."""

    carried: Carried
    registry: ServiceUnderTest
    subsidy: ServiceUnderTest
    lending: Lending
    county: County
    programme: str
    households: list[str]
    loans: list[str]

    async def pay(self, place: int, amount: str, on: str, kind: str = "repayment") -> dict[str, Any]:
        """Let a household pay, and everybody hear of it."""
        paid = await self.county.post(
            f"/api/v1/loans/{self.loans[place]}/repayments",
            {"bank_reference": f"R{place}-{on}", "kind": kind, "paid_on": on, "amount": amount}, bank=BANK,
        )  # fmt: skip
        assert paid.status_code == 201, paid.text
        await self.carried.carry()
        answer: dict[str, Any] = paid.json()
        return answer

    async def account(self, place: int, on: str) -> dict[str, Any]:
        """Return a loan's account on a day."""
        answer = await self.county.get(f"/api/v1/loans/{self.loans[place]}/account?as_of={on}", bank=BANK)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def reasons(self, place: int, on: str) -> dict[str, dict[str, str]]:
        """File a small loan for a household; return the reasons against it."""
        asked = loan_request(f"FJ{place + 1:05d}", "5000.00")
        answer = await self.lending.file(asked, township_code=VILLAGES[place][:9], bank_code=BANK, filed_on=on)
        return {reason["code"]: reason for refused in answer["refusals"] for reason in refused["reasons"]}

    async def entries(self) -> dict[int, tuple[str, str, str | None]]:
        """Return the blacklist: since when, how it stands, and until when."""
        found = await every_page(self.registry, f"/listings?region_code={COUNTY}&list_name=blacklist", COUNTY)
        return {
            self.households.index(each["household_id"]): (each["listed_on"], each["state"], each["cleared_on"])
            for each in found
        }

    async def granted(self, on: str, until: str) -> tuple[dict[str, Any], dict[int, Decimal]]:
        """Prepare and approve a batch of the year up to a day; return it with what it grants each household."""
        body = {"county_code": COUNTY, "programme_id": self.programme, "prepared_on": on,
                "period_from": "2018-01-01", "period_until": until}  # fmt: skip
        batch = await ask(self.subsidy, "/subsidy-batches", Role.SERVICE_CENTRE, body)
        for step, day in (("reviews", "reviewed_on"), ("approvals", "approved_on")):
            role = Role.POVERTY_OFFICE if step == "reviews" else Role.FINANCE_BUREAU
            agreed = {"decision": "approve", "note": "核对无误", day: on}
            await ask(self.subsidy, f"/subsidy-batches/{batch['id']}/{step}", role, agreed)
        sums: defaultdict[int, Decimal] = defaultdict(Decimal)
        for line in (await look(self.subsidy, f"/subsidy-batches/{batch['id']}/lines?limit=100"))["items"]:
            sums[self.households.index(line["household_id"])] += Decimal(line["amount"])
        return batch, sums


@pytest.fixture
async def road(start_service: StartService) -> Road:
    """Return a county in which four households borrowed on 2017-03-06, and one of them pays as agreed."""
    registry, riskfund = await start_service("registry"), Riskfund()
    lending = await start_service("lending", peers={"registry": registry.app, "riskfund": riskfund.app()})
    subsidy = await start_service("subsidy", peers={"registry": registry.app, "lending": lending.app})
    await set_up_registry(registry)
    households = await registered(registry, *(row(place + 1, village_code=at) for place, at in enumerate(VILLAGES)))
    await rated(registry)
    carried = Carried((registry, lending, subsidy))
    await carried.carry()
    desk = Lending(lending, Registry(), riskfund, PACK)
    await desk.register_bank(BANK, "rural_commercial")
    pool = lending.database.pool
    await pool.execute(
        "INSERT INTO reference_rate (rate_id, basis, effective_from, up_to_1y, over_1y_to_5y, over_5y) "
        "VALUES (uuid7(), 'PBOC_BENCHMARK', '2015-10-24', 4.35, 4.75, 4.90)"
    )
    county = County(lending, await pool.fetchval("SELECT pack_id FROM policy_pack"))
    loans = [
        (await county.lend("20000.00", household_id=UUID(each), village=at, bank=BANK))["id"]
        for each, at in zip(households, VILLAGES, strict=True)
    ]
    await carried.carry()
    programme = await open_programme(subsidy, year=2018)
    return Road(carried, registry, subsidy, desk, county, programme, households, loans)


async def default_of(road: Road, place: int) -> str:
    """Report a malicious default with its papers and let another person confirm it; return the report."""
    body = {"reported_on": "2018-03-20", "cause": "malicious", "evidence": "有能力还款而拒不还款",
            "papers": defaults.papers("demand_letter", "court_paper")}  # fmt: skip
    path = f"/api/v1/loans/{road.loans[place]}/default-reports"
    bare = await road.county.post(path, {**body, "papers": []}, bank=BANK)
    assert (bare.status_code, bare.json()["code"]) == (409, "default-papers-missing"), bare.text
    reported = await road.county.post(path, body, bank=BANK, subject="reporter")
    assert reported.status_code == 201, reported.text
    report_id: str = reported.json()["id"]
    same = await defaults.confirm(road.county, report_id, LISTED_ON, subject="reporter")
    assert (same.status_code, same.json()["code"]) == (403, "maker-is-checker"), same.text
    assert (await defaults.confirm(road.county, report_id, LISTED_ON)).status_code == 201
    return report_id


async def withdraw(road: Road, report_id: str, on: str) -> None:
    """Withdraw a default as wrong, by two persons."""
    body = {"proposed_on": on, "reason": "银行系统漏登还款"}
    proposed = await road.county.post(f"/api/v1/default-reports/{report_id}/withdrawals", body, bank=BANK)
    assert proposed.status_code == 201, proposed.text
    done = await withdrawals.decide(road.county, proposed.json()["id"], decided_on=on)
    assert done.status_code == 201, done.text


def given(paid: dict[str, Any], free_days: int = 1, days: int = 1) -> Decimal:
    """Return what is given back of a repayment's interest for so many of its days."""
    return (Decimal(paid["interest"]) * free_days / days).quantize(Decimal("0.01"), ROUND_HALF_UP)


async def barred(road: Road) -> list[dict[str, Any]]:
    """Walk through the days on the list: no new loan, and the subsidy waits; return what each household paid."""
    assert await road.entries() == dict.fromkeys(ACCUSED, (LISTED_ON, "listed", None))
    for place in ACCUSED:
        reasons = await road.reasons(place, "2018-05-10")
        assert "黑名单" in reasons["on-a-list"]["zh"]
        assert list(reasons) == ["malicious-default", "on-a-list", "loan-open", "village-quota-cut"]
    paid = [await road.pay(place, "100.00", "2018-04-10") for place in range(4)]
    batch, sums = await road.granted("2018-05-02", "2018-05-01")
    assert (batch["held_back_count"], sums) == (3, {HONEST: given(paid[HONEST])})
    return paid


async def cleared(road: Road, report_id: str) -> list[list[dict[str, Any]]]:
    """One household pays all, one what is overdue, one was accused wrongly; return what each pays from then on."""
    owed = [await road.account(place, CLEARED_ON) for place in range(4)]
    paid = [
        [await road.pay(SETTLED, owed[SETTLED]["payoff_amount"], CLEARED_ON, "prepayment")],
        [await road.pay(CURED, owed[CURED]["arrears"], CLEARED_ON)],
        [],
        [await road.pay(HONEST, owed[HONEST]["arrears"], CLEARED_ON)],
    ]
    await withdraw(road, report_id, CLEARED_ON)
    await road.carried.carry()
    over = (LISTED_ON, "cleared", CLEARED_ON)
    assert await road.entries() == {SETTLED: over, CURED: over, WRONG: (LISTED_ON, "cleared", LISTED_ON)}
    assert list(await road.reasons(WRONG, "2018-06-02")) == ["on-a-list", "loan-open"]  # late, whatever the default was
    payoff = (await road.account(WRONG, "2018-06-05"))["payoff_amount"]
    paid[WRONG].append(await road.pay(WRONG, payoff, "2018-06-05", "prepayment"))
    return paid


@pytest.mark.clause("LG-22(c)")
async def test_a_malicious_default_bars_until_it_is_cleared_and_no_day_is_paid_twice_or_lost(road: Road) -> None:
    reports = {place: await default_of(road, place) for place in ACCUSED}
    await road.carried.carry()
    early = await barred(road)
    paid = await cleared(road, reports[WRONG])

    bars = {place: list(await road.reasons(place, "2018-06-10")) for place in ACCUSED}
    assert bars == {
        SETTLED: ["malicious-default"],  # by the county's pack, which lends to nobody who was malicious
        CURED: ["malicious-default", "loan-open"],
        WRONG: [],
    }
    for place in (CURED, HONEST):
        owed = (await road.account(place, "2018-12-20"))["arrears"]
        paid[place].append(await road.pay(place, owed, "2018-12-20"))
    _, sums = await road.granted("2018-12-25", "2019-01-01")
    first, arrears = [given(each) for each in early], given(paid[CURED][0])
    begun = {"interest": Decimal(paid[SETTLED][0]["interest"]) - arrears}  # since the last due day, 2017-12-20
    assert sums == {
        SETTLED: first[SETTLED] + arrears + given(begun, 163 - LISTED_DAYS, 163),
        CURED: first[CURED] + arrears + given(paid[CURED][1], 365 - LISTED_DAYS, 365),
        WRONG: first[WRONG] + given(paid[WRONG][0]),
        HONEST: sum((given(each) for each in paid[HONEST]), Decimal(0)),  # its first is in the batch before
    }
    for which in ("overpaid", "underpaid"):
        assert (await look(road.subsidy, f"/{which}-lines?county_code={COUNTY}"))["items"] == []
