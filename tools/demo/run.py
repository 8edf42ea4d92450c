"""The run itself: the steps in the order of the county's calendar, as far as its days have come."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date

from shared.dates import DateInFuture
from shared.languages import Sentence
from shared.workdays import CalendarHorizonPassed
from tools.demo import applying, life, losses, programmes, rating, setting_up, subsidies, who_may_borrow
from tools.demo.batch import Batch
from tools.demo.benefits.life import Benefits
from tools.demo.county import County, at_once
from tools.demo.cured import Cured
from tools.demo.facts import facts_arrived
from tools.demo.marks import Marks, marks_of
from tools.demo.refused import DemoRefused
from tools.demo.session import RequestFailed
from tools.demo.story import Story, contracts, draw_story
from tools.demo.wrong_loan import WrongLoan
from tools.packs.check import try_examples

NOT_YET = frozenset({DateInFuture.code, CalendarHorizonPassed.code})
Stage = tuple[date, Callable[[], Awaitable[None]]]


async def live_through(county: County) -> None:
    """Take the county from its set-up to the last recovered loss, or to today, if that is earlier."""
    try:
        await _live_through(county)
    except (RequestFailed, CalendarHorizonPassed, DateInFuture) as ended:
        if ended.code not in NOT_YET or county.screening is None:
            raise
        county.not_shown.append(
            Sentence(
                f"“{county.clock.last.zh}”及以后的环节日期晚于今天，到期方可办理，演示到此为止",
                f"What follows from '{county.clock.last.en}' on is dated after today and waits for its day",
            )
        )


async def _live_through(county: County) -> None:
    await _set_up(county)
    await _register(county)
    await _rate(county)
    await _ask_who_may_borrow(county)
    with county.clock.step("风险补偿金", "Open the risk fund") as step:
        await setting_up.open_fund(county)
        step.note(f"基金 fund {county.plan.fund_initial:,}")
    await _first_round(county)
    story = draw_story(county)
    await _live(county, story)


async def _live(county: County, story: Story) -> None:
    """Live through the calendar of the loans: whatever is paid, and between it what happens on its day."""
    days, rule = county.life, county.pack.compensation_rule()
    defaults = losses.causes(story, rule, county.insurance_kind, county.plan.fund_paid_in)
    story = replace(story, default=tuple(default.loan for default in defaults))
    cured = losses.cured(story, rule)
    for default in defaults:
        if default.insured:
            await losses.insure(county, default)
    marks = marks_of(county, story)
    years = range(days.first_disbursed_on.year, days.ends_on.year)
    stages: list[Stage] = [
        *((date(year, 12, 31), lambda year=year: _subsidise(county, year)) for year in years),
        (days.borrowed_again_on, lambda: _borrow_again(county, story)),
        (days.reported_on, lambda: _losses(county, defaults, cured)),
        (days.last_interest_on.replace(day=1), lambda: _end_subsidies(county, story, marks)),
        (days.ends_on, lambda: _subsidise(county, days.ends_on.year)),
        *_wrong_loan(county, story),
        *_wrong_marks(county, marks),
    ]
    if benefits := Benefits.of(county):
        stages += _benefits(county, benefits)
    if county.short_loans:
        stages.append((county.turned_over_on, lambda: _turn_over(county)))
    lived_through = days.first_disbursed_on
    for day, happen in sorted(stages, key=lambda stage: stage[0]):
        await _repay(county, story, lived_through, day)
        lived_through = day
        await happen()


def _wrong_loan(county: County, story: Story) -> list[Stage]:
    """Return the stages of a settlement that is posted on the wrong loan, where the county has two such loans."""
    if story.mistake is None:
        return []
    days, wrong = county.life, WrongLoan(county, story.mistake)
    return [
        (days.posted_wrong_on, _step(county, "还款串户", "A settlement is posted on the wrong loan", wrong.post)),
        (days.found_wrong_on, _step(county, "冲正与更正", "Found, reversed by two, put right", wrong.right)),
        (days.ends_on, _step(county, "更正结果核对", "What the correction came to", wrong.settled)),
    ]


def _wrong_marks(county: County, marks: Marks | None) -> list[Stage]:
    """Return the stages of the marks that come too late, where a state ends the subsidy."""
    if marks is None:
        return []
    late = "Marked late, clawed back, paid back in cash"
    right = "A mark by mistake is put right: a supplement"
    return [
        (county.life.found_wrong_on, _step(county, "补登脱贫与现金缴回", late, marks.found_late)),
        (county.life.ends_on, _step(county, "误标更正与补贴", right, marks.put_right)),
    ]


def _benefits(county: County, benefits: Benefits) -> list[Stage]:
    """Return the stages of the county's projects and agreements, where its document counts them."""

    async def set_up() -> None:
        with county.clock.step("扶贫项目谋划与协议", "Projects are planned, agreements concluded") as step:
            money = await benefits.plan()
            concluded = await benefits.conclude()
            step.note(f"{len(benefits.plans)} 个项目 projects, {money:,} 元；{concluded} 份协议 agreements")
        with county.clock.step("项目实施、监管与验收", "Carried out, supervised, accepted"):
            await benefits.carry_out()
        with county.clock.step("直补到户与报账", "Direct grants and reimbursement") as step:
            step.note(f"{await benefits.pay():,} 元")
        with county.clock.step("违规项目收回", "A violating project's money is taken back"):
            await benefits.take_back()

    async def share() -> None:
        with county.clock.step("年度分红", "The first year's dividends, guaranteed and by equity") as step:
            step.note(f"{await benefits.share():,} 元")

    ending = _step(county, "终止与续签", "An agreement ends, its principal comes back, a successor", benefits.end_one)
    begins = max(county.life.first_disbursed_on, benefits.days.paid_on)
    return [(begins, set_up), (benefits.days.shared_on, share), (benefits.days.ended_on, ending)]


def _step(county: County, zh: str, en: str, happen: Callable[[], Awaitable[None]]) -> Callable[[], Awaitable[None]]:
    async def step() -> None:
        with county.clock.step(zh, en):
            await happen()

    return step


async def _repay(county: County, story: Story, after: date, through: date) -> None:
    if after >= through:
        return
    with county.clock.step(f"还款至 {through}", f"Interest, prepayments, late payers, maturities to {through}") as step:
        step.unit = "repayments"
        step.done = await life.pay_span(county, story, after, through)
        await facts_arrived(county)


async def _set_up(county: County) -> None:
    with county.clock.step("县域初始化", "Regions, policy pack (two officers), reference rates, banks") as step:
        regions = await setting_up.load_regions(county)
        await setting_up.publish_packs(county)
        await setting_up.publish_rates(county)
        banks = await setting_up.register_lenders(county)
        step.note(f"{regions:,} 个行政区划 regions, {banks} 家银行 banks")
    with county.clock.step("政策包算例", "Run the pack's worked examples") as step:
        tried = try_examples(county.pack)
        for each in tried:
            county.clock.say(each.passed, each.example.name.zh, each.example.name.en)
        step.done, step.unit = len(tried), "examples"
        step.note(f"{sum(each.passed for each in tried)} / {len(tried)} 例与预期一致 as expected")
        if not all(each.passed for each in tried):
            raise DemoRefused(
                zh="政策包有算例与预期不符，请运行 make pack-check 查看。",
                en="A worked example of the pack does not come out as expected; run make pack-check.",
            )


async def _register(county: County) -> None:
    with county.clock.step("农户登记导入", "Import the household spreadsheet") as step:
        with step.bar("导入 import", county.plan.rows, "rows") as advance:
            rows = await setting_up.import_households(county, advance)
        step.note(f"登记 registered {rows['registered']:,}, 退回 rejected {rows['rejected']:,}")
    with county.clock.step("家庭成员导入", "The first township imports the members of its households") as step:
        with step.bar("导入 import", 0, "rows") as advance:
            rows = await setting_up.import_members(county, advance)
        county.members_registered = rows["registered"]
        step.note(f"登记 registered {rows['registered']:,}, 退回 rejected {rows['rejected']:,}")
    if not county.plan.outline.excludes_by_sheet:
        await setting_up.learn_household_ids(county)
    await setting_up.mark_excluded(county)


async def _rate(county: County) -> None:
    with county.clock.step("信用采集", "Visit a village and collect the rating's facts by the form") as step:
        lines, step.done = await rating.visit_village(county)
        step.unit = "households"
        step.note(f"{lines} 项指标 facts asked, {step.done:,} 户 households")
    with county.clock.step("信用评级", "Score, group review, public notice, final grades, credit areas") as step:
        rated = county.rated = await rating.rate_households(county)
        grades = sorted(rated.households_by_grade.items(), key=lambda row: str(row[0] or "~"))
        step.done, step.unit = sum(rated.households_by_grade.values()), "households"
        areas = ", ".join(f"{area.level} {area.credit}/{area.areas}" for area in rated.areas)
        shown = ", ".join(f"{grade or '未达标 none'} {count:,}" for grade, count in grades)
        step.note(f"{shown}; 评级率 rated {rated.rated_percent} %; 信用区域 credit areas {areas}")
    if county.plan.outline.demonstrates:
        with county.clock.step("信用示范", "Choose demonstration villages and households (two officers)") as step:
            chosen = county.demonstration = await rating.choose_demonstrations(county, rated.final_on)
            step.note(
                f"示范村 villages {chosen.villages}/{chosen.villages_requested}, "
                f"示范户 households {chosen.households:,}/{chosen.households_requested:,}"
            )


async def _ask_who_may_borrow(county: County) -> None:
    with county.clock.step("贷款资格普查", "Ask for every household whether it may borrow, with reasons") as step:
        await who_may_borrow.vouch_for_households(county)
        found = county.screening = await who_may_borrow.screen_eligibility(county)
        step.done, step.unit = found.households, "households"
        reasons = ", ".join(f"{reason.zh} {reason.en} {reason.households:,}" for reason in found.reasons)
        step.note(f"可贷 may borrow {found.eligible:,} / {found.households:,}; {reasons}")


async def _first_round(county: County) -> None:
    early, late = applying.first_round(county)
    total = sum(len(batch.loan_requests) for batch in early)
    with county.clock.step("贷款申请与审批", "Apply, check, put on public notice, review, sign, hand over") as step:
        with step.bar("申请 applications", total, "applications") as advance:
            outcome = await applying.run_batches(county, early, advance, object_to=3)
        step.note(
            f"受理 filed {outcome.filed:,}, 不予受理 refused {outcome.refused:,}, 异议 objections {outcome.objections}"
        )
    with county.clock.step("银行放款", "The banks pay out by file") as step:
        step.done, step.unit = await applying.disburse(county), "loans"
        await facts_arrived(county)
    late = applying.with_refiled(county, late)
    if late:
        await _second_money(county, late)
    await applying.learn_loans(county)
    if not county.first_loans:
        raise DemoRefused(
            zh=f"首轮无人获贷：普查时可贷 {county.screening.eligible if county.screening else 0} 户，申请均未通过；"
            "请对照上面的理由核对政策包的条件。",
            en="Nobody got a loan in the first round; compare the reasons above with the pack's conditions.",
        )


async def _second_money(county: County, late: list[Batch]) -> None:
    with county.clock.step("担保额度用尽与补充", "Cover is used up, the county pays in, the rest goes through") as step:
        with step.bar("申请 applications", sum(len(b.loan_requests) for b in late), "applications") as advance:
            outcome = await applying.run_batches(county, late, advance)
        await applying.disburse(county)
        await facts_arrived(county)
        step.note(outcome.not_covered or "首期资金足够 the first money covers everything")


async def _subsidise(county: County, year: int) -> None:
    with county.clock.step(f"{year} 年贴息", "Prepare, review, approve, pay, confirm, pay the rejected again") as step:
        with step.bar("贴息 subsidy", 0, "payments") as advance:
            paid = await subsidies.subsidise(county, year, advance)
        step.note(f"{paid.lines:,} 笔 lines, {paid.amount:,} 元，退票重付 paid again {paid.rejected}")
        await programmes.enter_figures(county, year)
        _, targets = await programmes.programme_figures(county, year)
        for target in targets:
            words = programmes.said(target)
            county.clock.say(target["is_met"], words.zh, words.en)


async def _end_subsidies(county: County, story: Story, marks: Marks | None) -> None:
    if county.pack.subsidy_rule().stop_states:
        spared = story.settled_early | (contracts((marks.late, marks.mistaken)) if marks else frozenset())
        with county.clock.step("停止贴息", "Some households enter a state that ends their subsidy") as step:
            step.note(f"停贴 subsidy ended {await subsidies.end_some_subsidies(county, spared):,}")
            if marks:
                await marks.mark_by_mistake()


async def _borrow_again(county: County, story: Story) -> None:
    batches = life.borrowing_again(county, story)
    if not batches:
        return
    with county.clock.step("信用升级续借", "Repaid on time: the next loan one grade higher (FJ-10)") as step:
        with step.bar("申请 applications", sum(len(b.loan_requests) for b in batches), "applications") as advance:
            outcome = await applying.run_batches(county, batches, advance)
        loans = await applying.disburse(county)
        await applying.learn_loans(county)
        await facts_arrived(county)
        step.note(f"续借 lent again {loans:,}, 不予受理 refused {outcome.refused}")


async def _turn_over(county: County) -> None:
    with county.clock.step(
        "还清再借", "Short loans are repaid, and their households borrow again within the year"
    ) as step:
        batches = life.turning_over(county)
        with step.bar("申请 applications", sum(len(b.loan_requests) for b in batches), "applications") as advance:
            await applying.run_batches(county, batches, advance)
        loans = await applying.disburse(county)
        await applying.learn_loans(county)
        await facts_arrived(county)
        step.note(f"再借 lent again {loans:,} 笔，{county.plan.amount_lent_again:,} 元")


async def _losses(county: County, defaults: list[losses.Default], cured: losses.Default | None) -> None:
    if cured is not None:
        with county.clock.step(
            "违约户还清", "In default, paid before the fund had to: cured, off the list, claim void"
        ):
            await Cured(county, cured).live_through()
    with county.clock.step(
        "违约、保险、代偿、追偿", "Defaults, insurance first, committee, compensation, recovery"
    ) as step:
        step.unit = "claims"
        await at_once([lambda d=d: losses.confirm(county, d) for d in defaults])  # type: ignore[misc]
        await at_once([lambda d=d, n=n: losses.compensate(county, d, n) for n, d in enumerate(defaults)])  # type: ignore[misc]
        step.done = len(defaults)
        recovered = await losses.recover(county, defaults)
        step.note(f"{len(defaults)} 笔代偿 compensated, {recovered} 笔追回 recovered from")
