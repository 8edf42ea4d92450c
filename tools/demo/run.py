"""The run itself: the steps in the order of the county's calendar."""

from datetime import date
from decimal import Decimal
from pathlib import Path

from tools.demo import applying, life, losses, rating, setting_up, subsidies, who_may_borrow
from tools.demo.county import County, at_once, until
from tools.demo.life import Story
from tools.packs.check import try_examples


async def live_through(county: County, pack_file: Path) -> None:
    """Take the county from its set-up to who may borrow, and on to its last loans where there are figures of them."""
    await _set_up(county, pack_file)
    await _register(county)
    await _rate(county)
    await _ask_who_may_borrow(county)
    if county.plan.outline.lends:
        await _lend(county)


async def _lend(county: County) -> None:
    """Take the county from its first applications in 2017 to the end of 2018."""
    with county.clock.step("风险补偿金与贴息计划", "Open the risk fund and the subsidy programmes") as step:
        await setting_up.open_fund(county)
        for year in (2017, 2018):
            await subsidies.open_programme(county, year)
        step.note(f"基金 fund {county.plan.fund_initial:,}")
    await _first_round(county)
    story = life.draw_story(county)
    defaults = losses.causes(story)
    await _year_2017(county, story, defaults)
    await _year_2018(county, story)
    await _borrow_again(county, story)
    await _losses(county, defaults)
    await _end_of_2018(county, story, defaults)


async def _set_up(county: County, pack_file: Path) -> None:
    with county.clock.step("县域初始化", "Regions, policy pack (two officers), reference rates, banks") as step:
        regions = await setting_up.load_regions(county.offices["admin"])
        await setting_up.publish_pack(county, pack_file)
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
            raise RuntimeError("a worked example of the pack does not come out as expected; run make pack-check")


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
    if county.plan.outline.lends or not county.plan.outline.excludes_by_sheet:
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
        await _facts_arrived(county)
    late = applying.with_refiled(county, late)
    with county.clock.step("担保额度用尽与补充", "Cover is used up, the county pays in, the rest goes through") as step:
        with step.bar("申请 applications", sum(len(b.loan_requests) for b in late), "applications") as advance:
            outcome = await applying.run_batches(county, late, advance)
        await applying.disburse(county)
        await _facts_arrived(county)
        step.note(outcome.not_covered)
    await applying.learn_loans(county)


async def _facts_arrived(county: County) -> None:
    """Wait until subsidy accounts and the fund's exposure agree with what lending says."""
    reader = county.offices["auditor"]

    async def agree() -> bool:
        lending = await reader.get("/reports/lending", region_code=county.code, as_of="2018-12-31")
        riskfund = await reader.get("/reports/riskfund", region_code=county.code)
        subsidy = await reader.get("/reports/subsidy", region_code=county.code)
        return bool(
            Decimal(riskfund["exposure"]) == Decimal(lending["outstanding"])
            and Decimal(subsidy["interest_paid"]) == Decimal(lending["interest_paid"])
            and subsidy["loans"] == lending["loans"]
        )

    await until(agree, "loans and repayments at the fund and the subsidy service")


async def _year_2017(county: County, story: Story, defaults: list[losses.Default]) -> None:
    for default in defaults:
        if default.insured:
            await losses.insure(county, default)
    with county.clock.step("2017 年还息", "Prepayments, interest by 20 December 2017, late payers") as step:
        step.unit = "repayments"
        step.done += await life.prepay(county, story)
        due = life.INTEREST_DATES[0]
        step.done += await life.pay_dues(
            county, date(2017, 1, 1), due, skip=story.late, paid_on=life.before_interest_date(due)
        )
        await life.mark_overdue(county, date(2017, 12, 31))
        await _facts_arrived(county)
    await _subsidise(county, 2017, date(2017, 12, 27))


async def _subsidise(county: County, year: int, prepared_on: date) -> None:
    with county.clock.step(f"{year} 年贴息", "Prepare, review, approve, pay, confirm, pay the rejected again") as step:
        with step.bar("贴息 subsidy", 0, "payments") as advance:
            paid = await subsidies.subsidise(county, year, prepared_on, advance)
        step.note(f"{paid.lines:,} 笔 lines, {paid.amount:,} 元，退票重付 paid again {paid.rejected}")


async def _year_2018(county: County, story: Story) -> None:
    defaulted = frozenset(loan.contract_number for loan in story.default)
    with county.clock.step("2018 年到期还款", "Late payers with penalty; one-year loans fall due") as step:
        step.unit = "repayments"
        step.done += await life.pay_dues(
            county,
            date(2017, 1, 1),
            life.LATE_PAID_ON,
            only=story.late,
            paid_on=lambda contract, due_on: life.LATE_PAID_ON,
        )
        for first_day in life.MATURITY_MONTHS:
            last_day = life.month_end(first_day)
            step.done += await life.pay_dues(county, first_day, last_day, skip=defaulted, paid_on=life.on_due_date)
            await life.mark_overdue(county, last_day)
        await _facts_arrived(county)


async def _borrow_again(county: County, story: Story) -> None:
    batches = life.borrowing_again(county, story)
    with county.clock.step("信用升级续借", "Repaid on time: the next loan one grade higher (FJ-10)") as step:
        with step.bar("申请 applications", sum(len(b.loan_requests) for b in batches), "applications") as advance:
            outcome = await applying.run_batches(county, batches, advance)
        loans = await applying.disburse(county)
        await _facts_arrived(county)
        step.note(f"续借 lent again {loans:,}, 不予受理 refused {outcome.refused}")


async def _losses(county: County, defaults: list[losses.Default]) -> None:
    with county.clock.step(
        "违约、保险、代偿、追偿", "Defaults, insurance first, committee, compensation, recovery"
    ) as step:
        step.unit = "claims"
        await at_once([lambda d=d: losses.confirm(county, d) for d in defaults])  # type: ignore[misc]
        await at_once([lambda d=d: losses.compensate(county, d) for d in defaults])  # type: ignore[misc]
        step.done = len(defaults)
        recovered = await losses.recover(county, defaults)
        step.note(f"{len(defaults)} 笔代偿 compensated, {recovered} 笔追回 recovered from")


async def _end_of_2018(county: County, story: Story, defaults: list[losses.Default]) -> None:
    due = life.INTEREST_DATES[1]
    with county.clock.step("2018 年还息", "Interest by 20 December 2018") as step:
        step.unit = "repayments"
        lifted = await subsidies.mark_stably_lifted(county)
        unpaid = story.never_pay_2018 | {default.loan.contract_number for default in defaults}
        step.done += await life.pay_dues(
            county, date(2018, 8, 1), due, skip=frozenset(unpaid), paid_on=life.before_interest_date(due)
        )
        await life.mark_overdue(county, date(2018, 12, 31))
        await _facts_arrived(county)
        step.note(f"稳定脱贫 stably lifted {lifted:,}")
    await _subsidise(county, 2018, date(2018, 12, 26))
