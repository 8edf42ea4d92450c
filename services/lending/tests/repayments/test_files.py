"""The bank's repayment file: refused whole, or answered line by line."""

from decimal import Decimal

from services.lending.tests.county import County
from services.lending.tests.repayments.test_allocation_in_sql import HEADER, ensure_ledgers_agree
from shared.access import Role

PATH = "/api/v1/repayment-files"
PAID_BY = "bank_reference,contract_number,kind,paid_on,payer,payer_name,amount"


async def test_records_right_lines_and_says_of_every_other_why_not(county: County) -> None:
    loan, other = await county.lend(), await county.lend(bank="psbc")
    mine, theirs = loan["contract_number"], other["contract_number"]
    interest = (await county.installments(loan["id"]))[0]["interest_due"]
    lines = [
        f"R1,{mine},repayment,2017-12-11,100.00",
        f"R2,{mine},repayment,2017-12-12,{Decimal(interest) - 100}",
        f"R3,{mine},repayment,2017-12-13,0.01",
        f"R1,{mine},repayment,2017-12-11,100.00",
        f"R4,{theirs},repayment,2017-12-11,1.00",
        "R5,C-NO-SUCH,repayment,2017-12-11,1.00",
        f"R6,{mine},gift,2017-12-11,1.00",
        f"R7,{mine},repayment,2017-02-30,1.00",
        f"R8,{mine},repayment,2017-12-11,0.00",
        f"R9,{mine},repayment,2999-01-01,1.00",
        f"R2,{mine},prepayment,2017-12-15,1.00",
        f"11010519491231002x,{mine},repayment,2017-12-11,1.00",
        f"110105194912310021,{mine},repayment,2017-12-15,0.02",
    ]
    answer = await county.send_file("repayment-files", HEADER, lines)
    assert answer.status_code == 201, answer.text
    body = answer.json()
    assert (body["recorded_count"], body["already_recorded_count"], body["rejected_count"]) == (4, 1, 8)
    assert (body["interest"], body["held"]) == (interest, "0.03")
    assert Decimal(body["amount_recorded"]) == Decimal(interest) + Decimal("0.03")
    assert {line["line_number"]: line["code"] for line in body["rejections"]} == {
        6: "loan-of-another-bank",
        7: "loan-unknown",
        8: "line-malformed",
        9: "line-malformed",
        10: "line-malformed",
        11: "date-in-future",
        12: "bank-reference-conflict",
        13: "line-malformed",
    }
    malformed = [line["reason"] for line in body["rejections"] if line["code"] == "line-malformed"]
    assert [reason.split()[0] for reason in malformed] == ["kind", "paid_on", "amount", "bank_reference"]
    assert (await county.get(f"{PATH}/{body['id']}")).json() == body
    sheet = (await county.get(f"{PATH}/{body['id']}/rejections.csv")).content.decode("utf-8-sig").splitlines()
    assert sheet[0] == f"line_number,{PAID_BY},code,reason"
    assert sheet[1].startswith(f"6,R4,{theirs},repayment,2017-12-11,,,1.00,loan-of-another-bank,")
    assert (await county.get(f"{PATH}/{body['id']}", bank="psbc")).json()["code"] == "repayment-file-unknown"
    await ensure_ledgers_agree(county)


async def test_a_file_sent_again_under_a_new_key_changes_nothing(county: County) -> None:
    loan = await county.lend()
    lines = [f"R{day},{loan['contract_number']},repayment,2017-12-{day},10.00" for day in range(10, 15)]
    assert (await county.send_file("repayment-files", HEADER, lines)).json()["recorded_count"] == 5
    again = (await county.send_file("repayment-files", HEADER, lines)).json()
    assert (again["recorded_count"], again["already_recorded_count"], again["rejected_count"]) == (0, 5, 0)
    assert (await county.loan(loan["id"]))["version"] == 6


async def test_one_reference_for_two_loans_is_kept_by_the_first_line(county: County) -> None:
    loans = [await county.lend() for _ in range(2)]
    lines = [f"R1,{loan['contract_number']},repayment,2017-12-11,1.00" for loan in loans]
    body = (await county.send_file("repayment-files", HEADER, lines)).json()
    assert (body["recorded_count"], [line["code"] for line in body["rejections"]]) == (1, ["bank-reference-conflict"])
    assert body["rejections"][0]["line_number"] == 3


async def test_a_line_whose_reference_stands_for_something_else_is_rejected_with_what_was_booked(
    county: County,
) -> None:
    loan = await county.lend()
    await county.repay(loan["id"], "100.00", "2017-12-11", "R1")
    contract = loan["contract_number"]
    lines = [
        f"R1,{contract},repayment,2017-12-11,100.00",
        f"R1,{contract},repayment,2017-12-12,100.00",
        f"R1,{contract},prepayment,2017-12-11,100.00",
        f"R1,{contract},repayment,2017-12-11,100.01",
        f"D000001,{contract},repayment,2017-12-11,100.00",
    ]
    body = (await county.send_file("repayment-files", HEADER, lines)).json()
    assert (body["recorded_count"], body["already_recorded_count"], body["rejected_count"]) == (0, 1, 4)
    assert {line["code"] for line in body["rejections"]} == {"bank-reference-conflict"}
    assert [line["line_number"] for line in body["rejections"]] == [3, 4, 5, 6]
    assert all(contract in line["reason"] for line in body["rejections"])
    assert "2017-12-11" in body["rejections"][0]["reason"]
    assert "disbursement of 50000.00" in body["rejections"][3]["reason"]
    assert (await county.loan(loan["id"]))["version"] == 2


LINE = f"{HEADER}\nR1,C,repayment,2017-12-11,1.00"
REFUSED_WHOLE = {
    "a line is missing": (LINE, "line_count=2&total_amount=1.00", "file-totals-differ"),
    "a fen is missing": (LINE, "line_count=1&total_amount=1.01", "file-totals-differ"),
    "another header": ("reference,contract\nR1,C\n", "line_count=1&total_amount=1.00", "file-header-unknown"),
    "empty": ("", "line_count=1&total_amount=1.00", "file-header-unknown"),
    "too few fields": (f"{HEADER}\nR1,C,repayment\n", "line_count=1&total_amount=1.00", "file-unreadable"),
    "too many fields": (f"{LINE},x", "line_count=1&total_amount=1.00", "file-unreadable"),
    "a line that ends the data of a copy": (
        f"{LINE}\n\\.\nR2,C,repayment,2017-12-11,2.00",
        "line_count=1&total_amount=1.00",
        "file-unreadable",
    ),
    "a NUL": (LINE.replace("R1", "R\x00"), "line_count=1&total_amount=1.00", "file-unreadable"),
    "no number of lines": (LINE, "total_amount=1.00", "invalid-request"),
}


async def test_refuses_the_whole_file_when_it_is_not_what_was_announced(county: County) -> None:
    for name, (content, asked, code) in REFUSED_WHOLE.items():
        answer = await county.post(f"{PATH}?{asked}", content.encode())
        assert (answer.status_code, answer.json()["code"]) == (422, code), name


async def test_takes_what_a_spreadsheet_saves_and_refuses_other_bytes_with_what_was_tried(county: County) -> None:
    line = f"{HEADER}\nR1,=合同,repayment,2017-12-11,1.00"
    body = (await county.post(f"{PATH}?line_count=1&total_amount=1.00", line.encode("gb18030"))).json()
    assert [rejected["code"] for rejected in body["rejections"]] == ["loan-unknown"]
    sheet = (await county.get(f"{PATH}/{body['id']}/rejections.csv")).content.decode("utf-8-sig")
    assert ",'=合同," in sheet, "no spreadsheet computes what a bank sent"
    for other in (line.encode("utf-16"), line.encode() + b"\xff"):
        answer = await county.post(f"{PATH}?line_count=1&total_amount=1.00", other)
        assert answer.json()["code"] == "encoding-unknown"
        assert "GB 18030" in answer.json()["detail"]
    loan = await county.lend()
    content = f"\ufeff{HEADER}\r\nR1,{loan['contract_number']},repayment,2017-12-11,1.00\r\n\r\n"
    answer = await county.post(f"{PATH}?line_count=1&total_amount=1.00", content.encode())
    assert answer.json()["recorded_count"] == 1


async def test_prepayments_whole_and_partial_go_through_a_file(county: County) -> None:
    whole, part, small = [await county.lend("30000.00", term_months=12) for _ in range(3)]
    figure = (await county.account(whole["id"], "2017-09-10"))["payoff_amount"]
    lines = [
        f"P1,{whole['contract_number']},prepayment,2017-09-10,{figure}",
        f"P2,{part['contract_number']},prepayment,2017-09-10,5000.00",
        f"P3,{small['contract_number']},prepayment,2017-09-10,1.00",
        f"P4,{small['contract_number']},prepayment,2017-09-11,31000.00",
    ]
    body = (await county.send_file("repayment-files", HEADER, lines)).json()
    assert (body["recorded_count"], body["loans_closed"], body["rejected_count"]) == (4, 2, 0)
    assert Decimal(body["amount_recorded"]) == sum(
        Decimal(body[kind]) for kind in ("penalty", "interest", "principal", "held")
    )
    assert (await county.loan(whole["id"]))["state"] == "closed"
    await ensure_ledgers_agree(county)
    report = (await county.get("/api/v1/reports/lending?region_code=500236", role=Role.FINANCE_BUREAU)).json()
    assert report["prepayments"] == 4


async def test_nobody_but_a_bank_sends_files(county: County) -> None:
    answer = await county.post(f"{PATH}?line_count=1&total_amount=1.00", HEADER.encode(), role=Role.SERVICE_CENTRE)
    assert answer.json()["code"] == "right-missing"
    answer = await county.post(f"{PATH}?line_count=1&total_amount=1.00", HEADER.encode(), bank=None)
    assert answer.json()["code"] == "organisation-missing"
