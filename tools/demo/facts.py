"""Waiting until what one service says has reached the others."""

from decimal import Decimal
from typing import Any

from tools.demo.county import County, until


async def facts_arrived(county: County) -> None:
    """Wait until subsidy accounts and the fund's exposure agree with what lending says."""
    reader = county.offices["auditor"]

    async def agree() -> bool:
        lending = await reader.get("/reports/lending", region_code=county.code)
        riskfund = await reader.get("/reports/riskfund", region_code=county.code)
        subsidy = await reader.get("/reports/subsidy", region_code=county.code)
        return bool(
            Decimal(riskfund["exposure"]) == covered(lending)
            and Decimal(subsidy["interest_paid"]) == Decimal(lending["interest_paid"])
            and subsidy["loans"] == lending["loans"]
        )

    await until(agree, "loans and repayments at the fund and the subsidy service")


def covered(lending: dict[str, Any]) -> Decimal:
    """Return what is outstanding on loans that the fund stands behind."""
    alone = sum(Decimal(row["outstanding_without_cover"]) for row in lending["by_product"])
    return Decimal(lending["outstanding"]) - alone
