"""Filing with a real registry: one rule set judges, with what lending's books show, and its words reach the officer."""

from typing import Any

import pytest

from services.lending.tests.applications.conftest import Lending, loan_request
from services.lending.tests.applications.peers import Registry, Riskfund
from services.registry.tests.county import PACK, VILLAGE, rated, registered, row
from shared.testing.service import StartService
from tests.registry_and_lending import BANK, lending_beside, set_up_registry

FILED = {"township_code": VILLAGE[:9], "bank_code": BANK, "filed_on": "2017-03-01"}


@pytest.fixture
async def lending(start_service: StartService) -> Lending:
    """Return a lending service whose registry has two rated households."""
    registry, riskfund = await start_service("registry"), Riskfund()
    await set_up_registry(registry)
    await registered(registry, row(1), row(2))
    await rated(registry)
    service = await lending_beside(start_service, registry, {"riskfund": riskfund.app()})
    return Lending(service, Registry(), riskfund, PACK)


async def _reasons(lending: Lending, *loan_requests: dict[str, Any], **filed: Any) -> list[list[dict[str, str]]]:
    answer = await lending.file(*loan_requests, **{**FILED, **filed})
    return [refused["reasons"] for refused in answer["refusals"]]


TOO_MUCH = ["amount-above-maximum", "amount-above-credit-limit", "household-cap"]


@pytest.mark.clause("DZ-4")
@pytest.mark.parametrize(
    ("changed", "codes"),
    [
        pytest.param({"amount": "50000.01"}, TOO_MUCH, marks=pytest.mark.clause("FJ-10(c)", "LG-25b")),
        pytest.param({"amount": "999.99"}, ["amount-below-minimum"], marks=pytest.mark.clause("LG-8")),
        ({"term_months": 37}, ["term-out-of-bounds"]),
        ({"term_months": 11}, ["term-out-of-bounds"]),
        pytest.param({"industry": "mining"}, ["industry-unknown"], marks=pytest.mark.clause("FJ-8(a)")),
        pytest.param({"purpose": "house_building"}, ["purpose-forbidden"], marks=pytest.mark.clause("SX-3(b)")),
        pytest.param({"purpose": "lottery"}, ["purpose-unknown"], marks=pytest.mark.clause("SX-3(a)")),
        pytest.param({"mode": "indirect"}, ["entity-missing"], marks=pytest.mark.clause("SX-4(b)")),
    ],
)
async def test_refuses_a_loan_the_pack_does_not_allow(
    lending: Lending, changed: dict[str, Any], codes: list[str]
) -> None:
    (reasons,) = await _reasons(lending, {**loan_request("FJ00001"), **changed}, loan_request("FJ00002"))
    assert [reason["code"] for reason in reasons] == codes
    assert all(reason["zh"] and reason["en"] and reason["clause"] for reason in reasons)


@pytest.mark.clause("LG-25b", "DZ-4")
async def test_refuses_while_a_loan_is_open_of_which_registry_has_not_heard_yet(lending: Lending) -> None:
    filed = await lending.file(loan_request("FJ00001", "30000.00"), **{**FILED, "filed_on": "2017-01-14"})
    (application,) = await lending.ids(filed["id"])
    under_way = await _reasons(lending, loan_request("FJ00001", "30000.00"))
    assert [[reason["code"] for reason in reasons] for reasons in under_way] == [["household-cap", "application-open"]]
    assert "applications of 30000.00" in under_way[0][0]["en"]

    await lending.service.database.pool.execute(
        "UPDATE application SET state = 'handed_over', state_from = '2017-02-14', approved_on = '2017-02-13', "
        "handed_over_on = '2017-02-14', handed_over_by = 'centre', disbursement_due_on = '2017-02-23' "
        "WHERE state = 'filed'"
    )
    await lending.disburse(application, "2017-02-15", BANK)
    (lent,) = await _reasons(lending, loan_request("FJ00001", "30000.00"))
    assert [reason["code"] for reason in lent] == ["household-cap", "loan-open"]
    assert "Open loans of 30000.00 and this 30000.00" in lent[0]["en"]
    assert await _reasons(lending, loan_request("FJ00002")) == []
