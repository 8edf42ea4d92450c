"""One household, one file: everything in one answer, masked, of one moment, for those who may see it."""

from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from services.registry.tests.county import OTHER_VILLAGE, VILLAGE, get, post, rated, registered, row
from services.registry.tests.papers import filed, picture
from shared.access import Role
from shared.testing.service import ServiceUnderTest


@pytest.fixture(autouse=True)
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep contents in the test's own folder."""
    monkeypatch.setenv("REGISTRY_DOCUMENTS_DIR", str(tmp_path / "store"))


async def _file(registry: ServiceUnderTest, household: str, role: Role = Role.SERVICE_CENTRE, **where: str) -> Any:
    return await get(registry, f"/households/{household}/dossier?as_of=2017-03-01", role, **where)


async def _lived(registry: ServiceUnderTest, household: str) -> None:
    """Let things happen to a household: a helper, an exclusion, a state, a debt in the family, papers."""
    done = [
        await post(
            registry,
            "/helper-assignments",
            {
                "valid_from": "2017-01-05",
                "reason": "结对帮扶",
                "assignments": [{"household_id": household, "helper": "helper-7", "helper_name": "李干部"}],
            },
            Role.TOWNSHIP,
        ),
        await post(
            registry,
            "/household-status-changes",
            {"household_ids": [household], "state": "lifted", "effective_from": "2017-02-01", "reason": "验收"},
            Role.POVERTY_OFFICE,
        ),
        await post(
            registry,
            f"/households/{household}/family-debts",
            {"bank_code": "RCB", "kind": "credit_limit", "valid_from": "2017-01-06"},
            Role.TOWNSHIP,
        ),
    ]
    assert [each.status_code for each in done] == [201] * 3, [each.text for each in done]


@pytest.mark.clause("LG-42", "LG-43")
async def test_everything_about_a_household_is_in_one_answer(registry: ServiceUnderTest) -> None:
    (household,) = await registered(registry, row(1))
    await rated(registry)
    await _lived(registry, household)
    await filed(registry, household, picture(1), "photo")
    await filed(registry, household, picture(2), "photo")
    paper = await filed(registry, household, picture(3), "application_form")
    answer = await _file(registry, household)
    assert answer.status_code == 200, answer.text
    file = answer.json()
    assert (file["household_number"], file["poverty_state"], file["village_code"]) == ("FJ00001", "lifted", VILLAGE)
    assert [each["state"] for each in file["state_changes"]] == ["registered", "lifted"]
    assert [each["village_code"] for each in file["villages"]] == [VILLAGE]
    assert [each["helper"] for each in file["helpers"]] == ["helper-7"]
    assert [each["kind"] for each in file["family_debts"]] == ["credit_limit"]
    assert file["surveys"][0]["answers"]["income_annual"] == "90000"
    assert [each["grade"] for each in file["rating"]["ratings"]] == [file["rating"]["preliminary_grade"]]
    assert len(file["rating"]["derivation"]) == 7
    kinds = {each["kind"]: [one["id"] for one in each["documents"]] for each in file["documents"]}
    assert (kinds["application_form"], len(kinds["photo"])) == ([paper["id"]], 2)
    assert (file["document_count"], file["documents"][0]["zh"]) == (3, "贷款申请表")
    assert file["checklist"]["missing"] == ["review_form", "commitment_letter", "loan_contract"]


@pytest.mark.clause("LG-43(a)")
async def test_every_paper_of_the_credit_file_is_filed_under_its_name(registry: ServiceUnderTest) -> None:
    (household,) = await registered(registry, row(1))
    papers = {
        "rating_form": "评级表",
        "identity_proof": "身份证明",
        "household_register": "户口簿",
        "marriage_proof": "婚姻状况证明",
        "credit_report": "征信报告",
        "application_form": "贷款申请表",
        "loan_contract": "借款合同",
        "iou": "借据",
        "photo": "照片",
        "check_report": "检查报告",
        "classification_form": "五级分类认定表",
        "other": "其他",
    }
    for number, kind in enumerate(papers):
        await filed(registry, household, picture(number * 20), kind)
    file = (await _file(registry, household)).json()
    found = {each["kind"]: (each["zh"], len(each["documents"])) for each in file["documents"]}
    assert found == {kind: (zh, 1) for kind, zh in papers.items()}


async def test_the_file_says_the_same_as_the_register_and_masks_what_it_masks(registry: ServiceUnderTest) -> None:
    (household,) = await registered(registry, row(1, four_kinds="是"))
    await _lived(registry, household)
    file = (await _file(registry, household)).json()
    register = (await get(registry, f"/households/{household}", Role.SERVICE_CENTRE)).json()
    for key in register.keys() - {"members"}:
        assert file[key] == register[key], key
    assert [each["id"] for each in file["members"]] == [each["id"] for each in register["members"]]
    assert (file["members"][0]["name"], file["members"][0]["age"]) == ("王**", 37)
    assert file["accounts"][0]["account_number"].startswith("***")
    text = str(file)
    for secret in (row(1)["resident_id"], row(1)["bank_account"], row(1)["phone"], row(1)["head_name"]):
        assert secret not in text


@pytest.mark.clause("LG-42")
async def test_loans_are_shown_as_far_as_lending_published_them(registry: ServiceUnderTest) -> None:
    (household,) = await registered(registry, row(1))
    loan = UUID(int=77)
    await registry.database.pool.execute(
        "INSERT INTO household_loan (loan_id, household_id, village_code, principal, disbursed_on) "
        "VALUES ($1, $2, $3, 30000, '2017-02-01')",
        loan,
        UUID(household),
        VILLAGE,
    )
    await registry.database.pool.execute(
        "INSERT INTO household_repayment (id, loan_id, paid_on, principal) VALUES ($1, $2, '2017-02-20', 0.10)",
        UUID(int=78),
        loan,
    )
    (shown,) = (await _file(registry, household)).json()["loans"]
    assert (shown["principal"], shown["principal_repaid"]) == ("30000.00", "0.10")
    assert (shown["disbursed_on"], shown["closed_on"]) == ("2017-02-01", None)


async def test_other_regions_and_roles_see_no_file(registry: ServiceUnderTest) -> None:
    (household,) = await registered(registry, row(1))
    outside = await _file(registry, household, Role.VILLAGE, region=OTHER_VILLAGE)
    assert (outside.status_code, outside.json()["code"]) == (404, "households-unknown")
    for role in (Role.BANK, Role.INSURER, Role.ADMIN, Role.CENTRAL_BANK):
        refused = await _file(registry, household, role)
        assert (refused.status_code, refused.json()["code"]) == (403, "right-missing")
    assert (await _file(registry, household, Role.AUDITOR)).status_code == 200


async def test_a_county_without_a_pack_has_files_too(regional_registry: ServiceUnderTest) -> None:
    (household,) = await registered(regional_registry, row(1))
    await filed(regional_registry, household, picture(), "identity_proof")
    file = (await _file(regional_registry, household)).json()
    assert (file["checklist"], file["document_count"]) == (None, 1)
    assert file["documents"][0]["zh"] == "身份证明"


async def test_the_file_takes_at_most_eight_statements(
    registry: ServiceUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    (household,) = await registered(registry, row(1))
    for shade in range(3):
        await filed(registry, household, picture(shade), "photo")
    asked: list[str] = []
    for name in ("fetch", "fetchrow", "fetchval"):
        original = getattr(asyncpg.Connection, name)

        def counted(self: Any, query: str, *given: Any, _original: Any = original, **more: Any) -> Any:
            asked.append(query)
            return _original(self, query, *given, **more)

        monkeypatch.setattr(asyncpg.Connection, name, counted)
    assert (await _file(registry, household)).status_code == 200
    assert 0 < len(asked) <= 8


async def test_the_file_is_printed_whole_and_escaped(registry: ServiceUnderTest) -> None:
    (household,) = await registered(registry, row(1))
    await rated(registry)
    await _lived(registry, household)
    marked = await post(
        registry,
        "/household-status-changes",
        {
            "household_ids": [household],
            "state": "monitored",
            "effective_from": "2017-02-20",
            "reason": "<img src=x onerror=alert(1)>",
        },
        Role.POVERTY_OFFICE,
    )
    assert marked.status_code == 201, marked.text
    await filed(registry, household, picture(), "application_form")
    path = f"/households/{household}/dossier.html?as_of=2017-03-01"
    page = await get(registry, path, Role.TOWNSHIP)
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    text = page.text
    assert "<img" not in text
    assert "&lt;img src=x" in text
    for said in (
        "FJ00001",
        "王**",
        "户主",
        "监测户",
        "李干部",
        "建档登记 registered",
        "贷款申请表 application form",
        "缺 missing",
        "合计 total",
    ):
        assert said in text, said
    for secret in (row(1)["resident_id"], row(1)["bank_account"], row(1)["phone"], row(1)["head_name"]):
        assert secret not in text
    assert text.count("<table>") == text.count("</table>") >= 8
    outside = await get(registry, path, Role.VILLAGE, region=OTHER_VILLAGE)
    assert (outside.status_code, outside.json()["code"]) == (404, "households-unknown")


async def _views(registry: ServiceUnderTest, household: str, query: str = "", **where: str) -> Any:
    return await get(registry, f"/households/{household}/dossier-views{query}", Role.AUDITOR, **where)


@pytest.mark.clause("LG-44")
async def test_who_looked_at_a_file_is_on_file(registry: ServiceUnderTest) -> None:
    household, other = await registered(registry, row(1), row(2))
    first = (await _file(registry, household, Role.TOWNSHIP, subject="zhao")).json()
    assert (first["latest_views"], first["view_count"]) == ([], 0), "a file names who looked before"
    page = await get(registry, f"/households/{household}/dossier.html", Role.SERVICE_CENTRE, subject="qian")
    assert "zhao" in page.text
    assert "乡镇 township" in page.text
    assert "查看 read" in page.text
    seen = (await _file(registry, household, Role.AUDITOR, subject="sun")).json()
    assert seen["view_count"] == 2
    assert [(each["viewed_by"], each["roles"], each["access"]) for each in seen["latest_views"]] == [
        ("qian", ["service_centre"], "print"),
        ("zhao", ["township"], "screen"),
    ]
    start = (await _views(registry, household, "?limit=2")).json()
    rest = (await _views(registry, household, f"?cursor={start['next']}")).json()
    assert [each["viewed_by"] for each in (*start["items"], *rest["items"])] == ["zhao", "qian", "sun"]
    assert all(each["viewed_at"] for each in start["items"])
    assert (await _file(registry, other)).json()["view_count"] == 0


async def test_a_look_that_was_refused_is_no_view(registry: ServiceUnderTest) -> None:
    (household,) = await registered(registry, row(1))
    await _file(registry, household, Role.VILLAGE, region=OTHER_VILLAGE)
    await _file(registry, household, Role.BANK)
    assert (await _views(registry, household)).json()["items"] == []
    outside = await _views(registry, household, region="500237")
    assert (outside.status_code, outside.json()["code"]) == (404, "households-unknown")
    unknown = await _views(registry, str(UUID(int=9)))
    assert unknown.status_code == 404


async def test_a_file_names_the_latest_twenty_looks_and_counts_all(registry: ServiceUnderTest) -> None:
    (household,) = await registered(registry, row(1))
    await registry.database.pool.execute(
        "INSERT INTO dossier_view (household_id, access, viewed_by, roles) "
        "SELECT $1, 'screen', 'officer-' || n, '{township}' FROM generate_series(1, 25) AS n",
        UUID(household),
    )
    file = (await _file(registry, household)).json()
    assert (file["view_count"], len(file["latest_views"])) == (25, 20)
    assert [each["viewed_by"] for each in file["latest_views"][:2]] == ["officer-25", "officer-24"]
    for statement in ("DELETE FROM dossier_view", "UPDATE dossier_view SET viewed_by = 'nobody'"):
        with pytest.raises(asyncpg.PostgresError, match="only grows"):
            await registry.database.pool.execute(statement)
