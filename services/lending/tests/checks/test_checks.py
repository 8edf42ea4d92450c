"""A county looks at applications before and during their procedure; what was not found fit does not reach the bank."""

from typing import Any

import pytest

from services.lending.tests.applications.conftest import VILLAGE, Lending, changed_pack, lending, loan_request, pack
from services.lending.tests.applications.test_deciding import code
from shared.access import Role

__all__ = ["lending", "pack"]
CHECKS = [
    {"code": "before", "zh": "贷前摸底调查", "en": "survey before the loan"},
    {"code": "during", "zh": "贷中审查", "en": "examination during the procedure"},
    {"code": "after", "zh": "贷后核查", "en": "checks after the loan"},
]


@pytest.fixture
async def checking(lending: Lending) -> Lending:
    """Return a county whose pack names three checks."""
    await lending.confirm_pack(changed_pack(lending.pack, follow_up__checks=CHECKS), version=2)
    return lending


async def _check(lending: Lending, application: str, on: str = "2017-01-10", **more: Any) -> Any:
    body = {
        "check_code": "before",
        "checked_on": on,
        "checked_by": "李明",
        "outcome": "fit",
        "words": "情况属实",
        **more,
    }
    return await lending.post(f"/applications/{application}/checks", body, Role.TOWNSHIP, subject="clerk")


@pytest.mark.clause("JN-5(b)")
async def test_without_both_checks_nothing_goes_to_the_bank_and_each_names_person_and_day(checking: Lending) -> None:
    filed = await checking.file(loan_request(f"{VILLAGE}-1"))
    await checking.bring_to_approved(filed["id"])
    [application] = await checking.ids(filed["id"])
    refused = await checking.hand_over(filed["id"], "2017-02-14")
    assert (code(refused), refused.json()["values"]["checks"]) == ((409, "checks-missing"), ["before", "during"])
    assert (await _check(checking, application)).status_code == 201
    assert (await _check(checking, application, "2017-02-15", check_code="during")).status_code == 201
    early = await checking.hand_over(filed["id"], "2017-02-14")
    assert (code(early), early.json()["values"]["checks"]) == ((409, "checks-missing"), ["during"])
    assert not checking.riskfund.requests
    assert (await checking.hand_over(filed["id"], "2017-02-15")).status_code == 201
    listed = (await checking.get(f"/applications/{application}/checks")).json()["items"]
    assert [(each["check_code"], each["checked_on"], each["checked_by"], each["recorded_as"]) for each in listed] == [
        ("before", "2017-01-10", "李明", "township"),
        ("during", "2017-02-15", "李明", "township"),
    ]
    assert code(await _check(checking, application)) == (409, "check-too-late")


@pytest.mark.clause("JN-5(b)")
async def test_the_last_look_counts_and_one_taken_back_is_owed_again(checking: Lending) -> None:
    filed = await checking.file(loan_request(f"{VILLAGE}-1"))
    await checking.bring_to_approved(filed["id"])
    [application] = await checking.ids(filed["id"])
    await _check(checking, application, check_code="during")
    await _check(checking, application)
    unfit = (await _check(checking, application, "2017-01-11", outcome="unfit")).json()
    assert code(await checking.hand_over(filed["id"], "2017-02-14")) == (409, "checks-missing")
    path, body = f"/checks/{unfit['id']}/withdrawals", {"withdrawn_on": "2017-01-12", "reason": "看错了农户"}
    assert code(await checking.post(path, body, Role.TOWNSHIP, subject="clerk")) == (403, "maker-is-checker")
    before = {**body, "withdrawn_on": "2017-01-10"}
    assert code(await checking.post(path, before, Role.TOWNSHIP, subject="chief")) == (422, "date-before-step")
    elsewhere = await checking.post(path, body, Role.TOWNSHIP, subject="chief", region="500237")
    assert code(elsewhere) == (404, "check-unknown")
    assert (await checking.post(path, body, Role.TOWNSHIP, subject="chief")).status_code == 201
    assert code(await checking.post(path, body, Role.TOWNSHIP, subject="chief")) == (409, "check-withdrawn")
    assert (await checking.hand_over(filed["id"], "2017-02-14")).status_code == 201


async def test_only_the_checks_of_the_pack_are_recorded(checking: Lending) -> None:
    filed = await checking.file(loan_request(f"{VILLAGE}-1"))
    [application] = await checking.ids(filed["id"])
    for wrong in ("after", "other"):
        assert code(await _check(checking, application, check_code=wrong)) == (409, "check-not-asked")
    assert code(await _check(checking, filed["id"])) == (404, "application-unknown")
