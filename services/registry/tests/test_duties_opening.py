"""What the county's rules ask of its offices falls due on its day, once, and late ones show at every level above."""

import asyncio
from datetime import date

import pytest

from services.registry.tests.conftest import load_regions
from services.registry.tests.county import COUNTY, OTHER_VILLAGE, PACK_TEXT, VILLAGE, get, registered, row
from services.registry.tests.duty_steps import (
    ASSUMED,
    OTHER_TOWNSHIP,
    TOWNSHIP,
    close,
    done,
    duties,
    governed_by,
    lend,
    run_day,
)
from shared.access import Role
from shared.events.registry import DutyOverdue
from shared.testing.service import ServiceUnderTest, StartService

MORE = PACK_TEXT.replace(
    "  satisfaction_survey: {value: true, clause: FJ-2(a)}\n",
    "  satisfaction_survey: {value: true, clause: FJ-2(a)}\n"
    f"  demand_report_every_months: {{value: 1, {ASSUMED}}}\n"
    f"  bulletin_every_days: {{value: 1, {ASSUMED}}}\n"
    f"  bank_assessment_every_months: {{value: 12, {ASSUMED}}}\n"
    f"  entity_assessment_every_months: {{value: 12, {ASSUMED}}}\n"
    f"  townships_assessed: {{value: true, {ASSUMED}}}\n",
)


def due(found: list[dict[str, object]], kind: str) -> list[tuple[object, object, object]]:
    """Return (region, first day, last day) of each duty of a kind."""
    return [(each["region_code"], each["opens_on"], each["due_on"]) for each in found if each["kind"] == kind]


FARM = f"follow_up: {{use_survey_every_months: {{value: 6, {ASSUMED}}}}}"
TWO_PRODUCTS = f"{PACK_TEXT}\nproducts:\n  - {{code: farm, name: {{zh: 农户贷款, en: Farm loan}}, {FARM}}}\n"


AFTER = f"follow_up: {{checks: {{value: [{{code: after, zh: 贷后核查, en: Check after}}], {ASSUMED}}}}}"
CHECKED = f"{PACK_TEXT}\nproducts:\n  - {{code: farm, name: {{zh: 农户贷款, en: Farm loan}}, {AFTER}}}\n"


async def under_checks(registry: ServiceUnderTest) -> None:
    """Put a pack in force whose second product is checked again and again after the loan."""
    await load_regions(registry)
    await governed_by(registry, CHECKED)


async def under_more_rules(registry: ServiceUnderTest) -> None:
    """Put the pack with more duties in force."""
    await load_regions(registry)
    await governed_by(registry, MORE)


async def under_two_products(registry: ServiceUnderTest) -> None:
    """Put a pack with a second product in force."""
    await load_regions(registry)
    await governed_by(registry, TWO_PRODUCTS)


@pytest.fixture
async def more(start_service: StartService) -> ServiceUnderTest:
    """Return a registry of a county whose rules ask for everything that falls due by the calendar."""
    return await start_service("registry", prepared=under_more_rules)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        pytest.param(
            "inspection",
            [(COUNTY, "2017-01-01", "2017-01-31"), (COUNTY, "2017-02-01", "2017-02-28")],
            marks=pytest.mark.clause("FJ-2(a)"),
        ),
        pytest.param(
            "satisfaction_survey",
            [(COUNTY, "2017-01-01", "2017-01-31"), (COUNTY, "2017-02-01", "2017-02-28")],
            marks=pytest.mark.clause("FJ-2(a)"),
        ),
        pytest.param(
            "township_ranking",
            [(COUNTY, "2017-01-01", "2017-01-31"), (COUNTY, "2017-02-01", "2017-02-28")],
            marks=pytest.mark.clause("FJ-2(c)"),
        ),
        pytest.param(
            "demand_report",
            [
                (TOWNSHIP, "2017-01-01", "2017-01-31"),
                (OTHER_TOWNSHIP, "2017-01-01", "2017-01-31"),
                (TOWNSHIP, "2017-02-01", "2017-02-28"),
                (OTHER_TOWNSHIP, "2017-02-01", "2017-02-28"),
            ],
            marks=pytest.mark.clause("DZ-4c(a)"),
        ),
        pytest.param("bank_assessment", [(COUNTY, "2017-01-01", "2017-12-31")], marks=pytest.mark.clause("DZ-8")),
        ("entity_assessment", [(COUNTY, "2017-01-01", "2017-12-31")]),
        pytest.param(
            "township_assessment",
            [(COUNTY, "2017-01-01", "2017-01-31"), (COUNTY, "2017-02-01", "2017-02-28")],
            marks=pytest.mark.clause("XX-9"),
        ),
    ],
)
async def test_each_period_opens_a_duty_that_is_due_on_its_last_day(
    more: ServiceUnderTest, kind: str, expected: list[tuple[str, str, str]]
) -> None:
    await run_day(more, "2017-02-01")
    assert due(await duties(more, as_of="2017-02-01"), kind) == expected


@pytest.mark.clause("DY-8(b)", "FJ-3(a)", "FJ-3(b)")
async def test_bulletins_are_due_every_day_and_meetings_every_week_and_month(more: ServiceUnderTest) -> None:
    await run_day(more, "2017-01-31")
    found = await duties(more, as_of="2017-01-31")
    days = [(COUNTY, f"2017-01-{day:02d}", f"2017-01-{day:02d}") for day in range(1, 32)]
    assert sorted(due(found, "bulletin")) == sorted([*days, (COUNTY, "2017-01-01", "2017-01-31")])
    weekly = [
        (COUNTY, "2017-01-01", "2017-01-07"),
        (COUNTY, "2017-01-08", "2017-01-14"),
        (COUNTY, "2017-01-15", "2017-01-21"),
        (COUNTY, "2017-01-22", "2017-01-28"),
        (COUNTY, "2017-01-29", "2017-02-04"),
    ]
    monthly = [(COUNTY, "2017-01-01", "2017-01-30"), (COUNTY, "2017-01-31", "2017-03-01")]
    assert sorted(due(found, "coordination_meeting")) == sorted([*weekly, *monthly])


async def test_missed_days_are_caught_up_and_a_day_runs_once_on_whichever_replica(more: ServiceUnderTest) -> None:
    first = await run_day(more, "2017-01-10")
    together = await asyncio.gather(*(run_day(more, "2017-03-01") for _ in range(3)))
    assert [each == together[0] for each in together] == [True] * 3
    assert await run_day(more, "2017-01-10") == first
    assert (await run_day(more, "2017-03-02"))["opened_count"] == 2, "a bulletin and the month's meeting"
    by_day = await more.database.pool.fetchval("SELECT count(*) FROM duty")
    assert by_day == first["opened_count"] + together[0]["opened_count"] + 2


async def test_what_is_late_is_published_once_and_shows_at_each_level_above(
    more: ServiceUnderTest,
) -> None:
    await run_day(more, "2017-01-31")
    assert (await run_day(more, "2017-02-01"))["overdue_count"] == 1 + 5 + 2, (
        "the day's bulletin, the month's five, the reports"
    )
    assert (await run_day(more, "2017-02-02"))["overdue_count"] == 1, "the bulletin of yesterday"
    [(_, late_one, version, region)] = [
        each for each in await more.outbox() if each[0] == DutyOverdue.event_type.name and each[3] == TOWNSHIP
    ]
    assert (late_one["kind"], late_one["due_on"], late_one["noticed_on"], version) == (
        "demand_report",
        "2017-01-31",
        "2017-02-01",
        1,
    )
    assert late_one["offices"] == ["township"]

    query = "as_of=2017-02-02"
    for role, region, area in (
        (Role.TOWNSHIP, TOWNSHIP, TOWNSHIP),
        (Role.SERVICE_CENTRE, COUNTY, TOWNSHIP),
        (Role.POVERTY_OFFICE, "50", "5002"),
    ):
        report = (await get(more, f"/reports/duties?region_code={region}&{query}", role, region=region)).json()
        late = {(each["area_code"], each["kind"]): each["late_count"] for each in report["counts"]}
        assert late[area, "demand_report"] == (2 if area == "5002" else 1)
        listed = await duties(more, role=role, region=region, as_of="2017-02-02", state="late", kind="demand_report")
        assert TOWNSHIP in [each["region_code"] for each in listed]


async def test_what_falls_due_soon_can_be_asked_for_beforehand(more: ServiceUnderTest) -> None:
    await run_day(more, "2017-01-25")
    soon = await duties(more, as_of="2017-01-25", state="open", due_through="2017-01-28")
    assert [(each["kind"], each["due_on"], each["days_left"]) for each in soon] == [
        ("bulletin", "2017-01-25", 0),
        ("coordination_meeting", "2017-01-28", 3),
    ]
    mine = await duties(more, as_of="2017-01-25", office="township")
    assert {each["kind"] for each in mine} == {"demand_report"}


@pytest.mark.clause("DZ-5a(b)", "FJ-15(b)")
async def test_the_use_of_every_loan_is_surveyed_and_pictured_while_something_is_owed(
    registry: ServiceUnderTest,
) -> None:
    one, two = await registered(registry, row(1), row(2))
    kept = await lend(registry, one, date(2017, 1, 31))
    repaid = await lend(registry, two, date(2017, 2, 10))
    await close(registry, two, repaid, date(2017, 5, 10))
    await run_day(registry, "2017-08-01")

    surveyed = await duties(registry, as_of="2017-08-01", kind="use_survey", loan_id=kept)
    assert due(surveyed, "use_survey") == [
        (VILLAGE, "2017-01-31", "2017-04-29"),
        (VILLAGE, "2017-04-30", "2017-07-30"),
        (VILLAGE, "2017-07-31", "2017-10-30"),
    ]
    assert surveyed[0]["offices"] == ["township"]
    pictured = await duties(registry, as_of="2017-08-01", kind="use_pictures", loan_id=repaid)
    assert [(each["opens_on"], each["due_on"], each["pictures"]) for each in pictured] == [
        ("2017-02-10", "2017-03-09", 2),
        ("2017-03-10", "2017-04-09", 2),
        ("2017-04-10", "2017-05-09", 2),
    ]
    assert len(await duties(registry, as_of="2017-08-01", kind="use_survey", loan_id=repaid)) == 1


async def test_news_of_a_loan_that_comes_late_is_caught_up_by_the_next_day(registry: ServiceUnderTest) -> None:
    await run_day(registry, "2017-08-01")
    [household] = await registered(registry, row(1))
    loan = await lend(registry, household, date(2017, 1, 31))
    await run_day(registry, "2017-08-02")
    assert len(await duties(registry, as_of="2017-08-02", kind="use_survey", loan_id=loan)) == 3


async def test_a_survey_ends_with_the_loan_unless_it_was_late_before(registry: ServiceUnderTest) -> None:
    [household] = await registered(registry, row(1))
    loan = await lend(registry, household, date(2017, 1, 31))
    await run_day(registry, "2017-05-01")
    await close(registry, household, loan, date(2017, 5, 10))
    await run_day(registry, "2017-05-11")
    first, second = await duties(registry, as_of="2017-05-11", kind="use_survey", loan_id=loan)
    assert (first["state"], first["end_cause"]) == ("late", None)
    assert (second["state"], second["end_cause"], second["ended_on"]) == ("ended", "loan_closed", "2017-05-10")
    answer = await done(registry, second["id"], "2017-05-11", role=Role.TOWNSHIP)
    assert (answer.status_code, answer.json()["code"]) == (409, "duty-ended")


async def test_a_loan_that_is_open_again_owes_what_had_ended_with_it(registry: ServiceUnderTest) -> None:
    [household] = await registered(registry, row(1))
    loan = await lend(registry, household, date(2017, 1, 31))
    await close(registry, household, loan, date(2017, 2, 10))
    await run_day(registry, "2017-02-10")
    reopened = "UPDATE household_loan SET closed_on = NULL, repaid_on_time = NULL WHERE loan_id = $1"
    await registry.database.pool.execute(reopened, loan)
    await run_day(registry, "2017-05-01")
    found = await duties(registry, as_of="2017-05-01", kind="use_survey", loan_id=loan)
    assert [(each["opens_on"], each["state"]) for each in found] == [("2017-01-31", "late"), ("2017-04-30", "open")]


async def test_a_later_version_sets_another_rhythm_from_its_first_day(registry: ServiceUnderTest) -> None:
    later = (
        PACK_TEXT.replace("  version: 1\n", "  version: 2\n  supersedes: 1\n")
        .replace("effective_from: 2017-01-01", "effective_from: 2017-02-15")
        .replace(
            "inspection_every_months: {value: 1, clause: FJ-2}", "inspection_every_months: {value: 3, clause: FJ-2}"
        )
    )
    await governed_by(registry, later, subject="another")
    await run_day(registry, "2017-03-01")
    assert due(await duties(registry, as_of="2017-03-01"), "inspection") == [
        (COUNTY, "2017-01-01", "2017-01-31"),
        (COUNTY, "2017-02-01", "2017-02-28"),
        (COUNTY, "2017-02-15", "2017-05-14"),
    ]


async def test_a_loan_of_another_product_follows_that_product(start_service: StartService) -> None:
    registry = await start_service("registry", prepared=under_two_products)
    [household] = await registered(registry, row(1))
    loan = await lend(registry, household, date(2017, 1, 31), product_code="farm")
    unknown = await lend(registry, household, date(2017, 1, 31), product_code="nobodys")
    await run_day(registry, "2017-02-01")
    assert due(await duties(registry, as_of="2017-02-01", loan_id=loan), "use_survey") == [
        (VILLAGE, "2017-01-31", "2017-07-30")
    ]
    assert await duties(registry, as_of="2017-02-01", loan_id=unknown) == []


@pytest.mark.clause("JN-5(b)")
async def test_a_loan_is_checked_again_and_again_by_a_named_person_and_what_is_late_is_listed(
    start_service: StartService,
) -> None:
    registry = await start_service("registry", prepared=under_checks)
    [household] = await registered(registry, row(1))
    loan = await lend(registry, household, date(2017, 1, 31), product_code="farm")
    await run_day(registry, "2017-05-01")
    assert await duties(registry, as_of="2017-05-01", kind="use_survey", loan_id=loan) == []
    first, second = await duties(registry, as_of="2017-05-01", kind="revisit", loan_id=loan)
    assert [(each["due_on"], each["state"]) for each in (first, second)] == [
        ("2017-04-29", "late"),
        ("2017-07-30", "open"),
    ]
    unnamed = await done(registry, first["id"], "2017-05-01", role=Role.TOWNSHIP)
    assert unnamed.json()["code"] == "duty-record-unfit"
    assert (await done(registry, first["id"], "2017-05-01", role=Role.TOWNSHIP, person="王芳")).status_code == 201
    shown = await get(registry, f"/duties/{first['id']}", Role.SERVICE_CENTRE)
    [record] = shown.json()["records"]
    assert (record["person"], record["done_on"]) == ("王芳", "2017-05-01")
    assert await duties(registry, as_of="2017-05-01", kind="revisit", loan_id=loan, state="late") == []


async def test_a_township_that_ends_owes_nothing_from_that_day(more: ServiceUnderTest) -> None:
    await run_day(more, "2017-02-01")
    await more.database.pool.execute("UPDATE region SET valid_until = '2017-02-10' WHERE code = $1", OTHER_TOWNSHIP)
    await run_day(more, "2017-03-01")
    found = await duties(more, as_of="2017-03-01", kind="demand_report", region=OTHER_VILLAGE[:9])
    assert [(each["opens_on"], each["state"], each["end_cause"]) for each in found] == [
        ("2017-01-01", "late", None),
        ("2017-02-01", "ended", "region_ended"),
    ]
