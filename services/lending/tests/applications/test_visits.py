"""One visit rates, grants and takes the application: what is done once, what is resumed, and who may do it (DY-4)."""

from typing import Any

import pytest

from services.lending.tests.applications.conftest import VILLAGE, Lending, loan_request
from services.lending.tests.applications.test_deciding import code
from shared.access import Role
from shared.policy.pack import PolicyPack

HOUSEHOLD = f"{VILLAGE}-1"
ANSWERS = {"assets_value": "120000", "labourers": "3"}
GRANT = {"granted_on": "2017-01-09"}


@pytest.fixture
async def visiting(lending: Lending, pack: PolicyPack) -> Lending:
    """Return the county with a pack by which one visit rates and takes the application."""
    content = pack.model_dump(mode="json")
    content["rating"]["at_visit"] = {"value": True, "clause": ["FJ-10"]}
    await lending.confirm_pack(PolicyPack.model_validate(content), version=2)
    return lending


async def _visit(lending: Lending, *, key: str | None = None, region: str | None = None, **more: Any) -> Any:
    asked = {**loan_request(HOUSEHOLD), "bank_code": "CQRCB", "visited_on": "2017-01-09", "answers": ANSWERS, **more}
    where = {"region": region} if region else {}
    return await lending.post("/visits", asked, Role.TOWNSHIP, subject="pair-township", key=key, **where)


async def _grant(lending: Lending, visit: str, *, subject: str = "pair-bank", **more: Any) -> Any:
    return await lending.post(f"/visits/{visit}/grants", GRANT, Role.SERVICE_CENTRE, subject=subject, **more)


@pytest.mark.clause("DY-4(a)")
async def test_what_failed_half_way_goes_on_where_it_stopped_and_nothing_is_done_twice(visiting: Lending) -> None:
    registry = visiting.registry
    registry.writes_fail = True
    assert code(await _visit(visiting, key="visit-one-0001")) == (503, "peer-unavailable")
    assert await visiting.count("visit") == 0
    registry.writes_fail = False
    opened, again = [(await _visit(visiting, key="visit-one-0001")).json() for _ in range(2)]
    assert (opened, opened["state"], opened["application_id"]) == (again, "open", None)
    assert [body["surveys"][0]["answers"] for _, body in registry.writes] == [ANSWERS]

    registry.fails = True  # rated, and the judgement of the loan fails
    assert code(await _grant(visiting, opened["id"], key="grant-one-0001")) == (503, "peer-unavailable")
    assert (await visiting.get(f"/visits/{opened['id']}")).json()["state"] == "open"
    registry.fails = False
    granted, again = [(await _grant(visiting, opened["id"], key="grant-one-0001")).json() for _ in range(2)]
    assert (granted, granted["state"], granted["grade"], granted["credit_limit"]) == (again, "filed", "A", "50000.00")
    ratings = [(key, body) for key, body in registry.writes if "visit_id" in body]
    assert (len(ratings), len({key for key, _ in ratings})) == (2, 1)  # asked again under the key of the first time
    application = (await visiting.get(f"/applications/{granted['application_id']}")).json()
    assert (application["state"], application["filed_by"], application["amount"]) == (
        "filed",
        "pair-township",
        "50000.00",
    )
    assert await visiting.count("application") == 1
    assert code(await _grant(visiting, opened["id"])) == (409, "visit-not-open")


async def test_two_persons_of_the_offices_that_review_and_rate_take_a_visit(visiting: Lending) -> None:
    refused = await visiting.post(
        "/visits",
        {**loan_request(HOUSEHOLD), "bank_code": "CQRCB", "visited_on": "2017-01-09", "answers": ANSWERS},
        Role.SERVICE_CENTRE,
    )
    assert code(refused) == (403, "right-missing")
    visit = (await _visit(visiting)).json()["id"]
    assert code(await _visit(visiting)) == (409, "visit-open")
    own = await _grant(visiting, visit, subject="pair-township")
    assert code(own) == (403, "maker-is-checker")
    assert code(await visiting.post(f"/visits/{visit}/grants", GRANT, Role.TOWNSHIP)) == (403, "right-missing")
    elsewhere = await _grant(visiting, visit, region="500237")
    assert code(elsewhere) == (404, "visit-unknown")
    early = await visiting.post(f"/visits/{visit}/grants", {"granted_on": "2017-01-08"}, Role.SERVICE_CENTRE)
    assert code(early) == (422, "date-before-step")
    other_bank = {"role": Role.BANK, "organisation": "OTHER"}
    shown = await visiting.get(f"/visits/{visit}", **other_bank)  # type: ignore[arg-type]
    assert code(shown) == (404, "visit-unknown")


async def test_a_household_that_may_not_borrow_has_its_reasons_and_one_that_changes_its_mind_none(
    visiting: Lending,
) -> None:
    visiting.registry.reasons = {HOUSEHOLD: ["household-excluded"]}
    visit = (await _visit(visiting)).json()["id"]
    granted = (await _grant(visiting, visit)).json()
    assert (granted["state"], granted["application_state"]) == ("filed", "refused")
    application = (await visiting.get(f"/applications/{granted['application_id']}")).json()
    assert [each["code"] for each in application["reasons"]] == ["household-excluded"]
    second = (await _visit(visiting)).json()["id"]
    body = {"withdrawn_on": "2017-01-09", "reason": "农户暂不贷款"}
    withdrawn = (await visiting.post(f"/visits/{second}/withdrawals", body, Role.TOWNSHIP)).json()
    assert (withdrawn["state"], withdrawn["withdrawal_reason"]) == ("withdrawn", "农户暂不贷款")
    assert code(await visiting.post(f"/visits/{second}/withdrawals", body, Role.TOWNSHIP)) == (409, "visit-not-open")
    listed = (await visiting.get("/visits?state=open")).json()["items"]
    assert listed == []


async def test_the_sheet_of_a_visit_is_printed_before_and_after_it_is_granted(visiting: Lending) -> None:
    visit = (await _visit(visiting)).json()["id"]
    before = (await visiting.get(f"/visits/{visit}/sheet.html")).text
    assert all(each in before for each in (HOUSEHOLD, "120000", "50000.00元", "36个月", "银行人员签字"))
    assert "<th>信用等级</th><td></td>" in before
    await _grant(visiting, visit)
    after = (await visiting.get(f"/visits/{visit}/sheet.html")).text
    assert "<th>信用等级</th><td>A</td>" in after


async def test_where_campaigns_alone_rate_no_visit_is_taken(lending: Lending) -> None:
    assert code(await _visit(lending)) == (409, "visits-do-not-rate")
    assert lending.registry.writes == []
    lending.registry.unknown = {HOUSEHOLD}
    assert code(await _visit(lending)) == (404, "household-unknown")
