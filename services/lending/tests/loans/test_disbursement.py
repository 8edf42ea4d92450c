"""From a handed-over application to a loan: by the bank's file and one by one."""

import csv
from datetime import date
from decimal import Decimal

import pytest

from services.lending.loans.rules.schedule import installments
from services.lending.tests.county import BANK, County, as_json, county_with_pack
from shared.access import Role
from shared.events.lending import LoanDisbursed
from shared.ids import new_id
from shared.policy.vocabulary import DayCount, RepaymentMethod
from shared.testing.service import StartService

HEADER = "application_id,contract_number,bank_reference,disbursed_on,amount"
PATH = "/api/v1/disbursement-files"


@pytest.mark.clause("FJ-4(f)")
async def test_right_lines_become_loans_and_late_ones_are_counted(county: County) -> None:
    first, second = await county.hand_over("50000.00"), await county.hand_over("30000.00", term_months=12)
    lines = [f"{first},C1,D1,2017-03-10,50000.00", f"{second},C2,D2,2017-03-11,30000.00"]

    answer = await county.send_file("disbursement-files", HEADER, lines)

    assert answer.status_code == 201, answer.text
    body = answer.json()
    assert (body["loan_count"], body["amount"], body["late_count"], body["rejected_count"]) == (2, "80000.00", 1, 0)
    listed = (await county.get("/api/v1/loans")).json()["items"]
    loans = sorted(listed, key=lambda loan: str(loan["contract_number"]))
    assert [(loan["contract_number"], loan["annual_rate"], loan["matures_on"]) for loan in loans] == [
        ("C1", "4.75", "2020-03-10"),
        ("C2", "4.35", "2018-03-11"),
    ]
    states = await county.service.database.pool.fetch(
        "SELECT state, disbursed_on, loan_id FROM application ORDER BY id"
    )
    assert [row["state"] for row in states] == ["disbursed", "disbursed"]
    assert [str(row["loan_id"]) for row in states] == [loan["id"] for loan in loans]
    events = await county.service.outbox()
    assert [(name, version) for name, _, version, _ in events] == [("loan-disbursed", 1)] * 2
    (event, _) = sorted(
        (LoanDisbursed.model_validate_json(as_json(data)) for _, data, *_ in events),
        key=lambda recorded: recorded.contract_number,
    )
    assert (event.annual_rate, event.principal, event.bank_code) == (Decimal("4.75"), Decimal("50000.00"), BANK)


@pytest.mark.clause("FJ-11")
async def test_the_schedule_has_every_settlement_day_and_the_maturity(county: County) -> None:
    loan = await county.lend("50000.00", disbursed_on=date(2017, 3, 6))
    rows = await county.installments(loan["id"])
    due_on = [date(2017, 12, 20), date(2018, 12, 20), date(2019, 12, 20), date(2020, 3, 6)]
    expected = installments(
        Decimal("50000.00"),
        Decimal("4.75"),
        DayCount.ACT_360,
        RepaymentMethod.INTEREST_ONLY,
        date(2017, 3, 6),
        due_on,
    )
    assert [(row["due_on"], row["days"], row["principal_due"], row["interest_due"]) for row in rows] == [
        (row.due_on.isoformat(), row.days, f"{row.principal}", f"{row.interest}") for row in expected
    ]
    assert loan["interest_charged"] == f"{sum(row.interest for row in expected)}"


async def test_wrong_lines_are_named_and_right_ones_taken(county: County) -> None:
    right, doubled = await county.hand_over(), await county.hand_over()
    foreign = await county.hand_over(bank="psbc")
    waiting = await county.hand_over(state="approved")
    far = await county.hand_over(village="500101001001")
    wrong = {
        f"{new_id()},C3,D3,2017-03-06,1.00": "application-unknown",
        f"{far},C4,D4,2017-03-06,50000.00": "application-unknown",
        f"{foreign},C5,D5,2017-03-06,50000.00": "application-of-another-bank",
        f"{waiting},C6,D6,2017-03-06,50000.00": "not-handed-over",
        f"{doubled},C7,D7,2017-03-06,49999.99": "amount-differs",
        f"{right},C8,D8,2017-03-06,50000.00": "already-disbursed",
        f"{await county.hand_over()},C9,D9,2017-02-28,50000.00": "date-before-step",
        f"{await county.hand_over()},C10,D10,2999-01-01,50000.00": "date-in-future",
        f"{await county.hand_over()},C1,D11,2017-03-06,50000.00": "contract-number-used",
        f"{await county.hand_over()},C12,D1,2017-03-06,50000.00": "bank-reference-conflict",
        "not-an-id,C13,D13,2017-03-06,50000.00": "line-malformed",
        f"{await county.hand_over()},C 14,D14,2017-03-06,50000.00": "line-malformed",
    }
    lines = [f"{right},C1,D1,2017-03-06,50000.00", *wrong]
    body = (await county.send_file("disbursement-files", HEADER, lines)).json()
    assert (body["loan_count"], body["rejected_count"]) == (1, len(wrong))
    assert [line["code"] for line in body["rejections"]] == list(wrong.values())
    assert [line["line_number"] for line in body["rejections"]] == list(range(3, 3 + len(wrong)))


async def test_a_file_sent_again_makes_no_second_loan(county: County) -> None:
    lines = [f"{await county.hand_over()},C1,D1,2017-03-06,50000.00"]
    assert (await county.send_file("disbursement-files", HEADER, lines)).json()["loan_count"] == 1
    again = (await county.send_file("disbursement-files", HEADER, lines)).json()
    assert (again["loan_count"], [line["code"] for line in again["rejections"]]) == (0, ["already-disbursed"])
    assert len(await county.service.outbox()) == 1


async def test_refuses_the_whole_file_with_wrong_totals_or_header(county: County) -> None:
    lines = [f"{await county.hand_over()},C1,D1,2017-03-06,50000.00"]
    for totals in ({"line_count": 2}, {"total_amount": "50000.01"}):
        answer = await county.send_file("disbursement-files", HEADER, lines, **totals)
        assert (answer.status_code, answer.json()["code"]) == (422, "file-totals-differ")
    answer = await county.send_file("disbursement-files", HEADER + ",x", lines)
    assert answer.json()["code"] == "file-header-unknown"
    assert (await county.get("/api/v1/loans")).json()["items"] == []


async def test_single_disbursements_are_refused_by_the_same_names(county: County) -> None:
    application = await county.hand_over()
    path = f"/api/v1/applications/{application}/disbursements"
    body = {"contract_number": "C1", "bank_reference": "D1", "disbursed_on": "2017-03-06", "amount": "50000.00"}
    answer = await county.post(path, {**body, "amount": "50001.00"})
    assert (answer.status_code, answer.json()["code"]) == (409, "amount-differs")
    assert (await county.post(path, body, bank="psbc")).json()["code"] == "application-of-another-bank"
    assert (await county.post(path, body, region="500101")).json()["code"] == "application-unknown"
    assert (await county.post(path, body, role=Role.SERVICE_CENTRE)).json()["code"] == "right-missing"
    assert (await county.post(path, body)).status_code == 201
    assert (await county.post(path, body)).json()["code"] == "already-disbursed"


async def test_a_missing_reference_rate_is_refused_by_name(county: County) -> None:
    await county.service.database.pool.execute("DELETE FROM reference_rate")
    path = f"/api/v1/applications/{await county.hand_over()}/disbursements"
    body = {"contract_number": "C1", "bank_reference": "D1", "disbursed_on": "2017-03-06", "amount": "50000.00"}
    answer = await county.post(path, body)
    assert (answer.status_code, answer.json()["code"]) == (409, "reference-rate-missing")


@pytest.mark.parametrize("method", ["equal_principal", "equal_installment", "bullet"])
async def test_every_method_repays_the_whole_principal(start_service: StartService, method: str) -> None:
    terms = {"interest__repayment_method": method, "interest__settlement_period_months": 3}
    county = await county_with_pack(await start_service("lending"), **terms)
    loan = await county.lend("50000.00")
    rows = await county.installments(loan["id"])
    assert sum(Decimal(row["principal_due"]) for row in rows) == Decimal("50000.00")
    assert len(rows) == (1 if method == "bullet" else 13)


async def test_lists_loans_page_by_page_within_the_scope(county: County) -> None:
    mine = [(await county.lend())["id"] for _ in range(3)]
    await county.lend(bank="psbc")
    page = (await county.get("/api/v1/loans?region_code=500236001&limit=2")).json()
    assert [loan["id"] for loan in page["items"]] == mine[:2]
    rest = (await county.get(f"/api/v1/loans?region_code=500236001&limit=2&cursor={page['next']}")).json()
    assert ([loan["id"] for loan in rest["items"]], rest["next"]) == (mine[2:], None)
    everything = await county.get("/api/v1/loans?state=active", role=Role.SERVICE_CENTRE)
    assert len(everything.json()["items"]) == 4
    elsewhere = await county.get("/api/v1/loans?region_code=500101", role=Role.SERVICE_CENTRE)
    assert (elsewhere.status_code, elsewhere.json()["code"]) == (403, "outside-region")
    other = await county.get(f"/api/v1/loans/{mine[0]}", bank="psbc")
    assert (other.status_code, other.json()["code"]) == (404, "loan-unknown")


async def test_the_banks_dues_name_what_is_unpaid_with_penalty_to_the_day(county: County) -> None:
    loan = await county.lend("50000.00")
    await county.lend(bank="psbc")
    interest = (await county.installments(loan["id"]))[0]["interest_due"]
    header, line = (await county.get("/api/v1/dues.csv?due_through=2017-12-20")).text.splitlines()
    assert header == (
        "contract_number,loan_id,household_number,state,debtor,heirs,due_on,met_on,interest,principal,penalty,"
        "surcharge,penalty_until,total,held,to_pay"
    )
    day = "2017-12-20"
    assert line == (
        f"C000001,{loan['id']},H000001,active,household,,{day},{day},{interest},0.00,0.00,0.00,"
        f"{day},{interest},0.00,{interest}"
    )
    (late,) = (await county.get("/api/v1/dues.csv?due_through=2018-01-19")).text.splitlines()[1:]
    total = late.split(",")[-1]
    assert (await county.repay(loan["id"], total, "2018-01-19", "R1")).json()["principal"] == "0.00"
    assert (await county.get("/api/v1/dues.csv?due_through=2018-01-19")).text.count("\n") == 1


async def test_a_due_is_quoted_for_the_day_on_which_it_is_paid_and_less_what_was_held(county: County) -> None:
    loan = await county.lend("50000.00")
    held = Decimal("100.00")
    await county.repay(loan["id"], f"{held}", "2017-09-10", "R1")
    asked = "/api/v1/dues.csv?due_from=2017-12-20&due_through=2018-12-20"
    first, second = csv.DictReader((await county.get(f"{asked}&paid_on=2018-01-19")).text.splitlines())
    assert (first["penalty_until"], first["held"], second["held"]) == ("2018-01-19", "0.00", "0.00")
    assert Decimal(first["penalty"]) > 0
    late_interest = (Decimal(first["penalty"]) / Decimal("1.5")).quantize(Decimal("0.01"))
    assert Decimal(first["surcharge"]) == Decimal(first["penalty"]) - late_interest
    assert Decimal(second["penalty"]) == 0
    assert first["to_pay"] == first["total"]
    (ahead, _) = csv.DictReader((await county.get(f"{asked}&paid_on=2017-12-19")).text.splitlines())
    assert (Decimal(ahead["held"]), Decimal(ahead["to_pay"])) == (held, Decimal(ahead["total"]) - held)
    assert Decimal(first["interest"]) == Decimal(ahead["interest"]) - held
    in_time = next(csv.DictReader((await county.get(f"{asked}&paid_on=2017-12-20")).text.splitlines()))
    assert (in_time["penalty"], in_time["interest"]) == ("0.00", first["interest"])
    assert (await county.repay(loan["id"], in_time["to_pay"], "2017-12-20", "R2")).status_code == 201
    (left,) = csv.DictReader((await county.get(f"{asked}&paid_on=2018-01-19")).text.splitlines())
    assert left["due_on"] == "2018-12-20"


LONG_TERM = {
    "code": "term-above-normal",
    "clause": "MS-1(c)",
    "zh": "申请期限36个月超过一般期限24个月。",
    "en": "The term of 36 months is beyond the usual 24.",
    "consequence": "with_reason",
}


@pytest.mark.clause("MS-1(c)")
async def test_a_loan_beyond_the_usual_term_is_paid_out_with_the_banks_reason_on_record(county: County) -> None:
    application = await county.hand_over(conditions=[LONG_TERM])
    path = f"/api/v1/applications/{application}/disbursements"
    body = {"contract_number": "C1", "bank_reference": "D1", "disbursed_on": "2017-03-06", "amount": "50000.00"}

    answer = await county.post(path, body)
    assert (answer.status_code, answer.json()["code"]) == (409, "bank-reason-missing")
    assert answer.json()["values"]["conditions"] == ["term-above-normal"]

    lent = await county.post(path, {**body, "bank_reason": "茶园三年后才有收成"})
    assert lent.status_code == 201, lent.text
    shown = await county.loan(lent.json()["id"])
    assert (shown["conditions"], shown["bank_reason"]) == ([LONG_TERM], "茶园三年后才有收成")


@pytest.mark.clause("MS-1(c)")
async def test_a_line_without_the_banks_reason_is_named_and_the_others_are_taken(county: County) -> None:
    asking = [await county.hand_over(conditions=[LONG_TERM]) for _ in range(2)]
    lines = [
        f"{asking[0]},C1,D1,2017-03-06,茶园三年后才有收成,50000.00",
        f"{asking[1]},C2,D2,2017-03-06, ,50000.00",
        f"{await county.hand_over()},C3,D3,2017-03-06,,50000.00",
    ]
    header = HEADER.replace("amount", "bank_reason,amount")
    body = (await county.send_file("disbursement-files", header, lines)).json()
    assert [(line["line_number"], line["code"]) for line in body["rejections"]] == [(3, "bank-reason-missing")]
    loans = (await county.get("/api/v1/loans")).json()["items"]
    said = {loan["contract_number"]: loan["bank_reason"] for loan in loans}
    assert said == {"C1": "茶园三年后才有收成", "C3": None}


async def test_the_event_says_what_the_loan_goes_without(county: County) -> None:
    for consequence in ("without_subsidy", "without_cover"):
        await county.lend(conditions=[{**LONG_TERM, "consequence": consequence}])
    events = [LoanDisbursed.model_validate_json(as_json(data)) for _, data, *_ in await county.service.outbox()]
    assert {(event.without_subsidy, event.without_cover) for event in events} == {(True, False), (False, True)}


@pytest.mark.parametrize(
    ("form", "found"),
    [
        ("maximum", {"C1": "4.35", "C2": "4", "C3": "rate-above-maximum", "C4": "4.35"}),
        ("stated", {"C1": "4.35", "C2": "4", "C3": "4.36", "C4": "4.35"}),
        ("fixed", {"C1": "4.35", "C2": "rate-differs", "C3": "rate-differs", "C4": "4.35"}),
    ],
)
async def test_a_contract_bears_the_rate_that_the_bank_states_within_the_countys_form(
    start_service: StartService, form: str, found: dict[str, str]
) -> None:
    county = await county_with_pack(await start_service("lending"), interest__rate_form=form)
    rates = {"C1": "4.350", "C2": "4.00", "C3": "4.36", "C4": ""}
    lines = [
        f"{await county.hand_over(term_months=12)},{number},D{number},2017-03-06,{rate},50000.00"
        for number, rate in rates.items()
    ]
    body = (await county.send_file("disbursement-files", HEADER.replace("amount", "annual_rate,amount"), lines)).json()
    codes = {f"C{line['line_number'] - 1}": line["code"] for line in body["rejections"]}
    loans = (await county.get("/api/v1/loans")).json()["items"]
    assert codes | {loan["contract_number"]: loan["annual_rate"] for loan in loans} == found
    interest = {loan["annual_rate"]: loan["interest_charged"] for loan in loans}
    assert interest["4.35"] == "2205.21"
    if "4" in interest:
        assert interest["4"] == "2027.78"


@pytest.mark.clause("LG-2(e)")
async def test_the_published_rate_of_the_day_of_the_contract_holds(county: County) -> None:
    await county.service.database.pool.execute(
        "INSERT INTO reference_rate (rate_id, basis, effective_from, up_to_1y) "
        "VALUES (uuid7(), 'PBOC_BENCHMARK', '2017-03-05', 4.00)"
    )
    header = HEADER.replace("amount", "signed_on,annual_rate,amount")
    signed = {"C1": "2017-03-04", "C2": "2017-03-05", "C3": "", "C4": "2017-03-07", "C5": "2017-02-28"}
    lines = [
        f"{await county.hand_over(term_months=12)},{number},D{number},2017-03-06,{day},,50000.00"
        for number, day in signed.items()
    ]
    body = (await county.send_file("disbursement-files", header, lines)).json()
    assert [line["code"] for line in body["rejections"]] == ["date-before-step"] * 2
    assert all("signed_on" in line["reason"] for line in body["rejections"])
    loans = {loan["contract_number"]: loan for loan in (await county.get("/api/v1/loans")).json()["items"]}
    assert {number: (loan["signed_on"], loan["annual_rate"]) for number, loan in loans.items()} == {
        "C1": ("2017-03-04", "4.35"),
        "C2": ("2017-03-05", "4"),
        "C3": ("2017-03-06", "4"),
    }
    assert {(loan["signed_rate"] == loan["annual_rate"], loan["rate_stated"]) for loan in loans.values()} == {
        (True, False)
    }


async def test_a_bank_names_the_day_of_the_contract_with_a_single_disbursement(county: County) -> None:
    body = {"contract_number": "C1", "bank_reference": "D1", "disbursed_on": "2017-03-06", "amount": "50000.00"}
    path = f"/api/v1/applications/{await county.hand_over()}/disbursements"
    late = await county.post(path, {**body, "signed_on": "2017-03-07"})
    assert (late.status_code, late.json()["code"], late.json()["values"]["earlier_field"]) == (
        422,
        "date-before-step",
        "signed_on",
    )
    loan = (await county.post(path, {**body, "signed_on": "2017-03-02", "annual_rate": "4.75"})).json()
    assert (loan["signed_on"], loan["rate_stated"]) == ("2017-03-02", True)


async def test_a_rate_that_is_none_is_named_with_its_column(county: County) -> None:
    line = f"{await county.hand_over()},C1,D1,2017-03-06,-1,50000.00"
    body = (await county.send_file("disbursement-files", HEADER.replace("amount", "annual_rate,amount"), [line])).json()
    assert [rejected["code"] for rejected in body["rejections"]] == ["line-malformed"]
    assert "annual_rate" in body["rejections"][0]["reason"]
    body = {"contract_number": "C1", "bank_reference": "D1", "disbursed_on": "2017-03-06", "amount": "50000.00"}
    path = f"/api/v1/applications/{await county.hand_over()}/disbursements"
    answer = await county.post(path, {**body, "annual_rate": "4.76"})
    assert (answer.status_code, answer.json()["values"]) == (409, {"annual_rate": "4.76", "county_rate": "4.75"})
