"""The one who borrows is the one who repays: one account takes one household's loans (SX-1)."""

from typing import Any

import pytest

from services.lending.tests.county import County
from shared.ids import new_id

HEADER = "application_id,contract_number,bank_reference,disbursed_on,account_reference,amount"


async def disburse(county: County, application_id: object, number: str, account: str | None) -> Any:
    """Confirm one disbursement to an account."""
    body = {"contract_number": f"C{number}", "bank_reference": f"D{number}", "disbursed_on": "2017-03-06"}
    named = {} if account is None else {"account_reference": account}
    return await county.post(
        f"/api/v1/applications/{application_id}/disbursements", {**body, **named, "amount": "50000.00"}
    )


@pytest.mark.clause("SX-1(c)")
async def test_an_account_that_took_one_households_loan_takes_no_others(county: County) -> None:
    owner, other = new_id(), new_id()
    first, second = await county.hand_over(household_id=owner), await county.hand_over(household_id=other)
    assert (await disburse(county, first, "1", "ACC-77")).status_code == 201
    refused = await disburse(county, second, "2", "ACC-77")
    assert (refused.status_code, refused.json()["code"], refused.json()["clause"]) == (
        409,
        "account-of-another-household",
        "SX-1",
    )
    assert (await disburse(county, second, "2", "ACC-78")).status_code == 201
    third = await county.hand_over(household_id=owner, loan_round=2)
    assert (await disburse(county, third, "3", "ACC-77")).status_code == 201  # its own account again
    kept = await county.service.database.pool.fetch("SELECT account_reference FROM payee_account ORDER BY 1")
    assert [row["account_reference"] for row in kept] == ["ACC-77", "ACC-78"]


async def test_in_a_file_the_first_line_keeps_the_account(county: County) -> None:
    applications = [await county.hand_over() for _ in range(4)]
    accounts = ["ACC-1", "ACC-1", "", "ACC-2"]
    lines = [
        f"{application_id},C{n},D{n},2017-03-06,{account},50000.00"
        for n, (application_id, account) in enumerate(zip(applications, accounts, strict=True))
    ]
    answered = (await county.send_file("disbursement-files", HEADER, lines)).json()
    assert (answered["loan_count"], answered["rejected_count"]) == (3, 1)
    (rejected,) = answered["rejections"]
    assert (rejected["line_number"], rejected["code"]) == (3, "account-of-another-household")


@pytest.mark.parametrize("number", ["6217000010001234567", "6217-0000-1000", "ACC 1", "账户"])
async def test_an_accounts_number_itself_is_never_taken(county: County, number: str) -> None:
    application_id = await county.hand_over()
    single = await disburse(county, application_id, "1", number)
    assert (single.status_code, single.json()["code"]) == (422, "invalid-request")
    line = f"{application_id},C1,D1,2017-03-06,{number},50000.00"
    answered = (await county.send_file("disbursement-files", HEADER, [line])).json()
    assert [rejected["code"] for rejected in answered["rejections"]] == ["line-malformed"]
    assert number not in str(answered["rejections"])


async def test_the_account_is_not_asked_for(county: County) -> None:
    assert (await disburse(county, await county.hand_over(), "1", None)).status_code == 201
    assert await county.service.database.pool.fetchval("SELECT count(*) FROM payee_account") == 0
