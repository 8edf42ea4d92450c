"""What would change for the applications of a period under another pack: in figures, in words, without a trace."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from services.registry.credit.rating.rules.scoring import grade_of, score
from services.registry.tests.county import (
    COUNTY,
    GOOD_ANSWERS,
    OTHER_VILLAGE,
    PACK,
    PACK_TEXT,
    VILLAGE,
    get,
    post,
    registered,
    row,
)
from shared.access import Role
from shared.policy.load import read_pack
from shared.testing.service import ServiceUnderTest

PERIOD = {"period_from": "2017-01-01", "period_until": "2018-01-01"}
SOURCE = PACK_TEXT
LARGEST = 'amount_max: {value: "50000.00", clause: FJ-10}'
POOR_ANSWERS = {**GOOD_ANSWERS, "income_annual": 0, "migrant_workers": 0}


def _draft(*changes: tuple[str, str]) -> str:
    """Return the rules of the county's pack as the next version with values replaced; each must be there once."""
    rules = SOURCE.split("\nexamples:")[0] + "\n"
    text = rules.replace("  version: 1\n", "  version: 2\n  supersedes: 1\n", 1)
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


LOWER = ((LARGEST, LARGEST.replace("50000", "40000")),)
OPEN_TO_ALL = (
    ("value: [registered, lifted, stably_lifted]", "value: [registered, lifted, stably_lifted, general]"),
    ("rating_required:\n    value: true", "rating_required:\n    value: false"),
)


def _exact(given: Mapping[str, int]) -> dict[str, Decimal]:
    return {code: Decimal(value) for code, value in given.items()}


async def _submit(registry: ServiceUnderTest, text: str) -> str:
    headers = registry.headers(Role.POVERTY_OFFICE, subject="drafter")
    answer = await registry.client.post("/api/v1/policy-packs", content=text.encode(), headers=headers)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def _campaign(registry: ServiceUnderTest, answers: dict[str, dict[str, int]]) -> UUID:
    """Put a final campaign on file that rated each household by its score, valid from 2017-01-13."""
    pool, scheme = registry.database.pool, PACK.rating_scheme()
    campaign_id: UUID = await pool.fetchval(
        """INSERT INTO rating_campaign (id, county_code, year, as_of, pack_id, state, public_notice_started_on,
             public_notice_ends_on, finalised_on, opened_by)
           SELECT uuid7(), $1, 2017, '2017-01-05', id, 'final', '2017-01-06', '2017-01-13', '2017-01-13', 'test'
           FROM policy_pack WHERE state = 'confirmed' RETURNING id""",
        COUNTY,
    )
    for household, given in answers.items():
        total = score(_exact(given), scheme).total
        grade = grade_of(total, scheme)
        await pool.execute(
            """INSERT INTO rating_score (campaign_id, household_id, village_code, collected_on, facts, score,
                 preliminary_grade, grade)
               SELECT $1, id, village_code, '2017-01-04', $3, $4, $5, $5 FROM household WHERE id = $2""",
            campaign_id,
            UUID(household),
            given,
            total,
            grade and grade.code,
        )
        if grade:
            await pool.execute(
                """INSERT INTO rating (household_id, village_code, grade, credit_limit, cause, campaign_id, valid_from,
                     valid_until)
                   SELECT id, village_code, $3, $4, 'campaign', $1, '2017-01-13', '2019-01-13'
                   FROM household WHERE id = $2""",
                campaign_id,
                UUID(household),
                grade.code,
                grade.credit_limit,
            )
    return campaign_id


async def _apply(registry: ServiceUnderTest, *loan_requests: tuple[str, str], as_of: str = "2017-03-01") -> None:
    """Ask for applications, each (household, amount), as lending does."""
    items = [{"household_id": household, "amount": amount, "term_months": 12} for household, amount in loan_requests]
    body = {"as_of": as_of, "asker_regions": [COUNTY], "for_application": True, "items": items}
    answer = await post(registry, "/eligibility-checks", body, Role.SERVICE, region="")
    assert answer.status_code == 200, answer.text


async def _simulate(registry: ServiceUnderTest, pack: str, **other: str) -> dict[str, Any]:
    body = {**PERIOD, **other}
    answer = await post(registry, f"/policy-packs/{pack}/simulations", body, Role.FINANCE_BUREAU)
    assert answer.status_code == 201, answer.text
    simulation: dict[str, Any] = answer.json()
    return simulation


async def _affected(registry: ServiceUnderTest, simulation: dict[str, Any], query: str = "") -> list[dict[str, Any]]:
    path = f"/pack-simulations/{simulation['id']}/applications?{query}"
    items: list[dict[str, Any]] = (await get(registry, path, Role.POVERTY_OFFICE)).json()["items"]
    return items


async def _year(registry: ServiceUnderTest) -> list[str]:
    """Put a year on file: two rated households, a general one that nobody rated, and their three applications."""
    ids = await registered(registry, row(1), row(2), row(3, poverty_state="一般户", village_code=OTHER_VILLAGE))
    await _campaign(registry, {ids[0]: dict(GOOD_ANSWERS), ids[1]: dict(GOOD_ANSWERS)})
    await _apply(registry, (ids[0], "50000.00"), (ids[1], "30000.00"), (ids[2], "20000.00"))
    return ids


async def test_a_lower_largest_loan_refuses_what_is_above_it(registry: ServiceUnderTest) -> None:
    ids = await _year(registry)
    found = await _simulate(registry, await _submit(registry, _draft(*LOWER)))
    assert found["applications"] == {"count": 3, "amount": "100000.00"}
    assert found["eligible_before"] == {"count": 2, "amount": "80000.00"}
    assert found["eligible_after"] == {"count": 1, "amount": "30000.00"}
    assert found["newly_refused"] == {"count": 1, "amount": "50000.00"}
    assert found["newly_eligible"] == {"count": 0, "amount": "0.00"}
    assert found["above_maximum"] == {"count": 1, "amount": "10000.00"}
    [added] = [each for each in found["reasons"] if each["added"]]
    assert (added["code"], added["clause"], added["before"], added["after"], added["added_amount"]) == (
        "amount-above-maximum",
        "FJ-10",
        0,
        1,
        "50000.00",
    )
    [affected] = await _affected(registry, found)
    assert (affected["household_id"], affected["change"]) == (ids[0], "newly_refused")
    assert [reason["code"] for reason in affected["reasons_after"]] == ["amount-above-maximum"]
    assert affected["reasons_before"] == []


async def test_wider_rules_admit_those_who_were_refused(registry: ServiceUnderTest) -> None:
    ids = await _year(registry)
    found = await _simulate(registry, await _submit(registry, _draft(*OPEN_TO_ALL)))
    assert found["newly_eligible"] == {"count": 1, "amount": "20000.00"}
    assert {each["code"]: each["removed"] for each in found["reasons"]} == {"state-not-eligible": 1, "not-rated": 1}
    assert [each["household_id"] for each in await _affected(registry, found, "change=newly_eligible")] == [ids[2]]
    assert await _affected(registry, found, "change=newly_refused") == []
    assert [(each["township_code"], each["newly_eligible_count"]) for each in found["townships"]] == [
        (VILLAGE[:9], 0),
        (OTHER_VILLAGE[:9], 1),
    ]


async def test_the_result_is_said_in_both_languages(registry: ServiceUnderTest) -> None:
    await _year(registry)
    found = await _simulate(registry, await _submit(registry, _draft(*LOWER)))
    said = found["sentences"]
    assert said[0]["en"] == (
        "Of 3 applications (100000.00 yuan) of 2017-01-01 until 2018-01-01 (excluded), 2 (80000.00) could borrow; "
        "under this pack 1 (30000.00)."
    )
    assert "原可贷2笔（80000.00元），按此政策包可贷1笔（30000.00元）。" in said[0]["zh"]
    assert said[1]["zh"] == "1笔（50000.00元）将由可贷变为不可贷；新增原因：超过单笔最高金额（1笔）。"
    assert said[2]["en"] == "1 would be above the new largest loan, by 10000.00 yuan together."
    assert all(each["zh"].endswith("。") and each["en"].endswith(".") for each in said)


async def test_the_same_rules_change_nothing(registry: ServiceUnderTest) -> None:
    await _year(registry)
    found = await _simulate(registry, await _submit(registry, _draft()))
    assert found["eligible_before"] == found["eligible_after"]
    assert (found["newly_eligible"]["count"], found["newly_refused"]["count"]) == (0, 0)
    assert (found["rescoring"]["changed"], found["rescoring"]["households"]) == (0, 2)
    assert await _affected(registry, found) == []


@pytest.mark.clause("LG-10(a)", "FJ-10(c)")
async def test_lines_follow_the_drafts_rating_scheme(registry: ServiceUnderTest) -> None:
    ids = await registered(registry, row(1), row(2))
    await _campaign(registry, {ids[0]: dict(GOOD_ANSWERS), ids[1]: POOR_ANSWERS})
    draft = _draft(('- {code: C, credit_limit: "30000.00"}', '- {code: C, credit_limit: "25000.00"}'))
    after = read_pack(draft).rating_scheme()
    grades = {household: grade_of(score(_exact(given), after).total, after) for household, given in
              ((ids[0], GOOD_ANSWERS), (ids[1], POOR_ANSWERS))}  # fmt: skip
    assert [grade and grade.code for grade in grades.values()] == ["A", "C"]
    await _apply(registry, (ids[0], "50000.00"), (ids[1], "30000.00"))
    found = await _simulate(registry, await _submit(registry, draft))
    again = found["rescoring"]
    assert (again["households"], again["changed"]) == (2, 1)
    assert (again["credit_limits_before"], again["credit_limits_after"]) == ("80000.00", "75000.00")
    assert again["grades"] == [
        {"grade_before": "A", "grade_after": "A", "households": 1},
        {"grade_before": "C", "grade_after": "C", "households": 1},
    ]
    [affected] = await _affected(registry, found)
    assert (affected["change"], affected["credit_limit_before"], affected["credit_limit_after"]) == (
        "newly_refused",
        "30000.00",
        "25000.00",
    )
    assert [reason["code"] for reason in affected["reasons_after"]] == ["amount-above-credit-limit"]
    assert "1 of 2 households change grade or credit limit" in found["sentences"][-1]["en"]


async def test_a_household_below_the_drafts_lowest_band_counts_as_not_rated(registry: ServiceUnderTest) -> None:
    ids = await registered(registry, row(1))
    await _campaign(registry, {ids[0]: POOR_ANSWERS})
    await _apply(registry, (ids[0], "30000.00"))
    text = _draft(('- {code: A, score_min: "80"}', '- {code: A, score_min: "99"}'),
                  ('- {code: B, score_min: "65"}', '- {code: B, score_min: "98"}'),
                  ('- {code: C, score_min: "50"}', '- {code: C, score_min: "97"}'))  # fmt: skip
    found = await _simulate(registry, await _submit(registry, text))
    assert found["rescoring"]["grades"] == [{"grade_before": "C", "grade_after": None, "households": 1}]
    [affected] = await _affected(registry, found)
    assert [reason["code"] for reason in affected["reasons_after"]] == ["not-rated"]
    assert affected["credit_limit_after"] is None


async def test_a_line_that_grew_by_repaying_stays(registry: ServiceUnderTest) -> None:
    ids = await registered(registry, row(1))
    await _campaign(registry, {ids[0]: POOR_ANSWERS})
    await registry.database.pool.execute(
        """INSERT INTO rating (household_id, village_code, grade, credit_limit, cause, loan_id, valid_from, valid_until)
           VALUES ($1, $2, 'B', 40000, 'repaid_on_time', uuid7(), '2017-02-01', '2019-02-01')""",
        UUID(ids[0]),
        VILLAGE,
    )
    await _apply(registry, (ids[0], "40000.00"))
    text = _draft(('- {code: C, credit_limit: "30000.00"}', '- {code: C, credit_limit: "25000.00"}'))
    found = await _simulate(registry, await _submit(registry, text))
    assert (found["rescoring"]["changed"], found["eligible_after"]["count"]) == (1, 1)
    assert await _affected(registry, found) == []


async def test_a_question_is_stored_once_and_only_for_applications(registry: ServiceUnderTest) -> None:
    ids = await _year(registry)
    item = {"household_id": ids[0], "amount": "1.00", "term_months": 12}
    asked = {"as_of": "2017-03-01", "asker_regions": [COUNTY], "items": [item]}
    assert (await post(registry, "/eligibility-checks", asked, Role.SERVICE, region="")).status_code == 200
    await _apply(registry, (ids[0], "50000.00"), (ids[1], "30000.00"), (ids[2], "20000.00"))
    rows = await registry.database.pool.fetch("SELECT household_id::text, eligible, reasons FROM eligibility_question")
    stored = [(household, eligible, [reason["code"] for reason in said]) for household, eligible, said in rows]
    assert sorted(stored) == sorted(
        [(ids[0], True, []), (ids[1], True, []), (ids[2], False, ["state-not-eligible", "not-rated"])]
    )


async def test_of_an_application_asked_again_the_last_answer_counts(registry: ServiceUnderTest) -> None:
    ids = await _year(registry)
    await registry.database.pool.execute(
        "UPDATE household SET credit_record = 'bad_unresolved' WHERE id = $1", UUID(ids[0])
    )
    await _apply(registry, (ids[0], "50000.00"))
    assert await registry.database.pool.fetchval("SELECT count(*) FROM eligibility_question") == 4
    found = await _simulate(registry, await _submit(registry, _draft()))
    assert (found["applications"]["count"], found["eligible_before"]["count"]) == (3, 1)


async def test_the_flag_is_for_services_only(registry: ServiceUnderTest) -> None:
    [household] = await registered(registry, row(1))
    item = {"household_id": household, "amount": "1000.00", "term_months": 12}
    body = {"as_of": "2017-03-01", "for_application": True, "items": [item]}
    answer = await post(registry, "/eligibility-checks", body, Role.BANK)
    assert (answer.status_code, answer.json()["code"]) == (403, "right-missing")
    assert await registry.database.pool.fetchval("SELECT count(*) FROM eligibility_question") == 0


async def test_period_and_region_limit_what_is_judged(registry: ServiceUnderTest) -> None:
    ids = await _year(registry)
    await _apply(registry, (ids[0], "10000.00"), as_of="2018-01-01")
    pack = await _submit(registry, _draft(*LOWER))
    assert (await _simulate(registry, pack))["applications"]["count"] == 3
    assert (await _simulate(registry, pack, period_until="2018-01-02"))["applications"]["count"] == 4
    assert (await _simulate(registry, pack, region_code=OTHER_VILLAGE))["applications"]["count"] == 1


async def test_a_period_without_applications_says_so(registry: ServiceUnderTest) -> None:
    found = await _simulate(registry, await _submit(registry, _draft()))
    assert (found["applications"]["count"], found["rescoring"]) == (0, None)
    assert "nothing to compare" in found["sentences"][0]["en"]


async def test_a_simulation_can_be_repeated_and_changes_nothing_else(registry: ServiceUnderTest) -> None:
    await _year(registry)
    pack = await _submit(registry, _draft(*LOWER))
    tables = ("eligibility_question", "rating", "rating_score", "policy_pack", "household", "outbox")
    before = [await registry.database.pool.fetch(f"SELECT * FROM {table}") for table in tables]
    first, second = await _simulate(registry, pack), await _simulate(registry, pack)
    assert [await registry.database.pool.fetch(f"SELECT * FROM {table}") for table in tables] == before
    ignored = {"id", "run_at"}
    assert {k: v for k, v in first.items() if k not in ignored} == {k: v for k, v in second.items() if k not in ignored}
    listed = (await get(registry, f"/policy-packs/{pack}/simulations", Role.SERVICE_CENTRE)).json()["items"]
    assert [each["id"] for each in listed] == [first["id"], second["id"]]
    assert (await get(registry, f"/pack-simulations/{first['id']}", Role.SERVICE_CENTRE)).json() == first
    with pytest.raises(Exception, match="only grows"):
        await registry.database.pool.execute("DELETE FROM pack_simulation_finding")


async def test_what_makes_no_sense_or_is_elsewhere_is_refused_by_name(registry: ServiceUnderTest) -> None:
    pack = await _submit(registry, _draft())
    path = f"/policy-packs/{pack}/simulations"
    cases = (
        ({"period_from": "2017-01-01", "period_until": "2017-01-01"}, 422, "simulation-period-empty"),
        ({**PERIOD, "region_code": "500237"}, 422, "simulation-region-elsewhere"),
        ({**PERIOD, "surprise": 1}, 422, "invalid-request"),
    )
    for body, status, code in cases:
        answer = await post(registry, path, body, Role.POVERTY_OFFICE)
        assert (answer.status_code, answer.json()["code"]) == (status, code)
    unknown = await post(registry, f"/policy-packs/{UUID(int=9)}/simulations", PERIOD, Role.POVERTY_OFFICE)
    assert (unknown.status_code, unknown.json()["code"]) == (404, "policy-pack-unknown")
    for role, region, code in (
        (Role.TOWNSHIP, COUNTY, "right-missing"),
        (Role.POVERTY_OFFICE, "500237", "outside-region"),
    ):
        refused = await post(registry, path, PERIOD, role, region=region)
        assert (refused.status_code, refused.json()["code"]) == (403, code)


async def test_another_countys_officer_sees_no_simulation(registry: ServiceUnderTest) -> None:
    pack = await _submit(registry, _draft())
    found = await _simulate(registry, pack)
    for path in (f"/pack-simulations/{found['id']}", f"/pack-simulations/{found['id']}/applications"):
        hidden = await get(registry, path, Role.POVERTY_OFFICE, region="500237")
        assert (hidden.status_code, hidden.json()["code"]) == (404, "pack-simulation-unknown")
    listed = await get(registry, f"/policy-packs/{pack}/simulations", Role.POVERTY_OFFICE, region="500237")
    assert listed.json()["items"] == []
