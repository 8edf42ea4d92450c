"""Direct grants paid straight to the households' accounts, rejected, come back and paid again."""

from datetime import date

import pytest

from services.subsidy.tests.benefit import (
    HOUSEHOLDS,
    VILLAGE,
    ZHIJIN,
    confirm_packs,
    get,
)
from services.subsidy.tests.county import Lender, Register
from services.subsidy.tests.granting import (
    agree,
    decide,
    line,
    project_in,
    propose,
    result,
    send,
    settle,
    transfers,
)
from shared.access import Role
from shared.events.registry import HouseholdListed, HouseholdUnlisted
from shared.ids import new_id
from shared.testing.service import ServiceUnderTest, StartService


@pytest.fixture
async def service(start_service: StartService, register: Register, lender: Lender) -> ServiceUnderTest:
    """Start the service with Zhijin's pack and households."""
    peers = {"registry": register.app(), "lending": lender.app()}
    return await start_service("subsidy", peers=peers, prepared=confirm_packs)


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
