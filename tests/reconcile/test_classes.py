"""Classifications derived anew: a wrong rule in the services' statement is seen, however consistently they book it."""

from datetime import timedelta
from typing import Final

import asyncpg
import orjson
import pytest

from services.lending.classes import classes_sql
from services.lending.classes.actions import running
from services.lending.classes.queries import bands_of
from shared.jobs import JobRunIn
from tests.reconcile.county import County
from tests.reconcile.test_loan_life import replayed
from tools.reconcile.program import check_world

# The first test of a worker lives through the county, which takes a while on a busy machine.
pytestmark = pytest.mark.timeout(300)

FORGOTTEN: Final = "DELETE FROM loan_class; DELETE FROM class_run"
RIGHT, FIRST_DAY = "f.overdue_from + 1, 0)", "f.overdue_from, 0)"
WRONG_RULES: Final = (
    ("the first day late does not count", RIGHT, FIRST_DAY),
    ("what was paid later is no lateness", "AND p.amount > 0", "AND false"),
    ("a loan that is closed today was never there", "OR l.closed_on > $1", "OR false"),
    ("what came later paid already", "+ coalesce(p.principal, 0.00) AS", "AS"),
)


def _written(value: object) -> str:
    return orjson.dumps(value).decode()


async def classified(conn: "asyncpg.Connection[asyncpg.Record]") -> None:
    """Classify every month of the county again by the services' statement."""
    for name in ("json", "jsonb"):
        await conn.set_type_codec(name, encoder=_written, decoder=orjson.loads, schema="pg_catalog")
    signed = [tuple(row) for row in await conn.fetch("SELECT DISTINCT pack_id, product_code FROM loan")]
    county = await conn.fetchval("SELECT min(county_code) FROM loan")
    months = [row["day"] for row in await conn.fetch(
        "SELECT generate_series(date_trunc('month', min(disbursed_on)), max(matures_on), '1 month')::date - 1 AS day "
        "FROM loan")]  # fmt: skip
    for month in months[1:]:
        body = JobRunIn(as_of=month + timedelta(days=1), county_code=county)
        await running._classify(conn, "nobody", body, month, await bands_of(conn, signed, month))
    for name in ("json", "jsonb"):
        await conn.reset_type_codec(name, schema="pg_catalog")


async def test_a_county_classified_again_agrees(county: County) -> None:
    async with county.with_fault("lending", FORGOTTEN, by=classified) as world:
        (result,) = await check_world(world, ["L12"])
    assert result.findings.compared > 100
    assert result.findings.listed == []


@pytest.mark.parametrize(("name", "right", "wrong"), WRONG_RULES, ids=[name for name, _, _ in WRONG_RULES])
async def test_a_county_classified_by_a_wrong_rule_is_seen(
    county: County, name: str, right: str, wrong: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert right in classes_sql.RUN, name
    monkeypatch.setattr(classes_sql, "RUN", classes_sql.RUN.replace(right, wrong))
    async with county.with_fault("lending", FORGOTTEN, by=classified) as world:
        (result,) = await check_world(world, ["L12"])
    assert any("days past due" in each.what for each in result.findings.listed)


FOUND: Final = """
INSERT INTO misuse (id, loan_id, amount, from_on, papers, reason, proposed_on, proposed_by, state, decided_on,
  decided_by, decided_at)
SELECT uuid7(), id, principal, disbursed_on + 1, '[{}]', 'x', disbursed_on + 1, 'a', 'confirmed', disbursed_on + 1,
  'b', (SELECT recorded_at FROM disbursement d WHERE d.loan_id = l.id)
FROM loan l WHERE claim_id IS NULL AND cancelled_on IS NULL AND written_off_on IS NULL
"""


async def misused(conn: "asyncpg.Connection[asyncpg.Record]") -> None:
    """Let every loan be misused, and classify every month of the county again."""
    await conn.execute(FOUND)
    await replayed(conn)
    await classified(conn)


async def test_what_a_misuse_makes_of_a_class_is_derived_too(county: County, monkeypatch: pytest.MonkeyPatch) -> None:
    async with county.with_fault("lending", FORGOTTEN, by=misused) as world:
        assert await world["lending"].rows("SELECT FROM loan_class WHERE rule_ground = 'misused' LIMIT 1")
        (result,) = await check_world(world, ["L12"])
    assert result.findings.listed == []
    right = "coalesce(g.loan_class, b.loan_class)"
    assert right in classes_sql.RUN
    monkeypatch.setattr(classes_sql, "RUN", classes_sql.RUN.replace(right, "b.loan_class"))
    async with county.with_fault("lending", FORGOTTEN, by=misused) as world:
        (result,) = await check_world(world, ["L12"])
    assert result.findings.differing > 0
