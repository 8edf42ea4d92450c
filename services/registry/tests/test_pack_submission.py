"""A submitted pack: known clauses, existing regions, the version before it, its own worked examples, its neighbours."""

from typing import Any
from uuid import UUID

import asyncpg
import httpx
import pytest

from services.registry.policy.packs.queries import find_pack_in_force, get_packs_in_force
from services.registry.tests.county import PACK, PACK_TEXT, get
from shared.access import Role
from shared.policy.in_force import NoPackInForce
from shared.policy.load import read_pack
from shared.policy.schema import pack_schema
from shared.testing.service import ServiceUnderTest

TEXT = PACK_TEXT
TOWNSHIP = "500236001"
OTHER_TOWNSHIP = "500236117"


def _version(
    version: int, effective_from: str, supersedes: int | None = 1, changes: dict[str, str] | None = None
) -> str:
    """Return the county's pack as another version."""
    lines = f"version: {version}\n" + (f"  supersedes: {supersedes}\n" if supersedes else "")
    text = TEXT.replace("version: 1\n", lines).replace(
        "effective_from: 2017-01-01", f"effective_from: {effective_from}"
    )
    return _changed(text, changes or {})


def _changed(text: str, changes: dict[str, str]) -> str:
    for old, new in changes.items():
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


def _of_part(code: str, region: str, version: int = 1, **changes: str) -> str:
    """Return a pack of one township, which lends at most 30 000."""
    renamed = {"code: fengjie\n": f"code: {code}\n", 'regions: ["500236"]': f'regions: ["{region}"]'}
    return _changed(TEXT.replace("version: 1\n", f"version: {version}\n"), {**renamed, **changes})


async def _submit(registry: ServiceUnderTest, text: str) -> httpx.Response:
    headers = registry.headers(Role.POVERTY_OFFICE, subject="maker", region="500236")
    return await registry.client.post("/api/v1/policy-packs", content=text, headers=headers)


async def _confirm(registry: ServiceUnderTest, pack_id: str) -> httpx.Response:
    headers = registry.headers(Role.FINANCE_BUREAU, subject="checker", region="500236")
    return await registry.client.post(f"/api/v1/policy-packs/{pack_id}/confirmations", headers=headers)


async def _in_force(registry: ServiceUnderTest, text: str) -> dict[str, Any]:
    submitted = await _submit(registry, text)
    assert submitted.status_code == 201, submitted.text
    confirmed = await _confirm(registry, submitted.json()["id"])
    assert confirmed.status_code == 201, confirmed.text
    return dict(confirmed.json())


def _refusal(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


async def test_keeps_rules_and_worked_examples_apart(regional_registry: ServiceUnderTest) -> None:
    pack = (await _submit(regional_registry, TEXT)).json()
    assert (pack["regions"], pack["supersedes"]) == (["500236"], None)
    assert (pack["content_hash"], pack["examples_hash"]) == (PACK.content_hash(), PACK.examples_hash())
    whole = (await get(regional_registry, f"/policy-packs/{pack['id']}", Role.BANK)).json()
    assert "examples" not in whole["content"]
    assert len(whole["examples"]) == len(PACK.examples)


async def test_refuses_a_clause_that_the_pack_does_not_list(regional_registry: ServiceUnderTest) -> None:
    answer = await _submit(regional_registry, TEXT.replace("clause: FJ-14\n", "clause: FJ-99\n", 1))
    assert _refusal(answer) == (422, "policy-pack-invalid")
    [mistake] = answer.json()["values"]["mistakes"]
    assert "FJ-99 is not in this pack's own list" in mistake["message"]["en"]
    assert "FJ-99 不在本政策包的条款清单 clauses 中" in mistake["message"]["zh"]
    assert mistake["line"] == TEXT[: TEXT.index("clause: FJ-14\n")].count("\n") + 1


async def test_refuses_a_region_that_does_not_exist(regional_registry: ServiceUnderTest) -> None:
    answer = await _submit(regional_registry, _changed(TEXT, {'regions: ["500236"]': 'regions: ["500236999"]'}))
    assert _refusal(answer) == (422, "policy-pack-regions-unknown")
    assert answer.json()["values"]["regions"] == ["500236999"]


async def test_refuses_a_pack_whose_worked_examples_fail_and_names_each(regional_registry: ServiceUnderTest) -> None:
    wrong = _changed(
        TEXT,
        {
            "expect: {reasons: [amount-above-credit-limit]}": "expect: {reasons: []}",
            'expect: {score: "79", grade: B, credit_limit: "40000.00"}': 'expect: {score: "78", grade: A}',
        },
    )
    answer = await _submit(regional_registry, wrong)
    assert _refusal(answer) == (422, "policy-pack-examples-failed")
    first, second = answer.json()["values"]["examples"]
    assert first["en"] == "Grade C asks for more than its credit limit"
    assert first["line"] == wrong[: wrong.index("- name: {zh: C级户申请超额度")].count("\n") + 1
    assert first["differences"] == [{"figure": "reasons", "expected": "[]", "found": "[amount-above-credit-limit]"}]
    assert "30000.01" in first["why"][0]["zh"]
    assert second["differences"] == [
        {"figure": "score", "expected": "78", "found": "79"},
        {"figure": "grade", "expected": "A", "found": "B"},
    ]
    assert "score 应为 78，算得 79" in answer.json()["detail"]
    assert (await get(regional_registry, "/policy-packs", Role.BANK)).json()["items"] == []


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        (_version(2, "2018-01-01", supersedes=None), "policy-pack-supersedes-wrong", "write `supersedes: 1`"),
        (_version(3, "2018-01-01", supersedes=2), "policy-pack-supersedes-wrong", "version 1 as its latest confirmed"),
        (_version(2, "2016-12-31"), "policy-pack-starts-too-early", "begin on 2017-01-01"),
        (TEXT, "policy-pack-version-not-new", "write `version: 2`"),
    ],
)
async def test_refuses_a_version_that_does_not_follow(
    registry: ServiceUnderTest, text: str, code: str, said: str
) -> None:
    answer = await _submit(registry, text)
    assert _refusal(answer) == (409, code)
    assert said in answer.json()["detail"]


async def test_a_correction_may_begin_on_the_same_day_and_then_holds(registry: ServiceUnderTest) -> None:
    await _in_force(registry, _version(2, "2017-01-01"))
    current = await get(registry, "/policy-packs/current?county_code=500236&as_of=2017-01-01", Role.BANK)
    assert current.json()["pack_version"] == 2


async def test_a_first_version_supersedes_nothing(regional_registry: ServiceUnderTest) -> None:
    answer = await _submit(regional_registry, _version(2, "2017-01-01"))
    assert _refusal(answer) == (409, "policy-pack-supersedes-wrong")
    assert "leave `supersedes` out" in answer.json()["detail"]


async def test_of_two_drafts_only_one_can_be_confirmed(registry: ServiceUnderTest) -> None:
    first = (await _submit(registry, _version(2, "2018-01-01"))).json()
    second = (await _submit(registry, _version(3, "2018-06-01"))).json()
    assert (await _confirm(registry, second["id"])).status_code == 201
    assert _refusal(await _confirm(registry, first["id"])) == (409, "policy-pack-supersedes-wrong")


async def test_a_confirmed_pack_never_changes_even_in_the_database(registry: ServiceUnderTest) -> None:
    for statement in ("UPDATE policy_pack SET effective_from = '2020-01-01'", "DELETE FROM policy_pack"):
        with pytest.raises(asyncpg.RestrictViolationError, match="never changes"):
            await registry.database.pool.execute(statement)


async def test_says_in_words_what_a_version_changes(registry: ServiceUnderTest) -> None:
    rule = {'amount_max: {value: "50000.00", clause: FJ-10}': 'amount_max: {value: "45000.00", clause: FJ-10}'}
    pack = await _in_force(registry, _version(2, "2018-01-01", changes=rule))
    answer = (await get(registry, f"/policy-packs/{pack['id']}/differences", Role.BANK)).json()
    assert (answer["from_code"], answer["from_pack_version"], answer["pack_version"]) == ("fengjie", 1, 2)
    assert [each["key"] for each in answer["differences"]] == ["header.effective_from", "lending.amount_max"]
    assert (
        answer["differences"][1]["zh"] == "lending.amount_max：“单笔最高金额”由 50000.00 改为 45000.00（依据 FJ-10）。"
    )
    backwards = await get(
        registry, f"/policy-packs/{answer['from_pack_id']}/differences?from_pack_id={pack['id']}", Role.BANK
    )
    assert "changed from 45000.00 to 50000.00" in backwards.json()["differences"][1]["en"]


async def test_differences_need_something_to_compare_with(registry: ServiceUnderTest) -> None:
    [first] = (await get(registry, "/policy-packs", Role.BANK)).json()["items"]
    answer = await get(registry, f"/policy-packs/{first['id']}/differences", Role.BANK)
    assert _refusal(answer) == (409, "policy-pack-nothing-to-compare")
    answer = await get(registry, f"/policy-packs/{first['id']}/differences?from_pack_id={UUID(int=7)}", Role.BANK)
    assert _refusal(answer) == (404, "policy-pack-unknown")


async def test_publishes_the_schema(registry: ServiceUnderTest) -> None:
    assert (await get(registry, "/policy-packs/schema", Role.BANK)).json() == pack_schema()


async def test_a_county_of_which_only_a_township_has_a_pack_has_that_one(regional_registry: ServiceUnderTest) -> None:
    pack = await _in_force(regional_registry, _of_part("yongan", TOWNSHIP))
    async with regional_registry.database.connection() as conn:
        for asked in ("500236", TOWNSHIP, f"{TOWNSHIP}001"):
            found = await find_pack_in_force(conn, asked, PACK.header.effective_from)
            assert found is not None, asked
            assert str(found.pack_id) == pack["id"]
        assert await find_pack_in_force(conn, OTHER_TOWNSHIP, PACK.header.effective_from) is None


async def test_two_townships_have_packs_side_by_side_with_their_own_numbers(
    regional_registry: ServiceUnderTest,
) -> None:
    first = await _in_force(regional_registry, _of_part("yongan", TOWNSHIP))
    second = await _in_force(regional_registry, _of_part("baidi", OTHER_TOWNSHIP))
    async with regional_registry.database.connection() as conn:
        villages = [f"{TOWNSHIP}001", f"{OTHER_TOWNSHIP}202"]
        found = await get_packs_in_force(conn, villages, PACK.header.effective_from)
        assert [str(found[village].pack_id) for village in villages] == [first["id"], second["id"]]
        with pytest.raises(NoPackInForce, match="name the township"):
            await get_packs_in_force(conn, ["500236"], PACK.header.effective_from)


async def test_a_township_goes_before_its_county(registry: ServiceUnderTest) -> None:
    part = await _in_force(registry, _of_part("yongan", TOWNSHIP, version=2))
    codes = {}
    for asked in ("500236", TOWNSHIP, f"{TOWNSHIP}001", OTHER_TOWNSHIP):
        found = await get(registry, f"/policy-packs/current?county_code={asked}&as_of=2017-06-01", Role.BANK)
        codes[asked] = found.json()["code"]
    assert codes == {
        "500236": "fengjie",
        TOWNSHIP: "yongan",
        f"{TOWNSHIP}001": "yongan",
        OTHER_TOWNSHIP: "fengjie",
    }
    assert part["regions"] == [TOWNSHIP]


async def test_a_new_version_that_leaves_a_region_no_longer_holds_there(regional_registry: ServiceUnderTest) -> None:
    both = {f'regions: ["{TOWNSHIP}"]': f'regions: ["{TOWNSHIP}", "{OTHER_TOWNSHIP}"]'}
    await _in_force(regional_registry, _changed(_of_part("yongan", TOWNSHIP), both))
    later = _of_part(
        "yongan", TOWNSHIP, 2, **{"effective_from: 2017-01-01": "effective_from: 2018-01-01\n  supersedes: 1"}
    )
    await _in_force(regional_registry, later)
    path = f"/policy-packs/current?county_code={OTHER_TOWNSHIP}&as_of="
    assert (await get(regional_registry, f"{path}2017-12-31", Role.BANK)).json()["pack_version"] == 1
    gone = await get(regional_registry, f"{path}2018-01-01", Role.BANK)
    assert _refusal(gone) == (409, "no-policy-pack-in-force")


async def test_refuses_a_second_pack_for_the_same_region(registry: ServiceUnderTest) -> None:
    answer = await _submit(registry, _of_part("other", "500236", version=2))
    assert _refusal(answer) == (409, "policy-pack-region-taken")


async def test_refuses_a_version_number_of_a_pack_around_it(registry: ServiceUnderTest) -> None:
    answer = await _submit(registry, _of_part("yongan", TOWNSHIP))
    assert _refusal(answer) == (409, "policy-pack-version-used-around")
    assert "write `version: 2`" in answer.json()["detail"]


async def test_refuses_the_code_of_another_countys_pack(registry: ServiceUnderTest) -> None:
    text = _version(2, "2018-01-01", changes={'regions: ["500236"]': 'regions: ["500237"]'})
    headers = registry.headers(Role.POVERTY_OFFICE, subject="maker", region="500237")
    answer = await registry.client.post("/api/v1/policy-packs", content=text, headers=headers)
    assert _refusal(answer) == (409, "policy-pack-code-taken")


def test_a_part_has_examples_of_its_own() -> None:
    assert read_pack(_of_part("yongan", TOWNSHIP)).examples == PACK.examples


async def _confirm_with(registry: ServiceUnderTest, pack_id: str, left_open: list[str]) -> httpx.Response:
    headers = registry.headers(Role.FINANCE_BUREAU, subject="checker", region="500236")
    path = f"/api/v1/policy-packs/{pack_id}/confirmations"
    return await registry.client.post(path, json={"left_open": left_open}, headers=headers)


async def test_a_question_is_answered_before_the_pack_is_taken(regional_registry: ServiceUnderTest) -> None:
    unusual = _changed(TEXT, {"reviewer:\n    value: poverty_office": "reviewer:\n    value: finance_bureau"})
    answer = await _submit(regional_registry, unusual)
    assert (answer.status_code, answer.json()["code"]) == (422, "policy-pack-not-signed")
    [finding] = answer.json()["values"]["findings"]
    assert finding["key"] == "subsidy.approver"
    assert unusual.splitlines()[finding["line"] - 1].startswith("  approver:")
    assert "与复核部门相同" in answer.json()["detail"]
    answered = unusual.replace(
        "\nexamples:\n",
        "\nanswers:\n  - {question: same-office, key: subsidy.approver, answer: 文件第五条如此规定。}\n\nexamples:\n",
    )
    assert (await _submit(regional_registry, answered)).status_code == 201


async def test_two_officers_sign_the_same_list_of_values_left_open(regional_registry: ServiceUnderTest) -> None:
    draft = _changed(TEXT, {"source: {zh: 奉节县扶贫小额信贷工作材料,": "source: {zh: 待填写,"})
    refused = await _submit(regional_registry, draft)
    assert (refused.status_code, refused.json()["code"]) == (422, "policy-pack-not-signed")
    assert [each["key"] for each in refused.json()["values"]["findings"]] == ["header.source"]
    pack_id = (await _submit(regional_registry, f"{draft}\nleft_open: [header.source]\n")).json()["id"]
    differs = await _confirm_with(regional_registry, pack_id, [])
    assert (differs.status_code, differs.json()["code"]) == (409, "policy-pack-left-open-differs")
    assert "header.source" in differs.json()["detail"]
    more = await _confirm_with(regional_registry, pack_id, ["header.source", "lending.amount_max"])
    assert more.json()["values"]["listed"] == ["header.source"]
    assert (await _confirm_with(regional_registry, pack_id, ["header.source"])).status_code == 201
    shown = await get(regional_registry, f"/policy-packs/{pack_id}", Role.BANK)
    assert shown.json()["content"]["left_open"] == ["header.source"]
    assert (shown.json()["submitted_by"], shown.json()["confirmed_by"]) == ("maker", "checker")


async def test_an_example_that_proves_nothing_of_its_clause_is_a_mistake(regional_registry: ServiceUnderTest) -> None:
    text = TEXT.replace("    clause: FJ-6\n    borrowing:", "    clause: FJ-13\n    borrowing:", 1)
    answer = await _submit(regional_registry, text)
    assert (answer.status_code, answer.json()["code"]) == (422, "policy-pack-invalid")
    [mistake] = answer.json()["values"]["mistakes"]
    assert mistake["key"].endswith(".clause")
    assert "不能说明 FJ-13" in mistake["message"]["zh"]
