"""Funds over HTTP: opening, contributions, the ledger, and what the database itself refuses."""

from decimal import Decimal

import asyncpg
import pytest

from services.riskfund.tests.county import County, fengjie, refusal
from shared.access import Role
from shared.events.riskfund import FundContributionReceived
from shared.ids import new_id
from shared.testing.service import ServiceUnderTest


@pytest.mark.clause("LG-37")
async def test_a_county_has_one_special_account_managed_together(county: County) -> None:
    await county.open_fund(None)
    shown = await county.fund()
    assert shown["managers"] == ["finance_bureau", "poverty_office", "service_centre"]
    body = {"county_code": county.code, "name": "第二个", "account_bank": "工行", "opened_on": "2017-02-01"}
    second = await county.post("/funds", body, Role.FINANCE_BUREAU)
    assert refusal(second) == (409, "fund-exists")


@pytest.mark.clause("FJ-13(b)")
async def test_contributions_raise_balance_and_limit_and_are_published(county: County) -> None:
    await county.open_fund("50000000.00")
    await county.pay_in("2500000.00")
    shown = await county.fund()
    assert (shown["paid_in"], shown["balance"]) == ("52500000.00", "52500000.00")
    assert shown["cover"]["limit"] == "525000000.00"
    events = await county.service.outbox()
    assert [(name, version) for name, _, version, _ in events] == [
        ("fund-contribution-received", 1),
        ("fund-contribution-received", 2),
    ]
    last = FundContributionReceived.model_validate(events[-1][1], strict=False)
    assert last.balance == Decimal("52500000.00")


@pytest.mark.parametrize("amount", ["100.00", "200.00"])
async def test_refuses_the_same_bank_reference_twice(county: County, amount: str) -> None:
    await county.open_fund(None)
    await county.pay_in("100.00", "REF-1")
    assert refusal(await county.pay_in(amount, "REF-1")) == (409, "bank-reference-used")
    assert (await county.fund())["balance"] == "100.00"


async def test_refuses_money_dated_before_the_fund_was_opened(county: County) -> None:
    await county.open_fund(None)
    body = {"amount": "1.00", "received_on": "2016-12-31", "source": "县财政", "bank_reference": "X1"}
    answer = await county.post(f"/funds/{county.fund_id}/contributions", body, Role.FINANCE_BUREAU)
    assert refusal(answer) == (422, "date-before-step")


@pytest.mark.parametrize("amount", ["-1.00", 1.5, "0.00", "1.001", "1e3"])
async def test_refuses_amounts_that_are_no_positive_yuan(county: County, amount: object) -> None:
    await county.open_fund(None)
    body = {"amount": amount, "received_on": "2017-01-05", "source": "县财政", "bank_reference": "X1"}
    answer = await county.post(f"/funds/{county.fund_id}/contributions", body, Role.FINANCE_BUREAU)
    assert refusal(answer) == (422, "invalid-request")


async def test_refuses_unknown_fields(county: County) -> None:
    body = {"county_code": county.code, "name": "x", "account_bank": "y", "opened_on": "2017-01-03", "colour": "red"}
    assert refusal(await county.post("/funds", body, Role.FINANCE_BUREAU)) == (422, "invalid-request")


async def test_entries_show_their_postings_with_running_balances(county: County) -> None:
    await county.open_fund("100.00")
    await county.pay_in("50.00")
    answer = await county.get(f"/funds/{county.fund_id}/entries?limit=1")
    (first,) = answer.json()["items"]
    rest = await county.get(f"/funds/{county.fund_id}/entries?cursor={answer.json()['next']}")
    (second,) = rest.json()["items"]
    assert (first["kind"], rest.json()["next"]) == ("contribution", None)
    assert second["postings"] == [
        {"account": "fund_cash", "amount": "50.00", "balance_after": "150.00"},
        {"account": "fund_capital", "amount": "-50.00", "balance_after": "-150.00"},
    ]


async def test_a_repeated_request_answers_the_same_and_another_body_is_refused(county: County) -> None:
    await county.open_fund(None)
    headers = county.service.headers(Role.FINANCE_BUREAU)
    path = f"/api/v1/funds/{county.fund_id}/contributions"
    body = {"amount": "5.00", "received_on": "2017-01-05", "source": "县财政", "bank_reference": "ONCE"}
    first = await county.service.client.post(path, json=body, headers=headers)
    again = await county.service.client.post(path, json=body, headers=headers)
    other = await county.service.client.post(path, json={**body, "amount": "6.00"}, headers=headers)
    assert (first.status_code, again.content) == (201, first.content)
    assert refusal(other) == (422, "idempotency-key-reused")
    without = await county.service.client.post(path, json=body, headers={"Authorization": headers["Authorization"]})
    assert refusal(without) == (400, "idempotency-key-missing")
    assert (await county.fund())["balance"] == "5.00"


async def test_other_roles_and_regions_are_refused(county: County) -> None:
    body = {"county_code": county.code, "name": "x", "account_bank": "y", "opened_on": "2017-01-03"}
    assert refusal(await county.post("/funds", body, Role.BANK)) == (403, "right-missing")
    elsewhere = await county.post("/funds", body, Role.FINANCE_BUREAU, region="500237")
    assert refusal(elsewhere) == (403, "outside-region")
    await county.open_fund(None)
    hidden = await county.get(f"/funds/{county.fund_id}", Role.FINANCE_BUREAU, region="500237")
    assert refusal(hidden) == (404, "fund-unknown")
    assert (await county.get("/funds", Role.BANK_REGULATOR, region="500237")).json()["items"] == []


async def test_a_fund_without_a_pack_shows_its_money_and_no_cover(service: ServiceUnderTest) -> None:
    early = County(service)
    await early.open_fund("10.00")
    assert (await early.fund())["cover"] is None
    assert refusal(await early.reserve([(new_id(), "1.00")])) == (409, "no-policy-pack-in-force")
    await early.confirm_pack(fengjie())
    assert (await early.fund())["cover"]["limit"] == "100.00"


# --- what the database refuses, whatever the program does


@pytest.mark.clause("LG-37")
async def test_the_account_knows_no_other_use_of_its_money(county: County) -> None:
    await county.open_fund("10.00")
    enter = """INSERT INTO journal_entry (id, fund_id, kind, entered_on, entered_by, reference)
               VALUES ($1, $2, 'guarantee-deposit', '2017-02-01', 'x', 'y')"""
    with pytest.raises(asyncpg.CheckViolationError):
        await county.service.database.pool.execute(enter, new_id(), county.fund_id)


async def book(county: County, postings: list[tuple[str, str]]) -> None:
    """Write an entry with these postings past the program."""
    entry_id = new_id()
    async with county.service.database.transaction() as conn:
        await conn.execute(
            """INSERT INTO journal_entry (id, fund_id, kind, entered_on, entered_by, reference)
               VALUES ($1, $2, 'contribution', '2017-02-01', 'x', 'y')""",
            entry_id,
            county.fund_id,
        )
        for account, amount in postings:
            values = (entry_id, county.fund_id, account, Decimal(amount))
            await conn.execute("INSERT INTO posting VALUES ($1, $2, $3, $4, 0)", *values)


@pytest.mark.parametrize("postings", [[], [("fund_cash", "5.00")], [("fund_cash", "5.00"), ("fund_capital", "-4.99")]])
async def test_an_entry_that_does_not_balance_cannot_be_committed(
    county: County, postings: list[tuple[str, str]]
) -> None:
    await county.open_fund("10.00")
    with pytest.raises(asyncpg.CheckViolationError, match="postings that add up to"):
        await book(county, postings)


@pytest.mark.parametrize("table", ["posting", "journal_entry", "contribution"])
@pytest.mark.parametrize("change", ["DELETE FROM {}", "UPDATE {} SET fund_id = fund_id", "TRUNCATE {} CASCADE"])
async def test_what_is_booked_only_grows(county: County, table: str, change: str) -> None:
    await county.open_fund("10.00")
    with pytest.raises(asyncpg.RaiseError, match="only grows"):
        await county.service.database.pool.execute(change.format(table))


async def test_cash_cannot_fall_below_zero(county: County) -> None:
    await county.open_fund("10.00")
    with pytest.raises(asyncpg.CheckViolationError):
        await county.service.database.pool.execute("UPDATE ledger_account SET balance = -0.01 WHERE code = 'fund_cash'")
