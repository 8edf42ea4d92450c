"""(d) A county's household sheet by HTTP, beside COPY of the very rows it became into the same empty tables."""

import asyncio
import io
import time
from datetime import UTC, datetime
from typing import Any, Final

import httpx

from shared.access import Role
from shared.ids import new_id
from shared.policy.load import load_pack
from tools.bench.loans_sql import COUNTY
from tools.bench.ratios import Bound, Comparison, Series, Target
from tools.bench.world import PACK_FILE, World
from tools.demo.outline import outline_of
from tools.demo.places import REGIONS_FILE, places_of
from tools.demo.plan import DemoPlan
from tools.demo.population import draw_population
from tools.demo.workbook import write_workbook

FLOOR: Final = (
    "COPY, in one transaction, of the very rows that the sheet became (households, members, accounts, surveys, states, "
    "rejected rows, events) into the same tables with their indexes and constraints; nothing read, checked or "
    "encrypted."
)
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
COLLECTED_ON: Final = "2017-03-01"
REQUEST_SECONDS: Final = 120.0
POLL_SECONDS: Final = 0.25  # as a patient client does: every question costs milliseconds of the two cores
# In the order in which they point to each other.
TABLES: Final = (
    "household_import",
    "household_import_rejection",
    "household",
    "member",
    "bank_account",
    "credit_survey",
    "household_state_change",
    "household_village",
    "household_exclusion",
    "family_debt",
    "outbox",
)


class SheetNotTaken(RuntimeError):
    """The sheet was not imported as its writer expects."""


async def measure(world: World) -> list[Comparison]:
    """Let the registry and COPY take turns with the same county."""
    world.platform.start("registry")
    plan = DemoPlan.at(world.sizes.county_scale, outline_of(load_pack(PACK_FILE)))
    sheet, rows = await asyncio.to_thread(_sheet, world, plan)
    await set_up(world)
    ours: list[float] = []
    floor: list[float] = []
    for _ in range(world.sizes.rounds):
        await empty(world)
        ours.append(await _by_http(world, sheet, plan))
        with world.paused("registry"):
            kept = await rows_on_file(world)
            await empty(world)
            floor.append(await by_copy(world, kept))
    world.platform.stop("registry")
    return [
        Comparison(
            "d",
            f"农户导入 {rows} 户",
            f"Household import of {rows} rows",
            Series("HTTP at the registry service", "s", tuple(ours)),
            Series("COPY of the same rows", "s", tuple(floor)),
            Target(Bound.AT_MOST, 6.0),
        )
    ]


def _sheet(world: World, plan: DemoPlan) -> tuple[bytes, int]:
    scheme = load_pack(PACK_FILE).rating_scheme()
    file = world.folder / "households.xlsx"
    villages = [village for township in places_of([COUNTY]).townships for village in township.villages]
    rows = write_workbook(file, draw_population(plan, COUNTY, scheme, villages).households, scheme)
    return file.read_bytes(), rows


async def set_up(world: World) -> None:
    """Load the region tree and put the county's pack in force, as its officers do."""
    await post(world, Role.ADMIN, "/region-imports", REGIONS_FILE.read_bytes(), "text/csv")
    pack = await post(world, Role.POVERTY_OFFICE, "/policy-packs", PACK_FILE.read_bytes(), "application/yaml")
    await post(world, Role.FINANCE_BUREAU, f"/policy-packs/{pack['id']}/confirmations", b"", "application/json")


async def _by_http(world: World, sheet: bytes, plan: DemoPlan) -> float:
    began_at = datetime.now(UTC)
    path = f"/household-imports?county_code={COUNTY}&collected_on={COLLECTED_ON}"
    answer = await finished(world, await post(world, Role.POVERTY_OFFICE, path, sheet, XLSX))
    seconds = seconds_taken(answer, began_at)
    if answer["registered_count"] != plan.registered_households:
        raise SheetNotTaken(f"{plan.registered_households} households were expected: {answer}")
    return seconds


async def post(world: World, role: Role, path: str, content: bytes, media_type: str) -> dict[str, Any]:
    host, port = world.address("registry")
    headers = {
        "Authorization": f"Bearer {world.token('registry', role, f'bench.{role}')}",
        "Idempotency-Key": str(new_id()),
        "Content-Type": media_type,
    }
    async with httpx.AsyncClient(trust_env=False, timeout=REQUEST_SECONDS) as http:
        answer = await http.post(f"http://{host}:{port}/api/v1{path}", content=content, headers=headers)
    if answer.status_code not in {201, 202}:
        raise SheetNotTaken(f"POST {path} answered {answer.status_code}: {answer.text[:500]}")
    return dict(answer.json())


async def finished(world: World, queued: dict[str, Any]) -> dict[str, Any]:
    """Return the import once its last row is dealt with."""
    host, port = world.address("registry")
    headers = {"Authorization": f"Bearer {world.token('registry', Role.POVERTY_OFFICE, 'bench.poverty_office')}"}
    async with httpx.AsyncClient(trust_env=False, timeout=REQUEST_SECONDS) as http:
        while queued["state"] not in {"finished", "failed"}:
            await asyncio.sleep(POLL_SECONDS)
            url = f"http://{host}:{port}/api/v1/household-imports/{queued['id']}"
            queued = (await http.get(url, headers=headers)).json()
    return queued


def seconds_taken(answer: dict[str, Any], began_at: datetime) -> float:
    """Return the time until PostgreSQL, on the same clock, found the last row on file."""
    return (datetime.fromisoformat(answer["finished_at"]) - began_at).total_seconds()


async def rows_on_file(world: World) -> dict[str, bytes]:
    async with world.database("registry", as_superuser=True) as connection:
        kept = {}
        for table in TABLES:
            rows = io.BytesIO()
            await connection.copy_from_table(table, output=rows, format="binary")
            kept[table] = rows.getvalue()
        return kept


async def empty(world: World) -> None:
    async with world.database("registry", as_superuser=True) as connection:
        await connection.execute("SET session_replication_role = replica")  # past the triggers that keep records
        await connection.execute(f"TRUNCATE {', '.join(TABLES)}, idempotency_key CASCADE")
        await connection.execute("CHECKPOINT")


async def by_copy(world: World, kept: dict[str, bytes]) -> float:
    async with world.database("registry") as connection:
        # The keys' plans would be made over empty tables, and read all of them for each row.
        await connection.execute("SET enable_seqscan = off")
        began = time.perf_counter()
        async with connection.transaction():
            for table, rows in kept.items():
                await connection.copy_to_table(table, source=io.BytesIO(rows), format="binary")
        return time.perf_counter() - began
