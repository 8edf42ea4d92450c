"""ID numbers, accounts, phones and names never appear in logs, events, NATS, answers or metrics."""

import asyncio
import re
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import asyncpg
import httpx
import pytest

from services.gateway.routing.contracts import SERVICES
from shared.ids import new_id
from tests.faults.payments import signed_in
from tests.journeys.tiny_county import Place
from tests.security.broken import as_json, replaced
from tests.security.callers import Ports, gathered
from tests.security.operations import Operation, of_service
from tools.demo.identity import bank_card, mobile_phone, resident_id, with_wrong_check_digit
from tools.demo.setting_up import XLSX
from tools.demo.workbook import write_workbook

pytestmark = pytest.mark.asyncio(loop_scope="session")

RNG = Random(20171105)
STRANGER = resident_id("500236", date(1979, 11, 5), 777)  # on no register
SLIP_OF_THE_PEN = with_wrong_check_digit(STRANGER, RNG)
PHONE = mobile_phone(RNG)
CARD = bank_card(876_543_210)
PLANTED = (STRANGER, SLIP_OF_THE_PEN, PHONE, CARD)
ENOUGH_OF_A_NAME = 3  # characters; shorter names may be parts of other words


def marks_of_the_register(place: Place) -> set[str]:
    """Return what identifies the people of the imported sheet, wrong rows included."""
    people = place.county.population.households
    numbers = {number for each in people for number in (each.resident_id, each.phone, each.bank_account)}
    return numbers | {each.head_name for each in people if len(each.head_name) >= ENOUGH_OF_A_NAME}


def found_in(text: str, marks: set[str] | tuple[str, ...]) -> set[str]:
    """Return the marks that stand in a text."""
    return set(re.findall("|".join(re.escape(mark) for mark in sorted(marks)), text))


async def plant(ports: Ports, operation: Operation, where: str) -> httpx.Response:
    """Send personal data to an operation, where they do not belong or make it fail."""
    token = ports.token(operation.service, operation.an_allowed_role)
    content: dict[str, Any] = {}
    if where == "path":
        content["path"] = re.sub(r"\{\w+\}", STRANGER, operation.template) + ("" if "{" in operation.template else CARD)
    elif where == "query":
        content["params"] = operation.query() | dict.fromkeys(operation.query_parameters(), STRANGER)
    elif where == "unknown field" and operation.media_type == "application/json":
        content["json"] = {"id_number": STRANGER, "phone": PHONE, "account": CARD, STRANGER: 1}
    elif where == "every text" and operation.media_type == "application/json":
        body = replaced(operation.body(ports.ids), "planting", STRANGER)
        content |= {"content": as_json(body), "json": None, "headers": {"Content-Type": "application/json"}}
    elif operation.media_type is not None:
        content |= {"content": f"{STRANGER},{PHONE},{CARD}\n{STRANGER},1,2,3,4".encode(), "json": None}
    answer: httpx.Response = await ports.call(operation, token, with_key=operation.takes_key, **content)
    return answer


async def test_error_answers_repeat_no_personal_data(ports: Ports) -> None:
    cases = [
        (operation, where)
        for service in SERVICES
        for operation in of_service(service)
        for where in ("path", "query", "unknown field", "every text")
    ]
    answers = await gathered(plant(ports, operation, where) for operation, where in cases)
    leaking = {
        f"{operation.name}, {where}: {answer.text[:300]}"
        for (operation, where), answer in zip(cases, answers, strict=True)
        if answer.status_code >= 400 and found_in(answer.text, PLANTED)
    }
    assert not leaking, "\n".join(sorted(leaking))
    assert sum(answer.status_code >= 400 for answer in answers) > 200


async def test_the_gateways_answers_repeat_no_personal_data(place: Place) -> None:
    headers = await signed_in(place, "poverty.office")
    form = {"grant_type": "password", "username": STRANGER, "password": CARD}
    answers = [
        await place.http.post("/oauth/token", data=form),
        await place.http.get(f"/api/v1/people/{STRANGER}", headers=headers),
        await place.http.get(f"/api/v1/households/{STRANGER}", headers=headers),
        await place.http.get(
            "/api/v1/households", params={"region_code": "500236", "household_number": PHONE * 9}, headers=headers
        ),
        await place.http.get(f"/{STRANGER}"),
        await place.http.get("/api/v1/me", headers={"Authorization": f"Bearer {STRANGER}"}),
    ]
    for answer in answers:
        assert answer.status_code >= 400
        assert not found_in(answer.text, PLANTED), answer.text


async def test_wrong_rows_of_a_sheet_come_back_only_in_the_sheet_of_rejections(place: Place) -> None:
    county = place.county
    wrong = [each for each in county.population.households if each.fault is not None]
    sheet = county.folder / "wrong-rows.xlsx"
    write_workbook(sheet, wrong, county.pack.rating_scheme())
    headers = await signed_in(place, "poverty.office") | {"Idempotency-Key": str(new_id()), "Content-Type": XLSX}
    answer = await place.http.post(
        "/api/v1/household-imports",
        params={"county_code": county.code},
        content=sheet.read_bytes(),
        headers=headers,
    )
    assert answer.status_code == 202, answer.text
    shown = await place.http.get(f"/api/v1/household-imports/{answer.json()['id']}", headers=headers)
    while shown.json()["state"] not in {"finished", "failed"}:
        await asyncio.sleep(0.1)
        shown = await place.http.get(f"/api/v1/household-imports/{answer.json()['id']}", headers=headers)
    assert shown.json()["state"] == "finished", shown.text
    assert not found_in(answer.text + shown.text, marks_of_the_register(place))
    listed = await county.offices["poverty.office"].every("/households", region_code=county.code)
    assert not found_in(str(listed), marks_of_the_register(place)), "lists and files show masked data only"


async def test_logs_metrics_and_events_hold_no_personal_data(place: Place, ports: Ports) -> None:
    for operation in of_service("registry"):  # whatever ran before, these were planted by now
        await plant(ports, operation, "every text")
        await plant(ports, operation, "query")
    marks = marks_of_the_register(place) | set(PLANTED)
    folder = Path(place.platform.data_dir)
    for log in sorted((folder / "logs").glob("*.log*")):
        assert not found_in(log.read_text(errors="replace"), marks), log.name
    for service, url in place.platform.urls.items():
        assert not found_in((await place.http.get(f"{url}/metrics")).text, marks), service
    stored = [path.read_bytes().decode("utf-8", "replace") for path in (folder / "nats").rglob("*.blk")]
    assert any("loan-disbursed" in text for text in stored)
    assert not any(found_in(text, marks) for text in stored)
    for service in SERVICES:  # a clerk's own words are stored with a decision, but they never travel
        for query in (
            "SELECT data::text FROM outbox",
            "SELECT encode(body, 'escape') FROM parked_message",
        ):
            for text in await _texts(place, service, query):
                assert not found_in(text, marks), f"{service}: {query}"


async def test_databases_hold_the_registers_personal_data_sealed_only(place: Place) -> None:
    marks, rows_read = marks_of_the_register(place), 0
    tables = "SELECT quote_ident(table_name) FROM information_schema.tables WHERE table_schema = 'public'"
    for service in SERVICES:
        for table in await _texts(place, service, tables):
            for row in await _texts(place, service, f"SELECT t::text FROM {table} t"):
                assert not found_in(row, marks), f"{service}.{table}"
                rows_read += 1
    assert rows_read > len(place.county.population.registered)  # the register was among what was read


async def _texts(place: Place, service: str, query: str) -> list[str]:
    connection = await asyncpg.connect(place.platform.env[f"RECONCILE_{service.upper()}_DATABASE_URL"])
    try:
        return [row[0] or "" for row in await connection.fetch(query)]
    finally:
        await connection.close()
