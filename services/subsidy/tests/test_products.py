"""Loans of two products: each is subsidised by its own share, and the report shows them side by side."""

import pytest

from services.subsidy.tests.county import (
    COUNTY,
    Loan,
    approved_batch,
    confirm,
    confirmed,
    instructions,
    lend,
    look,
    open_programme,
    pack,
    paid_rows,
    pay,
)
from shared.policy.pack import PolicyPack
from shared.testing.service import ServiceUnderTest


def with_farm_loan() -> PolicyPack:
    """Return the county's pack with a loan beside its own that the treasury does not subsidise."""
    farm = {
        "code": "farm",
        "name": {"zh": "农户贷款", "en": "Farm loan"},
        "subsidy": {"share": {"value": "0", "assumed": True, "reason": "Set by the test."}},
    }
    return PolicyPack.model_validate({**pack().content(), "products": [farm]})


@pytest.mark.clause("ZJ-2c(d)")
async def test_interest_of_a_product_that_is_not_subsidised_stays_the_households(subsidy: ServiceUnderTest) -> None:
    await subsidy.deliver(confirmed(with_farm_loan(), version=2))
    preferential, farm = Loan(pack_version=2), Loan(pack_version=2, product_code="farm")
    await lend(subsidy, preferential, preferential.paid("100.00"))
    await lend(subsidy, farm, farm.paid("60.00"))
    batch = await approved_batch(subsidy, await open_programme(subsidy))
    lines = (await look(subsidy, f"/subsidy-batches/{batch}/lines"))["items"]
    assert {line["loan_id"]: (line["amount"], line["reasons"]) for line in lines} == {
        str(preferential.loan_id): ("100.00", ["full"]),
        str(farm.loan_id): ("0.00", ["beyond_share"]),
    }
    run = await pay(subsidy, batch)
    sent = await instructions(subsidy, run["id"])
    assert [row[4] for row in sent] == ["100.00"]
    await confirm(subsidy, run["id"], paid_rows(sent))

    report = await look(subsidy, f"/reports/subsidy?region_code={COUNTY}")
    assert [tuple(row.values()) for row in report["by_product"]] == [
        ("farm", 1, "60.00", "0.00", 0),
        ("small_loan", 1, "100.00", "100.00", 1),
    ]
    alone = await look(subsidy, f"/reports/subsidy?region_code={COUNTY}&product_code=farm")
    assert (alone["product_code"], alone["loans"], alone["interest_paid"], alone["subsidy_paid"]) == (
        "farm",
        1,
        "60.00",
        "0.00",
    )
    assert alone["excluded"] == {"beyond_share": {"count": 1, "interest": "60.00"}}
    assert (alone["by_quarter"], alone["by_product"]) == ([], report["by_product"][:1])
