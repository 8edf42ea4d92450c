"""An application is of a product: its path, its contract and the event follow the product's own values."""

from datetime import date

from services.lending.tests.applications.conftest import Lending
from services.lending.tests.applications.counties import Place, county
from shared.access import Role
from shared.policy.pack import PolicyPack

FILED_ON = date(2017, 3, 15)
STEPS = [{"level": "village", "signers": ["village"]}, {"level": "bank", "signers": ["bank"]}]


def with_products(pack: PolicyPack) -> PolicyPack:
    """Return the pack with a dearer loan beside its own that the village alone decides, without a notice."""
    product = {
        "code": "quick",
        "name": {"zh": "快贷", "en": "Quick loan"},
        "approval": {
            "steps": {"value": STEPS, "clause": ["DY-6"]},
            "documents": {"value": [], "clause": ["DY-6"]},
        },
        "public_notice": {"levels": {"value": [], "clause": ["DY-6"]}},
        "interest": {"rate_margin": {"value": "1.25", "clause": ["DY-7"]}},
    }
    return PolicyPack.model_validate({**pack.content(), "products": [product]})


async def place_with_products(lending: Lending) -> Place:
    """Let the next version of a county's pack arrive, with its second product."""
    place = await county(lending, "dingyuan", FILED_ON)
    await lending.confirm_pack(with_products(place.pack), place.county, version=2)
    return place


async def test_a_batch_is_of_one_product_and_goes_its_way(lending: Lending) -> None:
    place = await place_with_products(lending)
    usual = await place.file(place.loan_request("20000.00"))
    quick = await place.file(place.loan_request("20000.00", documents=[]), product_code="quick")
    assert (usual["product_code"], quick["product_code"]) == ("small_loan", "quick")
    checks = {"identity_confirmed": True, "purpose_confirmed": True, "amount_confirmed": True}
    body = {"stage": "village", "decision": "approve", "decided_on": FILED_ON.isoformat(), "checks": checks}
    states = []
    for filed in (usual, quick):
        path = f"/application-batches/{filed['id']}/decisions"
        decided = await place.post(path, body, Role.VILLAGE, subject="village")
        assert decided.status_code == 201, decided.text
        states.append(decided.json()["states"])
    assert states[0] != states[1] == {"approved": 1}


async def test_an_unknown_product_is_refused_with_those_of_the_county(lending: Lending) -> None:
    place = await place_with_products(lending)
    body = {
        "township_code": place.village[:9],
        "bank_code": place.bank,
        "filed_on": FILED_ON.isoformat(),
        "product_code": "forest",
        "items": [place.loan_request()],
    }
    answered = await place.post("/application-batches", body, subject="clerk")
    assert (answered.status_code, answered.json()["code"]) == (422, "product-unknown")
    assert answered.json()["values"]["products"] == ["small_loan", "quick"]


async def test_a_contract_has_its_products_rate_and_the_event_names_the_product(lending: Lending) -> None:
    place = await place_with_products(lending)
    pool = lending.service.database.pool
    quick, usual = [await place.ready(amount=amount) for amount in (30_000, 20_000)]
    newest = await pool.fetchval("SELECT pack_id FROM policy_pack WHERE pack_version = 2")
    await pool.execute(
        "UPDATE application SET product_code = 'quick', pack_id = $2, pack_version = 2 WHERE id = $1", quick, newest
    )
    await pool.execute(
        "INSERT INTO reference_rate (rate_id, basis, effective_from, up_to_1y, over_1y_to_5y, over_5y) "
        "VALUES (uuid7(), 'PBOC_BENCHMARK', '2015-10-24', 4.35, 4.75, 4.90)"
    )
    for application_id, amount in ((quick, "30000.00"), (usual, "20000.00")):
        number = application_id.hex
        body = {"contract_number": f"C{number}", "bank_reference": f"D{number}", "amount": amount}
        path = f"/applications/{application_id}/disbursements"
        paid = await place.post(
            path, {**body, "disbursed_on": FILED_ON.isoformat()}, Role.BANK, organisation=place.bank
        )
        assert (paid.status_code, paid.json()["product_code"]) == (
            201,
            "quick" if application_id == quick else "small_loan",
        )
    found = await pool.fetch("SELECT product_code, annual_rate::text AS rate FROM loan ORDER BY principal")
    assert [tuple(row) for row in found] == [("small_loan", "4.35"), ("quick", "5.6")]
    recorded = await pool.fetch(
        "SELECT data->>'product_code' AS product FROM outbox WHERE event_name = 'loan-disbursed' "
        "ORDER BY (data->>'principal')::numeric"
    )
    assert [row["product"] for row in recorded] == ["small_loan", "quick"]
