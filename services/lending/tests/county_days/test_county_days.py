"""A county rests or works on days of its own, entered by two persons before or after them; due days follow."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import quote

import pytest

from services.lending.accounts.actions.rest_days import take_rest_days
from services.lending.county_days.actions import take_all_own_days
from services.lending.tests.accounts.test_known_at import now
from services.lending.tests.classes.test_classes import class_on
from services.lending.tests.county import COUNTY, County
from services.lending.tests.repayments.test_allocation_in_sql import HEADER, ensure_ledgers_agree
from services.lending.tests.repayments.test_rest_days import dues, last_due, mark_overdue
from shared.access import Role
from shared.ids import new_id
from shared.workdays import rest_days

# Due on Sunday, 10 March 2019; the county rests on Monday and Tuesday too.
LENT_ON, DUE_ON, REST = date(2018, 3, 10), "2019-03-10", ("2019-03-11", "2019-03-12")
ENTERED = {"county_code": COUNTY, "kind": "rest", "document": "县政府放假通知〔2019〕3号", "reason": "民族节日放假"}
CENTRE: dict[str, Any] = {"role": Role.SERVICE_CENTRE}
SECOND = "another officer of the centre"


async def propose(county: County, days: Sequence[str] = REST, **changed: Any) -> Any:
    body = {**ENTERED, "days": list(days), "proposed_on": "2019-03-13", **changed}
    return await county.post("/api/v1/county-days", body, **CENTRE)


async def decide(county: County, entry_id: str, subject: str = SECOND, **changed: Any) -> Any:
    body = {"decision": "confirm", "decided_on": "2019-03-14", **changed}
    return await county.post(f"/api/v1/county-days/{entry_id}/decisions", body, subject=subject, **CENTRE)


async def enter(county: County, days: Sequence[str] = REST, **changed: Any) -> dict[str, Any]:
    """Enter days by two persons."""
    proposed = await propose(county, days, **changed)
    assert proposed.status_code == 201, proposed.text
    decided = await decide(county, proposed.json()["id"])
    assert decided.status_code == 201, decided.text
    assert decided.json()["loans_restated"] == proposed.json()["loans_restated"]
    shown: dict[str, Any] = decided.json()
    return shown


async def restated(county: County) -> list[tuple[str, str | None]]:
    """Return the loans that were published anew because of days of rest, and since when each is overdue."""
    return [
        (data["loan_id"], data["after"]["overdue_from"])
        for name, data, *_ in await county.service.outbox()
        if name == "loan-restated" and data["cause"] == "rest_days"
    ]


async def test_days_entered_before_they_come_move_the_due_in_lists_and_bookings(county: County) -> None:
    entry = await enter(county)
    assert (entry["state"], entry["loans_restated"], entry["days"]) == ("confirmed", 0, list(REST))
    loan, total = await last_due(county, LENT_ON)
    (row,) = await dues(county, DUE_ON, "2019-03-13")
    assert (row["met_on"], row["penalty"], row["to_pay"]) == ("2019-03-13", "0.00", total)
    assert await mark_overdue(county, "2019-03-13") == 0
    answer = await county.repay(loan["id"], total, "2019-03-13", "R2")
    assert (answer.json()["penalty"], answer.json()["loan_closed"]) == ("0.00", True)
    assert (await county.service.outbox())[-1][1]["repaid_on_time"] is True
    await ensure_ledgers_agree(county)


@pytest.mark.clause("FJ-12(a)")
async def test_days_entered_after_the_due_day_take_penalty_and_lateness_back(county: County) -> None:
    """Due on Sunday; Monday and Tuesday are entered on Wednesday: paid on Wednesday it is not late."""
    loan, total = await last_due(county, LENT_ON)
    other, _ = await last_due(county, LENT_ON)
    assert await mark_overdue(county, "2019-03-12") == 2
    assert (await county.repay(other["id"], "100.00", "2019-03-12", "R-part")).json()["penalty"] != "0.00"
    moment = await now(county)
    url = f"/api/v1/loans/{loan['id']}/account?as_of=2019-03-12"
    before = (await county.get(url)).json()
    assert (before["overdue_from"], await class_of(county, loan)) == ("2019-03-12", "special_mention")

    entry = await enter(county)

    assert entry["loans_restated"] == 2
    assert sorted(await restated(county)) == sorted([(loan["id"], None), (other["id"], None)])
    account = (await county.get(url)).json()
    assert (account["overdue_from"], account["penalty"], account["dues"][-1]["met_on"]) == (None, "0.00", "2019-03-13")
    assert await class_of(county, loan) == "normal"
    known = (await county.get(f"{url}&known_at={quote(moment)}")).json()
    assert {**known, "known_at": None} == before
    line = f"F1,{loan['contract_number']},repayment,2019-03-13,{total}"
    assert (await county.send_file("repayment-files", HEADER, [line])).json()["recorded_count"] == 1
    assert ((await county.loan(loan["id"]))["state"], (await county.loan(other["id"]))["penalty_accrued"]) == (
        "closed",
        "0.00",
    )
    await ensure_ledgers_agree(county)


async def class_of(county: County, loan: dict[str, Any]) -> str:
    return str((await class_on(county, loan["id"], "2019-03-12"))["loan_class"])


async def test_days_that_were_entered_wrongly_make_late_again_whoever_paid_after_them(county: County) -> None:
    await enter(county)
    late, total = await last_due(county, LENT_ON)
    early, same = await last_due(county, LENT_ON)
    assert (await county.repay(early["id"], same, DUE_ON, "R-early")).json()["loan_closed"] is True
    assert (await county.repay(late["id"], total, "2019-03-13", "R-late")).json()["loan_closed"] is True

    back = await enter(county, kind="as_national", reason="通知有误")

    assert back["loans_restated"] == 1
    account = await county.account(late["id"], "2019-03-13")
    two_days = Decimal(total) * Decimal(late["annual_rate"]) * Decimal("1.5") * 2 / 36000
    penalty = two_days.quantize(Decimal("0.01"), "ROUND_HALF_UP")  # what was paid pays it first
    assert (Decimal(account["dues"][-1]["penalty_paid"]), Decimal(account["principal_outstanding"])) == (penalty,) * 2
    assert (account["state"], (await county.loan(early["id"]))["state"]) == ("active", "closed")
    assert [loan_id for loan_id, _ in await restated(county)] == [late["id"]]
    await ensure_ledgers_agree(county)


async def test_a_day_of_work_shortens_chinas_rest_and_other_counties_keep_it(county: County) -> None:
    """Tomb-sweeping day of 2020 rests from Saturday, 4 April, until Monday; the county works on that Monday."""
    await enter(county, ["2020-04-06"], kind="work")
    loan, _ = await last_due(county, date(2019, 4, 4))
    (row,) = await dues(county, "2020-04-04", "2020-04-07")
    assert row["met_on"] == "2020-04-06"
    assert (await county.account(loan["id"], "2020-04-01"))["dues"][-1]["met_on"] == "2020-04-06"
    await county.service.database.pool.execute("UPDATE loan SET county_code = '500237' WHERE id = $1::uuid", loan["id"])
    (row,) = await dues(county, "2020-04-04", "2020-04-07")
    assert row["met_on"] == "2020-04-07"
    assert (await county.account(loan["id"], "2020-04-01"))["dues"][-1]["met_on"] == "2020-04-07"


async def test_a_release_that_knows_more_of_chinas_days_lengthens_the_countys(county: County) -> None:
    await enter(county, ["2019-03-11"])
    loan, _ = await last_due(county, LENT_ON)
    found = await county.service.database.pool.fetchval(
        "SELECT next_workday FROM rest_day WHERE region_code = $1 AND day = '2019-03-10'", COUNTY
    )
    assert found == date(2019, 3, 12)
    async with county.service.database.transaction() as conn:
        await take_rest_days(conn, rest_days(), date(2019, 3, 13))
        await take_all_own_days(conn, date(2019, 3, 13))
    assert (await county.account(loan["id"], "2019-03-01"))["dues"][-1]["met_on"] == "2019-03-12"
    assert await restated(county) == []


async def test_what_is_refused_is_refused_by_name(county: County) -> None:
    proposed = (await propose(county)).json()
    again = (await propose(county, ["2019-03-12", "2019-03-13"])).json()
    assert (again["code"], again["values"]["day"]) == ("county-days-on-file", "2019-03-12")
    own = await decide(county, proposed["id"], subject=proposed["proposed_by"])
    assert (own.status_code, own.json()["code"]) == (403, "maker-is-checker")
    early = await decide(county, proposed["id"], decided_on="2019-03-12")
    assert early.json()["code"] == "date-before-step"
    body = {"withdrawn_on": "2019-03-14", "reason": "日期有误"}
    path = f"/api/v1/county-days/{proposed['id']}/withdrawals"
    other = await county.post(path, body, subject=SECOND, **CENTRE)
    assert other.json()["code"] == "only-the-proposer"
    assert (await county.post(path, body, **CENTRE)).json()["state"] == "withdrawn"
    assert (await decide(county, proposed["id"])).json()["code"] == "correction-decided"
    assert (await decide(county, str(new_id()))).json()["code"] == "county-days-unknown"
    for changed, code in (
        ({"days": ["2019-03-10"]}, "county-days-change-nothing"),
        ({"kind": "as_national"}, "county-days-change-nothing"),
        ({"days": ["2199-03-11"]}, "calendar-horizon-passed"),
        ({"days": ["2019-03-11", "2019-03-11"]}, "invalid-request"),
        ({"county_code": "500101"}, "outside-region"),
    ):
        answer = await propose(county, **changed)
        assert answer.json()["code"] == code, answer.text
    bank = await county.post("/api/v1/county-days", {**ENTERED, "days": list(REST), "proposed_on": "2019-03-13"})
    assert (bank.status_code, bank.json()["code"]) == (403, "right-missing")
    refused = await decide(county, (await propose(county)).json()["id"], decision="refuse", reason="无此通知")
    assert refused.json()["state"] == "refused"
    listed = (await county.get(f"/api/v1/county-days?county_code={COUNTY}&state=refused")).json()["items"]
    assert [each["decision_reason"] for each in listed] == ["无此通知"]


@pytest.mark.parametrize("kind", ["rest", "as_national"])
async def test_what_others_confirmed_meanwhile_is_not_confirmed_twice(county: County, kind: str) -> None:
    if kind == "as_national":
        await enter(county)
    waits = (await propose(county, kind=kind)).json()
    await county.service.database.pool.execute(
        "INSERT INTO county_days (id, county_code, kind, days, document, reason, proposed_on, proposed_by, state, "
        "decided_on, decided_by, decided_at) SELECT uuid7(), county_code, kind, days, document, reason, proposed_on, "
        "'a', 'confirmed', proposed_on, 'b', clock_timestamp() FROM county_days WHERE id = $1::uuid",
        waits["id"],
    )
    assert (await decide(county, waits["id"])).json()["code"] == "county-days-change-nothing"
