"""What a demonstration is asked for: any county's pack and regions, and a sentence for everything that is wrong."""

import csv
import io
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.dates import today_in_china
from shared.errors import Refusal
from shared.languages import Sentence
from shared.policy.load import load_pack
from tests.demo.own_county import BASE, COUNTY, FROM, own_pack
from tools.demo.__main__ import main
from tools.demo.beginning import Asked
from tools.demo.choosing import versions_of
from tools.demo.days import LifeDays, first_day
from tools.demo.places import places_of
from tools.demo.refused import DemoRefused

HEADER = "code,name,level,parent_code\n"
OWN_REGIONS = HEADER + (
    "500237001,高唐街道,township,500237\n500237001001,神女社区,village,500237001\n500237001201,白杨村,village,500237001\n"
)


def regions_file(folder: Path, text: str) -> Path:
    file = folder / "regions.csv"
    file.write_text(text, encoding="utf-8")
    return file


def refused(*arguments: object, **named: object) -> str:
    """Return the sentence with which the demonstration says no."""
    with pytest.raises((DemoRefused, Refusal)) as no:
        Asked.of(*arguments, **named)  # type: ignore[arg-type]
    assert isinstance(no.value, DemoRefused | Refusal)
    zh, en = no.value.sentence.zh, no.value.sentence.en
    assert any(ord(letter) > 0x2E80 for letter in zh)
    assert any(letter.isascii() and letter.isalpha() for letter in en)
    return f"{zh}\n{en}"


def test_a_county_nobody_listed_gets_villages_that_are_named_as_made_up(tmp_path: Path) -> None:
    asked = Asked.of("0.01", pack_file=own_pack(tmp_path))
    names = {line.code: line.name for line in asked.places.lines}
    assert asked.places.villages_made_up == 36
    assert len(asked.places.townships) == 6
    for township in asked.places.townships:
        assert township.name.startswith("示范乡镇")
        assert len(township.villages) == 6
        assert all(code.startswith(township.code) and len(code) == 12 for code in township.villages)
        assert all(names[code].startswith("示范村") for code in township.villages)
        assert township.code.startswith(COUNTY)


def test_a_file_of_regions_wins_over_what_would_be_made_up_and_over_the_national_one(tmp_path: Path) -> None:
    own = regions_file(tmp_path, OWN_REGIONS)
    asked = Asked.of("0.01", pack_file=own_pack(tmp_path), regions_file=own)
    assert asked.places.villages_made_up == 0
    assert [township.name for township in asked.places.townships] == ["高唐街道"]
    assert asked.places.townships[0].villages == ("500237001001", "500237001201")
    instead = places_of(["500236"], regions_file(tmp_path, OWN_REGIONS.replace("500237", "500236")))
    assert [township.code for township in instead.townships] == ["500236001"]


def test_the_regions_are_written_as_the_registry_reads_them(tmp_path: Path) -> None:
    rows = list(csv.reader(io.StringIO(Asked.of("0.01", pack_file=own_pack(tmp_path)).places.csv().decode())))
    assert rows[0] == ["code", "name", "level", "parent_code"]
    codes = {row[0] for row in rows[1:]}
    assert len(codes) == len(rows) - 1
    assert all(row[3] in codes for row in rows[1:] if row[2] != "province")


def test_a_pack_of_one_township_or_village_has_its_place_made_up_too() -> None:
    (township,) = places_of(["500237101"]).townships
    assert (township.code, len(township.villages)) == ("500237101", 6)
    (around,) = places_of(["500237101201"]).townships
    assert around.villages == ("500237101201",)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (HEADER, "没有政策包所列区划"),
        ("", ""),
        ("code,name\n500237001,高唐街道\n", ""),
        (HEADER + "500237001,高唐街道,village,500237\n", "第 2 行"),
        (HEADER + "50023700X,高唐街道,township,500237\n", "第 2 行"),
        (HEADER + "500237001,,township,500237\n", "第 2 行"),
        (HEADER + "500237001,高唐街道,township,500236\n", "第 2 行"),
        (OWN_REGIONS + "500237001201,白杨村,village,500237001\n", "第 5 行"),
        (HEADER + "500237001201,白杨村,village,500237001\n", "上级 500237001 不在文件中"),
    ],
)
def test_a_wrong_file_of_regions_is_refused_with_what_is_wrong(tmp_path: Path, text: str, said: str) -> None:
    assert said in refused("0.01", pack_file=own_pack(tmp_path), regions_file=regions_file(tmp_path, text))


def test_what_was_asked_for_and_is_not_there_is_named(tmp_path: Path) -> None:
    assert "没有 atlantis 的政策包" in refused("0.01", "atlantis")
    assert "没有 640303 的政策包" in refused("0.01", "640303")
    assert "COUNTY" in refused("0.01", "fengjie", own_pack(tmp_path))
    assert "没有文件" in refused("0.01", pack_file=tmp_path / "nowhere.yaml")
    assert "无法读取" in refused("0.01", pack_file=tmp_path)
    assert "REGIONS" in refused("0.01", "fengjie", regions_file=tmp_path / "nowhere.csv")
    assert "没有县 999999" in refused("0.01", pack_file=own_pack(tmp_path, (f'["{COUNTY}"]', '["999999"]')))
    assert "只能属于一个县" in refused("0.01", pack_file=own_pack(tmp_path, (f'["{COUNTY}"]', '["5002"]')))
    assert "SCALE" in refused("many", "fengjie")


def test_six_digits_name_the_county_of_a_pack() -> None:
    assert versions_of("500236").asked.header.code == "fengjie"
    assert versions_of("371322").asked.header.code == "miaoshan"
    assert versions_of().asked.header.code == "fengjie"


def test_later_versions_hold_from_their_day_and_earlier_ones_come_with_them(tmp_path: Path) -> None:
    later = FROM + timedelta(days=200)
    first, second = own_pack(tmp_path), own_pack(tmp_path, version=2, effective_from=later)
    for asked_for in (first, second):
        versions = versions_of(pack_file=asked_for)
        assert [each.pack.header.version for each in versions.files] == [1, 2]
        assert versions.on(later - timedelta(days=1)).header.version == 1
        assert versions.on(later).header.version == 2
    assert Asked.of("0.01", pack_file=first).outline.days.starts_on == FROM
    assert Asked.of("0.01", pack_file=second).outline.days.starts_on == later
    assert Asked.of("0.01", pack_file=second).pack.header.version == 2


def test_a_version_whose_predecessor_is_missing_says_which_file_is_wanted(tmp_path: Path) -> None:
    assert "第 1 版的文件" in refused("0.01", pack_file=own_pack(tmp_path, version=2))


def test_a_pack_that_holds_only_from_tomorrow_cannot_be_shown_yet(tmp_path: Path) -> None:
    ahead = own_pack(tmp_path, effective_from=today_in_china() + timedelta(days=1))
    assert "effective_from" in refused("0.01", pack_file=ahead)


def test_a_pack_from_before_the_first_rate_at_hand_begins_with_that_rate(tmp_path: Path) -> None:
    early = own_pack(tmp_path, effective_from=date(2013, 1, 1))
    assert Asked.of("0.01", pack_file=early).outline.days.starts_on == date(2014, 11, 22)
    lpr = ("value: PBOC_BENCHMARK", "value: LPR")
    tenors = ("{up_to_months: 60, column: over_1y_to_5y}", "{up_to_months: 60, column: over_5y}")
    by_lpr = load_pack(own_pack(tmp_path, lpr, tenors))
    assert first_day(by_lpr, (12, 36)) == date(2019, 8, 20)
    with pytest.raises(DemoRefused, match="rate_tenors"):
        first_day(by_lpr, (12, 61))


def test_a_small_first_fund_and_a_broken_multiple_are_planned_for(tmp_path: Path) -> None:
    tiny = (('value: "31460000.00"', 'value: "500.00"'), ('value: "10"\n', 'value: "7.5"\n'))
    assert "fund-very-small" in refused("0.01", pack_file=own_pack(tmp_path, *tiny))
    answer = (
        "answers:\n  - {question: fund-very-small, key: fund.initial_amount, answer: 先拨一小笔，其余随贷款补足。}\n"
    )
    small = own_pack(tmp_path, *tiny, ("answers:\n", answer))
    plan = Asked.of("0.01", pack_file=small).plan
    assert 0 < plan.fund_initial <= 500
    assert plan.fund_paid_in * plan.fund_multiplier >= plan.amount_lent
    assert (plan.fund_paid_in - plan.outline.fund_step) * plan.fund_multiplier < plan.amount_lent


class Lent:
    """A loan's days."""

    def __init__(self, term_months: int, disbursed_on: date, matures_on: date) -> None:
        self.term_months, self.disbursed_on, self.matures_on = term_months, disbursed_on, matures_on


@given(st.dates(date(2015, 1, 1), date(2023, 1, 1)), st.integers(0, 90), st.sampled_from(["1", "3", "6", "12"]))
@settings(max_examples=40, deadline=None)
def test_the_days_of_life_follow_each_other_under_any_settlement_period(
    pack_with_period: "dict[str, object]", first: date, spread: int, period: str
) -> None:
    loans = [Lent(12, first + timedelta(days=n), first + timedelta(days=365 + n)) for n in (0, spread)]
    days = LifeDays.of(loans, pack_with_period[period])  # type: ignore[arg-type]
    assert days.last_disbursed_on < days.prepaid_on < days.first_interest_on < days.late_paid_on
    assert days.last_maturity_on < days.borrowed_again_on
    assert days.defaulters_mature_by < days.reported_on < days.confirmed_on < days.claimed_on < days.answered_on
    assert days.answered_on < days.decided_on < days.compensated_on < days.recovered_on < days.ends_on
    assert days.is_settlement(days.first_interest_on)
    assert days.is_settlement(days.last_interest_on)
    cuts = list(days.cuts(first, days.ends_on))
    assert cuts == sorted(set(cuts))
    assert cuts[-1] == days.ends_on
    assert {days.first_interest_on, days.last_interest_on} <= set(cuts)


@pytest.fixture(scope="module")
def pack_with_period(tmp_path_factory: pytest.TempPathFactory) -> "dict[str, object]":
    folder = tmp_path_factory.mktemp("periods")
    before = "settlement_period_months:\n    value: 3\n"
    return {
        period: load_pack(own_pack(folder, (before, before.replace("3", period)))) for period in ("1", "3", "6", "12")
    }


@given(seed=st.integers(0, 2**32))
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_pack_broken_anywhere_is_shown_or_refused_in_words(tmp_path: Path, seed: int) -> None:
    rng = Random(seed)
    lines = own_pack(tmp_path).read_text(encoding="utf-8").splitlines()
    for _ in range(rng.randint(1, 3)):
        place = rng.randrange(len(lines))
        lines[place] = rng.choice(["", lines[place][:-2], lines[place].replace("0", "9"), "  " + lines[place], "- x"])
    broken = tmp_path / "broken.yaml"
    broken.write_text("\n".join(lines), encoding="utf-8")
    (tmp_path / "wushan-1.yaml").unlink()
    said, lent = Sentence("", ""), Decimal(0)
    try:
        lent = Asked.of("0.01", pack_file=broken).plan.amount_lent
    except (DemoRefused, Refusal) as no:
        said = no.sentence
    assert lent > 0 or (said.zh and said.en)
    broken.unlink()


@pytest.mark.parametrize(
    "arguments",
    [{"county": "atlantis"}, {"pack": BASE.with_name("nowhere.yaml")}, {"scale": "x"}, {"pack": Path("README.md")}],
)
def test_the_command_says_it_in_both_languages_and_ends_without_a_traceback(
    arguments: dict[str, object], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(**{"scale": "0.01", "folder": tmp_path / "demo", **arguments})  # type: ignore[arg-type]
    printed = capsys.readouterr()
    assert ended.value.code == 2
    assert "Traceback" not in printed.out + printed.err
    assert any(ord(letter) > 0x2E80 for letter in printed.out)
    assert any(letter.isascii() and letter.isalpha() for letter in printed.out)
    assert not (tmp_path / "demo").exists()
