"""Two lending processes and one risk fund: whatever is paid out at once, never more than the fund covers.

Long: a platform of its own, whose banks are handed over more than the fund covers once the cover of some has expired.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from decimal import Decimal
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from deploy.embedded.ports import free_port
from deploy.platform import Platform
from deploy.services import await_service, service_child
from shared.access import Grant, Principal, Right, Role
from shared.dates import today_in_china
from shared.ids import new_id
from shared.tokens import TokenSigner
from tests.faults.convergence import ensure_settled
from tests.journeys.tiny_county import Place, county_on, running_platform, unseen
from tools.demo import applying, programmes, rating, setting_up

pytestmark = [pytest.mark.chaos, pytest.mark.long, pytest.mark.asyncio(loop_scope="module")]

TOKEN_SECONDS = 600
REFUSED = {"cover-expired", "loan-changing", "peer-unavailable"}  # the last two: to be sent again


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def handed_over() -> AsyncIterator[Place]:
    """Return a county whose first applications lost their cover, and whose later ones took a part of it."""
    with running_platform() as platform:
        async with county_on(platform) as place:
            county = place.county
            await setting_up.load_regions(county)
            await setting_up.publish_packs(county)
            await setting_up.publish_rates(county)
            await setting_up.register_lenders(county)
            await setting_up.open_fund(county)
            await programmes.open_programme(county, 2017)
            await setting_up.import_households(county, unseen)
            await setting_up.learn_household_ids(county)
            await rating.rate_households(county)
            within, beyond = applying.first_round(county)
            await applying.run_batches(county, within, unseen)
            body = {"as_of": today_in_china().isoformat(), "county_code": county.code}
            await county.offices.with_right(Right.JOBS_RUN).post("/jobs/expire-reservations/runs", body)
            await applying.run_batches(county, beyond, unseen)
            yield place


@contextmanager
def another_lending(platform: Platform) -> Iterator[str]:
    """Run a second process of lending beside the platform's, on the same database; yield its URL."""
    port = free_port(set())
    environment = {**platform.env, "LENDING_PORT": str(port)}
    child = service_child("lending", None, environment, Path(platform.data_dir) / "logs" / "lending-2.log", {})
    child.start()
    try:
        await_service(child, port)
        yield f"http://127.0.0.1:{port}"
    finally:
        child.stop()


async def fund(place: Place) -> dict[str, Decimal]:
    """Return what the fund covers, holds for applications, and may cover at most."""
    report = (await place.reports())["riskfund"]
    return {name: Decimal(report[name]) for name in ("exposure", "reserved", "limit")}


async def paid_out(place: Place, url: str, bank_code: str, row: dict[str, Any], number: int) -> str:
    """Let a bank pay one loan out through one process, again while it is asked to; return what became of it."""
    caller = Principal("bank", "bank", (Grant(Role.BANK, place.county.code),), bank_code)
    signer = TokenSigner.from_directory(Path(place.platform.env["PLATFORM_KEYS_DIR"]), "gateway")
    headers = {"Authorization": f"Bearer {signer.sign(caller, 'lending', TOKEN_SECONDS)}"}
    body = {
        "contract_number": f"TWO-{number}",
        "bank_reference": f"TWO-{number}",
        "disbursed_on": row["handed_over_on"],
        "amount": row["amount"],
        "bank_reason": applying.BANK_REASON,
    }
    for _ in range(20):
        path = f"{url}/api/v1/applications/{row['id']}/disbursements"
        answer = await place.http.post(path, json=body, headers=headers | {"Idempotency-Key": str(new_id())})
        code = "taken" if answer.status_code == 201 else str(answer.json()["code"])
        if code in {"taken", "cover-expired"}:
            return code
        assert code in REFUSED, answer.text
        await asyncio.sleep(0.3)
    raise AssertionError(f"never answered: {code}")


async def test_two_processes_at_once_never_pay_out_more_than_the_fund_covers(handed_over: Place) -> None:
    place = handed_over
    banks = {code: await place.county.offices.bank(code).every("/handed-over-applications")
             for code in place.county.banks}  # fmt: skip
    rows = [(code, row) for code, found in banks.items() for row in found]
    asked = sum((Decimal(row["amount"]) for _, row in rows), Decimal(0))
    before = await fund(place)
    assert before["exposure"] == 0 < before["reserved"] < before["limit"] < asked, "the fund does not reach for all"
    with another_lending(place.platform) as second:
        urls = cycle([place.platform.urls["lending"], second])
        paying = [
            asyncio.create_task(paid_out(place, url, code, row, number))
            for number, ((code, row), url) in enumerate(zip(rows, urls, strict=False))
        ]
        while not all(task.done() for task in paying):
            now = await fund(place)
            assert now["exposure"] + now["reserved"] <= now["limit"]
            await asyncio.sleep(0.05)
        outcomes = [await task for task in paying]
    assert set(outcomes) == {"taken", "cover-expired"}
    await ensure_settled(place)
    after = await fund(place)
    lent = sum((Decimal(row["amount"]) for (_, row), was in zip(rows, outcomes, strict=True) if was == "taken"),
               Decimal(0))  # fmt: skip
    assert (after["exposure"], after["reserved"]) == (lent, Decimal(0))
    assert lent <= after["limit"]
    refused = [Decimal(row["amount"]) for (_, row), was in zip(rows, outcomes, strict=True) if was != "taken"]
    assert lent + min(refused) > after["limit"], "whoever was refused would not have fitted"
