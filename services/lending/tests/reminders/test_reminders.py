"""The lending bank reminds its borrowers 60 and 30 days before a due, and the county sees who was not reminded."""

import io
from datetime import date, timedelta
from typing import Any

import pypdf
import pytest

from services.lending.reminders import queries
from services.lending.tests.applications.conftest import BANK as LENDING_BANK
from services.lending.tests.applications.conftest import VILLAGE, Lending, lending, loan_request, pack
from services.lending.tests.applications.peers import household_id
from services.lending.tests.county import County, county_with_pack
from services.lending.tests.loans.conftest import county
from shared.access import Role
from shared.testing.service import StartService

__all__ = ["county", "lending", "pack"]
HEADER = "contract_number,due_on,days_before,reminded_on,channel,reminded_by,amount"
DUE = date(2017, 12, 20)  # the first interest of a loan of March 2017
FIRST, SECOND = DUE - timedelta(days=60), DUE - timedelta(days=30)


def _said(on: date = FIRST, days_before: int = 60, **more: Any) -> dict[str, Any]:
    return {
        "due_on": DUE.isoformat(),
        "days_before": days_before,
        "reminded_on": on.isoformat(),
        "channel": "telephone",
        "reminded_by": "信贷员李明",
        "amount": "1911.11",
        **more,
    }


async def _remind(county: County, loan: dict[str, Any], **said: Any) -> Any:
    return await county.post(f"/api/v1/loans/{loan['id']}/reminders", _said(**said), subject="clerk")


async def _due(county: County, as_of: date, more: str = "&within_days=0") -> list[tuple[str, int, str]]:
    answer = await county.get(f"/api/v1/reminders-due?as_of={as_of}{more}")
    return [(each["last_on"], each["days_before"], each["due_on"]) for each in answer.json()["items"]]


async def _late(county: County, as_of: date, role: Role = Role.SERVICE_CENTRE, more: str = "") -> list[tuple[Any, ...]]:
    items = (await county.get(f"/api/v1/late-reminders?as_of={as_of}{more}", role=role)).json()["items"]
    return [(each["contract_number"], each["days_before"], each["reminded_on"], each["days_late"]) for each in items]


@pytest.mark.clause("DZ-5b(a)")
async def test_a_bank_sees_what_it_has_to_say_until_which_day_and_no_more_once_it_was_said(county: County) -> None:
    loan = await county.lend()
    day = timedelta(days=1)
    assert await _due(county, FIRST - day) == []
    assert await _due(county, FIRST - day, "&within_days=1") == [(str(FIRST), 60, str(DUE))]
    assert await _due(county, FIRST) == [(str(FIRST), 60, str(DUE))]
    [shown] = (await county.get(f"/api/v1/reminders-due?as_of={FIRST}")).json()["items"]
    owed = (await county.installments(loan["id"]))[0]
    assert (shown["interest"], shown["principal"], shown["is_written"]) == (owed["interest_due"], "0.00", False)
    said = await _remind(county, loan)
    assert said.status_code == 201, said.text
    assert await _due(county, FIRST) == []
    assert await _due(county, FIRST, "&within_days=0&with_given=true") == [(str(FIRST), 60, str(DUE))]
    assert (await county.get(f"/api/v1/loans/{loan['id']}/reminders")).json()["items"] == [said.json()]
    assert await _due(county, SECOND) == [(str(SECOND), 30, str(DUE))]
    assert await _due(county, DUE + day) == []


@pytest.mark.clause("DZ-5b(a)")
async def test_the_county_sees_what_was_said_late_or_not_at_all_and_the_bank_only_its_own(
    start_service: StartService,
) -> None:
    county = await county_with_pack(await start_service("lending"), repayment__early_payment_window_days=90)
    late, never = await county.lend(), await county.lend()
    timely, other = await county.lend(), await county.lend(bank="other")
    paid = await county.lend()
    due = (await county.installments(paid["id"]))[0]["interest_due"]
    assert (await county.repay(paid["id"], due, "2017-10-21", "R1")).status_code == 201
    day = timedelta(days=1)
    assert (await _remind(county, late, on=FIRST + day)).status_code == 201
    assert (await _remind(county, timely)).status_code == 201
    assert await _late(county, FIRST) == []
    missed = [(never["contract_number"], 60, None), (other["contract_number"], 60, None)]
    assert sorted(await _late(county, FIRST + day)) == sorted(
        [(late["contract_number"], 60, str(FIRST + day), 1), *((*each, 1) for each in missed)]
    )
    assert [each[0] for each in await _late(county, FIRST + day, Role.BANK)] == [
        each["contract_number"] for each in sorted((late, never), key=lambda loan: str(loan["id"]))
    ]
    second = await _late(county, DUE + 9 * day, more=f"&last_from={SECOND}&last_through={SECOND}")
    assert {each[0] for each in second} == {each["contract_number"] for each in (late, never, timely, other)}
    assert await _late(county, DUE, more="&region_code=500236002") == []
    assert await _late(county, DUE, more="&product_code=farm_loan") == []


@pytest.mark.clause("DZ-5b(b)")
async def test_the_second_reminder_is_in_writing_and_what_is_wrong_is_refused_by_name(county: County) -> None:
    loan = await county.lend()
    by_word = await _remind(county, loan, on=SECOND, days_before=30)
    assert (by_word.status_code, by_word.json()["code"]) == (409, "reminder-not-written")
    for channel in ("in_person", "telephone"):
        assert (await _remind(county, loan, on=SECOND, days_before=30, channel=channel)).status_code == 409
    delivered = await _remind(county, loan, on=SECOND, days_before=30, channel="notice_delivered")
    assert delivered.status_code == 201, delivered.text
    assert await _late(county, SECOND + timedelta(days=1), more=f"&last_from={SECOND}") == []
    codes = [
        (await _remind(county, loan, **wrong)).json()["code"]
        for wrong in (
            {"due_on": "2017-12-21"},
            {"days_before": 45},
            {"on": date(2017, 3, 5)},
            {"on": DUE + timedelta(days=1)},
            {"on": SECOND, "days_before": 30, "channel": "letter"},
        )
    ]
    assert codes == [
        "nothing-due-then",
        "reminder-not-asked",
        "date-before-step",
        "reminded-after-due",
        "reminded-already",
    ]
    foreign = await county.post(f"/api/v1/loans/{loan['id']}/reminders", _said(), bank="other")
    assert foreign.json()["code"] == "loan-of-another-bank"
    assert (await county.post(f"/api/v1/loans/{loan['id']}/reminders", _said(), region="500237")).json()["code"] == (
        "loan-unknown"
    )


@pytest.mark.clause("DZ-5b(b)")
async def test_the_written_notice_is_printed_with_the_name_the_day_and_the_amount(
    lending: Lending, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = [f"{VILLAGE}-1", f"{VILLAGE}-2"]
    lending.registry.heads = {str(household_id(numbers[0])): "田大山"}
    await lending.lend(*map(loan_request, numbers))
    path = f"/reminder-notices.pdf?as_of={SECOND}&within_days=0"
    file = await lending.get(path, Role.BANK, organisation=LENDING_BANK)
    assert file.status_code == 200, file.text
    pages = [page.extract_text().replace("\n", "") for page in pypdf.PdfReader(io.BytesIO(file.content)).pages]
    [loan] = [each for each in (await lending.get("/loans")).json()["items"] if each["household_number"] == numbers[0]]
    due = (await lending.get(f"/loans/{loan['id']}/installments")).json()["items"][0]["interest_due"]
    [named] = [page for page in pages if "田大山" in page]
    assert len(pages) == 2
    assert all(text in named for text in (loan["contract_number"], "2017年12月20日", f"{due} 元", "CQRCB 银行"))
    assert (await lending.get(path.replace("11-20", "11-19"), Role.BANK, organisation=LENDING_BANK)).json()["code"] == (
        "no-notice-due"
    )
    assert (await lending.get(path, Role.VILLAGE)).json()["code"] == "right-missing"
    monkeypatch.setattr(queries, "NOTICES_AT_ONCE", 1)
    assert (await lending.get(path, Role.BANK, organisation=LENDING_BANK)).json()["code"] == "too-many-notices"


async def test_a_file_is_recorded_line_by_line_and_once_however_often_it_is_sent(county: County) -> None:
    loans = [await county.lend() for _ in range(3)]
    other = await county.lend(bank="other")
    numbers = [each["contract_number"] for each in loans]
    right = [f"{number},{DUE},60,{FIRST},telephone,李明,1911.11" for number in numbers]
    wrong = [
        right[0].replace("李明", "王芳"),
        f"{other['contract_number']},{DUE},60,{FIRST},telephone,李明,1911.11",
        f"C9,{DUE},60,{FIRST},telephone,李明,1911.11",
        f"{numbers[0]},{DUE},30,{SECOND},in_person,李明,1911.11",
        f"{numbers[0]},{DUE},0,{SECOND},letter,李明,1911.11",
        f"{numbers[0]},{DUE},60,2099-01-01,telephone,李明,1911.11",
    ]
    sent = (await county.send_file("reminder-files", HEADER, [*right, right[0], *wrong])).json()
    assert (sent["line_count"], sent["recorded_count"], sent["already_recorded_count"]) == (10, 3, 1)
    assert [(each["line_number"], each["code"]) for each in sent["rejections"]] == [
        (6, "reminded-already"),
        (7, "loan-of-another-bank"),
        (8, "loan-unknown"),
        (9, "reminder-not-written"),
        (10, "line-malformed"),
        (11, "date-in-future"),
    ]
    again = (await county.send_file("reminder-files", HEADER, right)).json()
    assert (again["recorded_count"], again["already_recorded_count"], again["rejected_count"]) == (0, 3, 0)
    assert await county.service.database.pool.fetchval("SELECT count(*) FROM reminder") == 3


@pytest.mark.clause("DZ-5b(a)")
async def test_another_person_takes_a_wrong_record_back_and_the_reminder_is_owed_again(county: County) -> None:
    loan = await county.lend()
    path = f"/api/v1/reminders/{(await _remind(county, loan)).json()['id']}/withdrawals"
    body = {"withdrawn_on": str(FIRST), "reason": "电话未接通"}
    assert (await county.post(path, body, subject="clerk")).json()["code"] == "maker-is-checker"
    early = {**body, "withdrawn_on": str(FIRST - timedelta(days=1))}
    assert (await county.post(path, early, subject="chief")).json()["code"] == "date-before-step"
    assert (await county.post(path, body, subject="chief", bank="other")).json()["code"] == "reminder-unknown"
    assert (await county.post(path, body, subject="chief")).status_code == 201
    assert (await county.post(path, body, subject="chief")).json()["code"] == "reminder-withdrawn"
    assert await _due(county, FIRST) == [(str(FIRST), 60, str(DUE))]
    assert (await _remind(county, loan, on=FIRST + timedelta(days=2))).status_code == 201
    assert [each[1:] for each in await _late(county, DUE, more=f"&last_through={FIRST}")] == [(60, "2017-10-23", 2)]


async def test_a_due_sooner_than_the_reminder_asks_for_none_and_a_county_names_its_own_days(county: County) -> None:
    await county.lend(disbursed_on=date(2017, 10, 22))
    assert await _due(county, date(2017, 10, 22), "&within_days=60") == [(str(SECOND), 30, str(DUE))]
    assert await _late(county, SECOND) == []
