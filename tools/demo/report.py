"""The county's bulletin: one self-contained web page with the figures, the charts and a table behind every chart."""

from decimal import Decimal
from html import escape
from pathlib import Path
from typing import Final

from tools.demo.benefits.report import benefits
from tools.demo.charts import meter
from tools.demo.credit_figures import eligibility, rating
from tools.demo.figures import WAN, both, cover, lending, losses, refusals, repayment, section, wan
from tools.demo.programme_report import programmes
from tools.demo.summary import HEADLINES, DemoStep, DemoSummary, Headline, grouped, remarks

STYLE_FILE: Final = Path(__file__).with_name("report.css")
UNITS: Final = {"rows": "行", "households": "户", "persons": "人", "yuan": "元"}


def write_report(path: Path, summary: DemoSummary) -> None:
    """Write the page to `path`."""
    path.write_text(report_html(summary), encoding="utf-8")


def report_html(summary: DemoSummary) -> str:
    """Return the whole page: inline style, inline charts, nothing fetched from anywhere."""
    parts = (rating, eligibility, lending, cover, repayment, programmes, benefits, losses, refusals, _run)
    title = f"{summary['county_zh']}扶贫小额信贷运行公报"
    return (
        '<!DOCTYPE html>\n<html lang="zh-CN">\n<head>\n<meta charset="utf-8"/>\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1"/>\n'
        f"<title>{escape(title)} {escape(summary['county_en'])}</title>\n"
        f"<style>\n{STYLE_FILE.read_text(encoding='utf-8')}</style>\n</head>\n<body>\n"
        + _masthead(summary, title)
        + f"<main>\n{_lead(summary)}\n{_cards(summary)}\n{_verdict(summary)}\n"
        + "\n".join(part(summary) for part in parts)
        + f"\n</main>\n{_footer(summary)}\n</body>\n</html>\n"
    )


def _masthead(summary: DemoSummary, title: str) -> str:
    return (
        "<header class='masthead'><div>"
        f"<p class='kicker'>统计公报 Statistical bulletin · {escape(summary['county_code'])}</p>"
        f"<h1>{escape(title)}<small lang='en'>Subsidised small loans of {escape(summary['county_en'])}: "
        "from registration to recovered losses</small></h1>"
        f"<p class='period'>报告期 Period {escape(summary['starts_on'])} – {escape(summary['ends_on'])} · "
        f"规模系数 Scale {escape(summary['scale'])} · 人员、证件与账号均为虚构 People, IDs and accounts are invented"
        "</p></div></header>\n"
    )


def _lead(summary: DemoSummary) -> str:
    registered, refused, lent = (
        grouped(summary[key]) for key in ("households_registered", "households_refused", "households_lent")
    )
    money = {key: wan(summary[key]) for key in ("amount_lent", "fund_paid_in", "subsidy_paid", "compensated")}
    recovered = wan(summary["recovered"])
    return (
        f"<p class='lead'>报告期内，{escape(summary['county_zh'])}登记农户 <b>{registered} 户</b>，向 <b>{lent} 户</b>"
        f"发放首轮贷款 <b>{money['amount_lent']} 万元</b>，{refused} 户因不符合条件未予受理并逐户说明理由。"
        f"风险补偿金到位 <b>{money['fund_paid_in']} 万元</b>；财政贴息 <b>{money['subsidy_paid']} 万元</b>；"
        f"风险补偿支出 {money['compensated']} 万元，其后追回 {recovered} 万元。"
        f"<span lang='en'>{registered} households were registered; {lent} of them borrowed "
        f"{grouped(summary['amount_lent'])} yuan in the first round and {refused} were refused, each with its reasons. "
        f"The risk fund holds payments of {grouped(summary['fund_paid_in'])} yuan.</span></p>"
        + "".join(f"<p class='note'>{both(each['zh'], each['en'])}</p>" for each in remarks(summary))
    )


def _cards(summary: DemoSummary) -> str:
    return f"<ul class='cards'>{''.join(_card(headline, summary) for headline in HEADLINES)}</ul>"


def _card(headline: Headline, summary: DemoSummary) -> str:
    value = summary[headline.key]
    shown, unit, exact = grouped(value), UNITS[headline.unit], ""
    if headline.unit == "yuan" and Decimal(value) >= WAN:
        shown, unit, exact = wan(str(value)), "万元", f"{grouped(value)} 元"
    return (
        f"<li><h3>{escape(headline.zh)}<span lang='en'>{escape(headline.en)}</span></h3>"
        f"<p>{escape(shown)}<span>{unit}</span></p><span class='exact'>{escape(exact)}</span></li>"
    )


def _verdict(summary: DemoSummary) -> str:
    checks, differences = summary["reconciliation_checks"], summary["reconciliation_differences"]
    css, zh, en = ("verdict", "对账一致", "Reconciled")
    if differences:
        css, zh, en = ("verdict bad", "对账不符", "Not reconciled")
    return (
        f'<p class="{css}" role="status"><strong>{zh} {en}</strong><span>独立程序由各服务数据库与事件流重新推算 '
        f"{grouped(checks)} 项，差异 {grouped(differences)} 项。 "
        f"<span lang='en'>A separate program derived {grouped(checks)} figures again from all databases and the event "
        f"stream: {grouped(differences)} differences.</span></span></p>"
    )


def _run(summary: DemoSummary) -> str:
    longest = max((step["seconds"] for step in summary["steps"]), default=0.0)
    rows = "".join(_step_row(step, longest) for step in summary["steps"])
    head = (
        "<thead><tr><th scope='col'>步骤 Step</th><th scope='col'>内容 What was done</th>"
        "<th scope='col' class='number'>速率 Rate</th><th scope='col' class='number'>用时（秒） Seconds</th>"
        "<td></td></tr></thead>"
    )
    total = (
        "<tr><th scope='row'>合计 Total</th><td></td><td></td>"
        f"<td class='number'>{summary['seconds']:.1f}</td><td></td></tr>"
    )
    table = f"<table class='steps'>{head}<tbody>{rows}</tbody><tfoot>{total}</tfoot></table>"
    return section("运行过程", "How the run went", f"<figure><div class='scroll'>{table}</div></figure>")


def _step_row(step: DemoStep, longest: float) -> str:
    length = 100 * step["seconds"] / longest if longest else 0.0
    return (
        f"<tr><th scope='row'>{both(step['name_zh'], step['name_en'])}</th>"
        f"<td class='detail'>{escape(step['detail'])}</td><td class='number'>{escape(step['rate'])}</td>"
        f"<td class='number'>{step['seconds']:.1f}</td><td>{meter(length)}</td></tr>"
    )


def _footer(summary: DemoSummary) -> str:
    return (
        "<footer><p>金额单位：1 万元 = 10 000 元；各图下的数据表列出精确到分的金额。首轮与续借分别统计。</p>"
        "<p lang='en'>Amounts in 万元 are tens of thousands of yuan; the table under each chart gives them to the fen. "
        "Loans granted again are counted apart from the first round.</p>"
        f"<p>全部步骤用时 {summary['seconds']:.1f} 秒 "
        f"<span lang='en'>The whole run took {summary['seconds']:.1f} seconds.</span></p></footer>"
    )
