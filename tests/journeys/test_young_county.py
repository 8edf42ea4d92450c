"""A county whose pack began to hold this year: its demonstration ends where its days have not come yet."""

from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from shared.dates import today_in_china
from tests.demo.own_county import own_pack
from tests.journeys.tiny_county import county_on, running_platform
from tools.demo import result
from tools.demo.report import report_html
from tools.demo.run import live_through

pytestmark = [pytest.mark.asyncio, pytest.mark.long]

SINCE_DAYS = 170  # enough for the first loans, too few for their first year


async def test_what_lies_ahead_of_today_is_left_out_and_named_and_the_books_agree(tmp_path: Path) -> None:
    pack_file = own_pack(tmp_path, effective_from=today_in_china() - timedelta(days=SINCE_DAYS))
    with running_platform() as platform:
        async with county_on(platform, Decimal("0.01"), pack_file) as place:
            await live_through(place.county)
            (ahead,) = place.county.not_shown
            found = await result.reconcile(platform, place.county.folder)
            summary = await result.summarise(place.county, found, 1.0)
            assert result.figures_missed(place.county, summary) == []
    assert "晚于今天" in ahead.zh
    assert "after today" in ahead.en
    assert found.differences == 0
    assert summary["households_lent"] > 0
    assert summary["ends_on"] == today_in_china().isoformat()
    assert ahead.zh in report_html(summary)
