"""Reference rates are published once and never change."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from services.subsidy.tests.county import Loan, ask, confirmed, lend, look, open_programme, pack, prepare
from services.subsidy.tests.test_due_sql import CAPPED, SETTLE_FIRST
from shared.access import Role
from shared.events.subsidy import ReferenceRatePublished
from shared.testing.service import ServiceUnderTest

HISTORY = Path(__file__).resolve().parents[3] / "data" / "reference_rates.csv"
BENCHMARK = {"basis": "PBOC_BENCHMARK", "effective_from": "2015-10-24"}
RATES = {"up_to_1y": "4.35", "over_1y_to_5y": "4.75", "over_5y": "4.90"}


async def _publish(subsidy: ServiceUnderTest, *rates: dict[str, Any], expect: int = 201) -> dict[str, Any]:
    return await ask(subsidy, "/reference-rates", Role.FINANCE_BUREAU, {"rates": list(rates)}, expect=expect)


async def test_the_real_history_is_published_with_a_event_for_each_row(subsidy: ServiceUnderTest) -> None:
    with HISTORY.open(encoding="utf-8") as file:
        rows = [{key: value or None for key, value in row.items()} for row in csv.DictReader(file)]
    rates = [{"basis": row.pop("kind"), **row} for row in rows]
    assert await _publish(subsidy, *rates) == {"published": len(rates), "already_published": 0}
    assert await _publish(subsidy, *rates) == {"published": 0, "already_published": len(rates)}
    events = await subsidy.outbox()
    assert len(events) == len(rates)
    assert {(name, version, region) for name, _, version, region in events} == {("reference-rate-published", 1, "00")}
    for _, data, _, _ in events:
        ReferenceRatePublished.model_validate_json(json.dumps(data))
    shown = await look(subsidy, "/reference-rates?basis=LPR&limit=2")
    assert [row["up_to_1y"] for row in shown["items"]] == ["4.25", "4.2"]
    assert shown["next"]


async def test_refuses_rates_that_contradict_what_is_published(subsidy: ServiceUnderTest) -> None:
    await _publish(subsidy, BENCHMARK | RATES)
    assert await _publish(subsidy, BENCHMARK | RATES | {"up_to_1y": "4.350"}) == {
        "published": 0,
        "already_published": 1,
    }
    refusal = await _publish(subsidy, BENCHMARK | RATES | {"up_to_1y": "4.30"}, expect=409)
    assert (refusal["code"], refusal["values"]["known"]) == ("reference-rate-contradicts", "4.35 % / 4.75 % / 4.9 %")
    twice = BENCHMARK | {"effective_from": "2016-01-01"}
    refusal = await _publish(subsidy, twice | RATES, twice | {"over_5y": "1"}, expect=409)
    assert refusal["code"] == "reference-rate-contradicts"
    assert len((await look(subsidy, "/reference-rates"))["items"]) == 1


NO_RATES: tuple[tuple[dict[str, Any], str], ...] = (
    ({"up_to_1y": 4.35}, "invalid-request"),
    ({"up_to_1y": "-1"}, "invalid-request"),
    ({"up_to_1y": "0"}, "invalid-request"),
    ({"basis": "LIBOR"}, "invalid-request"),
    ({"kind": "LPR"}, "invalid-request"),
    ({"up_to_1y": None, "over_1y_to_5y": None, "over_5y": None}, "reference-rate-empty"),
)


async def test_refuses_what_is_no_rate(subsidy: ServiceUnderTest) -> None:
    for change, code in NO_RATES:
        assert (await _publish(subsidy, BENCHMARK | RATES | change, expect=422))["code"] == code, change


@pytest.mark.clause("DZ-1b")
async def test_a_batch_caps_the_rate_by_the_series_or_names_what_is_missing(subsidy: ServiceUnderTest) -> None:
    await subsidy.deliver(confirmed(pack((SETTLE_FIRST, CAPPED)), version=2))
    loan = Loan(pack_version=2)
    await lend(subsidy, loan, loan.paid("435.00"))
    programme = await open_programme(subsidy)
    refusal = await prepare(subsidy, programme, expect=409)
    assert (refusal["code"], refusal["clause"]) == ("cap-rate-missing", "DZ-1b")
    await _publish(subsidy, {"basis": "LPR", "effective_from": "2017-03-01", "up_to_1y": "9", "over_5y": "3.90"})
    batch = await prepare(subsidy, programme)
    assert (batch["amount"], batch["excluded"]) == ("390.00", {"above_cap": {"count": 1, "interest": "45.00"}})
