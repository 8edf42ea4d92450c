"""One part that fails takes no other part's figures with it, and leaves nothing running."""

import io
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import replace

import pytest
from rich.console import Console

from deploy.embedded.folders import scratch_folder
from tools.bench import __main__ as command
from tools.bench import parts, world
from tools.bench.parts import Part
from tools.bench.ratios import Bound, Comparison, Failure, Series, Target
from tools.bench.sizes import QUICK, Sizes
from tools.bench.world import World

SMALL = replace(QUICK, file_lines=20, paced_seconds=0.5, events=20)


class Broken(RuntimeError):
    """What the failing part raises."""


def _figure(key: str) -> Comparison:
    return Comparison(key, key, key, Series(key, "s", (1.0,)), None, Target(Bound.AT_MOST, 2.0))


def _measured(key: str, seen: list[set[str]]) -> Callable[[World], Awaitable[list[Comparison]]]:
    async def measure(running: World) -> list[Comparison]:
        seen.append(_services(running))
        return [_figure(key)]

    return measure


async def _fails_with_services_running(running: World) -> list[Comparison]:
    running.platform.start("subsidy")
    raise Broken("503 [database-unavailable]")


def _services(running: World) -> set[str]:
    return {name for name, child in running.platform.children().items() if child.is_running()} - {"postgres", "nats"}


@pytest.fixture(scope="module")
def running() -> Iterator[World]:
    """Run the servers of a small benchmark."""
    with scratch_folder() as folder, world.servers(folder / "bench", SMALL) as servers:
        yield servers


@pytest.mark.timeout(300)
async def test_a_part_that_fails_is_named_and_the_others_keep_their_figures(running: World) -> None:
    seen: list[set[str]] = []
    printed = io.StringIO()
    chosen = (
        Part(("z",), "the last by its key", _measured("z", seen), ("lending",)),
        Part(("b1", "b2"), "the broken one", _fails_with_services_running),
        Part(("a",), "the first by its key", _measured("a", seen), ("lending",)),
    )
    measured = await parts.measure(running, chosen, Console(file=printed, width=150))
    assert [each.key for each in measured.comparisons] == ["a", "z"]
    (failure,) = measured.failures
    assert (failure.keys, failure.reason) == (("b1", "b2"), "Broken: 503 [database-unavailable]")
    assert seen == [{"lending"}, {"lending"}]
    assert _services(running) == set()
    assert "failed: Broken" in printed.getvalue()


@pytest.mark.parametrize(("is_broken", "status"), [(True, 1), (False, 0)])
def test_the_command_ends_with_1_when_a_part_failed_and_still_writes_what_was_measured(
    is_broken: bool, status: int, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path_factory.mktemp("written")
    failures = (Failure(("r1",), "regions", "RegionsNotTaken: 503"),) if is_broken else ()

    def measured(sizes: Sizes, only: Sequence[str], console: Console) -> parts.Measured:
        return parts.Measured((_figure("a1"),), failures)

    monkeypatch.setattr(command, "_measured", measured)
    assert command.main(["--quick", "--output", str(folder)]) == status
    page = (folder / "benchmarks.md").read_text(encoding="utf-8")
    assert "**a1**" in page
    assert ("RegionsNotTaken: 503" in page) is is_broken


def test_the_parts_of_a_run_have_a_key_each_and_every_floor_is_explained() -> None:
    keys = [key for part in command.parts_of(QUICK) for key in part.keys]
    assert len(keys) == len(set(keys))
    assert set(keys) == set(command.FLOORS)


def test_parts_are_chosen_by_any_of_their_keys() -> None:
    parts_of_a_run = command.parts_of(QUICK)
    assert command.chosen(parts_of_a_run, ()) == parts_of_a_run
    assert [part.keys for part in command.chosen(parts_of_a_run, ("g2", "b"))] == [("b",), ("g1", "g2", "g3", "g4")]
