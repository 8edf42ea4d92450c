"""Charts as plain SVG text: horizontal bars, columns, one stacked bar, lines with a limit.

Every mark takes its colour from a CSS class of the page (`s1` to `s4`, `limit`), so that light, dark and paper follow
the reader. Floats here are places on the page, never money: every figure that is read is handed in as text.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from html import escape
from math import ceil, floor, log10
from typing import Final

BAR_ROW: Final = 27
BAR_ROW_BILINGUAL: Final = 42
LEAST_DRAWN: Final = 1.5  # what is not zero is never drawn as nothing
WIDE: Final = 1080
HALF: Final = 520
COLUMNS_HEIGHT: Final = 270
LINES_HEIGHT: Final = 400
LEGEND_INDENT: Final = 80


@dataclass(frozen=True, slots=True)
class Mark:
    """One bar, column or part: its Chinese name, how large it is, how the figure is written, and its English name.

    `detail` is shown only when the reader points at the mark; the table behind the chart has everything.
    """

    name: str
    size: Decimal
    figure: str
    english: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One line over time, or an area stacked on the one before it."""

    name: str
    css: str
    sizes: tuple[Decimal, ...]
    is_area: bool = False


def bar_chart(marks: Sequence[Mark], label: str, *, css: str = "s1", width: int = HALF, name_width: int = 118) -> str:
    """Return horizontal bars, one row each, the figure beside the end of the bar."""
    if not marks:
        return _nothing(label, width)
    longest = _largest(mark.size for mark in marks)
    room = width - name_width - 16 - max(text_width(mark.figure) for mark in marks)
    row_height = BAR_ROW_BILINGUAL if any(mark.english for mark in marks) else BAR_ROW
    rows = []
    for row, mark in enumerate(marks):
        middle, length = (row + 0.5) * row_height, _drawn(_share(mark.size, longest) * room, mark)
        rows.append(
            f"<g>{_tip(mark)}{_bar_name(mark, name_width - 9, middle)}"
            f'<path class="{css}" d="{_bar_path(name_width, middle - 8.5, length, 17)}"/>'
            f'<text class="figure" x="{name_width + length + 7:.1f}" y="{middle + 4.5}">{escape(mark.figure)}</text>'
            "</g>"
        )
    height = len(marks) * row_height
    axis = f'<line class="axis" x1="{name_width}" x2="{name_width}" y1="0" y2="{height}"/>'
    return _svg(width, height, label, axis + "".join(rows))


def column_chart(marks: Sequence[Mark], label: str, unit: str, *, css: str = "s1", width: int = HALF) -> str:
    """Return upright columns over a scale, the figure above each while they are few enough to be read."""
    if not marks:
        return _nothing(label, width)
    left, right, top, bottom = 62, 20, 34, 34
    ticks = nice_ticks(_largest(mark.size for mark in marks))
    floor_y, scale = COLUMNS_HEIGHT - bottom, (COLUMNS_HEIGHT - bottom - top) / float(ticks[-1])
    slot = (width - left - right) / len(marks)
    thick = min(slot * 0.66, 46)
    every = ceil(len(marks) * 58 / (width - left - right))  # a name needs about 58 units
    has_room = slot >= max(text_width(mark.figure) for mark in marks)
    parts = [_grid(ticks, left, width - right, floor_y, scale, unit)]
    for place, mark in enumerate(marks):
        middle, tall = left + slot * (place + 0.5), _drawn(float(mark.size) * scale, mark)
        parts.append(f'<g>{_tip(mark)}<path class="{css}" d="{_column_path(middle, floor_y, thick, tall)}"/>')
        if has_room:
            parts.append(f'<text class="figure" x="{middle:.1f}" y="{floor_y - tall - 7:.1f}" text-anchor="middle">')
            parts.append(f"{escape(mark.figure)}</text>")
        if place % every == 0:
            parts.append(f'<text class="tick" x="{middle:.1f}" y="{floor_y + 20}" text-anchor="middle">')
            parts.append(f"{escape(mark.name)}</text>")
        parts.append("</g>")
    return _svg(width, COLUMNS_HEIGHT, label, "".join(parts))


def stacked_bar(marks: Sequence[Mark], label: str, *, width: int = HALF) -> str:
    """Return one bar divided in proportion, with a legend that carries the figures."""
    total = sum((mark.size for mark in marks), Decimal(0))
    if total <= 0:
        return _nothing(label, width)
    parts, x = [], 0.0
    for place, mark in enumerate(marks):
        length = float(mark.size / total) * width
        percent = f"{mark.size * 100 / total:.1f}%"
        drawn = max(length - 2, 0.5)  # two units of paper between neighbours
        parts.append(
            f'<g>{_tip(mark)}<rect class="s{place % 4 + 1}" x="{x:.1f}" y="0" width="{drawn:.1f}" height="46"/>'
        )
        if length > 52:
            parts.append(f'<text class="inside" x="{x + drawn / 2:.1f}" y="28" text-anchor="middle">{percent}</text>')
        y = 78 + place * 28
        parts.append(f'<rect class="s{place % 4 + 1}" x="0" y="{y - 11}" width="12" height="12" rx="2"/>')
        parts.append(f'<text class="name" x="22" y="{y}">{escape(_legend_name(mark, percent, width - 22))}</text>')
        parts.append(f'<text class="figure" x="{width}" y="{y}" text-anchor="end">{escape(mark.figure)}</text></g>')
        x += length
    return _svg(width, 62 + len(marks) * 28, label, "".join(parts))


def line_chart(
    days: Sequence[date], lines: Sequence[Line], label: str, unit: str, *, limit: Line | None = None, width: int = WIDE
) -> str:
    """Return areas stacked over time under a stepped limit; each line needs one size per day."""
    if not days:
        return _nothing(label, width)
    left, right, top, bottom = 74, 14, 46, 34
    floor_y = LINES_HEIGHT - bottom
    stacked = _stacked(lines)
    highest = _largest(size for sizes in (*stacked, limit.sizes if limit else ()) for size in sizes)
    ticks = nice_ticks(highest)
    scale = (floor_y - top) / float(ticks[-1])
    span = max((days[-1] - days[0]).days, 1)
    xs = [left + (width - left - right) * (day - days[0]).days / span for day in days]
    parts = [_grid(ticks, left, width - right, floor_y, scale, unit), _months(days, xs, floor_y)]
    below = [float(floor_y)] * len(days)
    for line, sizes in zip(lines, stacked, strict=True):
        ys = [floor_y - float(size) * scale for size in sizes]
        if line.is_area:
            outline = _stepped(xs, ys) + _stepped(xs, below)[::-1]
            parts.append(f'<polygon class="{line.css} area" points="{_points(outline)}"/>')
            below = ys
        else:
            parts.append(f'<polyline class="{line.css} stroke" points="{_points(_stepped(xs, ys))}"/>')
    shown = list(lines)
    if limit is not None:
        ys = [floor_y - float(size) * scale for size in limit.sizes]
        parts.append(f'<polyline class="{limit.css} stroke" points="{_points(_stepped(xs, ys))}"/>')
        shown.append(limit)
    parts.append(_legend(shown, left + LEGEND_INDENT))
    return _svg(width, LINES_HEIGHT, label, "".join(parts))


def meter(percent: float) -> str:
    """Return a small bar for a table cell that already says the figure in words."""
    return (
        '<svg viewBox="0 0 100 8" preserveAspectRatio="none" height="8" aria-hidden="true">'
        f'<rect class="s1" width="{percent:.1f}" height="8"/></svg>'
    )


def nice_ticks(largest: Decimal, wanted: int = 4) -> list[Decimal]:
    """Return round scale marks from 0 to at least `largest`: steps of 1, 2, 2.5 or 5 times a power of ten."""
    if largest <= 0:
        return [Decimal(0), Decimal(1)]
    rough = largest / wanted
    power = Decimal(10) ** floor(log10(rough))
    step = next(power * factor for factor in map(Decimal, ("1", "2", "2.5", "5", "10")) if power * factor >= rough)
    return [step * place for place in range(ceil(largest / step) + 1)]


def _stacked(lines: Sequence[Line]) -> list[tuple[Decimal, ...]]:
    """Return each line's heights; an area stands on the area before it."""
    heights: list[tuple[Decimal, ...]] = []
    base: tuple[Decimal, ...] | None = None
    for line in lines:
        sizes = line.sizes
        if line.is_area:
            sizes = sizes if base is None else tuple(a + b for a, b in zip(base, sizes, strict=True))
            base = sizes
        heights.append(sizes)
    return heights


def _bar_name(mark: Mark, x: float, middle: float) -> str:
    if not mark.english:
        return f'<text class="name" x="{x}" y="{middle + 4.5}" text-anchor="end">{escape(mark.name)}</text>'
    return (
        f'<text class="name" x="{x}" y="{middle - 2}" text-anchor="end">{escape(mark.name)}</text>'
        f'<text class="tick" x="{x}" y="{middle + 14}" text-anchor="end">{escape(mark.english)}</text>'
    )


def _legend_name(mark: Mark, percent: str, room: float) -> str:
    """Return both names and the share; the English name gives way when it would run into the figure."""
    both = f"{mark.name} {mark.english} {percent}"
    return both if text_width(both) + text_width(mark.figure) + 12 <= room else f"{mark.name} {percent}"


def text_width(text: str) -> float:
    """Return about how wide the text is drawn: a Chinese character is twice as wide as a letter."""
    return sum(13.8 if ord(letter) > 0x2E80 else 7.1 for letter in text)


def _drawn(length: float, mark: Mark) -> float:
    return max(length, LEAST_DRAWN) if mark.size > 0 else 0.0


def _grid(ticks: Sequence[Decimal], left: float, right: float, floor_y: float, scale: float, unit: str) -> str:
    parts = [f'<text class="tick" x="0" y="14">{escape(unit)}</text>']
    for tick in ticks:
        y = floor_y - float(tick) * scale
        css = "axis" if tick == 0 else "grid"
        parts.append(f'<line class="{css}" x1="{left}" x2="{right}" y1="{y:.1f}" y2="{y:.1f}"/>')
        parts.append(f'<text class="tick" x="{left - 8}" y="{y + 4:.1f}" text-anchor="end">{_tick(tick)}</text>')
    return "".join(parts)


def _tick(value: Decimal) -> str:
    return f"{value.normalize():,f}"


def _months(days: Sequence[date], xs: Sequence[float], floor_y: float) -> str:
    """Return the names of the quarters' first months below the axis, placed by the calendar."""
    span, width = max((days[-1] - days[0]).days, 1), xs[-1] - xs[0]
    parts = []
    for number in range(days[0].year * 12 + days[0].month, days[-1].year * 12 + days[-1].month):
        first = date(number // 12, number % 12 + 1, 1)
        if number % 3 == 0:
            x = xs[0] + width * (first - days[0]).days / span
            parts.append(f'<text class="tick" x="{x:.1f}" y="{floor_y + 20}" text-anchor="middle">{first:%Y-%m}</text>')
            parts.append(f'<line class="axis" x1="{x:.1f}" x2="{x:.1f}" y1="{floor_y}" y2="{floor_y + 5}"/>')
    return "".join(parts)


def _legend(lines: Sequence[Line], left: float) -> str:
    parts, x = [], left
    for line in lines:
        if line.is_area:
            parts.append(f'<rect class="{line.css}" x="{x}" y="3" width="14" height="12" rx="2"/>')
        else:
            parts.append(f'<line class="{line.css} stroke" x1="{x}" x2="{x + 18}" y1="9" y2="9"/>')
        parts.append(f'<text class="name" x="{x + 24}" y="14">{escape(line.name)}</text>')
        x += 44 + text_width(line.name)
    return "".join(parts)


def _stepped(xs: Sequence[float], ys: Sequence[float]) -> list[tuple[float, float]]:
    """Return the corners of a line that holds each level until the next day: balances jump, they do not slope."""
    corners: list[tuple[float, float]] = []
    for x, y in zip(xs, ys, strict=True):
        if corners:
            corners.append((x, corners[-1][1]))
        corners.append((x, y))
    return corners


def _points(corners: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in corners)


def _bar_path(x: float, y: float, length: float, thick: float) -> str:
    """Return a bar that starts square on its axis and ends round."""
    bend = min(3.0, length)
    return (
        f"M{x} {y}h{length - bend:.1f}q{bend:.1f} 0 {bend:.1f} {bend:.1f}v{thick - 2 * bend:.1f}"
        f"q0 {bend:.1f} -{bend:.1f} {bend:.1f}h-{length - bend:.1f}z"
    )


def _column_path(middle: float, floor_y: float, thick: float, tall: float) -> str:
    bend = min(3.0, tall)
    return (
        f"M{middle - thick / 2:.1f} {floor_y}v-{tall - bend:.1f}q0 -{bend:.1f} {bend:.1f} -{bend:.1f}"
        f"h{thick - 2 * bend:.1f}q{bend:.1f} 0 {bend:.1f} {bend:.1f}v{tall - bend:.1f}z"
    )


def _largest(sizes: Iterable[Decimal]) -> Decimal:
    return max(sizes, default=Decimal(0))


def _share(size: Decimal, longest: Decimal) -> float:
    return float(size / longest) if longest > 0 else 0.0


def _tip(mark: Mark) -> str:
    words = " · ".join(part for part in (mark.name, mark.english, mark.figure, mark.detail) if part)
    return f"<title>{escape(words)}</title>"


def _nothing(label: str, width: int) -> str:
    text = f'<text class="name" x="{width / 2}" y="34" text-anchor="middle">本期无数据 Nothing in this period</text>'
    return _svg(width, 60, label, text)


def _svg(width: int, height: float, label: str, inside: str) -> str:
    return (
        f'<svg role="img" aria-label="{escape(label, quote=True)}" viewBox="0 0 {width} {height}" '
        f'style="max-width:{width}px">{inside}</svg>'
    )
