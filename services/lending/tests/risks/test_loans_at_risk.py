"""Which loans are at risk on a day and why: every reason by its source, from its day, until it is gone (LG-49)."""

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any, Literal
from uuid import UUID

import pytest

from services.lending.tests.collections.test_collections import draw, in_two, sign
from services.lending.tests.county import COUNTY, County, county_with_pack
from services.lending.tests.defaults.test_defaults import report
from shared.access import Role
from shared.events.registry import (
    DutyDone,
    DutyOverdue,
    DutyRecordWithdrawn,
    EntityListed,
    EntityUnlisted,
    HouseholdListed,
    HouseholdUnlisted,
)
from shared.ids import new_id
from shared.testing.service import ServiceUnderTest


@pytest.fixture
async def county(start_service: Callable[..., Awaitable[ServiceUnderTest]]) -> County:
    return await county_with_pack(await start_service("lending"))


async def at_risk(county: County, as_of: str, query: str = "", **who: Any) -> dict[str, list[tuple[str, str, Any]]]:
    answer = await county.get(f"/api/v1/loans-at-risk?as_of={as_of}{query}", **who)
    assert answer.status_code == 200, answer.text
    return {
        item["loan_id"]: [(each["reason"], each["since"], each["detail"]) for each in item["reasons"]]
        for item in answer.json()["items"]
    }


async def news(county: County, loan: dict[str, Any], kind: str, on: str) -> str:
    body = {"news_kind": kind, "observed_on": on, "sent_on": on, "words": "入户所见"}
    path = f"/api/v1/loans/{loan['id']}/borrower-news"
    sent = await county.post(path, body, role=Role.VILLAGE, subject="village")
    assert sent.status_code == 201, sent.text
    return str(sent.json()["id"])


@pytest.mark.clause("LG-49")
async def test_a_late_loan_is_at_risk_by_its_days_and_its_class_until_it_is_paid(county: County) -> None:
    late, _ = await county.lend("50000.00"), await county.lend("20000.00", disbursed_on=date(2017, 12, 25))
    assert await at_risk(county, "2017-12-20") == {}
    assert await at_risk(county, "2017-12-21") == {
        late["id"]: [("class_below_normal", "2017-12-21", "special_mention"), ("overdue", "2017-12-21", "1")]
    }
    after = (await at_risk(county, "2018-03-25"))[late["id"]]
    assert after == [("class_below_normal", "2017-12-21", "substandard"), ("overdue", "2017-12-21", "95")]
    payoff = (await county.get("/api/v1/dues.csv?due_through=2017-12-20&paid_on=2018-03-25")).text.splitlines()
    assert (await county.repay(late["id"], payoff[1].split(",")[-1], "2018-03-25", "R1")).status_code == 201
    assert late["id"] not in await at_risk(county, "2018-03-26", "&reason=overdue")
    assert (await at_risk(county, "2018-03-24"))[late["id"]][1] == ("overdue", "2017-12-21", "94")


@pytest.mark.clause("LG-49")
async def test_what_the_village_reports_makes_a_risk_until_it_reports_better(county: County) -> None:
    loan = await county.lend()
    for kind, day in (("illness", "2017-05-01"), ("money_unused", "2017-05-02"), ("other", "2017-05-03")):
        await news(county, loan, kind, day)
    assert await at_risk(county, "2017-04-30") == {}
    assert await at_risk(county, "2017-05-10") == {
        loan["id"]: [("borrower_ill", "2017-05-01", None), ("money_unused", "2017-05-02", None)]
    }
    await news(county, loan, "going_well", "2017-06-01")
    assert await at_risk(county, "2017-06-02") == {}
    wrong = await news(county, loan, "death", "2017-05-20")
    assert await at_risk(county, "2017-06-02") == {loan["id"]: [("borrower_died", "2017-05-20", None)]}
    body = {"withdrawn_on": "2017-06-05", "reason": "张冠李戴"}
    path = f"/api/v1/borrower-news/{wrong}/withdrawals"
    assert (await county.post(path, body, role=Role.TOWNSHIP, subject="town")).status_code == 201
    assert await at_risk(county, "2017-06-05") == {}


@pytest.mark.clause("LG-49")
async def test_a_death_that_the_bank_reports_is_a_reason_beside_the_lateness(county: County) -> None:
    loan = await county.lend(term_months=12, disbursed_on=date(2017, 3, 6))
    reported = await report(county, loan["id"], reported_on="2018-06-06", cause="death", died_on="2018-01-15")
    assert reported.status_code == 201, reported.text
    reasons = (await at_risk(county, "2018-06-06"))[loan["id"]]
    assert ("borrower_died", "2018-01-15", None) in reasons
    assert {reason for reason, *_ in reasons} == {"borrower_died", "overdue", "class_below_normal"}
    assert "borrower_died" not in {reason for reason, *_ in (await at_risk(county, "2018-06-05"))[loan["id"]]}


def listed(household: UUID, village: str, listing: UUID) -> HouseholdListed:
    return HouseholdListed(
        listing_id=listing,
        household_id=household,
        village_code=village,
        list_name="dishonesty",
        source="officer",
        cause="refusal",
        loan_id=None,
        listed_on=date(2017, 5, 1),
        ends_on=date(2017, 9, 1),
    )


def unlisted(household: UUID, village: str, listing: UUID, *, overturned: bool) -> HouseholdUnlisted:
    return HouseholdUnlisted(
        listing_id=listing,
        household_id=household,
        village_code=village,
        list_name="dishonesty",
        cause="appeal_accepted",
        cleared_on=date(2017, 7, 1),
        overturned=overturned,
    )


@pytest.mark.clause("LG-49")
@pytest.mark.parametrize("order", ["as it happened", "the end first"])
async def test_a_listed_household_is_a_risk_while_its_entry_holds(county: County, order: str) -> None:
    loan, listing = await county.lend(), new_id()
    household, village = UUID(loan["household_id"]), loan["village_code"]
    on, off = listed(household, village, listing), unlisted(household, village, listing, overturned=False)
    for event, version in ((on, 2), (off, 3)) if order == "as it happened" else ((off, 3), (on, 2)):
        await county.service.deliver(event, aggregate_id=household, aggregate_version=version)
    assert await at_risk(county, "2017-04-30") == {}
    assert await at_risk(county, "2017-06-30") == {loan["id"]: [("household_listed", "2017-05-01", "dishonesty")]}
    assert await at_risk(county, "2017-07-01") == {}
    other = listed(household, village, new_id())
    await county.service.deliver(other, aggregate_id=household, aggregate_version=4)
    assert len(await at_risk(county, "2017-08-31")) == 1
    assert await at_risk(county, "2017-09-01") == {}
    wrong = unlisted(household, village, other.listing_id, overturned=True)
    await county.service.deliver(wrong, aggregate_id=household, aggregate_version=5)
    assert await at_risk(county, "2017-08-31") == {}


@pytest.mark.clause("LG-49")
async def test_a_loan_that_the_fund_does_not_cover_is_named_since_it_was_paid_out(county: County) -> None:
    bare = {
        "code": "on-a-list",
        "clause": "FJ-12",
        "zh": "在名单上。",
        "en": "On a list.",
        "consequence": "without_cover",
    }
    loan, _ = await county.lend(conditions=[bare]), await county.lend()
    assert await at_risk(county, "2017-04-01") == {loan["id"]: [("without_cover", "2017-03-06", None)]}


@pytest.mark.clause("LG-49")
async def test_an_entity_in_trouble_is_a_risk_of_the_loans_that_it_uses(county: County) -> None:
    loan, entity, listing = await county.lend(mode="indirect"), new_id(), new_id()
    await county.service.database.pool.execute("UPDATE loan SET entity_id = $1 WHERE id = $2", entity, UUID(loan["id"]))
    where: dict[str, Any] = {"listing_id": listing, "entity_id": entity, "county_code": COUNTY}
    which: Literal["blacklist"] = "blacklist"
    on = EntityListed(**where, list_name=which, cause="evasion", listed_on=date(2017, 5, 1))
    await county.service.deliver(on, aggregate_id=entity, aggregate_version=2)
    assert await at_risk(county, "2017-05-01") == {loan["id"]: [("entity_listed", "2017-05-01", "blacklist")]}
    off = EntityUnlisted(**where, list_name=which, cause="removal_accepted", cleared_on=date(2017, 6, 1))
    await county.service.deliver(off, aggregate_id=entity, aggregate_version=3)
    assert await at_risk(county, "2017-06-01") == {}


@pytest.mark.clause("LG-49")
async def test_a_visit_that_was_not_made_is_a_risk_until_it_is_made(county: County) -> None:
    loan, duty, record = await county.lend(), new_id(), new_id()
    of_it: dict[str, Any] = {
        "duty_id": duty,
        "kind": "use_survey",
        "region_code": loan["village_code"],
        "loan_id": UUID(loan["id"]),
    }
    due: dict[str, Any] = {"due_on": date(2017, 6, 6)}
    overdue = DutyOverdue(**of_it, **due, offices=("township",), noticed_on=date(2017, 6, 8))
    done = DutyDone(**of_it, **due, record_id=record, done_on=date(2017, 6, 20))
    await county.service.deliver(done, aggregate_id=duty, aggregate_version=2)
    await county.service.deliver(overdue, aggregate_id=duty, aggregate_version=1)
    missed = {loan["id"]: [("duty_missed", "2017-06-07", "use_survey")]}
    assert [await at_risk(county, f"2017-06-{day}") for day in ("06", "07", "19", "20")] == [{}, missed, missed, {}]
    wrong = DutyRecordWithdrawn(**of_it, record_id=record)
    await county.service.deliver(wrong, aggregate_id=duty, aggregate_version=3)
    assert await at_risk(county, "2017-06-20") == missed


@pytest.mark.clause("LG-49")
async def test_a_signed_plan_that_is_not_kept_is_a_reason_until_the_money_comes(county: County) -> None:
    loan = await county.lend("50000.00")
    plan = (await draw(county, loan["id"], await in_two(county, loan["id"]))).json()
    assert ("plan_broken" in str(await at_risk(county, "2018-02-12"))) is False
    assert (await sign(county, plan["id"])).status_code == 201
    assert "plan_broken" not in str(await at_risk(county, "2018-02-11"))
    reasons = (await at_risk(county, "2018-02-12", "&reason=plan_broken"))[loan["id"]]
    assert ("plan_broken", "2018-02-12", None) in reasons
    assert (await county.repay(loan["id"], "1000.00", "2018-02-13", "R1")).status_code == 201
    assert "plan_broken" not in str(await at_risk(county, "2018-02-13"))


@pytest.mark.clause("LG-49")
async def test_a_bank_sees_its_own_a_county_all_by_reason_and_as_a_file(county: County) -> None:
    ill, away = await county.lend("50000.00"), await county.lend("20000.00")
    await news(county, ill, "illness", "2017-05-01")
    await news(county, away, "moved_away", "2017-05-02")
    assert await at_risk(county, "2017-05-10", bank="psbc") == {}
    assert set(await at_risk(county, "2017-05-10", role=Role.SERVICE_CENTRE, bank=None)) == {ill["id"], away["id"]}
    assert set(await at_risk(county, "2017-05-10", "&reason=moved_away")) == {away["id"]}
    assert await at_risk(county, "2017-05-10", "&region_code=500101") == {}
    first = (await county.get("/api/v1/loans-at-risk?as_of=2017-05-10&limit=1")).json()
    rest = (await county.get(f"/api/v1/loans-at-risk?as_of=2017-05-10&limit=1&cursor={first['next']}")).json()
    assert [each["loan_id"] for each in first["items"] + rest["items"]] == sorted([ill["id"], away["id"]])
    lines = (await county.get("/api/v1/loans-at-risk.csv?as_of=2017-05-10")).text.splitlines()
    assert lines[0].split(",")[-1] == "reasons"
    assert sorted(line.split(",")[-1] for line in lines[1:]) == ["borrower_ill 2017-05-01", "moved_away 2017-05-02"]
    assert (await county.get("/api/v1/loans-at-risk.csv?as_of=2017-05-10", bank="psbc")).text.splitlines() == lines[:1]
