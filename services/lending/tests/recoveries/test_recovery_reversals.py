"""A recovery that was wrong is taken back by two persons; what stands pays what it would have paid without it."""

import asyncio
from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from services.lending.loans.rules.recovery_split import split_recoveries, split_recovery
from services.lending.tests.accounts.test_corrections import act
from services.lending.tests.accounts.test_known_at import Memory
from services.lending.tests.county import County, as_json
from services.lending.tests.defaults.test_defaults import claim_for, defaulted, recover
from shared.access import Role
from shared.events.lending import RecoveryReversed
from shared.ids import new_id

WRONG = {"cause": "wrong_loan", "reason": "柜员登记错户", "proposed_on": "2018-07-01"}
DECIDED = {"decision": "confirm", "decided_on": "2018-07-02"}
ORDERS = (("penalty", "interest", "principal"), ("principal", "interest", "penalty"))
FEN = Decimal("0.01")


async def compensated(county: County) -> tuple[dict[str, Any], dict[str, Any]]:
    loan, confirmed = await defaulted(county)
    claim = claim_for(loan, confirmed)
    await county.service.deliver(claim, aggregate_id=claim.claim_id, aggregate_version=4)
    return loan, confirmed


async def propose(county: County, loan_id: str, recovery_id: str, **changed: Any) -> Any:
    return await county.post(f"/api/v1/loans/{loan_id}/recoveries/{recovery_id}/reversals", {**WRONG, **changed})


async def decide(county: County, reversal_id: str, **changed: Any) -> Any:
    return await act(county, f"recovery-reversals/{reversal_id}/decisions", {**DECIDED, **changed})


async def take_back(county: County, loan_id: str, recovery_id: str) -> Any:
    proposed = await propose(county, loan_id, recovery_id)
    assert proposed.status_code == 201, proposed.text
    done = await decide(county, proposed.json()["id"])
    assert (done.status_code, done.json()["state"]) == (201, "confirmed"), done.text
    return done.json()


async def last_event(county: County) -> RecoveryReversed:
    name, data, _, _ = (await county.service.outbox())[-1]
    assert name == "recovery-reversed"
    return RecoveryReversed.model_validate_json(as_json(data))


@given(
    amounts=st.lists(st.integers(1, 60_000), min_size=1, max_size=6),
    gone=st.integers(0, 5),
    interest=st.integers(0, 100_000),
    order=st.sampled_from(ORDERS),
)
def test_recoveries_pay_one_after_the_other_what_one_sum_would(
    amounts: list[int], gone: int, interest: int, order: tuple[str, ...]
) -> None:
    sums = [FEN * amount for amount in amounts]
    whole = sum(sums, Decimal("0.00"))
    owed = whole - min(FEN * interest, whole), min(FEN * interest, whole)
    parts = split_recoveries(sums, *owed, order)
    assert [sum(part) for part in parts] == sums
    for place in range(1, len(sums) + 1):
        so_far = tuple(sum((part[kind] for part in parts[:place]), Decimal(0)) for kind in (0, 1))
        assert so_far == split_recovery(sum(sums[:place], Decimal(0)), *owed, order)
    # one taken back pays nothing, and the others pay what they pay without it
    kept = [Decimal(0) if place == gone else amount for place, amount in enumerate(sums)]
    without = [amount for place, amount in enumerate(sums) if place != gone]
    counted = [part for place, part in enumerate(split_recoveries(kept, *owed, order)) if place != gone]
    assert counted == split_recoveries(without, *owed, order)


async def test_a_recovery_taken_back_opens_the_loan_that_it_closed(county: County) -> None:
    loan, confirmed = await compensated(county)
    first = (await recover(county, loan["id"], "10000.00", "V1")).json()
    rest = first["amount_outstanding"]
    last = (await recover(county, loan["id"], rest, "V2", "2018-06-05")).json()
    assert last["loan_closed"] is True
    await take_back(county, loan["id"], first["id"])

    stands = await county.loan(loan["id"])
    owed = Decimal("50000.00") + Decimal(confirmed["interest_claimable"]) - Decimal(rest)
    assert (stands["state"], stands["closed_on"], stands["overdue_from"]) == ("compensated", None, loan_late(confirmed))
    # the one that stands pays the interest now, which the other had paid
    listed = (await county.get(f"/api/v1/loans/{loan['id']}/recoveries")).json()["items"]
    assert [(item["bank_reference"], item["interest"], item["reversed_on"]) for item in listed] == [
        ("V1", "0.00", "2018-07-02"),
        ("V2", confirmed["interest_claimable"], None),
    ]
    assert stands["interest_recovered"] == confirmed["interest_claimable"]
    assert Decimal(stands["principal_compensated"]) - Decimal(stands["principal_recovered"]) == owed
    event = await last_event(county)
    assert (event.reopened, event.overdue_from, str(event.recovery_id)) == (
        True,
        date.fromisoformat(loan_late(confirmed)),
        first["id"],
    )
    assert [(str(each.recovery_id), f"{each.interest:.2f}") for each in event.counted] == [
        (last["id"], confirmed["interest_claimable"])
    ]
    assert (event.principal + event.interest, event.interest) == (Decimal("10000.00"), Decimal(0))
    account = await county.account(loan["id"], "2018-07-10")
    assert (account["state"], account["recovered"]) == ("compensated", rest)
    path = f"/api/v1/loans/{loan['id']}/statement?from_on=2018-05-01&through_on=2018-12-31"
    lines = (await county.get(path)).json()["lines"]
    assert [(line["bank_reference"], line["principal"], line["reversed_on"]) for line in lines] == [
        ("V1", "0.00", "2018-07-02"),
        ("V2", listed[1]["principal"], None),
    ]
    # the household owes it again, and pays it
    closed = (await recover(county, loan["id"], f"{owed:.2f}", "V3", "2018-07-03")).json()
    assert closed["loan_closed"] is True


def loan_late(confirmed: dict[str, Any]) -> str:
    return str(confirmed["overdue_from"])


async def test_its_reference_stays_used_and_the_same_sent_again_says_so(county: County) -> None:
    loan, _ = await compensated(county)
    first = (await recover(county, loan["id"], "100.00", "V1")).json()
    assert first["reversed"] is False
    await take_back(county, loan["id"], first["id"])
    again = await recover(county, loan["id"], "100.00", "V1")
    assert (again.status_code, again.json()["id"]) == (201, first["id"])
    assert (again.json()["already_recorded"], again.json()["reversed"], again.json()["principal"]) == (
        True,
        True,
        "0.00",
    )
    assert (await recover(county, loan["id"], "10.00", "V1")).json()["code"] == "bank-reference-conflict"
    assert (await recover(county, loan["id"], "100.00", "V2")).json()["amount_outstanding"] == first[
        "amount_outstanding"
    ]
    report = (await county.get("/api/v1/reports/lending?region_code=500236&as_of=2018-12-31")).json()
    assert (report["recoveries"], report["recovered"]) == (1, "100.00")


async def test_two_persons_of_the_bank_take_it_back_once(county: County) -> None:
    loan, _ = await compensated(county)
    first = (await recover(county, loan["id"], "100.00", "V1")).json()
    stranger = await county.post(f"/api/v1/loans/{loan['id']}/recoveries/{first['id']}/reversals", WRONG, bank="psbc")
    assert (stranger.status_code, stranger.json()["code"]) == (404, "loan-recovery-unknown")
    assert (await propose(county, loan["id"], str(new_id()))).json()["code"] == "loan-recovery-unknown"
    early = await propose(county, loan["id"], first["id"], proposed_on="2018-05-31")
    assert (early.status_code, early.json()["code"]) == (422, "date-before-step")
    proposed = (await propose(county, loan["id"], first["id"])).json()
    assert (await propose(county, loan["id"], first["id"])).json()["code"] == "recovery-reversal-on-file"
    own = await county.post(f"/api/v1/recovery-reversals/{proposed['id']}/decisions", DECIDED)
    assert (own.status_code, own.json()["code"]) == (403, "maker-is-checker")
    unknown = await decide(county, str(new_id()))
    assert (unknown.status_code, unknown.json()["code"]) == (404, "recovery-reversal-unknown")
    answers = await asyncio.gather(*(decide(county, proposed["id"]) for _ in range(3)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409]
    assert [name for name, *_ in await county.service.outbox()].count("recovery-reversed") == 1
    listed = await county.get(f"/api/v1/recovery-reversals?loan_id={loan['id']}&state=confirmed", role=Role.AUDITOR)
    assert [item["id"] for item in listed.json()["items"]] == [proposed["id"]]


async def test_a_proposal_is_refused_or_given_up_and_the_recovery_stands(county: County) -> None:
    loan, _ = await compensated(county)
    first = (await recover(county, loan["id"], "100.00", "V1")).json()
    refused = (await propose(county, loan["id"], first["id"])).json()
    done = await decide(county, refused["id"], decision="refuse", reason="金额无误")
    assert done.json()["state"] == "refused"
    again = (await propose(county, loan["id"], first["id"])).json()
    path = f"/api/v1/recovery-reversals/{again['id']}/withdrawals"
    given_up = await county.post(path, {"withdrawn_on": "2018-07-02", "reason": "查明无误"})
    assert given_up.json()["state"] == "withdrawn"
    listed = (await county.get(f"/api/v1/loans/{loan['id']}/recoveries")).json()["items"]
    assert [(item["amount"], item["reversed_on"]) for item in listed] == [("100.00", None)]


async def test_what_was_known_of_a_recovery_stays_so(county: County) -> None:
    loan, _ = await compensated(county)
    memory = Memory(county, loan["id"])
    first = (await recover(county, loan["id"], "10000.00", "V1")).json()
    await memory.look()
    assert (await recover(county, loan["id"], "500.00", "V2")).status_code == 201
    await memory.look()
    await take_back(county, loan["id"], first["id"])
    await memory.look()
    await memory.ensure_stands()
    await memory.ensure_kept()


async def test_the_statement_shows_what_each_recovery_was_booked_to_pay(county: County) -> None:
    """1 900.00 of interest, then 200.00 of an earlier day: the statement has their days, and the parts of the list."""
    loan, _ = await compensated(county)
    for amount, reference, on in (("1900.00", "V1", "2018-06-20"), ("200.00", "V2", "2018-06-10")):
        assert (await recover(county, loan["id"], amount, reference, on)).status_code == 201
    listed = (await county.get(f"/api/v1/loans/{loan['id']}/recoveries")).json()["items"]
    path = f"/api/v1/loans/{loan['id']}/statement?from_on=2018-06-01&through_on=2018-06-30"
    lines = (await county.get(path)).json()["lines"]
    assert [line["bank_reference"] for line in lines] == ["V2", "V1"]
    names = ("bank_reference", "interest", "principal")
    assert [[each[name] for name in names] for each in reversed(lines)] == [
        [each[name] for name in names] for each in listed
    ]
    for day, owed in (("2018-06-15", "49830.75"), ("2018-06-30", "49830.75")):
        assert (await county.account(loan["id"], day))["principal_outstanding"] == owed
