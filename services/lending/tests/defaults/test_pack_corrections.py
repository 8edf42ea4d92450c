"""A correction of a wrong pack reaches what is decided about loans signed under it; the loan says what it follows."""

from datetime import date
from typing import Any
from uuid import UUID

import orjson

from services.lending.tests.county import COUNTY, County
from services.lending.tests.defaults.test_defaults import report
from shared.events.registry import PackCorrected, PolicyPackConfirmed
from shared.ids import new_id

SOON = [{"cause": "death", "counts_from": "overdue", "days": 30}]  # version 1: three months after maturity


async def right_version(county: County, section: str = "compensation", key: str = "waits", value: Any = SOON) -> UUID:
    """Let version 2 of the county's pack arrive, with another value, and return its id."""
    pool = county.service.database.pool
    content = await pool.fetchval("SELECT content FROM policy_pack WHERE pack_version = 1")
    content = orjson.loads(orjson.dumps(content))
    content["header"]["version"] = 2
    left_out = {"assumed": True, "reason": "Set by a test."}
    content[section][key] = {**(content[section].get(key) or left_out), "value": value}
    event = PolicyPackConfirmed(
        pack_id=new_id(),
        county_code=COUNTY,
        pack_version=2,
        effective_from=date(2017, 1, 1),
        content_hash="0" * 64,
        content=content,
    )
    await county.service.deliver(event)
    return event.pack_id


async def test_a_default_that_a_wrong_wait_forbids_is_reported_after_the_correction(county: County) -> None:
    loan = await county.lend("50000.00")
    signed, right = county.pack_id, await right_version(county)
    died = {"cause": "death", "died_on": "2018-01-10"}
    early = await report(county, loan["id"], **died)
    assert (early.status_code, early.json()["code"]) == (409, "default-too-early")
    correction = PackCorrected(
        correction_id=new_id(),
        county_code=COUNTY,
        pack_id=signed,
        number=1,
        follows_pack_id=right,
        keys=("compensation.waits",),
        effective_from=date(2018, 3, 20),
    )
    await county.service.deliver(correction)
    before = (await county.get(f"/api/v1/loans/{loan['id']}/policy?as_of=2018-03-19")).json()
    assert (before["pack_id"], before["pack_version"], before["corrections"]) == (str(signed), 1, [])
    shown = (await county.get(f"/api/v1/loans/{loan['id']}/policy?as_of=2018-03-20")).json()
    assert shown["corrections"] == [
        {
            "correction_id": str(correction.correction_id),
            "number": 1,
            "follows_pack_id": str(right),
            "follows_pack_version": 2,
            "keys": ["compensation.waits"],
            "effective_from": "2018-03-20",
        }
    ]
    assert (await report(county, loan["id"], **died)).status_code == 201


async def test_what_a_loan_of_another_bank_follows_is_not_shown(county: County) -> None:
    loan = await county.lend("50000.00")
    answer = await county.get(f"/api/v1/loans/{loan['id']}/policy", bank="otherbank")
    assert (answer.status_code, answer.json()["code"]) == (404, "loan-unknown")
