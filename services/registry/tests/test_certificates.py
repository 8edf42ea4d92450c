"""Loan certificates follow the rating: issued, renewed, withdrawn (ZJ-7)."""

from datetime import date
from typing import Any
from uuid import UUID

import httpx
import pytest

from services.registry.credit.certificates.refusals import CertificateNeedsRating, ListedMayNotHoldCertificate
from services.registry.credit.certificates.rules.holding import Certificate, Rating, certificate_for
from services.registry.tests.conftest import load_regions
from services.registry.tests.county import COUNTY, GOOD_ANSWERS, PACK_TEXT, get, post
from services.registry.tests.listing_steps import malicious_default, put_on_list
from services.registry.tests.rating_county import FAILING, POOR, Campaign, Home, refused, settled
from shared.access import Role
from shared.money import yuan
from shared.testing.service import ServiceUnderTest, StartService

BANK = "RCB"
WITH_CERTIFICATES = PACK_TEXT.replace(
    "\n  promotion_path:",
    "\n  loan_certificates: {value: true, assumed: true, reason: Only in this test.}\n  promotion_path:",
)


async def _put_in_force(registry: ServiceUnderTest) -> None:
    await load_regions(registry)
    assert WITH_CERTIFICATES != PACK_TEXT
    headers = registry.headers(Role.POVERTY_OFFICE, subject="maker")
    pack = await registry.client.post("/api/v1/policy-packs", content=WITH_CERTIFICATES.encode(), headers=headers)
    assert pack.status_code == 201, pack.text
    path = f"/policy-packs/{pack.json()['id']}/confirmations"
    assert (await post(registry, path, None, Role.POVERTY_OFFICE, subject="checker")).status_code == 201


@pytest.fixture
async def county(start_service: StartService) -> ServiceUnderTest:
    """Return a registry whose county issues loan certificates."""
    return await start_service("registry", prepared=_put_in_force)


async def _send(
    registry: ServiceUnderTest, path: str, body: Any, *, subject: str = "clerk", bank: str = BANK
) -> httpx.Response:
    headers = registry.headers(Role.BANK, region=COUNTY, subject=subject, organisation=bank)
    return await registry.client.post(f"/api/v1{path}", json=body, headers=headers)


async def _issue(registry: ServiceUnderTest, household: str, number: str = "JZ-1", **other: Any) -> httpx.Response:
    body = {"household_id": household, "number": number, "issued_on": other.pop("issued_on", "2017-02-01")}
    return await _send(registry, "/loan-certificates", body, **other)


async def _rated(registry: ServiceUnderTest, *homes: Home) -> list[str]:
    ids = await settled(registry, homes)
    await (await (await Campaign.opened(registry)).shown()).final()
    return ids


async def _shown(registry: ServiceUnderTest, household: str, as_of: str) -> list[tuple[str, str, str | None]]:
    path = f"/loan-certificates?region_code={COUNTY}&as_of={as_of}&household_id={household}"
    items = (await get(registry, path, Role.SERVICE_CENTRE)).json()["items"]
    return [(each["number"], each["state"], each["end_cause"]) for each in items]


@pytest.mark.clause("ZJ-7(a)")
async def test_a_certificate_says_what_the_rating_says_and_is_renewed_under_it(county: ServiceUnderTest) -> None:
    [household] = await _rated(county, Home())
    issued = await _issue(county, household)
    assert issued.status_code == 201, issued.text
    found = issued.json()
    assert (found["grade"], found["credit_limit"], found["valid_until"]) == ("A", "50000.00", "2019-01-13")
    assert refused(await _issue(county, household, "JZ-2")) == (409, "certificate-held")
    path = f"/loan-certificates/{found['id']}/renewals"
    renewed = await _send(county, path, {"number": "JZ-3", "issued_on": "2017-06-01"})
    assert (renewed.json()["cause"], renewed.json()["replaces_id"]) == ("renewed", found["id"])
    assert await _shown(county, household, "2017-05-31") == [("JZ-1", "held", None)]
    assert await _shown(county, household, "2017-06-01") == [("JZ-1", "ended", "renewed"), ("JZ-3", "held", None)]
    assert (await _shown(county, household, "2019-01-13"))[1] == ("JZ-3", "expired", None)
    again = await _send(county, path, {"number": "JZ-4", "issued_on": "2017-06-01"})
    assert refused(again) == (409, "certificate-ended")


@pytest.mark.clause("ZJ-7(a)")
async def test_a_fallen_rating_and_a_list_withdraw_the_certificate(county: ServiceUnderTest) -> None:
    fallen, gone, same, evader, late = await _rated(county, *[Home()] * 5)
    for place, household in enumerate((fallen, gone, same, evader, late)):
        assert (await _issue(county, household, f"JZ-{place}")).status_code == 201
    visit = "INSERT INTO credit_survey (household_id, collected_on, answers, collected_by) VALUES ($1, $2, $3, 'test')"
    for household, answers in ((fallen, POOR), (gone, FAILING), (same, GOOD_ANSWERS)):
        await county.database.pool.execute(visit, UUID(household), date(2018, 1, 4), dict(answers))
    await put_on_list(county, evader)  # by officers, on 2018-08-10
    await malicious_default(county, late)  # by news of lending, of 2018-07-01
    campaign = await Campaign.opened(county, 2018)
    await campaign.shown("2018-01-08", reviewed_on="2018-01-05")
    await campaign.final("2018-01-16")
    assert [await _shown(county, each, "2018-01-15") for each in (fallen, gone)] == [
        [("JZ-0", "held", None)],
        [("JZ-1", "held", None)],
    ]
    assert [await _shown(county, each, "2018-08-10") for each in (fallen, gone, same, evader, late)] == [
        [("JZ-0", "ended", "rating_fell")],
        [("JZ-1", "ended", "rating_fell")],
        [("JZ-2", "held", None)],
        [("JZ-3", "ended", "listed")],
        [("JZ-4", "ended", "listed")],
    ]
    again = await _issue(county, fallen, "JZ-9", issued_on="2018-02-01")
    assert (again.status_code, again.json()["grade"]) == (201, "C")


@pytest.mark.clause("ZJ-7(a)")
async def test_a_certificate_of_the_wrong_person_is_withdrawn_by_two(county: ServiceUnderTest) -> None:
    wrong, right = await _rated(county, Home(), Home())
    issued = (await _issue(county, wrong)).json()
    path = f"/loan-certificates/{issued['id']}/withdrawals"
    why = {"cause": "wrong_person", "reason": "发给了同名农户", "proposed_on": "2017-02-03"}
    proposal = (await _send(county, path, why)).json()["withdrawals"][0]
    assert refused(await _send(county, path, why)) == (409, "certificate-withdrawal-open")
    decide = f"/certificate-withdrawals/{proposal['id']}/decisions"
    word = {"decision": "accept", "reason": "核对属实", "decided_on": "2017-02-04"}
    assert refused(await _send(county, decide, word)) == (403, "maker-is-checker")
    other = await _send(county, decide, word, subject="head", bank="OTHER")
    assert refused(other) == (404, "loan-certificate-unknown")
    accepted = await _send(county, decide, word, subject="head")
    assert (accepted.json()["state"], accepted.json()["end_cause"]) == ("ended", "wrong_person")
    assert refused(await _send(county, decide, word, subject="head")) == (409, "certificate-withdrawal-decided")
    assert refused(await _issue(county, right)) == (409, "certificate-number-taken")
    assert (await _issue(county, right, "JZ-2", issued_on="2017-02-04")).status_code == 201


async def test_a_rejected_withdrawal_leaves_the_certificate(county: ServiceUnderTest) -> None:
    [household] = await _rated(county, Home())
    issued = (await _issue(county, household)).json()
    why = {"cause": "given_back", "reason": "农户自愿交回", "proposed_on": "2017-02-03"}
    proposal = (await _send(county, f"/loan-certificates/{issued['id']}/withdrawals", why)).json()["withdrawals"][0]
    word = {"decision": "reject", "reason": "农户仍需使用", "decided_on": "2017-02-04"}
    kept = await _send(county, f"/certificate-withdrawals/{proposal['id']}/decisions", word, subject="head")
    assert (kept.json()["state"], kept.json()["withdrawals"][0]["state"]) == ("held", "rejected")
    unknown = f"/certificate-withdrawals/{UUID(int=1)}/decisions"
    assert refused(await _send(county, unknown, word)) == (404, "certificate-withdrawal-unknown")


async def test_a_county_without_the_rule_issues_none(registry: ServiceUnderTest) -> None:
    [household] = await _rated(registry, Home())
    assert refused(await _issue(registry, household)) == (409, "no-certificate-rule")


async def test_who_is_not_rated_or_is_listed_gets_none(county: ServiceUnderTest) -> None:
    evader, unrated = await _rated(county, Home(), Home(answers=FAILING))
    await put_on_list(county, evader)
    assert refused(await _issue(county, unrated)) == (409, "certificate-needs-rating")
    listed = await _issue(county, evader, issued_on="2018-09-01")
    assert refused(listed) == (409, "listed-holds-no-certificate")
    assert refused(await _issue(county, evader)) == (409, "listed-holds-no-certificate")
    early = await _issue(county, unrated, issued_on="2017-01-12")
    assert refused(early) == (409, "certificate-needs-rating")


async def test_a_certificate_is_not_dated_before_its_rating(county: ServiceUnderTest) -> None:
    [household] = await _rated(county, Home())
    assert refused(await _issue(county, household, issued_on="2017-01-12")) == (422, "date-before-step")


async def test_a_bank_sees_its_own_certificates(county: ServiceUnderTest) -> None:
    [household] = await _rated(county, Home())
    issued = (await _issue(county, household)).json()
    for bank, expected in ((BANK, 200), ("OTHER", 404)):
        headers = county.headers(Role.BANK, region=COUNTY, organisation=bank)
        answer = await county.client.get(f"/api/v1/loan-certificates/{issued['id']}", headers=headers)
        assert answer.status_code == expected


def test_a_certificate_needs_a_rating_with_a_line_that_holds() -> None:
    on, limit = date(2017, 2, 1), yuan("50000")
    whole = Rating("A", limit, date(2017, 2, 2))
    assert certificate_for(whole, [], on) == Certificate("A", limit, date(2017, 2, 2))
    for rating in (
        None,
        Rating(None, None, whole.valid_until),
        Rating("C", None, whole.valid_until),
        Rating("A", limit, on),
    ):
        with pytest.raises(CertificateNeedsRating):
            certificate_for(rating, [], on)
    with pytest.raises(ListedMayNotHoldCertificate):
        certificate_for(whole, ["dishonesty"], on)


@pytest.mark.clause("ZJ-7(b)")
async def test_the_entry_rate_counts_rated_households_with_complete_answers(registry: ServiceUnderTest) -> None:
    """A missing answer is no entry; households without a rating are not in the base."""
    lacking = {key: value for key, value in GOOD_ANSWERS.items() if key != "children_at_school"}
    await _rated(registry, Home(), Home(), Home(answers=lacking), Home(answers=FAILING), Home(answers=None))
    found = (await get(registry, f"/ratings/entry-rate?region_code={COUNTY}&as_of=2017-02-01", Role.TOWNSHIP)).json()
    assert (found["rated_count"], found["complete_count"], found["complete_percent"]) == (3, 2, "66.67")
    assert [(each["township_code"], each["complete_percent"]) for each in found["townships"]] == [
        ("500236001", "66.67")
    ]
    for day in ("2017-01-12", "2019-01-13"):  # before the ratings hold, and when they have run out
        other = await get(registry, f"/ratings/entry-rate?region_code={COUNTY}&as_of={day}", Role.TOWNSHIP)
        assert (other.json()["rated_count"], other.json()["complete_percent"]) == (0, None)
