"""Progress bars with rates, and the time of each step."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TextColumn, TimeElapsedColumn
from rich.text import Text

from shared.languages import Sentence
from tools.demo.refused import DemoRefused
from tools.demo.summary import DemoStep

NOT_BEGUN: Final = Sentence("尚未开始", "not begun")


class _Rate(ProgressColumn):
    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        return Text(f"{speed:,.0f} {task.fields['unit']}/s" if speed else "")


@dataclass
class Clock:
    """Times the steps of the run and shows a bar for each long one."""

    console: Console
    steps: list[DemoStep] = field(default_factory=list)
    last: Sentence = NOT_BEGUN  # the step that was begun last

    @contextmanager
    def step(self, zh: str, en: str) -> Iterator["Step"]:
        """Time one step; its line stays on the screen with seconds, rate and detail."""
        self.console.print(f"[bold]{len(self.steps) + 1:>2}. {zh}[/] {en}")
        self.last = Sentence(zh, en)
        current = Step(self.console)
        started = time.perf_counter()
        yield current
        seconds = time.perf_counter() - started
        rate = f"{current.done / seconds:,.0f} {current.unit}/s" if current.done and seconds > 0 else ""
        entry: DemoStep = {
            "name_zh": zh,
            "name_en": en,
            "seconds": round(seconds, 2),
            "rate": rate,
            "detail": current.detail,
        }
        self.steps.append(entry)
        self.console.print(f"    [green]✓[/] {seconds:6.1f} s  [cyan]{rate}[/]  {current.detail}")

    def say(self, is_right: bool, zh: str, en: str) -> None:
        """Print one line of a step: what was tried and whether it came out right."""
        mark = "[green]✓[/]" if is_right else "[red]✗[/]"
        self.console.print(f"      {mark} {escape(zh)} [dim]{escape(en)}[/]")

    def check(self, found: object, expected: object, zh: str, en: str) -> None:
        """Print a figure that a service gave, and hold it against what was worked out; money by its value.

        Raises:
            DemoRefused: it is another.
        """
        if isinstance(expected, Decimal):
            found = Decimal(str(found))
        shown = f"：{found}" if isinstance(found, Decimal | int | str) and not isinstance(found, bool) else ""
        self.say(found == expected, f"{zh}{shown}", en)
        if found != expected:
            raise DemoRefused(
                zh=f"{zh}：系统为 {found}，应为 {expected}。", en=f"{en}: found {found}, worked out {expected}."
            )


@dataclass
class Step:
    """What one step did."""

    console: Console
    done: int = 0
    unit: str = "rows"
    detail: str = ""

    def note(self, detail: str) -> None:
        """Say in words what came out."""
        self.detail = detail

    @contextmanager
    def bar(self, zh: str, total: int, unit: str) -> Iterator[Callable[[int], None]]:
        """Show a bar; call the given function with how many more are done."""
        self.unit = unit
        columns = (
            TextColumn("    {task.description}"),
            BarColumn(bar_width=32),
            MofNCompleteColumn(),
            _Rate(),
            TimeElapsedColumn(),
        )
        with Progress(*columns, console=self.console, transient=True) as progress:
            task = progress.add_task(zh, total=total, unit=unit)

            def advance(count: int) -> None:
                self.done += count
                progress.advance(task, count)

            yield advance
