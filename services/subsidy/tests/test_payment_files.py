"""A run's papers: the payment file out and in as a workbook or CSV, the list to sign, the lines of a batch (DZ-7)."""

import io
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.subsidy.batches import due_sql
from services.subsidy.batches.rules.due import LineReason
from services.subsidy.payments.sheet import PAYMENT_COLUMNS
from services.subsidy.tests.county import (
    Loan,
    Register,
    approved_batch,
    instructions,
    lend,
    look,
    open_programme,
    pay,
)
from shared.access import Role
from shared.prints.capitals import in_capitals
from shared.testing.service import ServiceUnderTest
from shared.vocabulary.load import in_chinese

CARD = "6222021234567890123"  # 19 digits: a number cell would keep 15 of them
FORMS = {"xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "csv": "text/csv"}
AMOUNT, STATE, PAID_ON, REASON = (
    next(at for at, column in enumerate(PAYMENT_COLUMNS, start=1) if column.key == key)
    for key in ("amount", "state", "paid_on", "reason")
)


async def _run(subsidy: ServiceUnderTest, *interest: str) -> tuple[str, str]:
    """Return a batch of one loan for each amount and its run, not confirmed yet."""
    for amount in interest:
        loan = Loan()
        await lend(subsidy, loan, loan.paid(amount))
    batch = await approved_batch(subsidy, await open_programme(subsidy))
    return batch, (await pay(subsidy, batch))["id"]


async def _download(subsidy: ServiceUnderTest, path: str, **who: Any) -> bytes:
    answer = await subsidy.client.get(f"/api/v1{path}", headers=subsidy.headers(Role.FINANCE_BUREAU, **who))
    assert answer.status_code == 200, answer.text
    return answer.content


def _book(content: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(content))


def _saved(book: Any) -> bytes:
    output = io.BytesIO()
    book.save(output)
    return output.getvalue()


async def _send(
    subsidy: ServiceUnderTest,
    run: str,
    content: bytes,
    lines: int,
    total: str,
    form: str = "xlsx",
    *,
    expect: int = 201,
) -> dict[str, Any]:
    answer = await subsidy.client.post(
        f"/api/v1/payment-runs/{run}/return-files",
        params={"line_count": str(lines), "total_amount": total},
        content=content,
        headers=subsidy.headers(Role.FINANCE_BUREAU) | {"Content-Type": FORMS[form]},
    )
    assert answer.status_code == expect, answer.text
    found: dict[str, Any] = answer.json()
    return found


def _row_of(sheet: Any, amount: float) -> int:
    """Return the row of a payment."""
    return next(row for row in range(2, sheet.max_row + 1) if sheet.cell(row, AMOUNT).value == amount)


def _answer(sheet: Any, results: Mapping[float, Sequence[str]]) -> None:
    """Fill in what the bank says of the payments of these amounts, and of no others."""
    for row in range(2, sheet.max_row + 1):
        result = results.get(sheet.cell(row, AMOUNT).value, ("", "", ""))
        for column, text in zip((STATE, PAID_ON, REASON), (*result, ""), strict=False):
            sheet.cell(row, column).value = text


@pytest.mark.clause("DZ-7(a)")
async def test_a_payment_file_goes_out_and_comes_back_as_a_workbook(
    subsidy: ServiceUnderTest, register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = register._account
    monkeypatch.setattr(register, "_account", lambda asked: account(asked) | {"account_number": CARD})
    batch, run = await _run(subsidy, "10.00", "20.50", "30.00", "40.00")
    book = _book(await _download(subsidy, f"/payment-runs/{run}/payment-file.xlsx"))
    sheet = book.active
    header, *rows, sums = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert header[:8] == ["序号 No.", "姓名 Name", "身份证号 ID number", "开户行 Bank", "账号 Account number",
                          "金额 Amount", "用途 Purpose", "指令编号 Instruction"]  # fmt: skip
    assert [row[0] for row in rows] == ["1", "2", "3", "4"]
    assert sorted(row[1:6] for row in rows) == [
        ["张三", "11010519491231002X", "CQRCB", CARD, amount] for amount in (10, 20.5, 30, 40)
    ]
    assert {(cell.data_type, cell.number_format) for cell in sheet["E"][1:5]} == {("s", "@")}
    assert (sums[:2], sums[5], sums[6]) == (["合计 Total", "共4笔"], 100.5, "大写：人民币壹佰元伍角整")
    assert sums[7].startswith("SHA-256:")

    bad = ("失败", "2017年12月29日", "账号有误")
    _answer(sheet, {10: ("成功", "2017-12-29"), 20.5: bad, 30: ("paid", "2017/12/30")})
    done = await _send(subsidy, run, _saved(book), 3, "60.50")
    assert (done["paid_count"], done["rejected_count"], done["refused_count"], done["batch_state"]) == (
        *(2, 1, 0),
        "paying",
    )
    _answer(sheet, {10: ("退汇", "2018-01-02", "销户"), 40: ("成功", "2017-12-30")})
    done = await _send(subsidy, run, _saved(book), 2, "50.00")
    assert (done["paid_count"], done["returned_count"], done["amount_returned"]) == (1, 1, "10.00")
    assert (await look(subsidy, f"/subsidy-batches/{batch}"))["amount_paid"] == "70.00"


@pytest.mark.clause("DZ-7(a)")
async def test_the_same_sheet_as_csv_settles_the_run(subsidy: ServiceUnderTest) -> None:
    _, run = await _run(subsidy, "10.00", "20.00")
    text = (await _download(subsidy, f"/payment-runs/{run}/payment-file.csv")).decode("utf-8-sig")
    header, one, other, sums, *_ = text.splitlines()
    filled = [f"{line[:-3]},成功,2017-12-29," for line in (one, other)]
    content = "\r\n".join((header, *filled, sums)).encode("gb18030")
    assert (await _send(subsidy, run, content, 2, "30.00", "csv"))["batch_state"] == "settled"


@pytest.mark.clause("DZ-7(a)")
@pytest.mark.parametrize(
    ("cell", "value"),
    [("F2", 11), ("H2", None), ("E2", ""), ("A3", "合计"), ("H4", "SHA-256:00")],
    ids=["amount", "instruction", "no account", "a row left out", "digest"],
)
async def test_a_payment_file_that_was_altered_is_refused_whole(
    subsidy: ServiceUnderTest, cell: str, value: Any
) -> None:
    _, run = await _run(subsidy, "10.00", "20.00")
    book = _book(await _download(subsidy, f"/payment-runs/{run}/payment-file.xlsx"))
    _answer(book.active, dict.fromkeys((10, 20), ("成功", "2017-12-29")))
    book.active[cell].value = value
    refused = await _send(subsidy, run, _saved(book), 2, "30.00", expect=422)
    assert refused["code"] == "payment-file-altered"
    assert await subsidy.database.pool.fetchval("SELECT count(*) FROM return_file") == 0


@pytest.mark.clause("DZ-7(a)")
@pytest.mark.parametrize("is_whole", [True, False], ids=["with its totals", "without its totals"])
@pytest.mark.parametrize(
    ("cell", "value"), [("B2", "李四"), ("D2", "PSBC"), ("E2", "6222000000000000999")], ids=["name", "bank", "account"]
)
async def test_what_was_paid_to_others_never_counts_as_paid(
    subsidy: ServiceUnderTest, is_whole: bool, cell: str, value: str
) -> None:
    _, run = await _run(subsidy, "10.00", "20.00")
    book = _book(await _download(subsidy, f"/payment-runs/{run}/payment-file.xlsx"))
    _answer(book.active, dict.fromkeys((10, 20), ("成功", "2017-12-29")))
    book.active[cell].value = value
    if not is_whole:
        book.active.delete_rows(4)
    refused = await _send(subsidy, run, _saved(book), 2, "30.00", expect=422)
    assert (refused["code"], refused["values"]["rows"]) == ("paid-to-others", [2])
    assert await subsidy.database.pool.fetchval("SELECT count(*) FROM payment_instruction WHERE state = 'paid'") == 0


async def test_some_rows_come_without_the_totals_and_what_is_wrong_is_named_by_its_row(
    subsidy: ServiceUnderTest,
) -> None:
    _, run = await _run(subsidy, "10.00", "20.00", "30.00")
    book = _book(await _download(subsidy, f"/payment-runs/{run}/payment-file.xlsx"))
    book.active.delete_rows(5)
    book.active.delete_rows(_row_of(book.active, 10))
    _answer(book.active, {20: ("办结", "2017-12-29"), 30: ("成功", "2017-12-29")})
    at = _row_of(book.active, 20)
    wrong = await _send(subsidy, run, _saved(book), 2, "49.00", expect=422)
    assert wrong["code"] == "file-totals-differ"
    done = await _send(subsidy, run, _saved(book), 2, "50.00")
    assert (done["paid_count"], done["amount_paid"]) == (1, "30.00")
    assert [(line["line_number"], line["code"]) for line in done["refused_lines"]] == [(at, "line-malformed")]
    book.active.delete_cols(8)
    missing = await _send(subsidy, run, _saved(book), 2, "50.00", expect=422)
    assert missing["code"] == "columns-missing"


@pytest.mark.clause("DZ-7(a)")
async def test_the_list_to_sign_names_each_payment_the_offices_and_the_total_in_words(
    subsidy: ServiceUnderTest,
) -> None:
    batch, run = await _run(subsidy, "1000.00", "409.50")
    content = await _download(subsidy, f"/payment-runs/{run}/payment-list.pdf")
    assert content.startswith(b"%PDF-")

    def says(text: str) -> bool:
        return text.encode("utf-16-be").hex().encode() in content

    rows = await instructions(subsidy, run)
    assert all(says(words) for words in ("扶贫小额信贷贴息发放清册", "110105********002X", batch[:20]))
    assert all(says(row[3][:12]) for row in rows)
    assert says("合计 2 户，金额 1409.50 元。大写：人民币壹仟肆佰零玖元伍角整。")
    assert all(says(words) for words in ("编制：县金融服务中心", "批准：县财政局")) or says("编制：")
    assert not says("11010519491231002X")
    hidden = await subsidy.client.get(
        f"/api/v1/payment-runs/{run}/payment-list.pdf", headers=subsidy.headers(Role.BANK, organisation="PSBC")
    )
    assert hidden.status_code == 404


async def test_the_lines_of_a_batch_are_exported_with_their_totals(subsidy: ServiceUnderTest) -> None:
    batch, _ = await _run(subsidy, "10.00", "20.50")
    shown = await look(subsidy, f"/subsidy-batches/{batch}")
    sheet = _book(await _download(subsidy, f"/subsidy-batches/{batch}/lines/export.xlsx")).active
    header, one, other, sums = [
        dict(zip([cell.value for cell in sheet[1]], [cell.value for cell in row], strict=True))
        for row in sheet.iter_rows()
    ]
    assert {one["贴息金额 Amount"], other["贴息金额 Amount"]} == {10, 20.5}
    assert (sums["贴息金额 Amount"], sums["所付利息 Interest"]) == (30.5, 30.5)
    assert (one["原因 Reasons"], one["发放结果 Result"]) == ("全额", "待确认")
    assert sums["指令编号 Instruction"] == f"SHA-256:{shown['lines_hash']}"
    assert len(header) == 19
    assert (one["户主姓名 Head of household"], one["户编号 Household number"][:2]) == ("张*", "FJ")
    text = (await _download(subsidy, f"/subsidy-batches/{batch}/lines/export.csv")).decode("utf-8-sig")
    assert text.count("\r\n") == 4


async def test_the_list_to_hang_up_names_nobody_in_full(subsidy: ServiceUnderTest) -> None:
    batch, _ = await _run(subsidy, "10.00", "20.50")
    content = await _download(subsidy, f"/subsidy-batches/{batch}/public-list.pdf?region_code=500236001")

    def says(text: str) -> bool:
        return text.encode("utf-16-be").hex().encode() in content

    assert all(says(words) for words in ("扶贫小额信贷贴息公示", "张*", "永乐镇大坝村", "20.50"))
    assert says("合计 2 户，贴息金额 30.50 元。大写：人民币叁拾元伍角整。")
    assert not says("张三")
    elsewhere = await _download(subsidy, f"/subsidy-batches/{batch}/public-list.pdf?region_code=500236002")
    assert "合计 0 户".encode("utf-16-be").hex().encode() in elsewhere


def test_every_reason_of_the_rule_has_its_words() -> None:
    quoted = set(re.findall(r"(?:THEN|ARRAY\[)\s*'([a-z_]+)'", due_sql.DUE))
    assert {"full", "stopped", "above_cap", "days_repeated", "prepaid"} <= quoted
    assert quoted | {"granted_before", "clawback"} <= {str(reason) for reason in LineReason}
    assert all(in_chinese(reason, "LineReason") != reason for reason in LineReason)


DIGITS = {digit: value for value, digit in enumerate("零壹贰叁肆伍陆柒捌玖")}
PLACES = {"拾": 10, "佰": 100, "仟": 1000}


def _read(words: str) -> Decimal:
    """Return the sum that capital numerals say."""
    total, group, digit, fen = 0, 0, 0, Decimal()
    for character in words.removesuffix("整"):
        if character in DIGITS:
            digit = DIGITS[character]
        elif character in PLACES:
            group, digit = group + digit * PLACES[character], 0
        elif character in "万亿元":
            total += (group + digit) * {"亿": 10**8, "万": 10**4, "元": 1}[character]
            group = digit = 0
        else:
            fen, digit = fen + digit * Decimal("0.10" if character == "角" else "0.01"), 0
    return total + fen


@given(st.decimals(min_value=0, max_value=Decimal("999999999999.99"), places=2))
def test_a_sum_in_capital_numerals_says_the_sum(amount: Decimal) -> None:
    words = in_capitals(amount)
    assert _read(words) == amount
    assert "零零" not in words
    assert words.endswith("分") is bool(int(amount * 100) % 10)


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("1409.50", "壹仟肆佰零玖元伍角整"),
        ("6007.14", "陆仟零柒元壹角肆分"),
        ("107000.53", "壹拾万零柒仟元伍角叁分"),
        ("16409.02", "壹万陆仟肆佰零玖元零贰分"),
        ("0.05", "伍分"),
        ("0.00", "零元整"),
        ("100000001.00", "壹亿零壹元整"),
    ],
)
def test_sums_are_written_as_payment_papers_ask(amount: str, words: str) -> None:
    assert in_capitals(Decimal(amount)) == words
