"""Filing: who may not borrow is refused with every reason, the others are filed; nothing twice, nothing elsewhere."""

import asyncio
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from services.lending.tests.applications.conftest import (
    BANK,
    COUNTY,
    OTHER_VILLAGE,
    PAPERS,
    TOWNSHIP,
    VILLAGE,
    Lending,
    batch,
    changed_pack,
    loan_request,
)
from services.lending.tests.applications.peers import household_id
from shared.access import Role
from shared.events.lending import ApplicationRefused
from shared.ids import new_id
from shared.testing.crossings import FILES_MAX, crossed


@pytest.mark.clause("DZ-4")
async def test_who_may_not_borrow_is_refused_with_every_reason(lending: Lending) -> None:
    lending.registry.reasons[f"{VILLAGE}-2"] = ["age-above-maximum", "excluded-kind", "purpose-forbidden"]
    nowhere = {"purpose": "real_estate", "branch_id": str(new_id())}
    filed = await lending.file(loan_request(f"{VILLAGE}-1"), loan_request(f"{VILLAGE}-2", **nowhere))

    assert (filed["filed_count"], filed["filed_amount"]) == (1, "50000.00")
    assert (filed["refused_count"], filed["refused_amount"]) == (1, "50000.00")
    refused = {entry["household_number"]: [r["code"] for r in entry["reasons"]] for entry in filed["refusals"]}
    assert refused == {
        f"{VILLAGE}-2": ["age-above-maximum", "excluded-kind", "purpose-forbidden", "branch-not-of-bank"]
    }
    kept = (await lending.get(f"/applications/{filed['refusals'][0]['application_id']}")).json()
    assert kept["state"] == "refused"
    assert [reason["code"] for reason in kept["reasons"]] == refused[f"{VILLAGE}-2"]
    assert kept["eligibility"]["eligible"] is False
    assert kept["eligibility"]["household_version"] == 3
    (event,) = await lending.service.outbox()
    assert (event[0], event[2], event[3]) == ("application-refused", 1, VILLAGE)
    recorded = ApplicationRefused.model_validate_json(await _outbox_json(lending))
    assert recorded.reasons == refused[f"{VILLAGE}-2"]
    assert recorded.stage == "filing"


@pytest.mark.clause("SX-7(a)")
async def test_a_request_with_a_household_nobody_knows_is_refused_whole(lending: Lending) -> None:
    lending.registry.unknown.add(f"{VILLAGE}-3")
    body = batch(loan_request(f"{VILLAGE}-1"), loan_request(f"{VILLAGE}-3"), loan_request("500236101200-1"))
    refused = await lending.post("/application-batches", body, Role.TOWNSHIP, region=TOWNSHIP)
    assert (refused.status_code, refused.json()["code"]) == (404, "household-unknown")
    assert refused.json()["values"]["households"] == [
        f"{VILLAGE}-3",
        "500236101200-1",
    ]  # of another township: looks the same
    assert await lending.count("application_batch") == await lending.count("outbox") == 0


async def _outbox_json(lending: Lending) -> str:
    return str(await lending.service.database.pool.fetchval("SELECT data::text FROM outbox"))


async def test_registry_is_asked_once_for_the_whole_batch(lending: Lending) -> None:
    await lending.file(*(loan_request(f"{VILLAGE}-{number}") for number in range(20)))
    (named,) = lending.registry.lookups
    assert named["county_code"] == COUNTY
    assert named["asker_regions"] == [COUNTY]
    assert named["items"] == [{"household_number": f"{VILLAGE}-{number}"} for number in range(20)]
    (question,) = lending.registry.questions
    assert question["for_application"] is True
    assert question["as_of"] == "2017-01-09"
    assert question["asker_regions"] == [COUNTY]
    assert question["items"][0] == {
        "household_id": str(household_id(f"{VILLAGE}-0")),
        "amount": "50000.00",
        "term_months": 36,
        "industry": "planting",
        "purpose": "planting",
        "bank_code": BANK,
        "mode": "direct",
        "project_stage": "planned",
        "project_investment": "0.00",
        "repayable_amount": "0.00",
        "security": "credit",
        "accepts_supervision": False,
        "volunteers": False,
        "takes_part": False,
        "exposure": {"open_loans": 0, "owed": "0.00", "under_way": "0.00"},
    }
    assert len(question["items"]) == 20


async def test_refuses_a_second_open_application(lending: Lending) -> None:
    first = await lending.file(loan_request(f"{VILLAGE}-1", "20000.00"), loan_request(f"{VILLAGE}-1", "20000.00"))
    assert (first["filed_count"], first["refused_count"]) == (1, 1)
    second = await lending.file(loan_request(f"{VILLAGE}-1", "10000.00"))
    for filed in (first, second):
        assert [reason["code"] for reason in filed["refusals"][0]["reasons"]] == ["application-open"]


async def test_the_database_refuses_a_second_open_application(lending: Lending) -> None:
    filed = await lending.file(loan_request(f"{VILLAGE}-1"))
    with pytest.raises(asyncpg.UniqueViolationError):
        await lending.service.database.pool.execute(
            "INSERT INTO application (id, household_id, household_number, village_code, township_code, county_code, "
            "bank_code, amount, term_months, industry, purpose, state, state_from, pack_id, pack_version, "
            "eligibility, filed_on, filed_by) SELECT uuid7(), household_id, household_number, village_code, "
            "township_code, county_code, bank_code, amount, term_months, industry, purpose, state, state_from, "
            "pack_id, pack_version, eligibility, filed_on, filed_by FROM application WHERE batch_id = $1",
            UUID(filed["id"]),
        )


async def test_of_two_filings_at_once_one_is_refused(lending: Lending) -> None:
    loan_requests = [loan_request(f"{VILLAGE}-{number}") for number in range(50)]
    filed = await asyncio.gather(*(lending.file(*loan_requests) for _ in range(2)))
    assert sorted(entry["filed_count"] for entry in filed) == [0, 50]
    assert sorted(entry["refused_count"] for entry in filed) == [0, 50]


async def test_refuses_a_household_of_another_township(lending: Lending) -> None:
    filed = await lending.file(loan_request("500236101200-1"))
    assert [reason["code"] for reason in filed["refusals"][0]["reasons"]] == ["other-township"]


async def test_registry_is_asked_with_what_each_household_owes_and_has_applied_for(lending: Lending) -> None:
    await lending.lend(loan_request(f"{VILLAGE}-1", "30000.00"))
    await lending.file(loan_request(f"{VILLAGE}-2", "10000.00"))
    lending.registry.reasons[f"{VILLAGE}-1"] = ["household-cap", "loan-open"]
    filed = await lending.file(*(loan_request(f"{VILLAGE}-{number}", "30000.00") for number in (1, 2, 3)))
    assert [item["exposure"] for item in lending.registry.questions[-1]["items"]] == [
        {"open_loans": 1, "owed": "30000.00", "under_way": "0.00"},
        {"open_loans": 0, "owed": "0.00", "under_way": "10000.00"},
        {"open_loans": 0, "owed": "0.00", "under_way": "0.00"},
    ]
    refused = {entry["household_number"]: [r["code"] for r in entry["reasons"]] for entry in filed["refusals"]}
    assert refused == {f"{VILLAGE}-1": ["household-cap", "loan-open"], f"{VILLAGE}-2": ["application-open"]}


async def test_a_loan_paid_out_while_registry_was_asked_is_not_overlooked(lending: Lending) -> None:
    await lending.bring_to_approved((await lending.file(loan_request(f"{VILLAGE}-1", "30000.00")))["id"])
    (application,) = await lending.ids_of(f"{VILLAGE}-1")
    batch_id = (await lending.get(f"/applications/{application}")).json()["batch_id"]
    assert (await lending.hand_over(batch_id, "2017-02-14")).status_code == 201
    lending.registry.meanwhile = lambda: lending.disburse(application, "2017-02-15")
    body = batch(loan_request(f"{VILLAGE}-1", "10000.00"), filed_on="2017-02-15")
    answered = await lending.post("/application-batches", body, Role.TOWNSHIP, key="filing-0002")
    assert (answered.status_code, answered.json()["code"]) == (409, "changed-meanwhile")
    assert len(await lending.ids_of(f"{VILLAGE}-1")) == 1
    lending.registry.reasons[f"{VILLAGE}-1"] = ["loan-open"]
    again = await lending.post("/application-batches", body, Role.TOWNSHIP, key="filing-0002")
    assert (again.status_code, again.json()["refused_count"]) == (201, 1)
    assert lending.registry.questions[-1]["items"][0]["exposure"]["open_loans"] == 1


@pytest.mark.clause("FJ-12(c)")
async def test_after_a_cut_the_village_gets_less(lending: Lending) -> None:
    await lending.lend(loan_request(f"{VILLAGE}-1"), loan_request(f"{OTHER_VILLAGE}-1"))
    await lending.file(loan_request(f"{VILLAGE}-2", "30000.00"))  # 80 000 lent or under way in the village
    await lending.cut_quota(VILLAGE, "0.20", on="2017-03-01")  # 64 000 from now on

    march = {"filed_on": "2017-03-02"}
    filed = await lending.file(loan_request(f"{VILLAGE}-3", "1000.00"), loan_request(f"{OTHER_VILLAGE}-3"), **march)

    assert filed["filed_count"] == 1
    assert [reason["code"] for reason in filed["refusals"][0]["reasons"]] == ["village-quota-cut"]
    under_way = (await lending.ids_of(f"{VILLAGE}-2"))[0]
    withdrawn = {"withdrawn_on": "2017-03-02", "reason": "不需要了"}
    assert (await lending.post(f"/applications/{under_way}/withdrawals", withdrawn, Role.TOWNSHIP)).status_code == 201
    filed = await lending.file(
        loan_request(f"{VILLAGE}-4", "10000.00"),
        loan_request(f"{VILLAGE}-5", "4000.00"),
        loan_request(f"{VILLAGE}-6", "1000.00"),
        **march,
    )
    assert (filed["filed_count"], filed["refused_count"]) == (2, 1)  # 50 000 + 10 000 + 4 000, and not a yuan more


@pytest.mark.clause("FJ-12(c)")
async def test_a_second_cut_is_taken_off_what_the_first_left(lending: Lending) -> None:
    await lending.lend(loan_request(f"{VILLAGE}-1"), loan_request(f"{VILLAGE}-2"))  # 100 000 lent in the village
    for _ in range(2):
        await lending.cut_quota(VILLAGE, "0.20", on="2017-03-01")
    refused = (await lending.file(loan_request(f"{VILLAGE}-3", "1000.00"), filed_on="2017-03-02"))["refusals"][0]
    assert "64000.00" in refused["reasons"][0]["en"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"items": [{**loan_request(f"{VILLAGE}-1"), "colour": "red"}]},
        {"items": [{**loan_request(f"{VILLAGE}-1"), "amount": 50000.0}]},
        {"items": [{**loan_request(f"{VILLAGE}-1"), "amount": "-5.00"}]},
        {"items": [{**loan_request(f"{VILLAGE}-1"), "amount": "0.00"}]},
        {"items": [{**loan_request(f"{VILLAGE}-1"), "amount": "1.001"}]},
        {"items": [{**loan_request(f"{VILLAGE}-1"), "term_months": "36"}]},
        {"items": [{**loan_request(f"{VILLAGE}-1"), "household_id": str(household_id("x"))}]},
        {"items": []},
        {"township_code": "50023600"},
        {"filed_on": "2017-02-30"},
        {"extra": 1},
    ],
)
async def test_refuses_a_body_that_makes_no_sense(lending: Lending, wrong: dict[str, Any]) -> None:
    body = {**batch(loan_request(f"{VILLAGE}-1")), **wrong}
    answered = await lending.post("/application-batches", body, Role.TOWNSHIP)
    assert (answered.status_code, answered.json()["code"]) == (422, "invalid-request")
    assert not lending.registry.questions
    assert not lending.registry.lookups


async def test_refuses_another_township_and_other_roles(lending: Lending) -> None:
    body = batch(loan_request(f"{VILLAGE}-1"))
    elsewhere = await lending.post("/application-batches", body, Role.TOWNSHIP, region="500236101")
    assert (elsewhere.status_code, elsewhere.json()["code"]) == (403, "outside-region")
    bank = await lending.post("/application-batches", body, Role.BANK, organisation=BANK)
    assert (bank.status_code, bank.json()["code"]) == (403, "right-missing")
    assert await lending.count("application") == 0


async def test_a_repetition_answers_the_same_and_asks_nobody(lending: Lending) -> None:
    body, key = batch(loan_request(f"{VILLAGE}-1")), "filing-0001"
    first = await lending.post("/application-batches", body, Role.TOWNSHIP, key=key)
    lending.registry.fails = True
    again = await lending.post("/application-batches", body, Role.TOWNSHIP, key=key)
    assert (again.status_code, again.content) == (201, first.content)
    other = await lending.post("/application-batches", batch(loan_request(f"{VILLAGE}-2")), Role.TOWNSHIP, key=key)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency-key-reused")
    assert await lending.count("application") == 1


async def test_a_key_is_required(lending: Lending) -> None:
    headers = lending.service.headers(Role.TOWNSHIP, region=COUNTY)
    del headers["Idempotency-Key"]
    answered = await lending.service.client.post(
        "/api/v1/application-batches", json=batch(loan_request(f"{VILLAGE}-1")), headers=headers
    )
    assert (answered.status_code, answered.json()["code"]) == (400, "idempotency-key-missing")


async def test_nothing_is_filed_while_registry_is_away(lending: Lending) -> None:
    lending.registry.fails = True
    answered = await lending.post("/application-batches", batch(loan_request(f"{VILLAGE}-1")), Role.TOWNSHIP)
    assert (answered.status_code, answered.json()["code"]) == (503, "peer-unavailable")
    assert await lending.count("application_batch") == 0


async def test_one_application_as_people_file_it(lending: Lending) -> None:
    body = {**loan_request(f"{VILLAGE}-1"), "bank_code": BANK, "filed_on": "2017-01-09"}
    filed = await lending.post("/applications", body, Role.VILLAGE, region=VILLAGE)
    assert (filed.status_code, filed.json()["state"]) == (201, "filed")
    lending.registry.reasons[f"{VILLAGE}-2"] = ["excluded-kind"]
    refused = await lending.post("/applications", {**body, "household_number": f"{VILLAGE}-2"}, Role.TOWNSHIP)
    assert refused.status_code == 201
    assert (refused.json()["state"], refused.json()["reasons"][0]["code"]) == ("refused", "excluded-kind")
    elsewhere = await lending.post(
        "/applications", {**body, "household_number": f"{OTHER_VILLAGE}-1"}, Role.VILLAGE, region=VILLAGE
    )
    assert (elsewhere.status_code, elsewhere.json()["code"]) == (404, "household-unknown")
    lending.registry.unknown.add(f"{VILLAGE}-3")
    unknown = await lending.post("/applications", {**body, "household_number": f"{VILLAGE}-3"}, Role.TOWNSHIP)
    assert (unknown.status_code, unknown.json()["code"]) == (404, "household-unknown")


@pytest.mark.clause("XX-2")
async def test_a_county_may_forbid_batches(lending: Lending) -> None:
    await lending.confirm_pack(changed_pack(lending.pack, approval__batch_filing=False), version=2)
    answered = await lending.post("/application-batches", batch(loan_request(f"{VILLAGE}-1")), Role.TOWNSHIP)
    assert (answered.status_code, answered.json()["code"]) == (409, "batch-filing-not-allowed")


async def test_without_a_pack_nothing_is_filed(lending: Lending) -> None:
    await lending.register_bank(BANK, "village", "110101")
    body = batch(loan_request("110101001001-1"), township_code="110101001")
    answered = await lending.post("/application-batches", body, Role.TOWNSHIP, region="110101")
    assert (answered.status_code, answered.json()["code"]) == (409, "no-policy-pack-in-force")


@pytest.mark.clause("LG-11", "FJ-4a")
async def test_papers_can_be_put_on_file_later(lending: Lending) -> None:
    filed = await lending.file(loan_request(f"{VILLAGE}-1", documents=["application_form"]))
    (application,) = await lending.ids(filed["id"])
    digest = "ab" * 32
    body = {"documents": ["commitment_letter", {"code": "loan_contract", "sha256": digest}]}
    added = await lending.post(f"/applications/{application}/documents", body, Role.TOWNSHIP)
    assert added.json()["documents"] == ["application_form", "commitment_letter", "loan_contract"]
    assert added.json()["document_digests"] == {"loan_contract": digest}
    for paper, field in (("Loan contract", "code"), ({"code": "loan_contract", "sha256": "0"}, "sha256")):
        wrong = await lending.post(f"/applications/{application}/documents", {"documents": [paper]}, Role.TOWNSHIP)
        assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, f"body.documents.0.{field}")
    elsewhere = await lending.post(f"/applications/{application}/documents", body, Role.TOWNSHIP, region="500236101")
    assert elsewhere.status_code == 404


async def test_lists_show_only_the_callers_regions_and_a_bank_its_own(lending: Lending) -> None:
    await lending.file(loan_request(f"{VILLAGE}-1"), loan_request(f"{OTHER_VILLAGE}-2"))
    await lending.register_bank("OTHER", "village")
    await lending.file(loan_request(f"{VILLAGE}-3"), bank_code="OTHER")

    async def numbers(role: Role, **who: Any) -> list[str]:
        page = (await lending.get("/applications?state=filed", role, **who)).json()
        return sorted(item["household_number"] for item in page["items"])

    assert len(await numbers(Role.SERVICE_CENTRE)) == 3
    assert await numbers(Role.VILLAGE, region=VILLAGE) == [f"{VILLAGE}-1", f"{VILLAGE}-3"]
    assert await numbers(Role.TOWNSHIP, region="500236101") == []
    assert await numbers(Role.BANK, organisation="OTHER") == [f"{VILLAGE}-3"]
    first = (await lending.get("/applications?limit=2")).json()
    rest = (await lending.get(f"/applications?limit=2&cursor={first['next']}")).json()
    assert (len(first["items"]), len(rest["items"]), rest["next"]) == (2, 1, None)
    one = first["items"][0]["id"]
    assert (await lending.get(f"/applications/{one}", Role.TOWNSHIP, region="500236101")).status_code == 404
    assert (await lending.get(f"/applications/{one}", Role.BANK, organisation="THIRD")).status_code == 404
    within = (await lending.get(f"/applications?region_code={OTHER_VILLAGE}")).json()["items"]
    assert [item["household_number"] for item in within] == [f"{OTHER_VILLAGE}-2"]
    assert PAPERS[0] in within[0]["documents"]
    assert within[0]["township_code"] == TOWNSHIP


async def test_every_number_that_the_register_takes_can_borrow(lending: Lending) -> None:
    filed = await lending.file(loan_request(f"{VILLAGE}-1_a/2.b"))
    assert filed["filed_count"] == 1


async def test_what_is_filed_crosses_five_files(lending: Lending) -> None:
    nowhere = loan_request(f"{VILLAGE}-2", branch_id=str(new_id()))
    with crossed() as files:
        filed = await lending.file(loan_request(f"{VILLAGE}-1"), nowhere)
    assert (filed["filed_count"], filed["refused_count"]) == (1, 1)
    assert "lending/applications/routes.py" in files
    assert len(files) <= FILES_MAX, files
