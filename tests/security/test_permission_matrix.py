"""Every operation × every role: who lacks the right is refused by name, at the gateway and at a service's own port."""

from typing import Any

import pytest

from services.gateway.routing.contracts import SERVICES
from shared.access import Principal, Role
from shared.ids import new_id
from shared.tokens import TokenSigner
from tests.faults.payments import signed_in
from tests.journeys.tiny_county import Place
from tests.security.callers import TOKEN_SECONDS, Ports, gathered, is_problem
from tests.security.operations import COUNTY, Operation, of_service, operations
from tools.demo.session import Caller

pytestmark = pytest.mark.asyncio(loop_scope="session")

ACCOUNTS = {
    "admin": Role.ADMIN,
    "poverty.office": Role.POVERTY_OFFICE,
    "finance.bureau": Role.FINANCE_BUREAU,
    "service.centre": Role.SERVICE_CENTRE,
    "auditor": Role.AUDITOR,
    "central.bank": Role.CENTRAL_BANK,
    "township.500236001": Role.TOWNSHIP,
    "villages.500236001": Role.VILLAGE,
    "bank.rcb": Role.BANK,
    "insurer.picc": Role.INSURER,
}


def verdict(answer: Any) -> str:
    """Return 'refused' for a missing right, 'admitted' for anything else that is no failure."""
    assert answer.status_code < 500, f"{answer.request.method} {answer.request.url}: {answer.text}"
    assert answer.status_code != 401, answer.text
    if answer.status_code == 403 and answer.json()["code"] == "right-missing":
        assert is_problem(answer)
        return "refused"
    return "admitted"


@pytest.mark.parametrize("service", SERVICES)
async def test_a_service_admits_exactly_the_roles_that_hold_the_right(ports: Ports, service: str) -> None:
    pairs = [(operation, role) for operation in of_service(service) for role in Role]
    # Without an Idempotency-Key and with an empty body, nobody's request gets as far as doing anything.
    answers = await gathered(ports.call(operation, ports.token(service, role)) for operation, role in pairs)
    wrong = [
        f"{role} {operation.name}: {verdict(answer)}"
        for (operation, role), answer in zip(pairs, answers, strict=True)
        if verdict(answer) != ("admitted" if role in operation.roles else "refused")
    ]
    assert wrong == []


async def test_the_gateway_refuses_real_accounts_what_their_roles_do_not_carry(place: Place) -> None:
    for account, role in ACCOUNTS.items():
        headers = await signed_in(place, account)
        lacking = [operation for operation in operations() if role not in operation.roles]
        answers = await gathered(
            place.http.request(operation.method, operation.path({}), headers=headers) for operation in lacking
        )
        assert len(lacking) > 20
        assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {(403, "right-missing")}, account


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer x.y.z", "Basic YWRtaW46YWRtaW4="])
async def test_nobody_gets_in_without_a_token_neither_at_the_gateway_nor_at_a_services_port(
    place: Place, ports: Ports, header: str | None
) -> None:
    headers = {} if header is None else {"Authorization": header}
    known = operations()
    answers = await gathered(
        place.http.request(operation.method, f"{base}{operation.path({})}", headers=headers)
        for operation in known
        for base in (place.platform.urls["gateway"], place.platform.urls[operation.service])
    )
    assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {(401, "token-refused")}
    assert all(is_problem(answer) and answer.headers["www-authenticate"] == "Bearer" for answer in answers)


GRANTED_ON = ("", "50", "5002", COUNTY, "500236001", "500236001201", "500236002", "500235", "41")


def granting(role: Role, region: str) -> list[tuple[str, dict[str, Any], str]]:
    """Return requests that would give a grant, each with the refusal it meets when the grant itself is allowed."""
    grants = [{"role": role, "region": region}]
    named = {"display_name": "新人", "grants": grants}
    program = {**named, "client_id": "new.program", "client_secret": "weak", "organisation": "RCB"}
    return [
        ("people", {"people": [{**named, "username": "new.person", "password": "weak"}]}, "password-too-weak"),
        ("api-clients", program, "password-too-weak"),
        ("grants", {"username": "not.there", "grants": grants}, "account-unknown"),
    ]


async def administrator_of(place: Place, region: str) -> str:
    """Return the account of an administrator of a region, made by the national one."""
    if not region:
        return "admin"
    username, password = f"admin.{region}", "mountain-river-2017"
    grants = [{"role": Role.ADMIN, "region": region}]
    person = {"username": username, "display_name": "管理员", "password": password, "grants": grants}
    await place.county.offices["admin"].post("/people", {"people": [person]})
    place.county.offices.people[username] = Caller(place.http, username, password)
    return username


@pytest.mark.clause("SX-7")
@pytest.mark.parametrize("own_region", ["", COUNTY, "500236001"])
async def test_an_administrator_grants_every_role_but_the_platforms_own_inside_the_own_region_only(
    place: Place, own_region: str
) -> None:
    username = await administrator_of(place, own_region)
    headers = await signed_in(place, username)
    asked = [(role, region, *request) for role in Role for region in GRANTED_ON for request in granting(role, region)]
    answers = await gathered(
        place.http.post(f"/api/v1/{path}", json=body, headers=headers | {"Idempotency-Key": str(new_id())})
        for _, _, path, body, _ in asked
    )
    wrong = []
    for (role, region, path, _, when_allowed), answer in zip(asked, answers, strict=True):
        expected = when_allowed if region.startswith(own_region) else "grant-outside-region"
        expected = "role-not-grantable" if role is Role.SERVICE else expected
        if answer.json()["code"] != expected:
            wrong.append(f"{role} on {region!r} by {path}: {answer.status_code} {answer.json()['code']}")
    assert wrong == []
    own = {"username": username, "grants": [{"role": Role.TOWNSHIP, "region": "500236001"}]}
    key = {"Idempotency-Key": str(new_id())}
    answer = await place.http.post("/api/v1/grants", json=own, headers=headers | key)
    assert (answer.status_code, answer.json()["code"]) == (403, "grant-to-oneself")


async def test_an_operation_nobody_has_is_404_for_everybody(place: Place) -> None:
    headers = await signed_in(place, "admin")
    for method, path in (("DELETE", "/loans/1"), ("GET", "/loans/1/2/3"), ("PUT", "/people"), ("POST", "/")):
        answer = await place.http.request(method, f"/api/v1{path}", headers=headers)
        assert answer.status_code in (404, 405)
        assert is_problem(answer)


def reading(service: str) -> Operation:
    """Return a read of the service that every role of the county's centre may do."""
    names = {
        "registry": "list_regions",
        "lending": "list_loans",
        "subsidy": "list_programmes",
        "riskfund": "list_funds",
    }
    return next(operation for operation in of_service(service) if operation.name == names[service])


@pytest.mark.parametrize("service", SERVICES)
async def test_a_token_for_one_audience_is_refused_by_every_other(place: Place, ports: Ports, service: str) -> None:
    operation = reading(service)
    own = ports.token(service, Role.SERVICE_CENTRE)
    assert (await ports.call(operation, own)).status_code == 200
    others = [ports.token(other, Role.SERVICE_CENTRE) for other in (*SERVICES, "gateway", "") if other != service]
    person = (await signed_in(place, "service.centre"))["Authorization"].removeprefix("Bearer ")
    for token in (*others, person):
        answer = await ports.call(operation, token)
        assert (answer.status_code, answer.json()["code"]) == (401, "token-refused")
    at_gateway = await place.http.get("/api/v1/loans", headers={"Authorization": f"Bearer {own}"})
    assert (at_gateway.status_code, at_gateway.json()["code"]) == (401, "token-refused")


async def test_forged_and_stale_tokens_are_refused(ports: Ports) -> None:
    operation = reading("lending")
    caller = Principal("forger", "forger", ())
    good = ports.token("lending", Role.SERVICE_CENTRE)
    head, claims, signature = good.split(".")
    none = (
        "eyJhbGciOiJub25lIiwidHlwIjoiYXQrand0Iiwia2lkIjoiZ2F0ZXdheSJ9"  # {"alg":"none","typ":"at+jwt","kid":"gateway"}
    )
    forged = [
        f"{none}.{claims}.",
        f"{head}.{claims}.{signature[:-4]}AAAA",
        f"{head}.{claims}",
        ports.signer.sign(caller, "lending", -1),
        TokenSigner("lending", ports.signer.key).sign(caller, "lending", TOKEN_SECONDS),  # another issuer's name
        ports.signer.sign(caller, "lending", TOKEN_SECONDS, grants=[["king", ""]]),
        good + "a" * 20_000,
    ]
    for token in forged:
        answer = await ports.call(operation, token)
        assert (answer.status_code, answer.json()["code"]) == (401, "token-refused"), token[:60]
