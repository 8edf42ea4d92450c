"""A duty is done by its own office, with what its kind asks for; what was wrong is put right by somebody else."""

from datetime import date, timedelta
from typing import Any

import pytest

from services.registry.tests.conftest import load_regions
from services.registry.tests.county import COUNTY, PACK_TEXT, VILLAGE, post, registered, row
from services.registry.tests.duty_steps import (
    ASSUMED,
    OTHER_TOWNSHIP,
    TOWNSHIP,
    close,
    done,
    duties,
    duty,
    governed_by,
    lend,
    ranking,
    run_day,
    withdrawn,
)
from services.registry.tests.papers import filed, pdf, picture
from shared.access import Role
from shared.dates import add_months, today_in_china
from shared.testing.service import ServiceUnderTest, StartService

STRICT = PACK_TEXT.replace(
    "  satisfaction_survey: {value: true, clause: FJ-2(a)}\n",
    "  satisfaction_survey: {value: true, clause: FJ-2(a)}\n"
    f"  demand_report_every_months: {{value: 1, {ASSUMED}}}\n"
    f"  bank_assessment_every_months: {{value: 1, {ASSUMED}}}\n"
    f"  entity_assessment_every_months: {{value: 1, {ASSUMED}}}\n"
    f"  summon_with_deadline: {{value: true, {ASSUMED}}}\n"
    f"  townships_assessed: {{value: true, {ASSUMED}}}\n",
)
PUT_RIGHT = {"text": "补齐档案", "due_on": "2017-03-01"}


async def under_strict_rules(registry: ServiceUnderTest) -> None:
    """Put the pack that asks for everything in force, and let the first month fall due."""
    await load_regions(registry)
    await governed_by(registry, STRICT)
    await run_day(registry, "2017-02-01")


@pytest.fixture
async def strict(start_service: StartService) -> ServiceUnderTest:
    """Return a registry of such a county on 2017-02-01."""
    return await start_service("registry", prepared=under_strict_rules)


async def first(registry: ServiceUnderTest, kind: str, **query: Any) -> str:
    """Return the id of the first duty of a kind."""
    found: str = (await duties(registry, kind=kind, as_of="2017-02-01", **query))[0]["id"]
    return found


REPORT: dict[str, Any] = {"household_count": 12, "amount": "360000.00"}


@pytest.mark.clause("DZ-4c(a)")
async def test_a_township_reports_the_demand_it_surveyed(strict: ServiceUnderTest) -> None:
    report = await first(strict, "demand_report", region=TOWNSHIP)
    answer = await done(strict, report, "2017-01-30", role=Role.TOWNSHIP, region=TOWNSHIP, **REPORT)
    assert answer.status_code == 201, answer.text
    assert (answer.json()["household_count"], answer.json()["amount"]) == (12, "360000.00")
    assert (answer.json()["recorded_office"], answer.json()["recorded_by"]) == ("township", "doer")
    shown = await duty(strict, report)
    assert (shown["state"], shown["done_on"], shown["records"]) == ("done", "2017-01-30", [answer.json()])
    [event] = [each for each in await strict.outbox() if each[0] == "duty-done"]
    assert (event[1]["due_on"], event[1]["done_on"], event[3]) == ("2017-01-31", "2017-01-30", TOWNSHIP)


async def test_another_office_another_township_and_an_earlier_day_are_refused(strict: ServiceUnderTest) -> None:
    report = await first(strict, "demand_report", region=TOWNSHIP)

    async def code(on: str = "2017-01-30", **by: Any) -> tuple[int, str]:
        answer = await done(strict, report, on, **{**REPORT, **by})
        return answer.status_code, answer.json()["code"]

    assert await code() == (403, "duty-of-another-office")
    assert await code(role=Role.TOWNSHIP, region=OTHER_TOWNSHIP) == (404, "duty-unknown")
    assert await code("2016-12-31", role=Role.TOWNSHIP) == (422, "date-before-step")
    await done(strict, report, "2017-01-30", role=Role.TOWNSHIP, **REPORT)
    assert await code(role=Role.TOWNSHIP) == (409, "duty-already-done")


@pytest.mark.parametrize(
    ("kind", "said", "lacking", "needless"),
    [
        ("inspection", {}, ["visit"], []),
        ("inspection", {"visit": "unannounced", "person": "李乡长"}, [], ["person"]),
        ("satisfaction_survey", {"visit": "announced"}, ["satisfied_percent"], ["visit"]),
        ("township_ranking", {}, ["results"], []),
        ("coordination_meeting", {"household_count": 0}, [], ["household_count"]),
    ],
)
async def test_a_record_says_what_its_kind_asks_for_and_nothing_else(
    strict: ServiceUnderTest, kind: str, said: dict[str, Any], lacking: list[str], needless: list[str]
) -> None:
    answer = await done(strict, await first(strict, kind), "2017-01-30", **said)
    assert (answer.status_code, answer.json()["code"]) == (422, "duty-record-unfit")
    assert (answer.json()["values"]["lacking"], answer.json()["values"]["needless"]) == (lacking, needless)


@pytest.mark.parametrize("share", ["100.01", "-1", "93.505", 93.5, "９３"])
async def test_a_share_is_written_as_percent_from_0_to_100(strict: ServiceUnderTest, share: Any) -> None:
    answer = await done(strict, await first(strict, "satisfaction_survey"), "2017-01-30", satisfied_percent=share)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid-request")


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        pytest.param("inspection", {"visit": "announced"}, marks=pytest.mark.clause("FJ-2(a)"), id="inspection"),
        pytest.param("inspection", {"visit": "unannounced"}, marks=pytest.mark.clause("FJ-2(a)"), id="unannounced"),
        pytest.param(
            "satisfaction_survey", {"satisfied_percent": "93.50"}, marks=pytest.mark.clause("FJ-2(a)"), id="survey"
        ),
        pytest.param("coordination_meeting", {}, marks=pytest.mark.clause("FJ-3(a)"), id="meeting"),
    ],
)
async def test_what_was_found_is_kept(strict: ServiceUnderTest, kind: str, said: dict[str, Any]) -> None:
    answer = await done(strict, await first(strict, kind), "2017-01-30", **said)
    assert answer.status_code == 201, answer.text
    assert {key: answer.json()[key] for key in said} == said


@pytest.mark.clause("FJ-2(b)")
async def test_an_inspection_is_followed_by_a_bulletin_and_by_putting_right(strict: ServiceUnderTest) -> None:
    inspection, bulletin = await first(strict, "inspection"), await first(strict, "bulletin")
    assert (await duty(strict, bulletin))["due_on"] == (await duty(strict, inspection))["due_on"] == "2017-01-31"
    orders = [{**PUT_RIGHT, "region_code": region} for region in (TOWNSHIP, OTHER_TOWNSHIP)]
    elsewhere = await done(
        strict, inspection, "2017-01-20", visit="unannounced", orders=[{**PUT_RIGHT, "region_code": "500237100"}]
    )
    assert elsewhere.json()["code"] == "duty-order-unfit"
    answer = await done(strict, inspection, "2017-01-20", visit="unannounced", orders=orders)
    assert answer.status_code == 201, answer.text
    assert (await done(strict, bulletin, "2017-01-25")).status_code == 201
    owed = await duties(strict, kind="rectification", as_of="2017-02-01")
    assert [(each["region_code"], each["opens_on"], each["due_on"]) for each in owed] == [
        (TOWNSHIP, "2017-01-20", "2017-03-01"),
        (OTHER_TOWNSHIP, "2017-01-20", "2017-03-01"),
    ]


async def test_who_recorded_never_withdraws_and_what_was_withdrawn_is_owed_again(strict: ServiceUnderTest) -> None:
    meeting = await first(strict, "coordination_meeting")
    record = (await done(strict, meeting, "2017-01-05")).json()["id"]
    assert (await withdrawn(strict, record, "2017-02-01", subject="doer")).json()["code"] == "maker-is-checker"
    assert (await withdrawn(strict, record, "2017-01-04")).json()["code"] == "date-before-step"
    answer = await withdrawn(strict, record, "2017-02-01")
    assert (answer.status_code, answer.json()["withdrawn_by"]) == (201, "head")
    assert (await withdrawn(strict, record, "2017-02-01")).json()["code"] == "duty-record-withdrawn"
    assert (await duty(strict, meeting))["state"] == "late"
    again = await done(strict, meeting, "2017-02-01")
    assert again.status_code == 201, again.text
    assert [each["withdrawn_on"] for each in (await duty(strict, meeting))["records"]] == ["2017-02-01", None]
    published = [(each[0], each[2]) for each in await strict.outbox() if each[1].get("duty_id") == meeting]
    assert published == [("duty-overdue", 1), ("duty-done", 2), ("duty-record-withdrawn", 3), ("duty-done", 4)]
    unknown = await withdrawn(strict, meeting, "2017-02-01")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "duty-record-unknown")


@pytest.mark.clause("FJ-2(c)")
async def test_a_ranking_names_every_township_once_without_gap_or_tie(strict: ServiceUnderTest) -> None:
    found = await first(strict, "township_ranking")

    async def code(results: list[dict[str, Any]]) -> str:
        return str((await done(strict, found, "2017-01-31", results=results)).json()["code"])

    missing = [{"subject": TOWNSHIP, "place": 1}]
    strange = [*ranking(TOWNSHIP, OTHER_TOWNSHIP), {"subject": "500237100", "place": 3}]
    assert await code(missing) == await code(strange) == "duty-results-incomplete"
    tie = [{"subject": TOWNSHIP, "place": 1}, {"subject": OTHER_TOWNSHIP, "place": 1}]
    assert await code(tie) == "ranking-unclear"
    answer = await done(strict, found, "2017-01-31", results=ranking(TOWNSHIP, OTHER_TOWNSHIP))
    assert answer.status_code == 201, answer.text
    assert [each["place"] for each in answer.json()["results"]] == [1, 2]


async def rank(registry: ServiceUnderTest, months: dict[int, str]) -> None:
    """Record who was last in each of these months of 2017, in the order given."""
    listed = await duties(registry, kind="township_ranking", as_of="2017-06-01")
    for month, last in months.items():
        opened = next(each for each in listed if each["opens_on"] == f"2017-{month:02d}-01")
        better = OTHER_TOWNSHIP if last == TOWNSHIP else TOWNSHIP
        answer = await done(registry, opened["id"], opened["due_on"], results=ranking(last, better))
        assert answer.status_code == 201, answer.text


async def summonses(registry: ServiceUnderTest) -> list[tuple[str, str, str]]:
    """Return the summonses that stand: who, from which day, until when."""
    found = await duties(registry, kind="summons", as_of="2017-06-01", state="late")
    return sorted((each["region_code"], each["opens_on"], each["due_on"]) for each in found)


@pytest.mark.parametrize(
    ("months", "expected"),
    [
        pytest.param({1: TOWNSHIP}, [], id="once"),
        pytest.param({1: TOWNSHIP, 2: OTHER_TOWNSHIP, 3: TOWNSHIP}, [], id="not running"),
        pytest.param({1: TOWNSHIP, 3: TOWNSHIP}, [], id="a month without a ranking between"),
        pytest.param(
            {1: TOWNSHIP, 2: TOWNSHIP},
            [(TOWNSHIP, "2017-02-28", "2017-03-28")],
            marks=pytest.mark.clause("FJ-2(d)"),
            id="twice",
        ),
        pytest.param(
            {2: TOWNSHIP, 1: TOWNSHIP},
            [(TOWNSHIP, "2017-02-28", "2017-03-28")],
            marks=pytest.mark.clause("FJ-2(d)"),
            id="twice, the earlier month recorded last",
        ),
        pytest.param(
            {1: TOWNSHIP, 2: TOWNSHIP, 3: TOWNSHIP},
            [(TOWNSHIP, "2017-02-28", "2017-03-28"), (TOWNSHIP, "2017-03-31", "2017-04-30")],
            marks=pytest.mark.clause("DY-8(c)"),
            id="three times",
        ),
    ],
)
async def test_who_is_last_so_many_times_running_is_summoned(
    strict: ServiceUnderTest, months: dict[int, str], expected: list[tuple[str, str, str]]
) -> None:
    await run_day(strict, "2017-06-01")
    await rank(strict, months)
    assert await summonses(strict) == expected


async def test_a_ranking_that_is_corrected_takes_its_summons_back(strict: ServiceUnderTest) -> None:
    await run_day(strict, "2017-06-01")
    await rank(strict, {1: TOWNSHIP, 2: TOWNSHIP})
    listed = await duties(strict, kind="township_ranking", as_of="2017-06-01")
    record = (await duty(strict, listed[0]["id"]))["records"][0]["id"]
    assert (await withdrawn(strict, record, "2017-06-01")).status_code == 201
    assert await summonses(strict) == []
    await rank(strict, {1: OTHER_TOWNSHIP})
    assert await summonses(strict) == []


@pytest.mark.clause("XX-9")
async def test_who_is_summoned_gets_a_deadline_to_put_it_right(strict: ServiceUnderTest) -> None:
    body = {
        "kind": "summons",
        "region_code": TOWNSHIP,
        "text": "问题较多",
        "ordered_on": "2017-02-01",
        "due_on": "2017-02-10",
    }
    ordered = await post(strict, "/duties", body, Role.POVERTY_OFFICE, subject="head")
    assert ordered.status_code == 201, ordered.text
    summons = ordered.json()["id"]
    who: dict[str, Any] = {"person": "李乡长"}
    answer = await done(strict, summons, "2017-02-05", **who)
    assert (answer.status_code, answer.json()["code"]) == (422, "summons-needs-deadline")
    assert (await done(strict, summons, "2017-02-05", **who, orders=[PUT_RIGHT])).status_code == 201

    [order] = await duties(strict, kind="rectification", region=TOWNSHIP, as_of="2017-03-02", role=Role.TOWNSHIP)
    assert (order["ordered"], order["due_on"], order["state"]) == ("补齐档案", "2017-03-01", "late")
    assert (await run_day(strict, "2017-03-02"))["overdue_count"] > 0
    bare = await done(strict, order["id"], "2017-03-02", role=Role.TOWNSHIP, region=TOWNSHIP)
    assert bare.json()["code"] == "duty-record-unfit"
    proof = [{"reference": "整改报告2017-1"}]
    right = await done(strict, order["id"], "2017-03-02", role=Role.TOWNSHIP, region=TOWNSHIP, evidence=proof)
    assert right.status_code == 201, right.text


async def test_an_order_is_for_a_township_that_exists_and_is_taken_back_by_another(strict: ServiceUnderTest) -> None:
    body = {"kind": "rectification", "text": "补报", "ordered_on": "2017-02-01", "due_on": "2017-02-10"}

    async def order(region: str, **other: Any) -> Any:
        return await post(
            strict, "/duties", {**body, "region_code": region, **other}, Role.POVERTY_OFFICE, subject="head"
        )

    assert (await order(VILLAGE)).json()["code"] == "duty-order-unfit"
    assert (await order(TOWNSHIP, due_on="2017-01-31")).json()["code"] == "date-before-step"
    given = (await order(TOWNSHIP)).json()["id"]

    async def take_back(duty_id: str, subject: str) -> Any:
        back = {"withdrawn_on": "2017-02-03", "reason": "对象有误"}
        return await post(strict, f"/duties/{duty_id}/withdrawals", back, Role.POVERTY_OFFICE, subject=subject)

    assert (await take_back(given, "head")).json()["code"] == "maker-is-checker"
    taken = await take_back(given, "deputy")
    assert (taken.status_code, taken.json()["end_cause"], taken.json()["end_reason"]) == (
        201,
        "order_withdrawn",
        "对象有误",
    )
    assert (await take_back(given, "deputy")).json()["code"] == "duty-ended"
    meeting = await first(strict, "coordination_meeting")
    assert (await take_back(meeting, "deputy")).json()["code"] == "duty-is-no-order"
    other = (await order(TOWNSHIP)).json()["id"]
    proof = [{"reference": "整改报告2017-1"}]
    assert (await done(strict, other, "2017-02-02", role=Role.TOWNSHIP, evidence=proof)).status_code == 201
    assert (await take_back(other, "deputy")).json()["code"] == "duty-already-done"


def scored(**scores: tuple[str, str]) -> list[dict[str, Any]]:
    return [{"subject": who, "score": score, "consequence": what} for who, (score, what) in scores.items()]


@pytest.mark.clause("DZ-8")
async def test_every_bank_that_lends_is_assessed_and_reward_follows_the_result(strict: ServiceUnderTest) -> None:
    one, two, three = await registered(strict, row(1), row(2), row(3))
    await lend(strict, one, date(2017, 1, 10), bank="RCB")
    await lend(strict, two, date(2017, 1, 10), bank="ABC")
    gone = await lend(strict, three, date(2016, 6, 10), bank="OLD")
    await close(strict, three, gone, date(2016, 12, 31))
    found = await first(strict, "bank_assessment")

    async def code(results: list[dict[str, Any]]) -> str:
        answer = await done(strict, found, "2017-01-31", results=results)
        return "ok" if answer.status_code == 201 else str(answer.json()["code"])

    assert await code(scored(RCB=("90", "reward"))) == "duty-results-incomplete"
    assert await code(scored(RCB=("90", "reward"), ABC=("60", "none"), OLD=("1", "none"))) == "duty-results-incomplete"
    assert await code([*scored(RCB=("90", "reward")), {"subject": "ABC", "score": "60"}]) == "assessment-unclear"
    assert await code(scored(RCB=("90", "none"), ABC=("60", "reward"))) == "reward-against-result"
    assert await code(scored(RCB=("60", "none"), ABC=("60", "penalty"))) == "reward-against-result"
    assert await code(scored(RCB=("90", "reward"), ABC=("60", "penalty"))) == "ok"


@pytest.mark.clause("XX-9")
async def test_lending_counts_in_the_assessment_of_every_township(strict: ServiceUnderTest) -> None:
    found = await first(strict, "township_assessment")
    results = [
        {"subject": TOWNSHIP, "score": "81.50", "consequence": "none"},
        {"subject": OTHER_TOWNSHIP, "score": "59", "consequence": "penalty"},
    ]
    answer = await done(strict, found, "2017-01-31", results=results[:1])
    assert answer.json()["code"] == "duty-results-incomplete"
    answer = await done(strict, found, "2017-01-31", results=results)
    assert answer.status_code == 201, answer.text
    assert [each["score"] for each in answer.json()["results"]] == ["81.50", "59"]


@pytest.mark.clause("FJ-15(b)")
async def test_two_new_pictures_of_the_household_are_asked_for_each_month(registry: ServiceUnderTest) -> None:
    one, two = await registered(registry, row(1), row(2))
    today = today_in_china()
    lent_on = add_months(today, -1) - timedelta(days=3)
    await lend(registry, one, lent_on)
    await run_day(registry, str(today))
    before, now = await duties(registry, kind="use_pictures", as_of=str(today))
    ours = [(await filed(registry, one, picture(shade), "check_report"))["id"] for shade in (10, 20, 30)]
    theirs = (await filed(registry, two, picture(40), "check_report"))["id"]
    paper = (await filed(registry, one, pdf(), "check_report"))["id"]

    async def code(found: dict[str, Any], documents: list[str], on: date = today) -> str:
        answer = await done(registry, found["id"], str(on), role=Role.HELPER, region=VILLAGE, document_ids=documents)
        return "ok" if answer.status_code == 201 else str(answer.json()["code"])

    assert await code(now, ours[:1]) == "duty-pictures-missing"
    assert await code(now, [ours[0], ours[0]]) == "duty-pictures-missing"
    assert await code(now, [ours[0], theirs]) == "duty-pictures-missing"
    assert await code(now, [ours[0], paper]) == "duty-pictures-missing"
    assert await code(now, ours[:2], today - timedelta(days=1)) == "date-before-step"
    assert await code(now, ours[:2]) == "ok"
    assert await code(before, ours[1:]) == "duty-pictures-missing", "one is used already"


@pytest.mark.clause("FJ-5(d)")
async def test_wrong_use_is_ordered_in_writing_to_be_put_right_and_tracked_until_it_is(
    registry: ServiceUnderTest,
) -> None:
    [household] = await registered(registry, row(1))
    loan = await lend(registry, household, date(2017, 1, 10))
    await run_day(registry, "2017-02-01")
    [survey] = await duties(registry, kind="use_survey", as_of="2017-02-01")
    late = [{"text": "贷款未用于养殖", "due_on": "2017-03-04"}]
    refused = await done(registry, survey["id"], "2017-02-01", role=Role.TOWNSHIP, orders=late)
    assert (refused.status_code, refused.json()["code"]) == (422, "duty-order-unfit")
    assert refused.json()["values"]["latest_on"] == "2017-03-03"
    order = [{"text": "贷款未用于养殖"}]
    record = (await done(registry, survey["id"], "2017-02-01", role=Role.TOWNSHIP, orders=order)).json()
    [open_order] = await duties(registry, kind="rectification", as_of="2017-02-01")
    assert (open_order["loan_id"], open_order["due_on"]) == (str(loan), "2017-03-03")
    assert open_order["offices"] == ["township", "village", "helper"]
    await run_day(registry, "2017-03-04")
    assert [each["state"] for each in await duties(registry, kind="rectification", as_of="2017-03-04")] == ["late"]

    assert (await withdrawn(registry, record["id"], "2017-03-04")).status_code == 201
    [ended] = await duties(registry, kind="rectification", as_of="2017-03-04")
    assert (ended["state"], ended["end_cause"]) == ("ended", "order_withdrawn")


async def test_the_office_that_takes_part_in_the_county_does_it(strict: ServiceUnderTest) -> None:
    inspection = await first(strict, "inspection")
    assert (await duty(strict, inspection))["offices"] == ["service_centre", "poverty_office"]
    answer = await done(strict, inspection, "2017-01-31", role=Role.POVERTY_OFFICE, visit="announced")
    assert answer.json()["recorded_office"] == "poverty_office"
    unknown = await done(strict, COUNTY, "2017-01-31")
    assert unknown.status_code == 422
