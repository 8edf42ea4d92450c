"""A visit as a page to print and sign: what was collected, what is asked for, what was granted. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

from services.lending.visits.schemas import VisitOut
from shared.policy.rating_terms import Indicator
from shared.policy.terms import PurposeRule
from shared.vocabulary.load import in_chinese

_STYLE: Final = """
@page { size: A4; margin: 20mm 18mm }
body { font: 11pt/1.6 "Noto Sans CJK SC", "Source Han Sans SC", "Microsoft YaHei", sans-serif; color: #000; margin: 0 }
h1 { font-size: 20pt; text-align: center; margin: 0 0 5mm } h2 { font-size: 12pt; margin: 5mm 0 1mm }
table { border-collapse: collapse; width: 100% } th, td { border: .3mm solid #000; padding: 1mm 2mm; text-align: left }
.signed td { height: 14mm; vertical-align: top }
"""
_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'"
Rows = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class VisitSheet:
    """The sheet of a visit: pairs of what is asked and what was found."""

    household: Rows
    collected: Rows
    asked_for: Rows
    granted: Rows


def sheet_of(visit: VisitOut, indicators: Sequence[Indicator], purposes: PurposeRule) -> VisitSheet:
    """Return the sheet of a visit; what is not decided yet is left blank to be filled in by hand. Clause: DY-4(a)."""
    names = {each.code: each.zh for each in indicators}
    uses = {each.code: each.zh for each in purposes.allowed}
    return VisitSheet(
        household=(
            ("户编号", visit.household_number),
            ("村", visit.village_code),
            ("入户日期", str(visit.visited_on)),
            ("状态", in_chinese(visit.state, "VisitOut.state")),
        ),
        collected=tuple((names.get(code, code), value) for code, value in visit.answers.items()),
        asked_for=(
            ("申请金额", f"{visit.amount}元"),
            ("期限", f"{visit.term_months}个月"),
            ("用途", uses.get(visit.purpose, visit.purpose)),
            ("承贷银行", visit.bank_code),
        ),
        granted=(
            ("信用得分", "" if visit.score is None else f"{visit.score.normalize():f}"),
            ("信用等级", visit.grade or ""),
            ("授信额度", "" if visit.credit_limit is None else f"{visit.credit_limit}元"),
            ("申请", in_chinese(visit.application_state) if visit.application_state else ""),
        ),
    )


def page_of(sheet: VisitSheet) -> str:
    """Return the sheet as one HTML document with room for the two signatures."""
    parts = (
        ("农户", sheet.household),
        ("一、评级：入户采集", sheet.collected),
        ("二、用信：贷款申请", sheet.asked_for),
        ("三、授信", sheet.granted),
    )
    body = "".join(f"<h2>{title}</h2><table>{_rows(rows)}</table>" for title, rows in parts)
    signed = '<table class="signed"><tr><td>农户签字：</td><td>乡镇人员签字：</td><td>银行人员签字：</td></tr></table>'
    return (
        f'<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}"><title>入户评级授信申请表</title>'
        f"<style>{_STYLE}</style></head><body><h1>入户评级授信申请表</h1>{body}<h2>四、签字</h2>{signed}</body></html>"
    )


def _rows(rows: Iterable[tuple[str, str]]) -> str:
    return "".join(f"<tr><th>{escape(name)}</th><td>{escape(value)}</td></tr>" for name, value in rows)
