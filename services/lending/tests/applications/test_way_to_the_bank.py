"""An application's whole way: filed, checked, public, reviewed, signed, covered, handed over."""

from decimal import Decimal

import pytest

from services.lending.tests.applications.conftest import BANK, OTHER_VILLAGE, VILLAGE, Lending, loan_request
from shared.access import Role


@pytest.mark.clause("FJ-4(d)", "FJ-4(e)", "XX-2")
async def test_a_batch_goes_from_the_township_to_the_bank(lending: Lending) -> None:
    filed = await lending.file(loan_request(f"{VILLAGE}-1"), loan_request(f"{OTHER_VILLAGE}-2", "30000.00"))
    assert (filed["filed_count"], filed["filed_amount"], filed["refused_count"]) == (2, "80000.00", 0)

    await lending.bring_to_approved(filed["id"])
    answered = await lending.hand_over(filed["id"], "2017-02-14")

    assert answered.status_code == 201, answered.text
    handed = answered.json()
    assert handed["handed_over"] == {"count": 2, "amount": "80000.00"}
    assert handed["not_covered"] is None
    assert handed["disbursement_due_on"] == "2017-02-23"
    waiting = (await lending.get("/handed-over-applications", Role.BANK, organisation=BANK)).json()["items"]
    assert [item["amount"] for item in waiting] == ["50000.00", "30000.00"]
    shown = (await lending.get(f"/application-batches/{filed['id']}")).json()
    assert shown["states"] == [{"state": "handed_over", "count": 2, "amount": "80000.00"}]
    assert [notice["closed_on"] is not None for notice in shown["notices"]] == [True, True, True]
    one = (await lending.get(f"/applications/{waiting[0]['id']}")).json()
    assert [(entry["stage"], entry["office"]) for entry in one["decisions"]] == [
        ("village", "village"),
        ("township", "township"),
        ("county_centre", "service_centre"),
        ("joint_review", "finance_bureau"),
        ("joint_review", "poverty_office"),
        ("joint_review", "service_centre"),
    ]
    assert one["approved_on"] == "2017-02-13"


@pytest.mark.clause("FJ-13(a)")
async def test_what_the_fund_cannot_cover_stays_approved_and_goes_later(lending: Lending) -> None:
    lending.riskfund.available = Decimal("80000.00")
    filed = await lending.file(*(loan_request(f"{VILLAGE}-{number}") for number in range(3)))
    await lending.bring_to_approved(filed["id"])

    first = (await lending.hand_over(filed["id"], "2017-02-14")).json()
    assert first["handed_over"] == {"count": 1, "amount": "50000.00"}
    assert first["not_covered"] == {
        "count": 2,
        "amount": "100000.00",
        "code": "cover-exhausted",
        "detail": "额度不足 The fund has no cover left.",
        "missing_amount": "10000.00",
    }
    lending.riskfund.available = Decimal("100000.00")
    second = (await lending.hand_over(filed["id"], "2017-02-15")).json()
    assert second["handed_over"] == {"count": 2, "amount": "100000.00"}
    assert (await lending.hand_over(filed["id"], "2017-02-15")).json()["code"] == "wrong-stage"
