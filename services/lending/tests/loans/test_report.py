"""The lending report: every figure from the ledgers, as of any day."""

from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest

from services.lending.tests.accounts.test_corrections import confirm, propose
from services.lending.tests.county import County
from shared.access import Role
from shared.ids import new_id

PATH = "/api/v1/reports/lending?region_code=500236"


@pytest.mark.clause("FJ-8(a)", "FJ-4(f)", "DZ-4")
async def test_counts_loans_repayments_and_what_is_overdue(county: County) -> None:
    again = new_id()
    first = await county.lend("30000.00", term_months=12, household_id=again, industry="breeding")
    for row in await county.installments(first["id"]):
        total = Decimal(row["interest_due"]) + Decimal(row["principal_due"])
        assert (await county.repay(first["id"], f"{total}", row["due_on"], f"R{row['number']}")).is_success
    handed_over = date(2018, 3, 12)
    await county.lend(
        "40000.00", household_id=again, loan_round=2, handed_over_on=handed_over, disbursed_on=date(2018, 3, 26)
    )
    late = await county.lend("50000.00")
    dues = (await county.get("/api/v1/dues.csv?due_through=2018-02-05")).text.splitlines()[1]
    assert (await county.repay(late["id"], dues.split(",")[-1], "2018-02-05", "R9")).is_success
    await county.service.database.pool.execute(
        """INSERT INTO application (id, household_id, household_number, village_code, township_code, county_code,
             bank_code, amount, term_months, industry, purpose, state, state_from, pack_id, pack_version, eligibility,
             reasons, filed_on, filed_by)
           VALUES ($1, uuid7(), 'H9', '500236001201', '500236001', '500236', 'fjrcb', 1000, 12, 'planting', 'planting',
             'refused', '2017-02-01', $2, 1, '{}', '[{"code": "four_kinds"}, {"code": "over_age"}]', '2017-02-01',
             'clerk')""",
        new_id(),
        county.pack_id,
    )

    report = (await county.get(f"{PATH}&as_of=2018-06-30", role=Role.AUDITOR)).json()

    assert (report["households_lent"], report["amount_lent"]) == (2, "80000.00")
    assert (report["repeat_households"], report["repeat_amount_lent"]) == (1, "40000.00")
    assert (report["loans"], report["loans_active"], report["loans_closed"]) == (3, 2, 1)
    assert (report["outstanding"], report["principal_repaid"], report["prepaid"]) == ("90000.00", "30000.00", "0.00")
    assert Decimal(report["penalty_paid"]) > 0
    assert report["disbursed_late"] == 1
    assert report["by_industry"] == [
        {"code": "breeding", "households": 1, "amount": "30000.00", "is_priority": False},
        {"code": "planting", "households": 1, "amount": "50000.00", "is_priority": False},
    ]
    assert report["by_township"] == [{"township_code": "500236001", "households": 2, "amount": "80000.00"}]
    assert [(row["month"], row["amount"], row["repeat_amount"]) for row in report["lent_by_month"]] == [
        ("2017-03", "80000.00", "0.00"),
        ("2018-03", "0.00", "40000.00"),
    ]
    overdue = {row["month"]: row["loans"] for row in report["overdue_by_month"]}
    assert len(overdue) == 16
    assert {month for month, loans in overdue.items() if loans} == {"2017-12", "2018-01"}
    assert (report["applications_refused"], report["applications_refused_by_reason"]) == (
        1,
        [{"code": "four_kinds", "application_count": 1}, {"code": "over_age", "application_count": 1}],
    )
    past = (await county.get(f"{PATH}&as_of=2017-12-31", role=Role.AUDITOR)).json()
    assert (past["outstanding"], past["loans"], past["principal_repaid"]) == ("80000.00", 2, "0.00")
    assert past["overdue_by_month"][-1]["loans"] == 1


async def test_an_empty_county_has_zeros_and_a_bank_sees_its_own(county: County) -> None:
    empty = (await county.get(PATH, role=Role.AUDITOR)).json()
    assert (empty["amount_lent"], empty["overdue_by_month"], empty["recovered"]) == ("0.00", [], "0.00")
    await county.lend(bank="psbc")
    assert (await county.get(PATH)).json()["loans"] == 0
    assert (await county.get(PATH, bank="psbc")).json()["loans"] == 1
    assert (await county.get(PATH, role=Role.AUDITOR, region="500101")).json()["code"] == "outside-region"


async def test_products_stand_side_by_side_and_one_may_be_asked_for_alone(county: County) -> None:
    first, farm = await county.lend("30000.00", term_months=12), await county.lend("20000.00", term_months=12)
    said = {"clause": "LG-25b", "zh": "不纳入风险补偿", "en": "not covered by the risk fund"}
    without_cover = [{"code": "loan-not-covered", "consequence": "without_cover", **said}]
    pool = county.service.database.pool
    await pool.execute(
        "UPDATE loan SET product_code = 'farm', conditions = $2 WHERE id = $1", UUID(farm["id"]), without_cover
    )
    due = (await county.installments(farm["id"]))[0]
    assert (await county.repay(farm["id"], due["interest_due"], due["due_on"], "R1")).is_success
    assert (await county.repay(first["id"], "5000.00", "2017-06-01", "R2", kind="prepayment")).is_success
    whole = (await county.get(f"{PATH}&as_of=2017-12-31", role=Role.AUDITOR)).json()
    rows = {row["product_code"]: row for row in whole["by_product"]}
    assert list(rows) == ["farm", "small_loan"]
    assert rows["farm"] == {
        "product_code": "farm",
        "loans": 1,
        "households": 1,
        "amount": "20000.00",
        "outstanding": "20000.00",
        "outstanding_without_cover": "20000.00",
        "interest_paid": due["interest_due"],
    }
    assert rows["small_loan"]["outstanding_without_cover"] == "0.00"
    assert Decimal(rows["small_loan"]["outstanding"]) < 30_000
    for figure in ("outstanding", "interest_paid"):
        assert sum(Decimal(row[figure]) for row in whole["by_product"]) == Decimal(whole[figure]), figure
    alone = (await county.get(f"{PATH}&as_of=2017-12-31&product_code=farm", role=Role.AUDITOR)).json()
    assert (alone["product_code"], alone["loans"], alone["outstanding"]) == ("farm", 1, "20000.00")
    assert (alone["prepayments"], alone["by_product"]) == (0, [rows["farm"]])
    listed = (await county.get("/api/v1/loans?product_code=farm")).json()["items"]
    assert [loan["id"] for loan in listed] == [farm["id"]]
    before = (await county.get(f"{PATH}&as_of=2017-05-31", role=Role.AUDITOR)).json()
    assert {row["product_code"]: row["outstanding"] for row in before["by_product"]} == {
        "farm": "20000.00",
        "small_loan": "30000.00",
    }


async def test_a_repayment_that_was_taken_back_counts_nowhere(county: County) -> None:
    loan = await county.lend("30000.00")
    interest = (await county.installments(loan["id"]))[0]["interest_due"]
    for reference, day, kind in (("R1", "2017-12-20", "repayment"), ("R2", "2017-12-21", "prepayment")):
        assert (await county.repay(loan["id"], interest, day, reference, kind)).is_success
    path = f"{PATH}&as_of=2018-06-30"
    before = (await county.get(path, role=Role.AUDITOR)).json()
    assert (before["repayments"], before["prepayments"]) == (2, 1)
    wrong = (await county.get(f"/api/v1/loans/{loan['id']}/repayments")).json()["items"][1]
    reversal = (await propose(county, wrong["id"])).json()
    assert (await confirm(county, reversal["id"])).status_code == 201
    after = (await county.get(path, role=Role.AUDITOR)).json()
    assert (after["repayments"], after["prepayments"], after["principal_repaid"]) == (1, 0, "0.00")
    assert (after["interest_paid"], after["outstanding"]) == (interest, "30000.00")
