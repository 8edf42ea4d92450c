"""What a public notice says of whom, where it hangs, and how objections are seen in it (LG-12)."""

import io
from datetime import date
from html import escape
from typing import Any

import pypdf
import pytest

from services.lending.notices.rules.sheet import USUAL, Head, content_of, sheet_of
from services.lending.tests.applications.conftest import OTHER_VILLAGE, VILLAGE, Lending, changed_pack, loan_request
from services.lending.tests.applications.peers import household_id
from services.lending.tests.applications.test_deciding import code
from shared.access import Role
from shared.policy.pack import PolicyPack
from shared.policy.vocabulary import NoticeItem
from shared.prints.page import page_of
from shared.prints.pdf import pdf_of
from shared.prints.sheet import Sheet

NAMES = ("田大山", "龚小河")
PHOTO = "ab" * 32


async def _on_show(lending: Lending, *villages: str, **started: Any) -> str:
    """File one household of each village and hang their notice of the village level on 2017-01-10; return its id."""
    numbers = [f"{village}-{number}" for number, village in enumerate(villages)]
    lending.registry.heads = {str(household_id(each)): name for each, name in zip(numbers, NAMES, strict=False)}
    filed = await lending.file(*map(loan_request, numbers))
    assert (await lending.decide(filed["id"], "village", "2017-01-10")).status_code == 201
    body = {"level": "village", "started_on": "2017-01-10", **started}
    path = f"/application-batches/{filed['id']}/public-notices"
    return str((await lending.post(path, body, Role.SERVICE_CENTRE)).json()["id"])


async def _hang(lending: Lending, notice: str, on: str, village: str = VILLAGE, **more: Any) -> Any:
    body = {"region_code": village, "place": "村务公开栏", "hung_on": on, "photos": [PHOTO], **more}
    return await lending.post(f"/public-notices/{notice}/hangings", body, Role.VILLAGE, subject="wang")


@pytest.mark.clause("LG-12(b)")
async def test_the_notice_says_what_the_pack_names_in_full_to_who_runs_it_and_masked_to_others(
    lending: Lending,
) -> None:
    notice = await _on_show(lending, VILLAGE, objections_to="村委会，电话 023-56550000")
    shown = (await lending.get(f"/public-notices/{notice}", Role.VILLAGE)).json()
    assert (shown["names_in_full"], shown["content"]) == (True, list(USUAL))
    (entry,) = shown["entries"]
    said = {key: entry[key] for key in (*USUAL, "grade", "household_number")}
    assert said == {
        "household_head": "田大山",
        "place": "永乐镇大坝村",
        "amount": "50000.00",
        "term_months": 36,
        "purpose": "planting",
        "bank": "CQRCB 银行",
        "grade": None,
        "household_number": None,
    }
    for role in (Role.FINANCE_BUREAU, Role.AUDITOR, Role.HELPER):
        other = (await lending.get(f"/public-notices/{notice}", role)).json()
        assert (other["names_in_full"], other["entries"][0]["household_head"]) == (False, "田**")
    page = await lending.get(f"/public-notices/{notice}/sheet.html", Role.VILLAGE)
    file = await lending.get(f"/public-notices/{notice}/sheet.pdf", Role.VILLAGE)
    read = "".join(each.extract_text() for each in pypdf.PdfReader(io.BytesIO(file.content)).pages)
    for text in (page.text, read.replace("\n", "")):
        assert all(said in text for said in ("田大山", "50000.00元", "023-56550000", "2017年1月17日"))
    assert code(await lending.get(f"/public-notices/{notice}/sheet.pdf", Role.FINANCE_BUREAU)) == (403, "right-missing")


@pytest.mark.clause("LG-12(b)")
async def test_a_county_names_what_its_notices_say(lending: Lending, pack: PolicyPack) -> None:
    content = pack.model_dump(mode="json")
    content["public_notice"]["content"] = {"value": ["household_head", "grade"], "clause": ["FJ-10"]}
    other = PolicyPack.model_validate(content)
    await lending.confirm_pack(changed_pack(other), version=2)
    notice = await _on_show(lending, VILLAGE)
    shown = (await lending.get(f"/public-notices/{notice}", Role.VILLAGE)).json()
    assert (shown["content"], shown["entries"][0]["grade"], shown["entries"][0]["amount"]) == (
        ["household_head", "grade"],
        "A",
        None,
    )


async def test_a_county_may_have_other_days_in_the_village_than_in_the_township(
    lending: Lending, pack: PolicyPack
) -> None:
    content = pack.model_dump(mode="json")
    own = [{"level": "village", "working_days": 7}]
    content["public_notice"]["working_days_of_levels"] = {"value": own, "clause": ["FJ-10"]}
    await lending.confirm_pack(changed_pack(PolicyPack.model_validate(content)), version=2)
    filed = await lending.file(loan_request(f"{VILLAGE}-1"))
    notice = await lending.bring_to_public_notice(filed["id"])
    assert (notice["working_days"], notice["ends_on"]) == (7, "2017-01-19")
    await lending.close(notice["id"], "2017-01-19")
    await lending.decide(filed["id"], "township", "2017-01-20")
    started = {"level": "township", "started_on": "2017-01-20"}
    township = await lending.post(f"/application-batches/{filed['id']}/public-notices", started, Role.TOWNSHIP)
    assert township.json()["working_days"] == 5


@pytest.mark.clause("LG-12(b)")
async def test_a_notice_that_hangs_late_stays_public_its_five_working_days(lending: Lending) -> None:
    notice = await _on_show(lending, VILLAGE, OTHER_VILLAGE)
    (listed,) = (await lending.get("/public-notices?is_hung=false&is_open=true")).json()["items"]
    assert listed["not_hung_in"] == [VILLAGE, OTHER_VILLAGE]
    first = await _hang(lending, notice, "2017-01-12")
    assert (first.json()["place"], first.json()["photos"], first.json()["office"]) == ("村务公开栏", [PHOTO], "village")
    assert (await _hang(lending, notice, "2017-01-10", OTHER_VILLAGE)).status_code == 201
    assert (await lending.get("/public-notices?is_hung=false")).json()["items"] == []
    closed = (await lending.close(notice, "2017-01-17")).json()
    (staying,) = closed["remaining"]
    assert (closed["advanced_count"], staying["public_notice_ends_on"]) == (1, "2017-01-19")
    shown = (await lending.get(f"/public-notices/{notice}")).json()
    assert [each["public_notice_ends_on"] for each in shown["entries"]] == ["2017-01-19", None]


async def test_a_wrong_record_is_taken_back_by_another_person_and_the_days_run_as_without_it(lending: Lending) -> None:
    notice = await _on_show(lending, VILLAGE)
    hanging = (await _hang(lending, notice, "2017-01-13")).json()["id"]
    objection = {"raised_on": "2017-01-13", "grounds": "名下有商品房"}
    (entry,) = (await lending.get(f"/public-notices/{notice}")).json()["entries"]
    path = f"/applications/{entry['application_id']}/objections"
    raised = (await lending.post(path, objection, Role.VILLAGE)).json()["id"]
    settled = {"settled_on": "2017-01-16", "outcome": "dismissed", "reason": "入户核实"}
    answered = await lending.post(f"/objections/{raised}/settlements", settled, Role.TOWNSHIP)
    assert answered.json()["public_notice_ends_on"] == "2017-01-22"
    path, body = f"/hangings/{hanging}/withdrawals", {"withdrawn_on": "2017-01-16", "reason": "张贴日期有误"}
    assert code(await lending.post(path, body, Role.VILLAGE, subject="wang")) == (403, "maker-is-checker")
    early = {**body, "withdrawn_on": "2017-01-12"}
    assert code(await lending.post(path, early, Role.VILLAGE, subject="li")) == (422, "date-before-step")
    elsewhere = await lending.post(path, body, Role.VILLAGE, subject="li", region="500236101")
    assert code(elsewhere) == (404, "hanging-unknown")
    assert (await lending.post(path, body, Role.VILLAGE, subject="li")).status_code == 201
    assert code(await lending.post(path, body, Role.VILLAGE, subject="li")) == (409, "hanging-withdrawn")
    shown = (await lending.get(f"/public-notices/{notice}")).json()
    assert shown["entries"][0]["public_notice_ends_on"] == "2017-01-19"  # two days had run before the objection
    assert [(each["outcome"], each["reason"]) for each in shown["objections"]] == [("dismissed", "入户核实")]
    assert (shown["not_hung_in"], shown["hangings"][0]["withdrawn_by"]) == ([VILLAGE], "li")


async def test_a_notice_hangs_where_it_shows_somebody_and_by_who_runs_it(lending: Lending) -> None:
    notice = await _on_show(lending, VILLAGE)
    elsewhere = await _hang(lending, notice, "2017-01-10", OTHER_VILLAGE)
    assert code(elsewhere) == (409, "public-notice-not-there")
    assert code(await _hang(lending, notice, "2017-01-09")) == (422, "date-before-step")
    path, body = (
        f"/public-notices/{notice}/hangings",
        {"region_code": VILLAGE, "place": "公示栏", "hung_on": "2017-01-10"},
    )
    assert code(await lending.post(path, body, Role.VILLAGE, region="500236101"))[0] == 404
    assert code(await lending.get(f"/public-notices/{notice}", region="500236101"))[0] == 404
    lending.registry.fails = True
    assert code(await lending.get(f"/public-notices/{notice}")) == (503, "peer-unavailable")


def _sheet(pack: PolicyPack, names: int, name: str = "田大山") -> Sheet:
    head = Head("village", "扶贫小额信贷", "实施细则", "村两委", 5, date(2017, 1, 10), date(2017, 1, 17), None)
    entry = {"household_head": name, "mode": "direct", "industry": "planting", "grade": None}
    items = (NoticeItem.HOUSEHOLD_HEAD, NoticeItem.MODE, NoticeItem.INDUSTRY, NoticeItem.GRADE)
    return sheet_of(head, items, [entry] * names, pack.purpose_rule())


@pytest.mark.parametrize(("names", "pages"), [(0, 1), (1, 1), (150, 5)])
def test_every_line_of_a_long_notice_is_printed_under_its_columns(names: int, pages: int, pack: PolicyPack) -> None:
    sheet = _sheet(pack, names)
    read = pypdf.PdfReader(io.BytesIO(pdf_of(sheet)))
    texts = [page.extract_text() for page in read.pages]
    assert (len(texts), sum(text.count("田大山") for text in texts)) == (pages, names)
    assert all("户主姓名" in text for text in texts)
    assert page_of(sheet).count("田大山") == names
    assert "向村两委提出" in page_of(sheet)


def test_nothing_that_is_on_file_runs_in_the_page(pack: PolicyPack) -> None:
    name = "<script>alert(1)</script>"
    page = page_of(_sheet(pack, 1, name))
    assert name not in page
    assert escape(name) in page


def test_the_usual_content_is_that_of_counties_which_name_none() -> None:
    assert content_of(None) == USUAL
    assert content_of([NoticeItem.HOUSEHOLD_HEAD]) == (NoticeItem.HOUSEHOLD_HEAD,)
