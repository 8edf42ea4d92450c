"""Direct grants: after acceptance, by two persons, straight to the households' accounts, once."""

import asyncio
from datetime import date
from typing import Any

import pytest

from services.subsidy.tests.benefit import (
    HOUSEHOLDS,
    TOWNSHIP,
    VILLAGE,
    ZHIJIN,
    confirm_packs,
    draft,
    get,
    in_force,
    post,
)
from services.subsidy.tests.benefit import terms as agreed
from services.subsidy.tests.county import PACK_FILE, Lender, Register, confirmed
from services.subsidy.tests.project_steps import LIFE, PAPERS, project_body
from shared.access import Role
from shared.events.registry import HouseholdListed, HouseholdUnlisted
from shared.ids import new_id
from shared.policy.load import read_pack
from shared.testing.service import ServiceUnderTest, StartService


@pytest.fixture
async def service(start_service: StartService, register: Register, lender: Lender) -> ServiceUnderTest:
    """Start the service with Zhijin's pack and households."""
    peers = {"registry": register.app(), "lending": lender.app()}
    return await start_service("subsidy", peers=peers, prepared=confirm_packs)


async def project_in(service: ServiceUnderTest, state: str, **changes: Any) -> dict[str, Any]:
    """Take a scattered project of Zhijin as far as a state."""
    programme = {
        "county_code": ZHIJIN,
        "year": 2017,
        "name": changes.get("name", "产业扶贫"),
        "budget": "100000.00",
        "fund_sources": ["县级财政"],
        "starts_on": "2017-01-01",
        "ends_on": "2017-12-31",
    }
    programme_id = (await post(service, "/programmes", Role.FINANCE_BUREAU, programme))["id"]
    body = project_body(programme_id, region_code=TOWNSHIP, kind="scattered", **changes)
    project = await post(service, "/projects", Role.TOWNSHIP, body)
    for number, (_, role, operation, said) in enumerate(LIFE):
        if project["state"] == state:
            break
        said = {"happened_on": f"2017-02-{number + 1:02}", "note": "办理", "documents": PAPERS, **said}
        project = await post(service, f"/projects/{project['id']}/{operation}", role, said)
    return project


async def agree(service: ServiceUnderTest, **changes: Any) -> None:
    """Let township and village agree with both households on rolling development for three years."""
    alone: dict[str, Any] = {
        "entity_id": None,
        "entity_name": None,
        "dividend_form": None,
        "grant_rates": [],
        "securities": [],
    }
    body = draft(agreed(**alone, **changes), "GD-1", kind="rolling_development", region_code=VILLAGE)
    await in_force(service, body)


def line(number: int, amount: str = "8000.00", **more: Any) -> dict[str, Any]:
    """Return a household's line."""
    return {"household_id": str(HOUSEHOLDS[number]), "amount": amount, **more}


async def propose(
    service: ServiceUnderTest, project: dict[str, Any], *lines: dict[str, Any], expect: int = 201
) -> dict[str, Any]:
    """Propose households of a project."""
    body = {"proposed_on": "2017-03-01", "documents": PAPERS, "grants": lines or [line(0), line(1)]}
    return await post(service, f"/projects/{project['id']}/grant-lists", Role.TOWNSHIP, body, expect=expect)


async def decide(service: ServiceUnderTest, list_id: str, *, expect: int = 201, **changes: Any) -> dict[str, Any]:
    """Decide on a list as the poverty office."""
    body = {"decision": "approve", "decided_on": "2017-03-02", "note": "公示无异议", **changes}
    return await post(service, f"/grant-lists/{list_id}/decisions", Role.POVERTY_OFFICE, body, expect=expect)


async def send(
    service: ServiceUnderTest, list_id: str, on: str = "2017-03-03", *, expect: int = 201, who: str = "finance_bureau"
) -> dict[str, Any]:
    """Hand the open grants of a list to the bank."""
    path = f"/grant-lists/{list_id}/payment-runs"
    return await post(service, path, Role.FINANCE_BUREAU, {"sent_on": on}, expect=expect, subject=who)


async def transfers(service: ServiceUnderTest, list_id: str) -> list[dict[str, Any]]:
    """Return a list's grants."""
    items: list[dict[str, Any]] = (await get(service, f"/grant-lists/{list_id}/grants"))["items"]
    return items


def result(grant: dict[str, Any], outcome: str = "paid", on: str = "2017-03-04", **changes: Any) -> dict[str, Any]:
    """Return what the bank says of a grant's last transfer."""
    reason = {} if outcome == "paid" else {"reason": "账户已销户"}
    said = {"transfer_id": grant["transfer_id"], "outcome": outcome, "amount": grant["amount"], "settled_on": on}
    return {**said, **reason, **changes}


async def settle(
    service: ServiceUnderTest, list_id: str, *results: dict[str, Any], expect: int = 201, who: str = "cashier"
) -> dict[str, Any]:
    """Send the bank's word."""
    path = f"/grant-lists/{list_id}/results"
    return await post(service, path, Role.FINANCE_BUREAU, {"results": results}, expect=expect, subject=who)


@pytest.mark.clause("DY-7(b)", "ZJ-2a(b)")
async def test_grants_reach_the_households_own_accounts_out_of_relief_money(
    service: ServiceUnderTest, register: Register
) -> None:
    await agree(service)
    project = await project_in(service, "accepted")
    register.missing.add(HOUSEHOLDS[1])
    listed = await decide(service, (await propose(service, project))["id"])
    assert (listed["state"], listed["decided_as"], listed["amount"]) == ("approved", "poverty_office", "16000.00")
    run = await send(service, listed["id"])
    assert (run["transfer_count"], run["amount"], run["without_account_count"]) == (1, "8000.00", 1)
    answer = await service.client.get(
        f"/api/v1/grant-lists/{listed['id']}/transfers.csv",
        headers=service.headers(Role.FINANCE_BUREAU, region=ZHIJIN),
    )
    [_, sent] = answer.content.decode("utf-8-sig").splitlines()
    assert sent.split(",")[1:5] == ["张三", "CQRCB", "62220000" + str(HOUSEHOLDS[0].int % 10**8).zfill(8), "8000.00"]
    register.missing.clear()
    assert (await send(service, listed["id"]))["transfer_count"] == 1
    assert (await send(service, listed["id"], expect=409))["code"] == "no-grant-to-pay"
    first, second = await transfers(service, listed["id"])
    paid = await settle(service, listed["id"], result(first), result(second, "rejected"))
    assert paid["paid"] == "8000.00"
    # What the bank rejected goes out again to the account as it is now, and what it said twice counts once.
    assert (await settle(service, listed["id"], result(first)))["paid"] == "8000.00"
    await send(service, listed["id"], "2017-03-05")
    second = (await transfers(service, listed["id"]))[1]
    assert (await settle(service, listed["id"], result(second, on="2017-03-06")))["paid"] == "16000.00"
    programme = await get(service, f"/programmes/{project['money'][0]['programme_id']}")
    assert (programme["committed"], programme["paid"]) == ("84000.00", "16000.00")


async def test_a_transfer_that_comes_back_is_paid_again(service: ServiceUnderTest) -> None:
    await agree(service)
    project = await project_in(service, "accepted")
    listed = await decide(service, (await propose(service, project, line(0)))["id"])
    await send(service, listed["id"])
    [grant] = await transfers(service, listed["id"])
    await settle(service, listed["id"], result(grant))
    back = await settle(service, listed["id"], result(grant, "returned", "2017-03-09"))
    assert back["paid"] == "0.00"
    shown = await get(service, f"/projects/{project['id']}")
    assert (shown["committed"], shown["paid"]) == ("100000.00", "0.00")
    refused = await send(service, listed["id"], "2017-03-08", expect=422)
    assert refused["code"] == "date-before-step"
    await send(service, listed["id"], "2017-03-10")
    [again] = await transfers(service, listed["id"])
    assert again["transfer_id"] != grant["transfer_id"]
    assert (await settle(service, listed["id"], result(again, on="2017-03-11")))["paid"] == "8000.00"
    events = await service.database.pool.fetch(
        "SELECT data FROM outbox WHERE event_name = 'grants-settled' ORDER BY aggregate_version"
    )
    assert [(each["data"]["amount_paid"], each["data"]["amount_returned"]) for each in events] == [
        ("8000.00", "0.00"),
        ("0.00", "8000.00"),
        ("8000.00", "0.00"),
    ]


async def test_what_the_bank_says_fits_the_transfer_or_nothing_is_taken(service: ServiceUnderTest) -> None:
    await agree(service)
    project = await project_in(service, "accepted")
    listed = await decide(service, (await propose(service, project))["id"])
    await send(service, listed["id"])
    first, second = await transfers(service, listed["id"])
    for wrong in (
        result(second, amount="7999.99"),
        result(second, on="2017-03-02"),
        result(second, "returned"),
        result(second, transfer_id=second["id"]),
    ):
        refused = await settle(service, listed["id"], result(first), wrong, expect=409)
        assert refused["code"] == "grant-transfer-contradicted", wrong
    await settle(service, listed["id"], result(first))
    refused = await settle(service, listed["id"], result(first, "rejected"), expect=409)
    assert refused["code"] == "grant-transfer-contradicted"
    assert [each["state"] for each in await transfers(service, listed["id"])] == ["paid", "approved"]


@pytest.mark.clause("ZJ-2a(b)")
async def test_nothing_is_granted_before_the_project_is_accepted(service: ServiceUnderTest) -> None:
    await agree(service)
    project = await project_in(service, "completed")
    listed = await propose(service, project)
    assert (await decide(service, listed["id"], expect=409))["code"] == "grant-before-acceptance"
    assert (await send(service, listed["id"], expect=409))["code"] == "grant-list-in-wrong-state"
    said = {"happened_on": "2017-02-20", "note": "合格", "documents": PAPERS, "decision": "pass"}
    await post(service, f"/projects/{project['id']}/acceptances", Role.POVERTY_OFFICE, said)
    early = await decide(service, listed["id"], decided_on="2017-02-28", expect=422)
    assert early["code"] == "date-before-step"
    own = {"decision": "approve", "decided_on": "2017-03-02", "note": "同意"}
    path = f"/grant-lists/{listed['id']}/decisions"
    refused = await post(service, path, Role.POVERTY_OFFICE, own, subject="township", expect=403)
    assert refused["code"] == "maker-is-checker"
    assert (await decide(service, listed["id"]))["state"] == "approved"
    assert (await decide(service, listed["id"], expect=409))["code"] == "grant-list-in-wrong-state"


async def blacklist(service: ServiceUnderTest, number: int, on: date) -> HouseholdListed:
    """Let a household's entry on the blacklist arrive."""
    entry = HouseholdListed.model_validate(
        {"listing_id": new_id(), "household_id": HOUSEHOLDS[number], "village_code": VILLAGE, "list_name": "blacklist",
         "source": "officer", "cause": "malicious_evasion", "loan_id": None, "listed_on": on}
    )  # fmt: skip
    await service.deliver(entry, aggregate_id=entry.household_id, region_code=VILLAGE)
    return entry


@pytest.mark.clause("LG-22(c)")
async def test_a_household_on_the_blacklist_is_granted_and_sent_nothing(service: ServiceUnderTest) -> None:
    await agree(service)
    project = await project_in(service, "accepted")
    listed = await decide(service, (await propose(service, project))["id"])
    entry = await blacklist(service, 0, date(2017, 3, 3))
    run = await send(service, listed["id"])
    assert (run["transfer_count"], run["held_count"], run["without_account_count"]) == (1, 1, 0)
    nobody = await send(service, listed["id"], expect=409)
    assert (nobody["code"], nobody["values"]) == ("no-grant-to-pay", {"without_account": 0, "held": 1})
    other = await project_in(service, "accepted", name="第二个项目")
    more = await propose(service, other, line(0, "1000.00"))
    assert (await decide(service, more["id"], decided_on="2017-03-03", expect=409))["code"] == "grant-household-listed"
    said = entry.model_dump(include={"listing_id", "household_id", "village_code", "list_name"})
    cleared = HouseholdUnlisted.model_validate({**said, "cause": "debt_cleared", "cleared_on": date(2017, 3, 9)})
    await service.deliver(cleared, aggregate_id=entry.household_id, region_code=VILLAGE)
    assert (await send(service, listed["id"], "2017-03-08", expect=409))["values"]["held"] == 1
    assert (await send(service, listed["id"], "2017-03-09"))["transfer_count"] == 1
    assert (await decide(service, more["id"], decided_on="2017-03-09"))["state"] == "approved"


async def test_who_says_that_money_came_back_neither_sends_nor_corrects_it(service: ServiceUnderTest) -> None:
    await agree(service)
    project = await project_in(service, "accepted")
    listed = await decide(service, (await propose(service, project, line(0)))["id"])
    await send(service, listed["id"])
    [grant] = await transfers(service, listed["id"])
    await settle(service, listed["id"], result(grant))
    back = result(grant, "returned", "2017-03-09")
    await settle(service, listed["id"], back, who="second")
    again = await send(service, listed["id"], "2017-03-10", expect=403, who="second")
    assert again["code"] == "maker-is-checker"
    kept = result(grant, on="2017-03-04")
    own = await settle(service, listed["id"], kept, expect=409, who="second")
    assert own["code"] == "grant-transfer-contradicted"
    assert (await settle(service, listed["id"], kept))["paid"] == "8000.00"
    assert (await send(service, listed["id"], "2017-03-10", expect=409))["code"] == "no-grant-to-pay"


@pytest.mark.clause("ZJ-2a(b)")
async def test_no_list_is_approved_before_the_day_of_the_acceptance(service: ServiceUnderTest) -> None:
    await agree(service)
    project = await project_in(service, "accepted")
    body = {"proposed_on": "2017-01-15", "documents": PAPERS, "grants": [line(0)]}
    listed = await post(service, f"/projects/{project['id']}/grant-lists", Role.TOWNSHIP, body)
    early = await decide(service, listed["id"], decided_on="2017-02-05", expect=422)
    assert (early["code"], early["values"]["earlier_field"]) == ("date-before-step", "accepted_on")
    assert (await decide(service, listed["id"], decided_on="2017-02-06"))["state"] == "approved"
    await service.database.pool.execute("UPDATE project SET state = 'stopped' WHERE id = $1", project["id"])
    assert (await send(service, listed["id"], expect=409))["code"] == "grants-of-stopped-project"


async def test_one_person_sends_another_says_what_became_of_it(service: ServiceUnderTest) -> None:
    await agree(service)
    project = await project_in(service, "accepted")
    listed = await decide(service, (await propose(service, project, line(0)))["id"])
    await send(service, listed["id"])
    [grant] = await transfers(service, listed["id"])
    sender = await settle(service, listed["id"], result(grant), expect=403, who="finance_bureau")
    assert sender["code"] == "maker-is-checker"
    await settle(service, listed["id"], result(grant, "rejected"), who="second")
    again = await send(service, listed["id"], "2017-03-05", expect=403, who="second")
    assert again["code"] == "maker-is-checker"
    # The bank had paid after all: a third person says so, and both words stay on file.
    await settle(service, listed["id"], result(grant), who="third")
    words = await service.database.pool.fetch("SELECT outcome, recorded_by FROM grant_result ORDER BY id")
    assert [tuple(each) for each in words] == [("rejected", "second"), ("paid", "third")]


@pytest.mark.clause("ZJ-6(b)")
async def test_a_household_without_its_agreement_gets_nothing(service: ServiceUnderTest) -> None:
    project = await project_in(service, "accepted")
    listed = await propose(service, project)
    assert (await decide(service, listed["id"], expect=409))["code"] == "grant-agreement-missing"
    await agree(service)
    assert (await decide(service, listed["id"]))["state"] == "approved"


@pytest.mark.clause("ZJ-6(a)")
async def test_the_countys_average_counts_every_grant_of_a_household(service: ServiceUnderTest) -> None:
    """A household's own cap is lifted here, so that the average alone decides."""
    text = (PACK_FILE.parent / "zhijin.yaml").read_text(encoding="utf-8")
    lifted = text.replace('household_total_max:\n    value: "20000.00"', 'household_total_max:\n    value: "90000.00"')
    assert lifted != text
    await service.deliver(confirmed(read_pack(lifted, "zhijin.yaml"), version=2, county=ZHIJIN))
    await agree(service)
    first, other = await project_in(service, "accepted"), await project_in(service, "accepted", name="第二个项目")
    await decide(service, (await propose(service, first, line(0, "20000.00"), line(1, "15000.00")))["id"])
    # The same households again: 55 000 to two of them are above 20 000 each, to four they would not be.
    more = await propose(service, other, line(0, "10000.00"), line(1, "10000.00"))
    refused = await decide(service, more["id"], expect=409)
    assert (refused["code"], refused["values"]["households"]) == ("grant-average-exceeded", 2)
    assert (await decide(service, more["id"], decision="refuse"))["state"] == "refused"
    fewer = await propose(service, other, line(0, "2500.00"), line(1, "2500.00"))
    assert (await decide(service, fewer["id"]))["state"] == "approved"


async def test_a_household_is_granted_once_a_project_and_within_its_total(service: ServiceUnderTest) -> None:
    await agree(service)
    project = await project_in(service, "accepted")
    listed = await propose(service, project, line(0, "12000.00"))
    for twice in ((line(0),), (line(1), line(1))):
        assert (await propose(service, project, *twice, expect=409))["code"] == "grant-given-before"
    await decide(service, listed["id"])
    other = await project_in(service, "accepted", name="第二个项目")
    more = await propose(service, other, line(0, "8000.01"))
    assert (await decide(service, more["id"], expect=409))["code"] == "grant-total-exceeded"
    stranger = await propose(service, project, line(5))
    assert (await decide(service, stranger["id"], expect=409))["code"] == "grant-household-unknown"


async def test_a_reimbursement_leaves_the_households_their_money(service: ServiceUnderTest) -> None:
    await agree(service)
    project = await project_in(service, "accepted")
    listed = await decide(service, (await propose(service, project, line(0, "20000.00")))["id"])
    claim = {"step": "reimbursement", "happened_on": "2017-03-03", "note": "报账", "documents": PAPERS}
    path = f"/projects/{project['id']}"
    refused = await post(service, f"{path}/steps", Role.TOWNSHIP, claim | {"amount": "80000.01"}, expect=409)
    assert refused["code"] == "above-project-money"
    await post(service, f"{path}/steps", Role.TOWNSHIP, claim | {"amount": "70000.00"})
    said = {"decision": "approve", "happened_on": "2017-03-04", "note": "同意", "documents": PAPERS}
    shown = await post(service, f"{path}/reimbursements", Role.FINANCE_BUREAU, said)
    assert (shown["committed"], shown["paid"]) == ("20000.00", "70000.00")
    await send(service, listed["id"])
    [grant] = await transfers(service, listed["id"])
    assert (await settle(service, listed["id"], result(grant)))["paid"] == "20000.00"


async def test_two_decisions_at_once_pass_one_list(service: ServiceUnderTest) -> None:
    await agree(service)
    project = await project_in(service, "accepted")
    listed = await propose(service, project)
    body = {"decision": "approve", "decided_on": "2017-03-02", "note": "同意"}
    answers = await asyncio.gather(
        *(
            service.client.post(
                f"/api/v1/grant-lists/{listed['id']}/decisions",
                json=body,
                headers=service.headers(Role.POVERTY_OFFICE, region=ZHIJIN),
            )
            for _ in range(2)
        )
    )
    assert sorted(each.status_code for each in answers) == [201, 409]


STANDARD: dict[str, Any] = {
    "county_code": ZHIJIN,
    "year": 2017,
    "code": "orchard",
    "name": "果园",
    "unit": "亩",
    "amount": "800.00",
    "document": "产业扶贫项目清单",
    "proposed_on": "2017-01-01",
}


@pytest.mark.clause("DY-7(a)")
async def test_the_countys_list_of_standards_bounds_each_grant(service: ServiceUnderTest) -> None:
    await agree(service)
    standard = await post(service, "/grant-standards", Role.POVERTY_OFFICE, STANDARD)
    assert (await post(service, "/grant-standards", Role.POVERTY_OFFICE, STANDARD, expect=409))["code"] == (
        "grant-standard-exists"
    )
    project = await project_in(service, "accepted")
    by_list = line(0, "8000.00", standard_id=standard["id"], units=10)
    assert (await propose(service, project, by_list, expect=404))["code"] == "grant-standard-unknown"
    path, body = f"/grant-standards/{standard['id']}/decisions", {"decided_on": "2017-01-02", "note": "同意"}
    own = {**body, "decision": "approve"}
    assert (await post(service, path, Role.POVERTY_OFFICE, own, expect=403))["code"] == "maker-is-checker"
    assert (await post(service, path, Role.FINANCE_BUREAU, own))["state"] == "confirmed"
    assert (await post(service, path, Role.FINANCE_BUREAU, own, expect=409))["code"] == "grant-standard-decided"
    [listed] = (await get(service, "/grant-standards?year=2017"))["items"]
    assert (listed["amount"], listed["unit"], listed["decided_by"]) == ("800.00", "亩", "finance_bureau")
    last_year = await post(service, "/grant-standards", Role.POVERTY_OFFICE, {**STANDARD, "year": 2016})
    await post(service, f"/grant-standards/{last_year['id']}/decisions", Role.FINANCE_BUREAU, own)
    old = line(0, "8000.00", standard_id=last_year["id"], units=10)
    assert (await propose(service, project, old, expect=404))["code"] == "grant-standard-unknown"
    above = await propose(service, project, line(0, "8000.01", standard_id=standard["id"], units=10))
    assert (await decide(service, above["id"], expect=409))["code"] == "grant-above-standard"
    await decide(service, above["id"], decision="refuse")
    assert (await decide(service, (await propose(service, project, by_list))["id"]))["state"] == "approved"


async def test_households_of_a_centralised_project_get_dividends_instead(service: ServiceUnderTest) -> None:
    project = await project_in(service, "planned")
    await service.database.pool.execute("UPDATE project SET kind = 'centralised' WHERE id = $1", project["id"])
    assert (await propose(service, project, expect=409))["code"] == "grants-for-scattered-projects"
    nobody = "01a20122-0000-7000-8000-000000000000"
    assert (await decide(service, nobody, expect=404))["code"] == "grant-list-unknown"
    assert (await send(service, nobody, expect=404))["code"] == "grant-list-unknown"
