"""A province's base under its counties' packs: Kelan carries out Shanxi's opinion and writes only its own values."""

from collections.abc import Callable
from pathlib import Path

import pytest

from shared.policy.bases import BaseRules
from shared.policy.difference import diff
from shared.policy.load import PackRefused, load_base, load_pack, read_base, read_pack
from shared.policy.overlays import BASE_SECTIONS
from shared.policy.pack import PolicyPack
from tests.policy.fengjie import PROJECT
from tools.packs.layers import layer_lines

BASE_FILE = PROJECT / "policy" / "bases" / "shanxi.yaml"
KELAN_FILE = PROJECT / "policy" / "packs" / "kelan.yaml"
BASE_TEXT, KELAN_TEXT = (path.read_text(encoding="utf-8") for path in (BASE_FILE, KELAN_FILE))
SHANXI = read_base(BASE_TEXT)


def holding(*bases: BaseRules) -> Callable[[str, int], BaseRules | None]:
    """Return what finds these bases."""
    held = {(base.header.code, base.header.version): base for base in bases}
    return lambda code, version: held.get((code, version))


def kelan(*changes: tuple[str, str], base: BaseRules = SHANXI) -> PolicyPack:
    """Return Kelan's pack with changes of its file, on a base."""
    text = KELAN_TEXT
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return read_pack(text, find_base=holding(base))


def refused(text: str, find: Callable[[str, int], BaseRules | None]) -> list[tuple[str, str]]:
    """Return key and sentence of every mistake."""
    with pytest.raises(PackRefused) as found:
        read_pack(text, find_base=find)
    return [(mistake.key, str(mistake.message)) for mistake in found.value.mistakes]


@pytest.mark.clause("SX-9(a)")
def test_each_value_says_whether_the_province_or_the_county_wrote_it() -> None:
    pack = kelan()
    assert (pack.lending.amount_max.layer, pack.lending.amount_max.clause) == ("shanxi", ("SX-9",))
    assert (pack.lending.amount_min.layer, pack.lending.amount_min.assumed) == (None, True)
    assert pack.based_on is not None
    assert (pack.based_on.code, pack.based_on.version, pack.based_on.region) == ("shanxi", 1, "14")
    assert pack.based_on.content_hash == SHANXI.content_hash()
    leaf = pack.content()["lending"]["amount_max"]
    assert (leaf["layer"], leaf["value"]) == ("shanxi", "50000.00")
    assert PolicyPack.model_validate(pack.content()) == pack.rules()


def test_the_base_holds_what_the_opinion_says_and_nothing_assumed() -> None:
    assert load_base(BASE_FILE) == SHANXI
    assert all(
        "clause" in leaf for name, held in SHANXI.content().items() if name in BASE_SECTIONS for leaf in held.values()
    )
    assert all(not value.get("clause") for name, held in _own(kelan()).items() for value in held.values()), (
        "kelan's own"
    )


def _held(rules: PolicyPack | BaseRules) -> int:
    """Return how many values a base holds, or a pack besides its base's."""
    sections = [held for name, held in rules.content().items() if name in BASE_SECTIONS and held]
    return sum(not leaf.get("layer") for held in sections for leaf in held.values() if leaf)


def _own(pack: PolicyPack) -> dict[str, dict[str, dict[str, object]]]:
    content = pack.content()
    return {
        name: {key: leaf for key, leaf in held.items() if isinstance(leaf, dict) and not leaf.get("layer")}
        for name, held in content.items()
        if isinstance(held, dict) and name not in ("header", "product", "based_on")
    }


def test_the_countys_own_value_goes_before_the_bases() -> None:
    pack = kelan(("lending:\n", 'lending:\n  amount_max: {value: "30000.00", clause: SX-7}\n'))
    assert (pack.lending.amount_max.layer, str(pack.loan_terms().amount_max)) == (None, "30000.00")
    said = [str(line) for line in layer_lines(pack, KELAN_FILE)]
    assert "the county replaces the base's 50000.00 (SX-9) by 30000.00 (SX-7)" in said[1]
    assert said[0].endswith(f"{_held(pack)} the county's own.")
    assert f"{_held(SHANXI) - 1} values are the base's" in said[0]


def test_the_county_may_do_without_an_optional_value_of_the_base() -> None:
    pack = kelan(("\neligibility:\n", "\nwithout:\n  - {value: subsidy.rate_cap, clause: SX-7}\n\neligibility:\n"))
    assert pack.subsidy_rule().rate_cap is None
    assert kelan().subsidy_rule().rate_cap is not None
    assert any("subsidy.rate_cap: the county does without" in str(line) for line in layer_lines(pack, KELAN_FILE))
    required = KELAN_TEXT.replace(
        "\neligibility:\n", "\nwithout:\n  - {value: lending.amount_max, clause: SX-7}\n\neligibility:\n", 1
    )
    assert ("lending.amount_max" in dict(refused(required, holding(SHANXI)))) is True


def test_a_base_that_is_not_here_is_named_and_nothing_else() -> None:
    other = KELAN_TEXT.replace("version: 1}", "version: 2}")
    [(key, said)] = refused(other, holding(SHANXI))
    assert key == "based_on"
    assert "shanxi version 2 is not here" in said


@pytest.mark.parametrize(
    ("old", "new", "key", "said"),
    [
        ('regions: ["140929"]', 'regions: ["500236"]', "based_on", "shanxi is of 14, where 500236 does not lie"),
        ("value: 18\n", "value: 18\n    layer: shanxi\n", "eligibility.age_min_years.layer", "by the platform"),
        ("version: 1}", "version: 1, content_hash: abc}", "based_on.content_hash", "by the platform"),
    ],
)  # fmt: skip
def test_what_a_countys_file_may_not_say_of_its_base(old: str, new: str, key: str, said: str) -> None:
    assert old in KELAN_TEXT
    found = refused(KELAN_TEXT.replace(old, new, 1), holding(SHANXI))
    assert any(at == key and said in message for at, message in found), found


def test_the_next_version_of_the_base_changes_nothing_until_the_county_adopts_it() -> None:
    raised = BASE_TEXT.replace('"50000.00", clause: SX-9', '"60000.00", clause: SX-9').replace(
        "  version: 1\n", "  version: 2\n  supersedes: 1\n"
    )
    second = read_base(raised)
    kept = read_pack(KELAN_TEXT, find_base=holding(SHANXI, second))
    assert kept == kelan()
    adopted = read_pack(
        KELAN_TEXT.replace("{code: shanxi, version: 1}", "{code: shanxi, version: 2}").replace(
            'household_cap:\n    value: "50000.00"', 'household_cap:\n    value: "60000.00"'
        ),
        find_base=holding(SHANXI, second),
    )
    assert adopted.content_hash() != kept.content_hash()
    said = {change.key: change.en for change in diff(kept, adopted)}
    assert said["based_on"] == "based_on: changed from shanxi version 1 to shanxi version 2."
    assert said["lending.amount_max"].endswith("changed from 50000.00 to 60000.00 (shanxi: SX-9).")


def test_a_mistake_in_a_base_is_named_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "bases" / "shanxi.yaml"
    path.parent.mkdir()
    path.write_text(BASE_TEXT.replace('region: "14"', 'region: "1409"').replace("amount_max", "amount_most"), "utf-8")
    with pytest.raises(PackRefused) as found:
        load_base(path)
    assert {mistake.key for mistake in found.value.mistakes} == {"header.region", "lending.amount_most"}
    assert all(mistake.line for mistake in found.value.mistakes)


def test_files_find_their_base_beside_them_or_in_the_project(tmp_path: Path) -> None:
    assert load_pack(KELAN_FILE) == kelan()
    elsewhere = tmp_path / "packs" / "kelan.yaml"
    elsewhere.parent.mkdir()
    elsewhere.write_text(KELAN_TEXT, "utf-8")
    assert load_pack(elsewhere) == kelan()
    (tmp_path / "bases").mkdir()
    (tmp_path / "bases" / "shanxi.yaml").write_text(BASE_TEXT.replace("value: 36", "value: 30"), "utf-8")
    assert load_pack(elsewhere).loan_terms().term_months_max == 30
