"""The table and the machine-readable document."""

import json
from dataclasses import replace

from tools.bench.document import Report, amount_text, as_json, as_markdown, figure_text, target_text
from tools.bench.ratios import Bound, Comparison, Failure, Series, Target

SINGLE = Comparison(
    "a1",
    "单笔还款",
    "One repayment",
    Series("HTTP", "repayments/s", (480.0, 500.0, 20.0)),
    Series("pgbench", "repayments/s", (1200.0, 1000.0, 1100.0)),
    Target(Bound.AT_LEAST, 0.15),
)
FILE = Comparison(
    "b",
    "还款文件",
    "Repayment file",
    Series("HTTP", "s", (30.0,)),
    Series("COPY", "s", (6.0,)),
    Target(Bound.AT_MOST, 4.0),
)
LATENCY = Comparison("c1", "事件", "Event", Series("p99", "ms", (43.21,)), None, Target(Bound.AT_MOST, 100))
REPORT = Report(
    "2024-03-01T08:00:00+00:00", 201.26, {"cores": 2}, (SINGLE, FILE, LATENCY), {"a1": "pgbench with the same SQL."}
)


def test_the_table_shows_ratio_target_verdict_and_both_medians() -> None:
    rows = [line for line in as_markdown(REPORT).splitlines() if line.startswith("| **")]
    assert rows == [
        "| **a1** 单笔还款 One repayment | 0.436 | ≥ 0.15 | ✓ | 480 repayments/s | 1 100 repayments/s |",
        "| **b** 还款文件 Repayment file | 5.00 × | ≤ 4 × | ✗ not met | 30.0 s | 6.00 s |",
        "| **c1** 事件 Event | 43.2 ms | ≤ 100 ms | ✓ | 43.2 ms | – |",
    ]


def test_the_page_says_in_both_languages_how_many_targets_are_met_and_how_to_run() -> None:
    page = as_markdown(REPORT)
    assert page.startswith("# 性能基准 Benchmarks\n")
    assert "3 项目标达到 2 项" in page
    assert "2 of 3 targets are met" in page
    assert "- **a1** pgbench with the same SQL." in page
    assert "- cores: 2" in page
    assert "make bench" in page


def test_the_machine_readable_document_holds_every_run_and_the_verdicts() -> None:
    content = json.loads(as_json(REPORT))
    assert (content["targets_met"], content["targets"]) == (2, 3)
    assert content["machine"] == {"cores": 2}
    single, file, latency = content["comparisons"]
    assert single["figure"] == 0.4364
    assert single["target"] == {"bound": "at_least", "value": 0.15}
    assert single["ours"]["runs"] == [480.0, 500.0, 20.0]
    assert single["floor"]["median"] == 1100.0
    assert [each["met"] for each in (single, file, latency)] == [True, False, True]
    assert latency["floor"] is None


def test_a_ratio_of_times_is_written_as_a_multiple_and_a_ratio_of_speeds_as_a_share() -> None:
    assert (figure_text(SINGLE), target_text(SINGLE)) == ("0.436", "≥ 0.15")
    assert (figure_text(FILE), target_text(FILE)) == ("5.00 ×", "≤ 4 ×")
    assert (figure_text(LATENCY), target_text(LATENCY)) == ("43.2 ms", "≤ 100 ms")
    assert amount_text(None) == "–"


def test_a_part_that_failed_is_named_with_its_error_beside_the_figures_of_the_others() -> None:
    failed = Failure(("r1", "r2"), "全国区划 the country's regions", "RegionsNotTaken: 503\ndatabase-unavailable")
    report = replace(REPORT, failures=(failed,))
    page = as_markdown(report)
    assert "## 没有测出 Not measured" in page
    assert "- **r1, r2** 全国区划 the country's regions: RegionsNotTaken: 503 database-unavailable" in page
    assert "| **a1**" in page
    content = json.loads(as_json(report))
    assert [each["keys"] for each in content["failures"]] == [["r1", "r2"]]
    assert len(content["comparisons"]) == 3


def test_without_failures_the_page_says_nothing_of_them() -> None:
    assert "Not measured" not in as_markdown(REPORT)
    assert json.loads(as_json(REPORT))["failures"] == []
