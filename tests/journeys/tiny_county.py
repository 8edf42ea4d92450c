"""A tiny county on a real platform, built with the demonstration's own steps."""

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
from rich.console import Console

from deploy.embedded.folders import ROOT
from deploy.platform import Platform
from deploy.tokens import ACCOUNTS_FILE
from shared.testing.refusals import ensure_listed
from tests.plugin.folders import server_folder
from tools.demo import applying, programmes, rating, setting_up
from tools.demo.batch import Batch
from tools.demo.beginning import Asked, county_at
from tools.demo.county import County
from tools.demo.progress import Clock

PACK_FILE = ROOT / "policy" / "packs" / "fengjie.yaml"
SCALE = Decimal("0.003")  # thirty-three borrowers in two townships: the smallest in which somebody borrows again
REQUEST_SECONDS = 60.0
KEPT_SECONDS = 2.0  # the services close a quiet connection after five; the client must be the first


@dataclass
class Place:
    """A running platform with a county on it; `waiting` are batches that have not been filed yet."""

    platform: Platform
    county: County
    http: httpx.AsyncClient
    waiting: list[Batch] = field(default_factory=list)

    async def reports(self) -> dict[str, Any]:
        """Return each service's report of the county."""
        reader = self.county.offices["auditor"]
        return {
            service: await reader.get(f"/reports/{service}", region_code=self.county.code)
            for service in ("registry", "lending", "subsidy", "riskfund")
        }


@contextmanager
def running_platform(failpoints: Sequence[str] = ()) -> Iterator[Platform]:
    """Run a platform, not durable, on a folder of its own that is removed afterwards.

    Each of the `failpoints`, written `name=action`, acts in a service once its `trigger` is touched.
    """
    with server_folder() as folder:
        triggers = folder / "triggers"
        triggers.mkdir()
        armed = ",".join(f"{each}:when={triggers}/{{service}}.{each}" for each in failpoints)
        extra_env = {"FAILPOINTS": armed} if armed else {}
        with Platform(folder / "platform", durable=False, extra_env=extra_env) as platform:
            yield platform


def trigger(platform: Platform, service: str, failpoint: str) -> Path:
    """Return the file that lets a failpoint act in one service, at its next pass."""
    return Path(platform.data_dir).parent / "triggers" / f"{service}.{failpoint}"


@asynccontextmanager
async def county_on(platform: Platform, scale: Decimal = SCALE, pack_file: Path = PACK_FILE) -> AsyncIterator[Place]:
    """Create the county's officers and draw its population; nothing has happened there yet."""
    timeout = httpx.Timeout(REQUEST_SECONDS, connect=5.0)
    limits = httpx.Limits(keepalive_expiry=KEPT_SECONDS)
    url = platform.urls["gateway"]
    hooks = {"response": [ensure_listed]}
    async with httpx.AsyncClient(
        base_url=url, timeout=timeout, limits=limits, trust_env=False, event_hooks=hooks
    ) as http:
        folder = Path(platform.data_dir) / "exchange"
        folder.mkdir()
        clock, accounts_file = Clock(Console(quiet=True)), platform.data_dir / ACCOUNTS_FILE
        county = await county_at(http, Asked.of(scale, pack_file=pack_file), accounts_file, clock, folder)
        yield Place(platform, county, http)


async def lend(place: Place, kept_back: int = 0) -> None:
    """Set the county up and lend the first round, but for the last `kept_back` batches within the fund's cover."""
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
    batches, _beyond_cover = applying.first_round(county)
    now, place.waiting = batches[: len(batches) - kept_back], batches[len(batches) - kept_back :]
    await applying.run_batches(county, now, unseen)
    await applying.disburse(county)
    await applying.learn_loans(county)


def unseen(_done: int) -> None:
    """Take the place of a progress bar."""
