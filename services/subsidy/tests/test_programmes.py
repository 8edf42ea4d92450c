"""Programmes, and the schema on its way back."""

import asyncio
from datetime import date
from typing import Any

import pytest

from services.subsidy.tests.county import (
    COUNTY,
    PACK_FILE,
    Loan,
    ask,
    confirmed,
    confirmed_programme,
    lend,
    look,
    open_programme,
    pack,
    prepare,
)
from shared.access import Role
from shared.policy.load import read_pack
from shared.testing.locks import held
from shared.testing.service import ServiceUnderTest

PROGRAMME: dict[str, Any] = {
    "county_code": COUNTY,
    "year": 2017,
    "name": "扶贫小额信贷贴息",
    "budget": "100.00",
    "fund_sources": ["县级财政"],
    "starts_on": "2017-01-01",
    "ends_on": "2017-12-31",
}


_LOCK = "SELECT id FROM programme WHERE id = $1 FOR UPDATE"
_LOCK_YEAR = "SELECT pg_advisory_xact_lock(hashtextextended('programmes/' || $1, 0))"


@pytest.mark.clause("DZ-2")
async def test_refuses_a_second_programme_of_the_same_name(subsidy: ServiceUnderTest) -> None:
    await open_programme(subsidy)
    refusal = await ask(subsidy, "/programmes", Role.FINANCE_BUREAU, PROGRAMME, expect=409)
    assert refusal["code"] == "programme-exists"


NO_PROGRAMMES: tuple[dict[str, Any], ...] = (
    {"budget": 100},
    {"budget": "-1.00"},
    {"budget": "0.00"},
    {"ends_on": "2016-12-31"},
    {"fund_sources": []},
    {"targets": [{"code": "satisfaction", "value": "98"}]},
    {"regions": ["500237"]},
    {"targets": [{"code": "unknown", "value": "1"}]},
    {"targets": [{"code": "households", "value": "1"}, {"code": "households", "value": "2"}]},
    {"colour": "red"},
)


async def test_refuses_what_is_no_programme(subsidy: ServiceUnderTest) -> None:
    for change in NO_PROGRAMMES:
        refusal = await ask(subsidy, "/programmes", Role.FINANCE_BUREAU, PROGRAMME | change, expect=422)
        assert refusal["code"] == "invalid-request", change


async def test_only_the_countys_finance_bureau_manages_programmes(subsidy: ServiceUnderTest) -> None:
    assert (await ask(subsidy, "/programmes", Role.TOWNSHIP, PROGRAMME, expect=403))["code"] == "right-missing"
    refusal = await ask(subsidy, "/programmes", Role.FINANCE_BUREAU, PROGRAMME, region="500237", expect=403)
    assert refusal["code"] == "outside-region"
    programme = await open_programme(subsidy)
    more = {"amount": "1.00", "fund_source": "x", "decided_on": "2017-01-01", "note": "x"}
    path = f"/programmes/{programme}/supplements"
    refusal = await ask(subsidy, path, Role.FINANCE_BUREAU, more, region="500237", expect=404)
    assert refusal["code"] == "programme-unknown"


async def _county_of(subsidy: ServiceUnderTest, code: str) -> str:
    """Let a county's pack arrive and return the county's code."""
    content = read_pack(PACK_FILE.with_name(f"{code}.yaml").read_text(encoding="utf-8"), "pack.yaml")
    county = content.header.regions[0][:6]
    holds_from = {"effective_from": content.header.effective_from}
    await subsidy.deliver(confirmed(content, county=county).model_copy(update=holds_from))
    return county


@pytest.mark.clause("DZ-2(a)", "DZ-2(b)", "DZ-2(c)", "DZ-2(i)")
async def test_what_is_not_stated_is_as_the_countys_document_plans_it(subsidy: ServiceUnderTest) -> None:
    county = await _county_of(subsidy, "dengzhou")
    # A target stated otherwise is as stated; none of the document's is dropped.
    body = {
        "county_code": county,
        "year": 2023,
        "name": "小额信贷贴息",
        "targets": [{"code": "households", "value": "6000"}],
    }
    opened = await ask(subsidy, "/programmes", Role.FINANCE_BUREAU, body, region=county)
    period = opened["starts_on"], opened["ends_on"]
    assert (opened["budget"], *period) == ("14812200.00", "2023-01-01", "2023-12-31")
    assert opened["fund_sources"] == ["财政衔接推进乡村振兴补助资金"]
    assert {target["code"]: target["value"] for target in opened["targets"]} == {
        "households": "6000.00",
        "townships": "26.00",
        "loan_amount": "323370000.00",
        "household_share": "1.00",
        "repayment_rate": "1.00",
        "risk_ratio": "0.00",
        "satisfaction": "0.98",
        "expected_income": "18230000.00",
    }
    assert opened["available"] == "14812200.00"


async def _agree(subsidy: ServiceUnderTest, supplement: str, county: str) -> int:
    """Confirm an adjustment as a second officer and return the answer's status."""
    who = subsidy.headers(Role.FINANCE_BUREAU, region=county, subject="bureau.chief")
    said = {"decision": "approve", "confirmed_on": "2013-06-02"}
    path = f"/api/v1/programme-supplements/{supplement}/decisions"
    return (await subsidy.client.post(path, json=said, headers=who)).status_code


@pytest.mark.clause("JN-6")
async def test_no_more_is_promised_than_the_countys_document_gives_for_the_year(subsidy: ServiceUnderTest) -> None:
    county = await _county_of(subsidy, "jingning")
    body = {"county_code": county, "year": 2013, "name": "特扶资金贴息", "budget": "9000000.00"}
    opened = await ask(subsidy, "/programmes", Role.FINANCE_BUREAU, body, region=county)
    decisions, said = f"/programmes/{opened['id']}/decisions", {"decision": "approve", "decided_on": "2013-02-01"}
    await ask(subsidy, decisions, Role.FINANCE_BUREAU, said, region=county, subject="bureau.chief")
    assert opened["fund_sources"] == ["群众增收致富奔小康特扶资金"]
    second = body | {"name": "特扶资金项目"}
    refusal = await ask(
        subsidy, "/programmes", Role.FINANCE_BUREAU, second | {"budget": "1000000.01"}, region=county, expect=409
    )
    assert (refusal["code"], refusal["values"]["above"]) == ("programme-budget-above-plan", "0.01")
    more = {"amount": "600000.00", "fund_source": "特扶资金", "decided_on": "2013-06-01", "note": "追加"}
    path = f"/programmes/{opened['id']}/supplements"
    too_much = more | {"amount": "1000000.01"}
    refusal = await ask(subsidy, path, Role.FINANCE_BUREAU, too_much, region=county, expect=409)
    assert refusal["values"]["above"] == "0.01"
    proposed = [await ask(subsidy, path, Role.FINANCE_BUREAU, more, region=county) for _ in range(2)]
    async with held(subsidy.database, _LOCK, opened["id"]) as waiting:
        decided = [asyncio.create_task(_agree(subsidy, each["id"], county)) for each in proposed]
        await waiting(2)
    assert sorted([await each for each in decided]) == [201, 409]
    await ask(subsidy, "/programmes", Role.FINANCE_BUREAU, second | {"budget": "400000.00"}, region=county)
    later = body | {"year": 2016, "budget": "10000000.01"}  # it is given each year, and each year no more
    refusal = await ask(subsidy, "/programmes", Role.FINANCE_BUREAU, later, region=county, expect=409)
    assert refusal["values"]["above"] == "0.01"
    opened = await ask(subsidy, "/programmes", Role.FINANCE_BUREAU, {**later, "budget": "10000000.00"}, region=county)
    assert (opened["starts_on"], opened["ends_on"]) == ("2016-01-01", "2016-12-31")


async def test_who_decides_on_a_programme_waits_for_the_countys_year_before_it_locks_the_programme(
    subsidy: ServiceUnderTest,
) -> None:
    opened = await ask(subsidy, "/programmes", Role.FINANCE_BUREAU, PROGRAMME)
    path, said = f"/programmes/{opened['id']}/decisions", {"decision": "approve", "decided_on": "2017-01-05"}
    async with held(subsidy.database, _LOCK_YEAR, COUNTY) as waiting:
        decided = asyncio.create_task(ask(subsidy, path, Role.FINANCE_BUREAU, said, subject="bureau.chief"))
        await waiting(1)
        free = await subsidy.database.pool.fetchval(f"{_LOCK} SKIP LOCKED", opened["id"])
    assert str(free) == opened["id"]
    assert (await decided)["state"] == "confirmed"


@pytest.mark.clause("DZ-2(i)")
async def test_a_budget_is_made_of_its_sources_each_with_its_document(subsidy: ServiceUnderTest) -> None:
    sources = [
        {"fund_source": "中央衔接资金", "amount": "60.00", "document": "财农〔2017〕1号"},
        {"fund_source": "县级财政", "amount": "39.99", "document": "预算批复〔2017〕2号"},
    ]
    body = {name: value for name, value in PROGRAMME.items() if name != "fund_sources"} | {"sources": sources}
    refusal = await ask(subsidy, "/programmes", Role.FINANCE_BUREAU, body, expect=409)
    assert (refusal["code"], refusal["values"]["total"]) == ("programme-sources-differ", "99.99")
    sources[1]["amount"] = "40.00"
    opened = await ask(subsidy, "/programmes", Role.FINANCE_BUREAU, body)
    assert sorted(opened["fund_sources"]) == ["中央衔接资金", "县级财政"]
    shown = await look(subsidy, f"/programmes/{opened['id']}")
    assert sorted(shown["sources"], key=lambda each: str(each["amount"])) == sorted(
        sources, key=lambda each: str(each["amount"])
    )


async def test_a_programme_that_nothing_plans_is_stated_whole(subsidy: ServiceUnderTest) -> None:
    body = {"county_code": COUNTY, "year": 2017, "name": "贴息", "budget": "1.00", "starts_on": "2017-01-01"}
    refusal = await ask(subsidy, "/programmes", Role.FINANCE_BUREAU, body, expect=409)
    assert (refusal["code"], refusal["values"]["lacking"]) == ("programme-incomplete", ["ends_on", "fund_sources"])


@pytest.mark.clause("XX-4(c)")
async def test_a_batch_waits_until_the_programme_names_the_budget_it_stands_in(subsidy: ServiceUnderTest) -> None:
    named = (
        "  budget_required:",
        "  budget_document: {value: 财政预算, assumed: true, reason: A county of the example.}\n  budget_required:",
    )
    later = confirmed(pack(named), version=2).model_copy(update={"effective_from": date(2017, 6, 1)})
    await subsidy.deliver(later)
    loan = Loan()
    await lend(subsidy, loan, loan.paid("100.00"))
    programme = await open_programme(subsidy)
    refusal = await prepare(subsidy, programme, expect=409)
    assert (refusal["code"], refusal["values"]["document"]) == ("programme-without-budget-document", "财政预算")
    body = {"document": "人大预算决议〔2017〕1号", "decided_on": "2017-01-20"}
    path = f"/programmes/{programme}/budget-documents"
    refusal = await ask(subsidy, path, Role.FINANCE_BUREAU, body, region="500237", expect=404)
    assert refusal["code"] == "programme-unknown"
    proposed = await ask(subsidy, path, Role.FINANCE_BUREAU, body)
    assert (proposed["document"], proposed["state"]) == ("人大预算决议〔2017〕1号", "proposed")
    assert (await prepare(subsidy, programme, expect=409))["code"] == "programme-without-budget-document"
    path, said = f"/budget-documents/{proposed['id']}/decisions", {"decision": "approve", "confirmed_on": "2017-02-01"}
    assert (await ask(subsidy, path, Role.FINANCE_BUREAU, said, expect=403))["code"] == "maker-is-checker"
    who: dict[str, Any] = {"subject": "bureau.chief"}
    refusal = await ask(subsidy, path, Role.FINANCE_BUREAU, said, region="500237", expect=404, **who)
    assert refusal["code"] == "budget-document-unknown"
    early = said | {"confirmed_on": "2017-01-19"}
    assert (await ask(subsidy, path, Role.FINANCE_BUREAU, early, expect=422, **who))["code"] == "date-before-step"
    assert (await ask(subsidy, path, Role.FINANCE_BUREAU, said, **who))["state"] == "confirmed"
    again = await ask(subsidy, path, Role.FINANCE_BUREAU, said, expect=409, **who)
    assert again["code"] == "budget-document-decided"
    assert (await look(subsidy, f"/programmes/{programme}"))["budget_document"] == "人大预算决议〔2017〕1号"
    assert (await prepare(subsidy, programme))["amount"] == "100.00"
    opened = await confirmed_programme(subsidy, PROGRAMME | {"name": "另一项目", "budget_document": "预算"})
    assert (await look(subsidy, f"/programmes/{opened}"))["budget_document"] == "预算"


@pytest.mark.clause("DZ-2(i)")
async def test_a_programme_promises_nothing_before_a_second_officer_confirms_it(subsidy: ServiceUnderTest) -> None:
    loan = Loan()
    await lend(subsidy, loan, loan.paid("100.00"))
    opened = await ask(subsidy, "/programmes", Role.FINANCE_BUREAU, PROGRAMME)
    assert (opened["state"], opened["decided_by"]) == ("proposed", None)
    assert (await prepare(subsidy, opened["id"], expect=409))["code"] == "programme-unconfirmed"
    more = {"amount": "1.00", "fund_source": "县级财政", "decided_on": "2017-01-01", "note": "追加"}
    path = f"/programmes/{opened['id']}/supplements"
    refusal = await ask(subsidy, path, Role.FINANCE_BUREAU, more, expect=409)
    assert refusal["code"] == "programme-unconfirmed"
    path, said = f"/programmes/{opened['id']}/decisions", {"decision": "return", "decided_on": "2017-01-05"}
    assert (await ask(subsidy, path, Role.FINANCE_BUREAU, said, expect=403))["code"] == "maker-is-checker"
    who: dict[str, Any] = {"subject": "bureau.chief"}
    refusal = await ask(subsidy, path, Role.FINANCE_BUREAU, said, region="500237", expect=404, **who)
    assert refusal["code"] == "programme-unknown"
    refused = await ask(subsidy, path, Role.FINANCE_BUREAU, said, **who)
    assert (refused["state"], refused["decided_by"]) == ("refused", "bureau.chief")
    again = await ask(subsidy, path, Role.FINANCE_BUREAU, said, expect=409, **who)
    assert again["code"] == "programme-decided"
    another = await confirmed_programme(subsidy, PROGRAMME)  # the name is free again
    assert (await prepare(subsidy, another))["amount"] == "100.00"
