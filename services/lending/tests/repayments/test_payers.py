"""Who paid: the borrower or another for it; a fact of the repayment like its day and amount."""

from typing import Any

import pytest

from services.lending.tests.county import County
from shared.access import Role

HEADER = "bank_reference,contract_number,kind,paid_on,payer,payer_name,amount"
HEIR = {"payer": "heir", "payer_name": "长子"}


async def _published(county: County) -> list[Any]:
    return [data["payer"] for name, data, *_ in await county.service.outbox() if name == "repayment-recorded"]


async def test_another_payer_is_shown_wherever_the_money_is(county: County) -> None:
    loan = (await county.lend())["id"]
    heir = (await county.repay(loan, "100.00", "2017-12-11", "R1", **HEIR)).json()
    assert (heir["payer"], heir["payer_name"], heir["interest"]) == ("heir", "长子", "100.00")
    early = (await county.repay(loan, "50.00", "2017-12-01", "R2", payer="government", payer_name="乡政府")).json()
    assert (early["payer"], early["payer_name"]) == ("government", "乡政府")
    assert (await county.repay(loan, "10.00", "2017-12-12", "R3")).json()["payer"] == "borrower"
    assert await _published(county) == ["heir", "government", "borrower"]
    assert (await county.account(loan, "2017-12-12"))["paid_by"] == [
        {"payer": "borrower", "amount": "10.00"},
        {"payer": "heir", "amount": "100.00"},
        {"payer": "government", "amount": "50.00"},
    ]
    listed = (await county.get(f"/api/v1/loans/{loan}/repayments")).json()["items"]
    assert [(each["payer"], each["payer_name"]) for each in listed] == [
        ("government", "乡政府"),
        ("heir", "长子"),
        ("borrower", None),
    ]
    asked = f"/api/v1/loans/{loan}/statement?from_on=2017-12-01&through_on=2017-12-31"
    lines = (await county.get(asked, role=Role.AUDITOR)).json()["lines"]
    assert [(each["payer"], each["payer_name"]) for each in lines] == [
        ("government", "乡政府"),
        ("heir", "长子"),
        ("borrower", None),
    ]


async def test_the_same_money_of_another_payer_is_another_word(county: County) -> None:
    loan = (await county.lend())["id"]
    first = (await county.repay(loan, "100.00", "2017-12-11", "R1", **HEIR)).json()
    assert (await county.repay(loan, "100.00", "2017-12-11", "R1", **HEIR)).json() == {
        **first,
        "already_recorded": True,
    }
    for other in ({}, {**HEIR, "payer_name": "次子"}, {**HEIR, "payer": "guarantor"}):
        answer = await county.repay(loan, "100.00", "2017-12-11", "R1", **other)
        assert (answer.status_code, answer.json()["code"]) == (409, "bank-reference-conflict")
        assert "（继承人支付）" in answer.text


@pytest.mark.parametrize(
    "payer",
    [{"payer": "insurer"}, {"payer_name": "长子"}, {"payer": "neighbour", "payer_name": "邻居"}],
    ids=["nameless", "borrower-named", "unknown"],
)
async def test_who_paid_is_said_in_full(county: County, payer: dict[str, str]) -> None:
    loan = (await county.lend())["id"]
    answer = await county.repay(loan, "100.00", "2017-12-11", "R1", **payer)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid-request")


async def test_no_entity_pays_for_a_loan_that_the_household_uses_itself(county: County) -> None:
    loan = await county.lend()
    answer = await county.repay(loan["id"], "100.00", "2017-12-11", "R1", payer="entity")
    assert (answer.status_code, answer.json()["code"]) == (409, "payer-no-entity")
    lines = [
        f"R1,{loan['contract_number']},repayment,2017-12-11,entity,,100.00",
        f"R2,{loan['contract_number']},repayment,2017-12-11,,,100.00",
        f"R3,{loan['contract_number']},repayment,2017-12-12,insurer, 人保财险 ,70.00",
        f"R4,{loan['contract_number']},repayment,2017-12-12,insurer,,70.00",
        f"R5,{loan['contract_number']},repayment,2017-12-12,,长子,70.00",
        f"R6,{loan['contract_number']},repayment,2017-12-12,neighbour,长子,70.00",
        f"R7,{loan['contract_number']},repayment,2017-12-01,other,邻居,5.00",
    ]
    answered = (await county.send_file("repayment-files", HEADER, lines)).json()
    assert [(line["line_number"], line["code"]) for line in answered["rejections"]] == [
        (2, "payer-no-entity"),
        (5, "line-malformed"),
        (6, "line-malformed"),
        (7, "line-malformed"),
    ]
    assert (answered["recorded_count"], await _published(county)) == (3, ["other", "borrower", "insurer"])
    again = (await county.send_file("repayment-files", HEADER, [lines[1], lines[2], lines[6]])).json()
    assert again["already_recorded_count"] == 3
    items = (await county.get(f"/api/v1/loans/{loan['id']}/repayments")).json()["items"]
    assert [(each["payer"], each["payer_name"]) for each in items][1:] == [("borrower", None), ("insurer", "人保财险")]
