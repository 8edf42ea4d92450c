"""The household's dossier as pages to print: A4, Chinese and English, everything escaped, nothing loaded. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, tzinfo
from html import escape
from typing import Final

from services.registry.dossier.dossiers.schemas import Dossier, KnownLoanOut
from services.registry.dossier.dossiers.words import (
    CHANGE_KINDS,
    CHANGE_STATES,
    DEBT_KINDS,
    END_REASONS,
    LIST_CAUSES,
    LIST_NAMES,
    LIST_STATES,
    REQUEST_KINDS,
    REQUEST_STATES,
    ROLES,
    VILLAGE_CAUSES,
    said,
)
from services.registry.register.households.schemas import MemberOut
from shared.households_sheet import (
    CIVIL_CAPACITY_WORDS,
    CREDIT_RECORD_WORDS,
    HEALTH_WORDS,
    LABOUR_WORDS,
    POVERTY_STATE_WORDS,
    RELATION_WORDS,
    written,
)

_STYLE: Final = """
@page { size: A4; margin: 15mm 14mm 18mm }
body { font: 10pt/1.45 "Noto Sans CJK SC", "Source Han Sans SC", "Microsoft YaHei", sans-serif; color: #111; margin: 0 }
h1 { font-size: 17pt; margin: 0 0 1mm } h1 small { font-size: 11pt; font-weight: normal }
h2 { font-size: 11pt; margin: 5mm 0 1.5mm; break-after: avoid } h2 small { font-weight: normal; color: #555 }
table { border-collapse: collapse; width: 100% } thead { display: table-header-group } tr { break-inside: avoid }
th, td { border: .3mm solid #999; padding: .8mm 1.5mm; text-align: left; vertical-align: top; overflow-wrap: anywhere }
th { background: #eee; font-weight: 600 } th small { display: block; font-weight: normal; color: #555 }
.number { text-align: right; font-variant-numeric: tabular-nums } .none { color: #777 } footer { margin-top: 6mm }
"""
# Nothing may be fetched, run or sent, whatever a text on file says.
_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'"
_NUMBERS: Final = frozenset({"本金", "已还本金", "额度", "得分", "满分", "值"})

Column = tuple[str, str]
Cell = object


def print_view(dossier: Dossier, printed_by: str, printed_at: datetime) -> str:
    """Return the file as one HTML document; who printed it and when stands at its end."""
    title = f"一户一档 Household dossier {dossier.household_number}"
    parts = [
        _facts(dossier),
        _members(dossier.members),
        _history(dossier),
        _people_and_money(dossier),
        _surveys(dossier),
        _ratings(dossier),
        _lists(dossier),
        _loans(dossier),
        _changes(dossier),
        _papers(dossier),
        _views(dossier, printed_at.tzinfo),
    ]
    footer = f"打印人 Printed by {_text(printed_by)} · {printed_at:%Y-%m-%d %H:%M} · {_text(dossier.household_number)}"
    return (
        f'<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}"><title>{_text(title)}</title>'
        f"<style>{_STYLE}</style></head><body><h1>一户一档 <small>Household dossier</small> "
        f"{_text(dossier.household_number)}</h1>{''.join(parts)}<footer>{footer}</footer></body></html>"
    )


def _facts(dossier: Dossier) -> str:
    rows = [
        ("村", "village", dossier.village_code, "组", "group", dossier.group_name),
        ("状态", "state", _word(POVERTY_STATE_WORDS, dossier.poverty_state), "自", "since", dossier.poverty_state_from),
        ("建档日期", "registered on", dossier.registered_on, "信用记录", "credit record", _credit(dossier)),
        ("家庭人口", "members", dossier.member_count, "劳动力", "labourers", dossier.labourer_count),
        ("常住地", "residence", dossier.residence_code, "电话", "telephone", dossier.phone),
        ("销户日期", "ended on", dossier.ended_on, "原因", "reason", said(END_REASONS, dossier.end_reason)),
    ]
    lines = "".join(
        f"<tr>{_head((zh, en))}<td>{_text(value)}</td>{_head((zh_2, en_2))}<td>{_text(value_2)}</td></tr>"
        for zh, en, value, zh_2, en_2, value_2 in rows
    )
    return f"{_heading('基本情况', 'Household')}<table>{lines}</table>"


def _members(members: Iterable[MemberOut]) -> str:
    columns = [
        ("姓名", "name"),
        ("与户主关系", "relation"),
        ("证件号", "ID"),
        ("年龄", "age"),
        ("劳动能力", "labour"),
        ("行为能力", "capacity"),
        ("健康", "health"),
        ("在册", "on file"),
    ]
    rows = [
        (
            each.name,
            _word(RELATION_WORDS, each.relation),
            each.resident_id,
            each.age,
            _word(LABOUR_WORDS, each.labour),
            _word(CIVIL_CAPACITY_WORDS, each.civil_capacity),
            _word(HEALTH_WORDS, each.health),
            _period(each.joined_on, each.left_on),
        )
        for each in members
    ]
    return _table("家庭成员", "Members", columns, rows)


def _history(dossier: Dossier) -> str:
    states = [
        (each.effective_from, _word(POVERTY_STATE_WORDS, each.state), each.reason, each.recorded_by)
        for each in dossier.state_changes
    ]
    exclusions = [
        (_period(each.valid_from, each.valid_until), each.kind, each.reason, each.recorded_by)
        for each in dossier.exclusions
    ]
    villages = [
        (each.valid_from, each.village_code, said(VILLAGE_CAUSES, each.cause), each.recorded_by)
        for each in dossier.villages
    ]
    since, by = ("自", "since"), ("经办", "by")
    return (
        _table("状态变更", "States", [since, ("状态", "state"), ("原因", "reason"), by], states)
        + _table("限制情形", "Exclusions", [("期间", "period"), ("类别", "kind"), ("原因", "reason"), by], exclusions)
        + _table("户籍所在村", "Villages", [since, ("村", "village"), ("原因", "cause"), by], villages)
    )


def _people_and_money(dossier: Dossier) -> str:
    period = ("期间", "period")
    helpers = [
        (_period(each.valid_from, each.valid_until), each.helper_name, each.organisation) for each in dossier.helpers
    ]
    debts = [
        (_period(each.valid_from, each.valid_until), each.bank_code, said(DEBT_KINDS, each.kind))
        for each in dossier.family_debts
    ]
    accounts = [
        (each.bank_code, each.account_number, "有效 valid" if each.valid else "作废 replaced", each.reason)
        for each in dossier.accounts
    ]
    agreements = [
        (_period(each.valid_from, each.valid_until), each.entity_name, each.agreement_number, each.amount)
        for each in dossier.help_agreements
    ]
    entity, number = ("实施主体", "entity"), ("协议号", "agreement")
    bank, account = ("银行", "bank"), ("账号", "account")
    return (
        _table("帮扶责任人", "Helpers", [period, ("姓名", "name"), ("单位", "organisation")], helpers)
        + _table("银行账户", "Accounts", [bank, account, ("状态", "state"), ("原因", "reason")], accounts)
        + _table("家庭成员债务", "Family debts", [period, bank, ("类别", "kind")], debts)
        + _table("带动协议", "Help agreements", [period, entity, number, ("额度", "amount")], agreements)
    )


def _surveys(dossier: Dossier) -> str:
    names = {line.code: f"{line.zh} {line.en}" for line in dossier.rating.derivation}
    rows = [
        (each.collected_on, "; ".join(f"{names.get(code, code)}: {value}" for code, value in each.answers.items()))
        for each in dossier.surveys
    ]
    return _table("资产负债与收支调查", "Credit surveys", [("日期", "on"), ("内容", "answers")], rows)


def _ratings(dossier: Dossier) -> str:
    ratings = [
        (_period(each.valid_from, each.valid_until), each.bank_code or "县 county", each.grade, each.credit_limit)
        for each in dossier.rating.ratings
    ]
    lines = [(f"{each.zh} {each.en}", each.value, each.points, each.points_max) for each in dossier.rating.derivation]
    score = [("合计 total", None, dossier.rating.score, dossier.rating.preliminary_grade)] if lines else []
    columns = [("期间", "period"), ("评级方", "rated by"), ("等级", "grade"), ("额度", "credit limit")]
    how = [("指标", "indicator"), ("值", "value"), ("得分", "points"), ("满分", "of")]
    return _table("信用评级", "Ratings", columns, ratings) + _table("评分依据", "Derivation", how, [*lines, *score])


def _lists(dossier: Dossier) -> str:
    entries = [
        (
            _period(each.listed_on, each.cleared_on),
            said(LIST_NAMES, each.list_name),
            said(LIST_CAUSES, each.cause),
            said(LIST_STATES, each.state),
        )
        for each in dossier.list_entries
    ]
    requests = [
        (
            each.filed_on,
            f"{said(REQUEST_KINDS, each.kind)} · {said(LIST_NAMES, each.list_name)}",
            each.reason,
            f"{said(REQUEST_STATES, each.state)} {each.decision_reason or ''}",
        )
        for each in dossier.list_requests
    ]
    state = ("状态", "state")
    return _table(
        "失信名单", "Lists", [("期间", "period"), ("名单", "list"), ("原因", "cause"), state], entries
    ) + _table("申诉与移出", "Appeals", [("日期", "filed on"), ("事项", "what"), ("理由", "reason"), state], requests)


def _loans(dossier: Dossier) -> str:
    rows = [
        (each.bank_code, each.industry, each.disbursed_on, each.principal, each.principal_repaid, _loan_state(each))
        for each in dossier.loans
    ]
    columns = [
        ("银行", "bank"),
        ("产业", "industry"),
        ("发放日", "disbursed on"),
        ("本金", "principal"),
        ("已还本金", "repaid"),
        ("状态", "state"),
    ]
    return _table("贷款", "Loans", columns, rows)


def _loan_state(loan: KnownLoanOut) -> str:
    if loan.closed_on is not None:
        return f"结清 closed {loan.closed_on}"
    if loan.defaulted_on is not None and loan.default_lifted_on is None:
        return f"违约 defaulted {loan.defaulted_on}"
    if loan.overdue_from is not None:
        return f"逾期 overdue since {loan.overdue_from}"
    return "在贷 running"


def _changes(dossier: Dossier) -> str:
    rows = [
        (
            each.effective_on,
            said(CHANGE_KINDS, each.kind),
            said(CHANGE_STATES, each.state),
            each.reason,
            each.proposed_by,
            each.decided_by,
        )
        for each in dossier.changes
    ]
    columns = [
        ("生效日", "effective on"),
        ("事项", "kind"),
        ("状态", "state"),
        ("原因", "reason"),
        ("申请人", "proposed by"),
        ("审核人", "decided by"),
    ]
    return _table("信息变更", "Changes", columns, rows)


def _papers(dossier: Dossier) -> str:
    rows = [
        (f"{kind.zh} {kind.en}", each.title, f"v{each.version} {each.media_type}", each.added_by, each.added_at.date())
        for kind in dossier.documents
        for each in kind.documents
    ]
    columns = [("类别", "kind"), ("标题", "title"), ("版本", "version"), ("归档人", "filed by"), ("日期", "on")]
    shown = _table("档案资料", "Documents", columns, rows)
    if dossier.checklist is None:
        return shown
    needed = [
        (f"{line.zh} {line.en}", line.before, "有 on file" if line.present else "缺 missing")
        for line in dossier.checklist.lines
    ]
    columns = [("资料", "paper"), ("环节", "before"), ("情况", "state")]
    return shown + _table("必备资料清单", "Checklist", columns, needed)


def _views(dossier: Dossier, zone: tzinfo | None) -> str:
    rows = [
        (
            f"{each.viewed_at.astimezone(zone):%Y-%m-%d %H:%M}",
            each.viewed_by,
            "、".join(said(ROLES, role) for role in each.roles),
            "打印 printed" if each.access == "print" else "查看 read",
        )
        for each in dossier.latest_views
    ]
    columns = [("时间", "at"), ("查阅人", "who"), ("角色", "roles"), ("方式", "how")]
    return _table(f"查阅记录（共{dossier.view_count}次）", f"Views, {dossier.view_count} in all", columns, rows)


def _table(zh: str, en: str, columns: Sequence[Column], rows: Sequence[Sequence[Cell]]) -> str:
    if not rows:
        return f'{_heading(zh, en)}<p class="none">无 none</p>'
    heads = "".join(_head(column) for column in columns)
    classes = [' class="number"' if column[0] in _NUMBERS else "" for column in columns]
    lines = "".join(
        f"<tr>{''.join(f'<td{kind}>{_text(cell)}</td>' for kind, cell in zip(classes, row, strict=True))}</tr>"
        for row in rows
    )
    return f"{_heading(zh, en)}<table><thead><tr>{heads}</tr></thead><tbody>{lines}</tbody></table>"


def _heading(zh: str, en: str) -> str:
    return f"<h2>{escape(zh)} <small>{escape(en)}</small></h2>"


def _head(column: Column) -> str:
    return f"<th>{escape(column[0])}<small>{escape(column[1])}</small></th>"


def _period(valid_from: date, valid_until: date | None) -> str:
    return f"{valid_from} – {valid_until or ''}"


def _credit(dossier: Dossier) -> str:
    return _word(CREDIT_RECORD_WORDS, dossier.credit_record)


def _word(words: Mapping[str, tuple[str, ...]], value: str | None) -> str:
    return "" if value is None else written(words, value)


def _text(value: Cell) -> str:
    return "" if value is None else escape(str(value))
