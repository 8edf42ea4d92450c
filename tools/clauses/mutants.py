"""Break the rule of each proven clause and require that a test marked with it fails: `python -m tools.clauses.mutants`.

Each mutation of `tests/clauses/mutations.yaml` is applied in a scratch copy of the project and undone again. Before
that the marked tests must pass as the project stands. Exits with 1 when a mutation lives.
"""

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from queue import SimpleQueue
from typing import Final

from tools.clauses.mutations import Mutation, Project, names_of, read_killed, read_mutations, write_killed
from tools.clauses.status import read_outcomes

PROJECT: Final = Path(__file__).resolve().parents[2]
MUTATION_SECONDS_MAX: Final = 600
PASSED, FAILED = 0, 1  # of pytest


class Fate(Enum):
    """What became of a mutation."""

    KILLED = "被测试发现 killed"
    SURVIVED = "未被发现 SURVIVED"
    UNPROVEN = "没有测试或测试本身失败 NO PASSING TEST"
    BROKEN = "程序无法运行 BROKE THE PROGRAM, NOT THE RULE"
    LEFT_OUT = "本次未检查 left for another round"


@dataclass(frozen=True, slots=True)
class Result:
    """A mutation's fate, how long it took in seconds, and the end of pytest's output unless it was killed."""

    fate: Fate
    seconds: float
    output: str = ""


class Scratch:
    """A copy of the project's files, in which one rule at a time is broken."""

    def __init__(self, source: Path, folder: Path) -> None:
        self.root = folder
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=source,
            capture_output=True,
            check=True,
        )
        for name in filter(None, listed.stdout.decode().split("\0")):
            if (source / name).is_file():
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(source / name, folder / name)

    def marked_tests(
        self, clauses: Sequence[str], files: Sequence[str], *, stop: bool = True
    ) -> tuple[int, Mapping[str, set[str]], str]:
        """Run the tests marked with any of the clauses, to the first failure or (`stop=False`) all of them.

        Returns:
            pytest's exit code, the outcomes ("passed", "failed", "errored", "skipped") by clause, and its output.
        """
        report = self.root / "var" / "clause-mutants.json"
        report.unlink(missing_ok=True)
        only = [f"--only-clause={each}" for each in clauses]
        plugin = ["-p", "tools.clauses.recorder", f"--clause-report={report}"]
        command = [sys.executable, "-m", "pytest", "-q", "-m", "clause and not long", "-p", "no:cacheprovider"]
        command += [*(["-x"] if stop else []), *plugin, *only, *files]
        ended = subprocess.run(
            command,
            cwd=self.root,
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            text=True,
            timeout=MUTATION_SECONDS_MAX if stop else None,
            check=False,
        )
        outcomes: dict[str, set[str]] = {each: set() for each in clauses}
        for test in read_outcomes(report) if report.exists() else ():
            for clause in set(test.clauses) & set(clauses):
                outcomes[clause].add(test.outcome)
        return ended.returncode, outcomes, ended.stdout[-3000:] + ended.stderr[-1000:]

    def fate_of(self, mutation: Mutation, files: Sequence[str]) -> Result:
        """Break the rule, run its tests and mend it again."""
        path, begun = self.root / mutation.file, time.monotonic()
        source = path.read_text(encoding="utf-8")
        path.write_text(mutation.applied_to(source), encoding="utf-8")
        try:
            code, outcomes, output = self.marked_tests([mutation.clause], files)
            if code == FAILED and "failed" not in outcomes[mutation.clause]:
                # What the first test stands on broke; another test may show the rule itself.
                code, outcomes, output = self.marked_tests([mutation.clause], files, stop=False)
        except subprocess.TimeoutExpired:
            return Result(Fate.BROKEN, time.monotonic() - begun, "the tests did not end")
        finally:
            path.write_text(source, encoding="utf-8")
        seconds = time.monotonic() - begun
        if code == PASSED:
            return Result(Fate.SURVIVED, seconds, output)
        if code == FAILED and "failed" in outcomes[mutation.clause]:
            return Result(Fate.KILLED, seconds)
        return Result(Fate.BROKEN, seconds, output)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the round, print each fate and return the exit code."""
    options = _parser().parse_args(arguments)
    root: Path = options.root
    project, named = Project(root), names_of(read_mutations(root))
    killed = read_killed(root)
    chosen = {name: each for name, each in named.items() if _concerns(each, options.clause)}
    if options.changed:
        chosen = {name: each for name, each in chosen.items() if killed.get(name) != project.digest(each)}
    order = sorted(chosen, key=lambda name: hashlib.sha256(f"{_commit(root)} {name}".encode()).digest())
    results = _round(project, {name: chosen[name] for name in order}, options)
    tried = {name: result.fate for name, result in results.items() if result.fate is not Fate.LEFT_OUT}
    untouched = {name: digest for name, digest in killed.items() if name in named and name not in tried}
    died = {name: project.digest(named[name]) for name, fate in tried.items() if fate is Fate.KILLED}
    write_killed(root, untouched | died)
    return _summed_up(results)


def _concerns(mutation: Mutation, clause: str | None) -> bool:
    """Return whether a mutation is of the clause, or of a part of it."""
    return clause is None or mutation.clause == clause or mutation.clause.startswith(f"{clause}(")


def _round(project: Project, chosen: Mapping[str, Mutation], options: argparse.Namespace) -> dict[str, Result]:
    """Let every chosen mutation meet its tests, several side by side, until the time is up."""
    deadline = time.monotonic() + options.minutes * 60
    with tempfile.TemporaryDirectory(prefix="clause-mutants-") as folder, ThreadPoolExecutor(options.workers) as pool:
        free: SimpleQueue[Scratch] = SimpleQueue()
        for number in range(options.workers):
            free.put(Scratch(project.root, Path(folder) / str(number)))
        proven = _passing(project, sorted({each.clause for each in chosen.values()}), free, options.report)

        def meet(name: str) -> tuple[str, Result]:
            mutation = chosen[name]
            if mutation.clause not in proven:
                return name, Result(Fate.UNPROVEN, 0)
            if time.monotonic() > deadline:
                return name, Result(Fate.LEFT_OUT, 0)
            scratch = free.get()
            try:
                result = scratch.fate_of(mutation, project.tests_of(mutation.clause))
            finally:
                free.put(scratch)
            _print_fate(name, mutation, result)
            return name, result

        return dict(pool.map(meet, chosen))


def _passing(
    project: Project, clauses: Sequence[str], free: "SimpleQueue[Scratch]", report: Path | None
) -> frozenset[str]:
    """Return the clauses whose marked tests pass as the project stands, and one of them at least."""
    if not clauses:
        return frozenset()
    if report is not None:
        outcomes: dict[str, set[str]] = {}
        for test in read_outcomes(report):
            for clause in test.clauses:
                outcomes.setdefault(clause, set()).add(test.outcome)
    else:
        scratch = free.get()
        files = sorted({file for clause in clauses for file in project.tests_of(clause)})
        outcomes = dict(scratch.marked_tests(clauses, files, stop=False)[1]) if files else {}
        free.put(scratch)
    return frozenset(each for each in clauses if outcomes.get(each, set()) - {"skipped"} == {"passed"})


def _print_fate(name: str, mutation: Mutation, result: Result) -> None:
    line = f"{result.seconds:5.1f} s  {name:14} {result.fate.value}  {mutation.file}"
    print(line, flush=True)
    if result.fate is not Fate.KILLED:
        print(f"         {mutation.text!r}\n      -> {mutation.replacement!r}\n{result.output}", flush=True)


def _summed_up(results: Mapping[str, Result]) -> int:
    if not results:
        print("没有需要检查的变异 nothing to try: no mutation of it, or nothing changed since they died")
    counted = {fate: [name for name, each in results.items() if each.fate is fate] for fate in Fate}
    for fate, names in counted.items():
        if names:
            listed = "" if fate is Fate.KILLED else ": " + ", ".join(names)
            print(f"{len(names)} {fate.value}{listed}")
    return 1 if any(counted[fate] for fate in (Fate.SURVIVED, Fate.UNPROVEN, Fate.BROKEN)) else 0


def _commit(root: Path) -> str:
    head = subprocess.run(["git", "rev-parse", "HEAD"], cwd=root, capture_output=True, text=True, check=False)
    return head.stdout.strip()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tools.clauses.mutants", description=__doc__)
    parser.add_argument("--clause", metavar="ID", help="only those of this clause (LG-12) or part of it (LG-12(c))")
    parser.add_argument("--changed", action="store_true", help="only those of which something changed since they died")
    parser.add_argument("--minutes", type=float, default=90, help="begin no mutation after so many minutes")
    parser.add_argument("--workers", type=int, default=2, help="mutations side by side")
    parser.add_argument("--report", type=Path, metavar="FILE", help="a report of the recorder says which tests pass")
    parser.add_argument("--root", type=Path, default=PROJECT, help=argparse.SUPPRESS)
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
