"""What the subsidy's money did besides being paid once: withheld, supplemented, clawed back, come back (DZ-7)."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, Final

from shared.money import ZERO
from tools.demo.county import County
from tools.demo.summary import LossFigure

WITHHELD: Final[Mapping[str, tuple[str, str]]] = {
    "not_covered": ("不在贴息范围", "Not covered by the subsidy"),
    "stopped": ("停止贴息后的利息", "Interest of days after the subsidy ended"),
    "beyond_years": ("超过贴息年限", "Beyond the subsidised years"),
    "listed": ("列入黑名单期间", "Days on the blacklist"),
    "above_principal": ("超过贴息本金上限", "Above the subsidised principal"),
    "above_cap": ("超过利率上限，农户自担", "Above the rate cap, borne by the borrower"),
    "beyond_share": ("贴息比例以外，农户自担", "Beyond the share, borne by the borrower"),
}


async def movements(county: County) -> list[LossFigure]:
    """Return how many lines or transfers each way took, and how much, in yuan; ways that nothing took are left out."""
    reader = county.offices["auditor"]
    report = await reader.get("/reports/subsidy", region_code=county.code)
    lines, returned = await _lines_and_transfers(county)
    clawbacks = [row for row in await reader.every("/clawbacks") if row["county_code"] == county.code]
    named = {**WITHHELD, **{code: WITHHELD["not_covered"] for code in report["excluded"] if code not in WITHHELD}}
    found = [
        _movement(code, *named[code], row["count"], row["interest"])
        for code, row in sorted(report["excluded"].items(), key=lambda each: list(named).index(each[0]))
    ]
    supplements = [line for line in lines if line["kind"] == "supplement"]
    found += [
        _sum("supplement", "补贴差额", "Supplements of lines that had lacked something", supplements, "amount"),
        _sum("offset", "追回：以后期贴息抵扣", "Clawed back, offset by later batches", clawbacks, "offset_amount"),
        _sum("cash", "追回：农户现金缴回", "Clawed back, paid back in cash", clawbacks, "received_amount"),
        _sum("written_off", "追回：核销", "Clawed back, given up by two", clawbacks, "written_off_amount"),
        _sum("open", "追回：尚未收回", "Clawed back, still open", clawbacks, "open_amount"),
        _sum("returned", "退汇", "Transfers that came back after payment", returned, "amount"),
    ]
    return [row for row in found if Decimal(row["amount"])]


async def _lines_and_transfers(county: County) -> tuple[list[Any], list[Any]]:
    reader, lines, returned = county.offices["auditor"], [], []
    for batch in await reader.every("/subsidy-batches", county_code=county.code):
        path = f"/subsidy-batches/{batch['id']}"
        if Decimal((await reader.get(path))["supplements"]):
            lines += await reader.every(f"{path}/lines")
        transfers = await reader.every(f"{path}/returned-transfers")
        returned += [each for each in transfers if each["withdrawn_on"] is None]
    return lines, returned


def _sum(code: str, zh: str, en: str, rows: Iterable[Any], key: str) -> LossFigure:
    amounts = [Decimal(row[key]) for row in rows if Decimal(row[key])]
    return _movement(code, zh, en, len(amounts), f"{sum(amounts, ZERO):.2f}")


def _movement(code: str, zh: str, en: str, count: int, amount: str) -> LossFigure:
    return {"code": code, "zh": zh, "en": en, "loans": count, "amount": amount}
