"""Five classes by days past due, month by month, and worse by two officers (LG-43)."""

import asyncio
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from services.lending.tests.county import COUNTY, County
from services.lending.tests.defaults.test_defaults import confirm as confirm_default
from services.lending.tests.defaults.test_defaults import report as report_default
from shared.access import Role
from shared.events.lending import LoansClassified

SECOND = "another clerk of the bank"
# The first interest falls due on Wednesday, 20 December 2017, and is never paid.
BOUNDS = {
    "2017-12-20": (0, "normal"),
    "2017-12-21": (1, "special_mention"),
    "2018-03-20": (90, "special_mention"),
    "2018-03-21": (91, "substandard"),
    "2018-06-18": (180, "substandard"),
    "2018-06-19": (181, "doubtful"),
    "2018-12-15": (360, "doubtful"),
    "2018-12-16": (361, "loss"),
}


async def classify(county: County, as_of: str, **who: Any) -> Any:
    body = {"as_of": as_of, "county_code": COUNTY}
    return await county.post("/api/v1/jobs/classify-loans/runs", body, role=Role.SERVICE_CENTRE, **who)


async def class_on(county: County, loan_id: str, as_of: str) -> dict[str, Any]:
    answer = await county.get(f"/api/v1/loans/{loan_id}/class?as_of={as_of}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def months_of(county: County, loan_id: str) -> dict[str, str]:
    found = await class_on(county, loan_id, "2019-12-31")
    return {month["classified_on"]: month["loan_class"] for month in found["months"]}


async def propose(county: County, loan_id: str, **changed: Any) -> Any:
    body = {"loan_class": "doubtful", "reason": "借款人外出失联，养殖已停", "proposed_on": "2018-01-15", **changed}
    return await county.post(f"/api/v1/loans/{loan_id}/class-reviews", body)


async def decide(county: County, review_id: str, *, subject: str = SECOND, **changed: Any) -> Any:
    body = {"decision": "confirm", "decided_on": "2018-01-16", **changed}
    return await county.post(f"/api/v1/class-reviews/{review_id}/decisions", body, subject=subject)


@pytest.mark.clause("LG-43(b)")
async def test_days_past_due_give_the_packs_class_at_its_bounds(county: County) -> None:
    loan = await county.lend()
    found = {day: await class_on(county, loan["id"], day) for day in BOUNDS}
    assert {day: (each["days_past_due"], each["loan_class"]) for day, each in found.items()} == BOUNDS
    assert found["2018-03-21"]["overdue_from"] == "2017-12-21"
    early = await county.get(f"/api/v1/loans/{loan['id']}/class?as_of=2017-03-01")
    assert (early.status_code, early.json()["code"]) == (422, "date-before-step")


@pytest.mark.clause("LG-43(b)")
async def test_missed_months_are_caught_up_in_order_and_stay_as_they_were_found(county: County) -> None:
    loan, paid = await county.lend(), await county.lend("30000.00")
    interest = (await county.installments(paid["id"]))[0]["interest_due"]
    await county.repay(paid["id"], interest, "2017-12-20", "R1")
    first = await classify(county, "2017-12-31")
    assert first.status_code == 201, first.text
    assert first.json()["months"][0] == "2017-03-31"
    assert first.json()["months"][-1] == "2017-11-30"
    later = (await classify(county, "2018-04-01")).json()
    assert later["months"] == ["2017-12-31", "2018-01-31", "2018-02-28", "2018-03-31"]
    assert (await classify(county, "2018-04-01")).json() == later
    assert (await classify(county, "2018-04-02")).json()["months"] == []
    found = await months_of(county, loan["id"])
    assert [found["2017-11-30"], found["2017-12-31"], found["2018-03-31"]] == [
        "normal",
        "special_mention",
        "substandard",
    ]
    assert set((await months_of(county, paid["id"])).values()) == {"normal"}

    # A repayment of December that the bank booked late: known now, and not when the months were classified.
    due = (await county.installments(loan["id"]))[0]["interest_due"]
    assert (await county.repay(loan["id"], due, "2017-12-20", "R2")).status_code == 201
    assert await months_of(county, loan["id"]) == found
    assert (await class_on(county, loan["id"], "2018-03-31"))["loan_class"] == "normal"


async def test_principal_is_outstanding_until_the_day_on_which_held_money_pays_it(county: County) -> None:
    loan = await county.lend()
    assert (await county.repay(loan["id"], "60000.00", "2017-06-01", "R1")).status_code == 201
    assert (await classify(county, "2020-05-01")).status_code == 201
    last = (await county.installments(loan["id"]))[-1]
    found = {day: await class_on(county, loan["id"], day) for day in ("2017-11-30", "2018-12-31", "2019-12-31")}
    assert {each["principal_outstanding"] for each in found.values()} == {"50000.00"}
    assert (last["principal_paid"], last["principal_due"]) == ("50000.00", "50000.00")
    assert {each["loan_class"] for each in found.values()} == {"normal"}


async def test_a_months_figures_are_published_once_and_read_by_who_sees_all_banks(county: County) -> None:
    loan = await county.lend()
    await county.lend("30000.00", disbursed_on=date(2018, 1, 10))
    await classify(county, "2018-02-01")
    events = [data for name, data, *_ in await county.service.outbox() if name == "loans-classified"]
    assert len(events) == 11
    last = LoansClassified.model_validate(events[-1], strict=False)
    figures = {each.loan_class: (each.loans, each.principal_outstanding) for each in last.classes}
    assert str(last.classified_on) == "2018-01-31"
    assert figures["normal"] == (1, Decimal("30000.00"))
    assert figures["special_mention"] == (1, Decimal("50000.00"))
    assert (last.loans, figures["loss"]) == (2, (0, Decimal("0.00")))

    runs = (await county.get("/api/v1/class-runs", role=Role.SERVICE_CENTRE)).json()["items"]
    assert (runs[0]["classified_on"], runs[0]["loans"], len(runs)) == ("2018-01-31", 2, 11)
    assert (await county.get("/api/v1/class-runs")).json()["items"] == []
    listed = f"/api/v1/class-runs/{runs[0]['id']}/loans?loan_class=special_mention"
    (row,) = (await county.get(listed)).json()["items"]
    assert (row["loan_id"], row["days_past_due"], row["principal_outstanding"]) == (loan["id"], 42, "50000.00")
    assert (await county.get(listed, bank="another")).json()["items"] == []


async def test_the_report_counts_by_class_and_by_bucket_on_any_day(county: County) -> None:
    loan, _ = await county.lend(), await county.lend("30000.00")
    due = (await county.installments(loan["id"]))[0]["interest_due"]
    await county.repay(loan["id"], str(Decimal(due) + 50), "2018-01-10", "R1")

    async def report(as_of: str) -> dict[str, Any]:
        answer = await county.get(f"/api/v1/reports/loan-classes?region_code={COUNTY}&as_of={as_of}")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    before, after = await report("2018-01-09"), await report("2018-03-21")
    assert {row["loan_class"]: row["loans"] for row in before["classes"] if row["loans"]} == {"special_mention": 2}
    assert {row["days_from"]: row["principal_outstanding"] for row in before["buckets"] if row["loans"]} == {
        1: "80000.00"
    }
    assert {row["days_from"]: row["loans"] for row in after["buckets"] if row["loans"]} == {0: 1, 91: 1}
    assert (after["loans"], after["principal_outstanding"]) == (2, "80000.00")
    assert [row["days_until"] for row in after["buckets"]] == [1, 31, 61, 91, 181, 361, None]


@pytest.mark.clause("LG-43(b)")
async def test_two_officers_set_a_worse_class_from_the_day_it_is_confirmed(county: County) -> None:
    loan = await county.lend()
    proposed = await propose(county, loan["id"])
    assert proposed.status_code == 201, proposed.text
    review = proposed.json()["id"]
    assert (await propose(county, loan["id"])).json()["code"] == "class-review-on-file"
    own = await decide(county, review, subject=proposed.json()["proposed_by"])
    assert (own.status_code, own.json()["code"]) == (403, "maker-is-checker")
    assert (await decide(county, review, decided_on="2018-01-14")).json()["code"] == "date-before-step"
    assert (await class_on(county, loan["id"], "2018-01-20"))["loan_class"] == "special_mention"
    assert (await decide(county, review)).json()["state"] == "confirmed"
    assert (await decide(county, review)).json()["code"] == "correction-decided"
    before, since = [await class_on(county, loan["id"], day) for day in ("2018-01-15", "2018-01-16")]
    assert (before["loan_class"], since["loan_class"], since["by_rule"]) == (
        "special_mention",
        "doubtful",
        "special_mention",
    )
    # Once its days give a worse one, that holds.
    assert (await class_on(county, loan["id"], "2018-12-16"))["loan_class"] == "loss"
    await classify(county, "2018-02-01")
    assert (await months_of(county, loan["id"]))["2018-01-31"] == "doubtful"

    lifted = (await propose(county, loan["id"], loan_class=None, reason="已复工", proposed_on="2018-02-20")).json()
    await decide(county, lifted["id"], decided_on="2018-02-21")
    assert (await class_on(county, loan["id"], "2018-02-21"))["loan_class"] == "special_mention"
    assert (await class_on(county, loan["id"], "2018-02-20"))["loan_class"] == "doubtful"


async def test_of_two_proposals_at_once_one_is_on_file(county: County) -> None:
    loan = await county.lend()
    answers = await asyncio.gather(*(propose(county, loan["id"]) for _ in range(6)))
    assert sorted(answer.status_code for answer in answers) == [201, *[409] * 5]
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {"class-review-on-file"}


@pytest.mark.clause("LG-43(b)")
async def test_officers_never_set_a_class_that_is_no_worse_than_the_rules(county: County) -> None:
    loan = await county.lend()
    same = await propose(county, loan["id"], loan_class="special_mention")
    assert (same.status_code, same.json()["code"]) == (409, "class-not-worse")
    better = await propose(county, loan["id"], loan_class="substandard", proposed_on="2018-07-01")
    assert (better.status_code, better.json()["code"]) == (409, "class-not-worse")
    assert better.json()["values"] == {"loan_class": "substandard", "by_rule": "doubtful"}
    assert (await propose(county, loan["id"], loan_class="normal")).status_code == 422
    nothing = await propose(county, loan["id"], loan_class=None)
    assert (nothing.status_code, nothing.json()["code"]) == (409, "no-class-to-lift")
    assert (await propose(county, loan["id"], loan_class="loss")).status_code == 201


async def test_a_proposal_is_withdrawn_by_who_made_it_and_refused_with_a_reason(county: County) -> None:
    loan = await county.lend()
    review = (await propose(county, loan["id"])).json()
    body = {"withdrawn_on": "2018-01-16", "reason": "选错贷款"}
    path = f"/api/v1/class-reviews/{review['id']}/withdrawals"
    assert (await county.post(path, body, subject=SECOND)).json()["code"] == "only-the-proposer"
    assert (await county.post(path, body)).json()["state"] == "withdrawn"
    again = (await propose(county, loan["id"])).json()
    assert (await decide(county, again["id"], decision="refuse")).json()["code"] == "invalid-request"
    refused = await decide(county, again["id"], decision="refuse", reason="已联系上借款人")
    assert (refused.json()["state"], refused.json()["decision_reason"]) == ("refused", "已联系上借款人")
    assert (await class_on(county, loan["id"], "2018-02-01"))["loan_class"] == "special_mention"
    listed = (await county.get(f"/api/v1/class-reviews?loan_id={loan['id']}&state=refused")).json()["items"]
    assert [each["id"] for each in listed] == [again["id"]]
    assert (await county.get("/api/v1/class-reviews", bank="another")).json()["items"] == []


async def test_another_bank_and_unknown_ids_are_refused(county: County) -> None:
    loan = await county.lend()
    body = {"loan_class": "loss", "reason": "x", "proposed_on": "2018-01-15"}
    other = await county.post(f"/api/v1/loans/{loan['id']}/class-reviews", body, bank="another")
    assert other.json()["code"] == "loan-of-another-bank"
    nowhere = f"/api/v1/loans/{county.pack_id}/class"
    assert (await county.post(f"{nowhere}-reviews", body)).json()["code"] == "loan-unknown"
    assert (await county.get(nowhere)).json()["code"] == "loan-unknown"
    assert (await decide(county, str(county.pack_id))).json()["code"] == "class-review-unknown"
    assert (await classify(county, "2199-01-01")).json()["code"] == "date-in-future"
    assert (await classify(county, "2018-02-01", region="500101")).json()["code"] == "outside-region"


async def test_a_defaulted_loan_is_classified_and_a_closed_one_is_not(county: County) -> None:
    late, closed = await county.lend(), await county.lend("30000.00")
    reported = (await report_default(county, late["id"])).json()
    assert (await confirm_default(county, reported["id"])).status_code == 201
    payoff = (await county.account(closed["id"], "2018-01-05"))["payoff_amount"]
    assert (await county.repay(closed["id"], payoff, "2018-01-05", "R1", "prepayment")).json()["loan_closed"]
    assert (await class_on(county, late["id"], "2018-03-27"))["loan_class"] == "substandard"
    gone = await county.get(f"/api/v1/loans/{closed['id']}/class?as_of=2018-01-05")
    assert (gone.status_code, gone.json()["code"]) == (409, "loan-not-classified")
    assert (await class_on(county, closed["id"], "2018-01-04"))["loan_class"] == "special_mention"


@pytest.mark.clause("LG-43(b)")
async def test_the_form_says_how_a_class_came_about(county: County) -> None:
    loan = await county.lend()
    review = (await propose(county, loan["id"], reason="失联<b>")).json()
    await decide(county, review["id"])
    await classify(county, "2018-02-01")
    page = await county.get(f"/api/v1/loans/{loan['id']}/classification-form.html?as_of=2018-02-01")
    assert page.status_code == 200, page.text
    assert page.headers["content-type"].startswith("text/html")
    for words in (
        "贷款五级分类认定表",
        "43天",
        "自2017-12-21起",
        "<td>关注</td>",
        "认定结果：可疑",
        "失联&lt;b&gt;",
        "2018-01-31",
    ):
        assert words in page.text, words
