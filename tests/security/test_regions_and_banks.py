"""Nobody sees or touches what lies outside the granted region, and a bank nothing of another bank."""

import csv
from typing import Any

import pytest

from shared.access import Grant, Principal, Right, Role
from tests.journeys.tiny_county import PACK_FILE, Place
from tests.security.callers import TOKEN_SECONDS, Ports, gathered, is_problem
from tests.security.operations import COUNTY, Operation, operations
from tools.demo.county import csv_text
from tools.demo.life import HEADER

pytestmark = pytest.mark.asyncio(loop_scope="session")

FILES = {"submit_policy_pack": PACK_FILE, "submit_policy_base": PACK_FILE.parents[1] / "bases" / "shanxi.yaml"}
ELSEWHERE = "500237"
TOWNSHIP, SIBLING = "500236001", "500236002"
PUBLIC = {Right.REGIONS_READ, Right.PACKS_READ, Right.RATES_READ, Right.QUOTES_READ, Right.LENDERS_READ}
OF_THE_COUNTRY = {Right.REGIONS_LOAD, Right.RATES_PUBLISH, Right.LENDERS_REGISTER}  # belong to no county
JUDGED_BY_LINE = ("disburse_file", "record_repayment_file", "record_reminder_file")
# What these name is the whole county's, so its townships may look at it.
OF_THE_COUNTY = (
    "campaign",
    "clawback",
    "fund",
    "import",
    "payment_run",
    "programme",
    "rating_progress",  # townships see how far the others are (DY-1)
    "subsidy",
)


def reads() -> list[Operation]:
    """Return the reads of what belongs to a region."""
    return [each for each in operations() if each.method == "GET" and each.right not in PUBLIC]


def writes() -> list[Operation]:
    """Return the writes on what belongs to a region."""
    return [
        each
        for each in operations()
        if each.takes_key and each.right not in OF_THE_COUNTRY and each.name not in JUDGED_BY_LINE
    ]


def people(operation: Operation) -> list[Role]:
    """Return the roles that may call it, without the services' own."""
    return sorted(operation.roles - {Role.SERVICE}, key=str)


def leaks(answer: Any, secret_region: str) -> bool:
    """Return whether an answer shows something of a region to somebody from elsewhere."""
    assert answer.status_code < 500, f"{answer.request.method} {answer.request.url}: {answer.text}"
    if answer.status_code in (403, 404):
        assert is_problem(answer)
        return False
    return answer.status_code != 200 or secret_region in answer.text


@pytest.mark.clause("SX-7")
async def test_officers_of_another_county_read_nothing_of_this_one(ports: Ports) -> None:
    asked = [
        (operation, role, region)
        for operation in reads()
        for role in people(operation)
        for region in ([{}, {"region_code": COUNTY}] if "region_code" in operation.query_parameters() else [{}])
    ]
    answers = await gathered(
        ports.call(operation, ports.token(operation.service, role, ELSEWHERE), params=operation.query() | region)
        for operation, role, region in asked
    )
    leaking = {
        f"{operation.name} {role} {region}: {answer.status_code} {answer.text[:300]}"
        for (operation, role, region), answer in zip(asked, answers, strict=True)
        if leaks(answer, COUNTY)
    }
    assert not leaking, "\n".join(sorted(leaking))


@pytest.mark.clause("SX-7", "DZ-6")
async def test_a_sibling_township_reads_nothing_of_its_neighbours_households_and_loans(ports: Ports) -> None:
    asked = [
        (operation, role)
        for operation in reads()
        for role in (Role.TOWNSHIP, Role.VILLAGE, Role.HELPER)
        if role in operation.roles and not any(word in operation.name for word in OF_THE_COUNTY)
    ]
    answers = await gathered(
        ports.call(
            operation,
            ports.token(operation.service, role, SIBLING),
            params=operation.query()
            | ({"region_code": TOWNSHIP} if "region_code" in operation.query_parameters() else {}),
        )
        for operation, role in asked
    )
    leaking = {
        f"{operation.name} {role}: {answer.status_code} {answer.text[:300]}"
        for (operation, role), answer in zip(asked, answers, strict=True)
        if leaks(answer, TOWNSHIP)
    }
    assert not leaking, "\n".join(sorted(leaking))
    assert len(asked) > 20


@pytest.mark.clause("SX-7")
async def test_officers_of_another_county_change_nothing_in_this_one(ports: Ports) -> None:
    before = await ports.recorded()
    asked = [(operation, role) for operation in writes() for role in people(operation)]
    answers = [
        await ports.call(
            operation, ports.token(operation.service, role, ELSEWHERE), with_key=True, **content_of(operation, ports)
        )
        for operation, role in asked
    ]
    wrong = {
        f"{operation.name} {role}: {answer.status_code} {answer.text[:300]}"
        for (operation, role), answer in zip(asked, answers, strict=True)
        if answer.status_code not in (403, 404) or not is_problem(answer)
    }
    assert not wrong, "\n".join(sorted(wrong))
    assert await ports.recorded() == before


def content_of(operation: Operation, ports: Ports) -> dict[str, Any]:
    """Return a right body for a write."""
    if operation.media_type == "application/json":
        return {"json": operation.body(ports.ids)}
    file = FILES.get(operation.name)
    return {"content": file.read_bytes()} if file else {}


@pytest.mark.clause("SX-7", "DZ-6")
async def test_a_sibling_township_decides_and_files_nothing_for_its_neighbour(ports: Ports) -> None:
    before = await ports.recorded()
    asked = [
        (operation, role)
        for operation in writes()
        for role in (Role.TOWNSHIP, Role.VILLAGE)
        if role in operation.roles and operation.service == "lending" and "decide" not in operation.name
    ]
    for operation, role in asked:
        token = ports.token("lending", role, SIBLING)
        if "objection_id" in operation.template or "notice_id" in operation.template:
            continue  # whose village these are in, the run decides
        answer = await ports.call(operation, token, with_key=True, **content_of(operation, ports))
        assert answer.status_code in (403, 404), f"{operation.name} {role}: {answer.text}"
    assert await ports.recorded() == before


BANK_READS = ("get_loan", "list_installments", "list_repayments", "list_loan_recoveries", "get_repayment_file")
BANK_WRITES = ("record_repayment", "report_default", "record_recovery", "disburse_application")


async def test_a_bank_sees_and_repays_nothing_of_another_banks_loan(ports: Ports) -> None:
    known = {operation.name: operation for operation in operations() if operation.service == "lending"}
    token = ports.token("lending", Role.BANK, organisation="ABC")
    before = await ports.recorded()
    for name in (*BANK_READS, *BANK_WRITES):
        answer = await ports.call(known[name], token, with_key=name in BANK_WRITES, **content_of(known[name], ports))
        assert answer.status_code in (403, 404), f"{name}: {answer.text}"
        assert "RCB" not in answer.text
    assert await ports.recorded() == before


async def test_a_bank_claims_and_insures_nothing_of_another_banks_loan(ports: Ports) -> None:
    token = ports.token("riskfund", Role.BANK, organisation="XYZ")
    before = await ports.recorded()
    for operation in operations():
        if operation.service == "riskfund" and Role.BANK in operation.roles and "fund" not in operation.name:
            answer = await ports.call(operation, token, with_key=operation.takes_key, **content_of(operation, ports))
            seen = answer.status_code == 200 and answer.json()["items"]
            assert answer.status_code in (200, 403, 404), f"{operation.name}: {answer.text}"
            assert not seen, operation.name
    assert await ports.recorded() == before


@pytest.mark.parametrize("account", ["bank.rcb", "bank.abc", "bank.psbc"])
async def test_a_banks_lists_hold_its_own_loans_only(place: Place, account: str) -> None:
    bank, code = place.county.offices[account], account.removeprefix("bank.").upper()
    loans = await bank.every("/loans", region_code=place.county.code)
    assert {loan["bank_code"] for loan in loans} == {code}
    everybodys = await place.county.offices["auditor"].every("/loans", region_code=place.county.code)
    assert len(loans) == sum(loan["bank_code"] == code for loan in everybodys)
    own = {loan["contract_number"] for loan in loans}
    dues = (await bank.download("/dues.csv", due_through="2030-12-31")).decode()
    assert {line["contract_number"] for line in csv.DictReader(dues.splitlines())} <= own
    for path in ("/claims", "/recoveries", "/applications"):
        assert {row["bank_code"] for row in await bank.every(path, region_code=place.county.code)} <= {code}


@pytest.mark.parametrize(("organisation", "region"), [("ABC", COUNTY), ("RCB", ELSEWHERE), (None, COUNTY)])
async def test_a_line_on_a_loan_of_another_bank_or_county_is_not_recorded(
    place: Place, ports: Ports, organisation: str | None, region: str
) -> None:
    (operation,) = [each for each in operations() if each.name == "record_repayment_file"]
    (loan, *_) = [loan for loan in place.county.loans if loan.loan_id == ports.ids["lending.loan_id"]]
    lines = [("planted-1", loan.contract_number, "repayment", "2018-12-20", "0.01")]
    if organisation is None:
        caller = Principal("nobody", "nobody", (Grant(Role.BANK, region),))
        token = ports.signer.sign(caller, "lending", TOKEN_SECONDS)
    else:
        token = ports.token("lending", Role.BANK, region, organisation)
    answer = await ports.call(
        operation,
        token,
        with_key=True,
        content=csv_text(HEADER, lines),
        params={"line_count": "1", "total_amount": "0.01"},
    )
    if organisation is None:
        assert (answer.status_code, answer.json()["code"]) == (403, "organisation-missing")
        return
    assert (answer.status_code, answer.json()["recorded_count"]) == (201, 0)
    (rejection,) = answer.json()["rejections"]
    assert rejection["code"] == ("loan-of-another-bank" if region == COUNTY else "loan-unknown")
