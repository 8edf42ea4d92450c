"""What a programme is to reach, and how far it is on any day (DZ-2)."""

import io
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from openpyxl import load_workbook

from services.subsidy.tests.county import COUNTY, Loan, ask, confirmed_programme, deliver, lend, look, open_programme
from shared.access import Role
from shared.events.lending import DefaultConfirmed, DefaultLifted, DisbursementReversed
from shared.ids import new_id
from shared.testing.service import ServiceUnderTest

FAR = f"{COUNTY}002001"  # a village of another township
END = "2017-12-31"


async def _programme(subsidy: ServiceUnderTest, **targets: str) -> str:
    body = {
        "county_code": COUNTY,
        "year": 2017,
        "name": "扶贫小额信贷贴息",
        "budget": "1000000.00",
        "fund_sources": ["县级财政"],
        "starts_on": "2017-01-01",
        "ends_on": END,
        "targets": [{"code": code, "value": value} for code, value in targets.items()],
    }
    return await confirmed_programme(subsidy, body)


async def _reached(subsidy: ServiceUnderTest, programme: str, on: str) -> dict[str, tuple[str | None, str]]:
    shown = await look(subsidy, f"/programmes/{programme}?as_of={on}")
    assert shown["targets_on"] == on
    return {target["code"]: (target["reached"], target["state"]) for target in shown["targets"]}


def _confirmed(loan: Loan, on: date) -> DefaultConfirmed:
    return DefaultConfirmed(
        loan_id=loan.loan_id,
        household_id=loan.household_id,
        village_code=loan.village,
        bank_code=loan.bank_code,
        default_report_id=new_id(),
        cause="illness",
        malicious=False,
        confirmed_on=on,
        overdue_from=on,
        matures_on=on,
        days_past_due=0,
        principal_outstanding=Decimal(loan.principal),
        interest_overdue=Decimal("0.00"),
        penalty_overdue=Decimal("0.00"),
    )


def _lifted(loan: Loan, confirmed: DefaultConfirmed, on: date, cause: Any) -> DefaultLifted:
    return DefaultLifted(
        loan_id=loan.loan_id,
        household_id=loan.household_id,
        village_code=loan.village,
        bank_code=loan.bank_code,
        default_report_id=confirmed.default_report_id,
        lifted_on=on,
        cause=cause,
    )


@pytest.mark.clause("DZ-2(a)", "DZ-2(b)", "DZ-2(c)")
async def test_households_townships_and_loans_of_the_year_are_counted_as_of_any_day(subsidy: ServiceUnderTest) -> None:
    before = Loan(disbursed_on=date(2016, 12, 31), village=f"{COUNTY}004001")
    near, again = Loan(), Loan(principal="20000.00")
    again.household_id, again.disbursed_on = near.household_id, date(2017, 6, 1)
    far, later = Loan(village=FAR, disbursed_on=date(2017, 12, 31)), Loan(disbursed_on=date(2018, 1, 1))
    wrong = Loan(village=f"{COUNTY}003001")
    for loan in (before, near, again, far, later, wrong):
        await lend(subsidy, loan)
    reversed_event = DisbursementReversed(
        loan_id=wrong.loan_id,
        application_id=new_id(),
        household_id=wrong.household_id,
        village_code=wrong.village,
        bank_code=wrong.bank_code,
        principal=Decimal(wrong.principal),
        disbursed_on=wrong.disbursed_on,
        cause="doubled",
        reversed_on=date(2017, 3, 2),
    )
    await deliver(subsidy, wrong, reversed_event)  # it never stood
    programme = await _programme(subsidy, households="2", townships="3", loan_amount="120000.00")

    assert await _reached(subsidy, programme, "2017-05-31") == {
        "households": ("1.00", "behind"),
        "townships": ("1.00", "behind"),
        "loan_amount": ("50000.00", "behind"),
    }
    whole = {"households": ("2.00", "met"), "townships": ("2.00", "missed"), "loan_amount": ("120000.00", "met")}
    assert await _reached(subsidy, programme, END) == whole
    assert await _reached(subsidy, programme, "2018-06-30") == whole  # the next year's loans are not its own


@pytest.mark.clause("DZ-2(d)")
async def test_the_balance_is_owed_by_households_that_use_the_money_themselves(subsidy: ServiceUnderTest) -> None:
    own, group, entity = Loan(), Loan(mode="joint"), Loan(mode="enterprise_use", principal="25000.00")
    for loan in (own, group, entity):
        await lend(subsidy, loan)
    programme = await _programme(subsidy, household_share="1.00")
    assert await _reached(subsidy, programme, "2017-02-28") == {"household_share": (None, "not_measurable")}
    assert await _reached(subsidy, programme, "2017-06-30") == {"household_share": ("0.8000", "behind")}
    await deliver(subsidy, own, own.paid("0.00", on=date(2017, 7, 1), principal="50000.00"))
    assert await _reached(subsidy, programme, "2017-07-01") == {"household_share": ("0.6666", "behind")}
    await deliver(subsidy, entity, entity.paid("0.00", on=date(2017, 12, 31), principal="25000.00"))
    assert await _reached(subsidy, programme, END) == {"household_share": ("1.0000", "met")}


@pytest.mark.clause("DZ-2(e)")
async def test_of_what_had_to_come_back_the_repaid_share_is_shown(subsidy: ServiceUnderTest) -> None:
    early, late = Loan(disbursed_on=date(2014, 5, 10)), Loan(disbursed_on=date(2014, 6, 10), principal="30000.00")
    for loan in (early, late):  # they end on the first of their month in 2017
        await lend(subsidy, loan)
    programme = await _programme(subsidy, repayment_rate="1.00")
    first = early.paid("0.00", on=date(2017, 5, 1), principal="50000.00")
    await deliver(subsidy, early, first)
    assert await _reached(subsidy, programme, "2017-05-01") == {"repayment_rate": (None, "not_measurable")}
    assert await _reached(subsidy, programme, "2017-05-02") == {"repayment_rate": ("1.0000", "met")}
    await deliver(subsidy, late, late.paid("0.00", on=date(2017, 6, 1), principal="29999.00"))
    assert await _reached(subsidy, programme, "2017-06-02") == {
        "repayment_rate": ("0.9999", "behind")
    }  # never rounded up
    last = Loan(disbursed_on=date(2014, 12, 31), principal="20000.00")
    ends_last = last.disbursed().model_copy(update={"matures_on": date(2017, 12, 31)})  # on the programme's last day
    await deliver(subsidy, last, ends_last)
    assert await _reached(subsidy, programme, END) == {"repayment_rate": ("0.9999", "missed")}
    assert await _reached(subsidy, programme, "2018-01-01") == {"repayment_rate": ("0.7999", "missed")}
    await deliver(subsidy, last, last.paid("0.00", on=date(2017, 12, 31), principal="20000.00"))
    assert await _reached(subsidy, programme, "2018-01-01") == {"repayment_rate": ("0.9999", "missed")}
    await deliver(subsidy, early, early.restated(reversed_repayments=[first.repayment_id]))
    assert await _reached(subsidy, programme, "2018-02-01") == {"repayment_rate": ("0.4999", "missed")}


@pytest.mark.clause("DZ-2(f)")
async def test_the_risk_ratio_is_what_is_owed_on_confirmed_defaults(subsidy: ServiceUnderTest) -> None:
    good, cured, withdrawn = Loan(), Loan(principal="10000.00"), Loan(principal="40000.00")
    programme = await _programme(subsidy, risk_ratio="0")
    assert await _reached(subsidy, programme, "2017-06-30") == {"risk_ratio": (None, "not_measurable")}
    for loan in (good, cured, withdrawn):
        await lend(subsidy, loan)
    assert await _reached(subsidy, programme, "2017-06-30") == {"risk_ratio": ("0.0000", "met")}
    default, wrong = _confirmed(cured, date(2017, 7, 1)), _confirmed(withdrawn, date(2017, 7, 1))
    await deliver(subsidy, cured, default)
    await deliver(subsidy, withdrawn, wrong)
    await deliver(subsidy, withdrawn, _lifted(withdrawn, wrong, date(2017, 8, 1), "withdrawn"))
    assert await _reached(subsidy, programme, "2017-06-30") == {"risk_ratio": ("0.0000", "met")}
    assert await _reached(subsidy, programme, "2017-07-01") == {"risk_ratio": ("0.1000", "behind")}
    await deliver(subsidy, cured, _lifted(cured, default, date(2017, 9, 1), "cured"))
    assert await _reached(subsidy, programme, "2017-08-31") == {"risk_ratio": ("0.1000", "behind")}
    assert await _reached(subsidy, programme, "2017-09-01") == {"risk_ratio": ("0.0000", "met")}


async def _enter(subsidy: ServiceUnderTest, programme: str, expect: int = 201, **more: Any) -> dict[str, Any]:
    body = {"kind": "satisfaction", "counted_on": "2017-11-01", "amount": "97", "out_of": "100"}
    about = {"counted_by": "第三方调查公司", "document": "满意度调查〔2017〕3号"}
    return await ask(
        subsidy,
        f"/programmes/{programme}/figures",
        Role.POVERTY_OFFICE,
        body | about | more,
        subject="li",
        expect=expect,
    )


async def _decide(
    subsidy: ServiceUnderTest, figure: dict[str, Any], decision: str = "approve", *, on: str = "2018-01-10", **who: Any
) -> dict[str, Any]:
    path, body = f"/programme-figures/{figure['id']}/decisions", {"decision": decision, "decided_on": on}
    return await ask(subsidy, path, Role.POVERTY_OFFICE, body, **{"subject": "wang", **who})


@pytest.mark.clause("DZ-2(g)", "DZ-2(h)")
async def test_satisfaction_and_income_are_entered_by_two_officers(subsidy: ServiceUnderTest) -> None:
    programme = await _programme(subsidy, satisfaction="0.98", expected_income="18230000.00")
    assert await _reached(subsidy, programme, END) == {
        "satisfaction": (None, "not_measurable"),
        "expected_income": (None, "not_measurable"),
    }
    survey = await _enter(subsidy, programme)
    assert (await _enter(subsidy, programme, 409))["code"] == "programme-figure-proposed"
    assert (await _decide(subsidy, survey, subject="li", expect=403))["code"] == "maker-is-checker"
    assert (await _decide(subsidy, survey, on="2017-10-31", expect=422))["code"] == "date-before-step"
    assert (await _decide(subsidy, survey, region="500237", expect=404))["code"] == "programme-figure-unknown"
    assert (await _reached(subsidy, programme, END))["satisfaction"] == (None, "not_measurable")
    assert (await _decide(subsidy, survey))["state"] == "confirmed"
    assert (await _decide(subsidy, survey, expect=409))["code"] == "programme-figure-decided"
    assert (await _reached(subsidy, programme, "2017-10-31"))["satisfaction"] == (None, "not_measurable")
    assert (await _reached(subsidy, programme, END))["satisfaction"] == ("0.9700", "missed")

    await _decide(subsidy, await _enter(subsidy, programme, amount="60"), "return")  # a wrong one is dropped
    await _decide(subsidy, await _enter(subsidy, programme, amount="98"))  # typed wrongly before: the newest counts
    income: dict[str, Any] = {"kind": "expected_income", "out_of": None, "counted_on": END}
    await _decide(subsidy, await _enter(subsidy, programme, amount="18229999.99", **income))
    entered = await _reached(subsidy, programme, END)
    assert entered == {"satisfaction": ("0.9800", "met"), "expected_income": ("18229999.99", "missed")}
    await _decide(subsidy, await _enter(subsidy, programme, amount="18230000.00", **income))
    assert (await _reached(subsidy, programme, END))["expected_income"] == ("18230000.00", "met")


async def test_relending_is_entered_month_by_month_and_never_above_its_quota(subsidy: ServiceUnderTest) -> None:
    programme = await open_programme(subsidy)
    june: dict[str, Any] = {"kind": "relending", "counted_on": "2017-06-30", "out_of": "5000000.00"}
    assert (await _enter(subsidy, programme, 422, **june, amount="5000000.01"))["code"] == "invalid-request"
    await _decide(subsidy, await _enter(subsidy, programme, **june, amount="4200000.00"))
    july = await _enter(subsidy, programme, **june | {"counted_on": "2017-07-31"}, amount="5000000.00")
    listed = (await look(subsidy, f"/programmes/{programme}/figures?kind=relending"))["items"]
    assert [(each["counted_on"], each["amount"], each["state"]) for each in listed] == [
        ("2017-06-30", "4200000.00", "confirmed"),
        ("2017-07-31", july["amount"], "proposed"),
    ]
    assert (await _enter(subsidy, str(new_id()), 404))["code"] == "programme-unknown"
    assert (await _enter(subsidy, programme, 422, counted_on="2016-12-31"))["code"] == "date-before-step"


NO_FIGURES: Sequence[dict[str, Any]] = (
    {"out_of": None},
    {"out_of": "0"},
    {"amount": "101"},
    {"amount": "97.5"},
    {"kind": "expected_income"},
    {"document": ""},
)


async def test_refuses_what_is_no_figure(subsidy: ServiceUnderTest) -> None:
    programme = await open_programme(subsidy)
    for change in NO_FIGURES:
        assert (await _enter(subsidy, programme, 422, **change))["code"] == "invalid-request", change


async def test_the_targets_come_as_a_sheet_in_two_languages(subsidy: ServiceUnderTest) -> None:
    await lend(subsidy, Loan())
    programme = await _programme(subsidy, households="1", satisfaction="0.98", risk_ratio="0", townships="2")
    path = f"/api/v1/programmes/{programme}/targets.xlsx?as_of={END}"
    answer = await subsidy.client.get(path, headers=subsidy.headers(Role.FINANCE_BUREAU))
    (sheet,) = load_workbook(io.BytesIO(answer.content)).worksheets
    rows = list(sheet.iter_rows(values_only=True))
    assert [str(cell) for cell in rows[0]] == ["指标 target", "目标值 value", "完成值 reached", "完成情况 state"]
    assert [(row[0], row[3]) for row in rows[1:]] == [
        ("获贷户数 Households lent to", "已完成 Met"),
        ("贷款风险比率 Risk ratio", "已完成 Met"),
        ("群众满意度 Satisfaction", "尚无法衡量 Not measurable yet"),
        ("覆盖乡镇数 Townships lent to", "未完成（项目已到期） Missed"),
    ]
