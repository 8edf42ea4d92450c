"""Worked examples: every kind comes out as the clause says, a wrong one says what differs and where."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from services.registry.standing.worked_examples import try_household_examples
from shared.policy.example_facts import Borrowing
from shared.policy.examples import KINDS, Tried, kind_of
from shared.policy.load import PackRefused, read_pack, read_with_lines
from shared.policy.pack import PolicyPack
from shared.policy.yaml_source import Mistake
from tests.policy.fengjie import fengjie, fengjie_text, line_of
from tools.packs.check import try_examples

RULES = fengjie_text()[: fengjie_text().index("\nexamples:\n")]


def text_with(kind: str, facts: Mapping[str, Any], expect: Mapping[str, Any], clause: str = "FJ-10") -> str:
    """Return Fengjie's rules with one worked example."""
    name = {"zh": "一个算例", "en": "An example"}
    example = {"name": name, "clause": clause, kind: dict(facts), "expect": dict(expect)}
    return f"{RULES}\n{yaml.safe_dump({'examples': [example]}, allow_unicode=True, sort_keys=False)}"


def tried(kind: str, facts: Mapping[str, Any], expect: Mapping[str, Any]) -> Tried:
    """Return the one example, run."""
    [found] = try_examples(read_pack(text_with(kind, facts, expect)))
    return found


def mistakes_of(text: str) -> tuple[Mistake, ...]:
    with pytest.raises(PackRefused) as refused:
        read_pack(text, "draft.yaml")
    return refused.value.mistakes


@pytest.mark.parametrize("example", try_examples(fengjie()), ids=lambda each: str(each.example.name.en))
def test_fengjies_examples_come_out(example: Tried) -> None:
    assert example.differences == ()
    assert example.why


def test_fengjie_has_an_example_of_every_kind() -> None:
    assert {kind_of(example) for example in fengjie().examples} == set(KINDS)


CASES: list[tuple[str, dict[str, Any], dict[str, Any], dict[str, Any], str]] = [
    # kind, facts, what is right, what is wrong, how the difference reads
    ("borrowing", {"exclusions": ["four_kinds"]}, {"reasons": ["excluded-kind"], "eligible": False},
     {"reasons": []}, "reasons: expected [], found [excluded-kind]"),
    ("borrowing", {"age": 17, "has_account": False}, {"reasons": ["age-below-minimum", "bank-account-missing"]},
     {"eligible": True}, "eligible: expected true, found false"),
    ("borrowing", {"mode": "indirect", "entity": {"assessed": False}}, {"reasons": ["entity-not-assessed"]},
     {"reasons": ["entity-full"]}, "reasons: expected [entity-full], found [entity-not-assessed]"),
    ("borrowing", {"village_code": "500237100201", "term_months": 48},
     {"reasons": ["residence-outside-area", "term-out-of-bounds"]}, {"reasons": ["term-out-of-bounds"]},
     "reasons: expected [term-out-of-bounds], found [residence-outside-area, term-out-of-bounds]"),
    ("borrowing", {"as_of": "2019-06-01", "rating": {"grade": "C", "valid_until": "2019-06-01"}},
     {"reasons": ["rating-expired"]}, {"reasons": []}, "reasons: expected [], found [rating-expired]"),
    ("rating", {"answers": {"assets_value": "100000", "bad_records": "0"}}, {"score": "35", "grade": "none"},
     {"grade": "C"}, "grade: expected C, found none"),
    ("limit_growth", {"grade": "C"}, {"grade": "B", "credit_limit": "40000.00"}, {"credit_limit": "36000.00"},
     "credit_limit: expected 36000.00, found 40000.00"),
    ("loan", {"principal": "50000.00", "term_months": 12, "disbursed_on": "2017-12-20"},
     {"annual_rate": "4.35", "matures_on": "2018-12-20", "total_interest": "2205.21"},
     {"due": [{"due_on": "2018-12-21", "principal": "50000.00"}]},
     "due 2018-12-21: expected due, found nothing of the kind"),
    ("loan", {"disbursed_on": "2010-01-01"}, {"refused": "reference-rate-missing"}, {"annual_rate": "4.75"},
     "annual_rate: expected 4.75, found refused: reference-rate-missing"),
    ("subsidy", {"interest": "100.00", "penalty": "7.00", "period_from": "2017-01-01", "period_until": "2017-12-20"},
     {"subsidised": "100.00", "because": ["full"]}, {"subsidised": "107.00"},
     "subsidised: expected 107.00, found 100.00"),
    ("claim", {"cause": "entrusted", "pursued_from": "2018-01-15", "principal": "0.01"},
     {"earliest_on": "2018-07-16", "fund": "0.00", "bank": "0.01"}, {"earliest_on": "2018-07-15"},
     "earliest_on: expected 2018-07-15, found 2018-07-16"),
    ("claim", {"cause": "entrusted", "matures_on": "2018-01-15"}, {"refused": "pursuit-not-stated"},
     {"fund": "0.00"}, "fund: expected 0.00, found refused: pursuit-not-stated"),
    ("cover", {"lent": "525000000.00"}, {"missing": "2500000.00", "warning": False}, {"missing": "0.00"},
     "missing: expected 0.00, found 2500000.00"),
    ("public_notice", {"starts_on": "2017-09-25", "of": "rating"}, {"ends_on": {"village": "2017-09-30"}},
     {"ends_on": {"county": "2017-10-20"}}, "ends_on county: expected 2017-10-20, found nothing of the kind"),
    ("public_notice", {"starts_on": "2017-09-25",
                   "objections": [{"raised_on": "2017-09-26", "settled_on": "2017-09-27"}]},
     {"ends_on": {"village": "2017-10-10"}}, {"ends_on": {"village": "2017-09-30"}},
     "ends_on village: expected 2017-09-30, found 2017-10-10"),
    ("deposit", {"amount": "9999.99"}, {"deposit": "0.00"}, {"deposit": "100.00"},
     "deposit: expected 100.00, found 0.00"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "facts", "right", "wrong", "said"), CASES)
def test_an_example_passes_or_says_what_differs_and_why(
    kind: str, facts: dict[str, Any], right: dict[str, Any], wrong: dict[str, Any], said: str
) -> None:
    assert tried(kind, facts, right).differences == ()
    failed = tried(kind, facts, wrong)
    assert not failed.passed
    assert said in [str(difference) for difference in failed.differences]
    assert all(sentence.zh and sentence.en for sentence in failed.why)
    assert failed.why


BORROWING = "    borrowing:\n      age: 40\n    expect: {reasons: []}"


@pytest.mark.parametrize(
    ("old", "new", "key", "said"),
    [
        ("      age: 40", "      agee: 40", "examples[0].borrowing.agee", "write `age` if that is meant"),
        ("      age: 40", "      annual_rate: 4", "examples[0].borrowing.annual_rate", "`expect` of loan"),
        ("    expect: {reasons: []}", "    expect: {reason: []}", "examples[0].expect.reason", "write `reasons`"),
        ("    expect: {reasons: []}", "    expect: {}", "examples[0].expect", "at least one figure"),
        ("    expect: {reasons: []}", "    remark: none\n    expect: {reasons: []}", "examples[0].remark", "not a key"),
        ("    borrowing:\n", "    loan: {}\n    borrowing:\n", "examples[0]", "exactly one of borrowing, rating"),
        ("    borrowing:\n      age: 40\n", "", "examples[0]", "exactly one of borrowing, rating"),
        ("      age: 40", "      age: 40\n      born_on: 1980-01-01", "examples[0].borrowing.age", "keep either"),
        ("      age: 40", "      exclusions: [five_kinds]", "examples[0].borrowing.exclusions", "known are four_kinds"),
        ("      age: 40", "      rating: {grade: D}", "examples[0].borrowing.rating.grade", "known are A, B, C"),
        ("      age: 40", "      rated: false\n      rating: {grade: C}", "examples[0].borrowing.rated", "keep one"),
        ("      age: 40", "      amount: 5000", "examples[0].borrowing.amount", "decimal string"),
        ("      age: 40", "      age:", "examples[0].borrowing.age", "Write one, or remove the key"),
        ("      age: 40", "      on: 2017-01-01", "examples[0].borrowing", "the key 'on' is not a name"),
        ("en: A household}", "en: A household, lifted}", "examples[0].name.lifted", "Write one"),
        ("en: A household}", "en: A household, now lifted}", "examples[0].name.now lifted", "put the whole text in"),
        ("    clause: FJ-6\n", "", "examples[0].clause", "is missing"),
        ("    clause: FJ-6\n", "    clause: []\n", "examples[0].clause", "at least 1 needed"),
    ],
)  # fmt: skip
def test_a_wrong_example_is_named_with_its_line(old: str, new: str, key: str, said: str) -> None:
    example = f"\nexamples:\n  - name: {{zh: 一户, en: A household}}\n    clause: FJ-6\n{BORROWING}\n"
    text = RULES + example.replace(old, new)
    found = {mistake.key: mistake for mistake in mistakes_of(text)}
    assert key in found, list(found)
    assert said in f"{found[key].message.en} {found[key].remedy.en}"
    line = found[key].line
    assert line is not None
    first = line_of(text, "  - name: {zh: 一户")
    assert first <= line <= first + 6
    wrong = key.rpartition(".")[2]
    if new and wrong not in ("borrowing", "clause") and "examples" not in wrong:
        assert wrong.split()[0] in text.split("\n")[line - 1]


def test_a_clause_of_an_example_must_be_known_too() -> None:
    text = text_with("borrowing", {}, {"reasons": []}, clause="FJ-99")
    with pytest.raises(PackRefused) as refused:
        read_pack(text)
    [mistake] = refused.value.mistakes
    assert (mistake.key, mistake.line) == ("examples[0].clause", line_of(text, "clause: FJ-99"))


def test_a_mistake_names_the_clause_that_the_value_rests_on() -> None:
    text = fengjie_text().replace(
        'amount_max: {value: "50000.00", clause: FJ-10}', "amount_max: {value: 1, clause: FJ-10}"
    )
    [mistake] = mistakes_of(text)
    assert mistake.clause == "FJ-10"
    assert "lending.amount_max.value (FJ-10): write" in str(mistake)


def test_lines_of_examples_are_kept() -> None:
    pack, parsed = read_with_lines(fengjie_text())
    for number, example in enumerate(pack.examples):
        line = parsed.line_of(("examples", number))
        assert line is not None
        assert example.name.zh in fengjie_text().split("\n")[line - 1]


def _asked(pack: PolicyPack) -> st.SearchStrategy[Borrowing]:
    """Draw a question; no entity uses a loan after the day of the ban (LG-28), so it is drawn up to that day then."""
    last = pack.entity_rules().enterprise_use_banned_after
    assert last is not None
    return _asked_until(pack, last, *pack.entities.modes.value) | _asked_until(pack, date(2099, 12, 31), "direct")


def _asked_until(pack: PolicyPack, last: date, *modes: str) -> st.SearchStrategy[Borrowing]:
    return st.builds(
        Borrowing,
        as_of=st.dates(pack.header.effective_from, last),
        term_months=st.sampled_from([None, pack.lending.term_months_min.value, pack.lending.term_months_max.value]),
        state=st.sampled_from([None, *pack.eligibility.eligible_states.value]),
        mode=st.sampled_from([None, *modes]),
        **{name: st.none() for name in Borrowing.model_fields if name not in ("as_of", "term_months", "state", "mode")},
    )


@settings(max_examples=60, deadline=None)
@given(asked=_asked(fengjie()))
def test_what_is_left_out_fulfils_every_condition(asked: Borrowing) -> None:
    example = fengjie().examples[0].model_copy(update={"borrowing": asked})
    [found] = try_household_examples(fengjie().model_copy(update={"examples": (example,)}))
    assert found.differences == (), found.why
