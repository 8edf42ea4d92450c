"""Days at the ends of the calendar are refused: the database's driver would keep them as infinite."""

import pytest

from services.registry.tests.county import post, registered, row
from shared.access import Role
from shared.testing.service import ServiceUnderTest


@pytest.mark.parametrize("day", ["0001-01-01", "1899-12-31", "2201-01-01", "9999-12-31"])
async def test_a_day_nobody_can_mean_is_refused_with_its_name(registry: ServiceUnderTest, day: str) -> None:
    (household,) = await registered(registry, row(1))
    body = {"household_ids": [household], "state": "lifted", "effective_from": day, "reason": "动态调整"}
    answer = await post(registry, "/household-status-changes", body, Role.POVERTY_OFFICE)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid-request")
    [wrong] = answer.json()["errors"]
    assert wrong["field"] == "body.effective_from"
    assert "between 1900-01-01 and 2200-12-31" in str(wrong)
    state = await registry.database.pool.fetchval("SELECT poverty_state FROM household")
    assert state == "registered"
