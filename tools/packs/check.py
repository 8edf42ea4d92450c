"""Check a pack and say everything an officer needs: every mistake, every worked example, where the values come from."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table

from services.registry.policy.packs.refusals import PackRegionsUnknown
from services.registry.standing.worked_examples import try_household_examples
from shared.policy.clause_list import clause_of, document_of
from shared.policy.contradictions import Finding
from shared.policy.dependence import unproven
from shared.policy.example_facts import ROW
from shared.policy.examples import Tried, example_clauses
from shared.policy.leaves import keys_of_packs, leaves
from shared.policy.load import PackRefused, bases_beside, cited_clauses, read_with_lines
from shared.policy.pack import PolicyPack
from shared.policy.readers import recorded_only
from shared.policy.signing import open_values, unsigned
from shared.policy.yaml_source import Mistake, Parsed, path_of
from shared.regions import county_of
from shared.stranded import ensure_somebody_acts
from tools.packs.layers import check_base, layer_lines
from tools.packs.loan_examples import try_loan_examples
from tools.packs.places import place_name


@dataclass(frozen=True, slots=True)
class Origins:
    """How many values a pack sets by a clause and how many it assumes, by section."""

    by_clause: Counter[str]
    assumed: Counter[str]


def try_examples(pack: PolicyPack) -> tuple[Tried, ...]:
    """Return every worked example of the pack, run, in the order of the file."""
    tried = (*try_household_examples(pack), *try_loan_examples(pack))
    return tuple(sorted(tried, key=lambda each: each.number))


def origins(pack: PolicyPack) -> Origins:
    """Count where the values of the pack come from."""
    found = Origins(Counter(), Counter())
    for leaf in leaves(pack):
        (found.assumed if leaf.value.assumed else found.by_clause)[leaf.key.partition(".")[0]] += 1
    return found


def check_file(path: Path, console: Console, *, why: bool = False) -> bool:
    """Check one file, print what was found, and say whether all is right; `why` shows every derivation."""
    console.print(f"\n[bold]{escape(str(path))}[/]")
    try:
        if path.parent.name == "bases":
            check_base(path, console)
            return True
        text = path.read_text(encoding="utf-8-sig")
        pack, parsed = read_with_lines(text, path.name, bases_beside(path))
        ensure_somebody_acts(pack, parsed, path.name)
    except PackRefused as refused:
        _print_mistakes(refused.mistakes, console)
        return False
    header = pack.header
    places = ", ".join(f"{code} {place_name(code) or '(?)'}" for code in header.regions)
    console.print(
        f"{header.name.zh} {header.name.en} · {places} · 版本 version {header.version} · {header.effective_from}"
    )
    if unknown := [code for code in header.regions if place_name(county_of(code)) is None]:
        refusal = PackRegionsUnknown(unknown)
        console.print(f"[red]✗ {escape(refusal.sentence.zh)}\n  {escape(refusal.sentence.en)}[/]")
        return False
    tried = try_examples(pack)
    _print_examples(tried, parsed, console, why)
    _print_summary(pack, path, tried, console)
    _print_recorded(pack, console)
    proves_nothing = tuple(unproven(pack, parsed, try_examples))
    if proves_nothing:
        _print_mistakes(proves_nothing, console)
    signed = _print_unsigned(pack, parsed, console)
    return signed and not proves_nothing and all(each.passed for each in tried)


def _print_mistakes(mistakes: tuple[Mistake, ...], console: Console) -> None:
    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_lines=False)
    for title, justify in (
        ("行 line", "right"),
        ("键 key", "left"),
        ("条款", "left"),
        ("问题与办法 what is wrong", "left"),
    ):
        table.add_column(title, justify="right" if justify == "right" else "left", overflow="fold")
    for each in mistakes:
        said = f"[red]{escape(each.message.spoken(None))}[/]\n→ {escape(str(each.remedy))}"
        key = f"{escape(each.key or '-')}\n[dim]{escape(each.place.zh)}[/]"
        table.add_row(str(each.line or "-"), key, each.clause or "-", said)
    console.print(table)
    console.print(f"[red]✗ {len(mistakes)} 处错误，改正后再检查。 {len(mistakes)} mistake(s); correct them.[/]")


def _print_examples(tried: tuple[Tried, ...], parsed: Parsed, console: Console, why: bool) -> None:
    if not tried:
        console.print("[yellow]没有算例。 No worked examples; write some, docs/policy-packs.md shows how.[/]")
        return
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for title in ("", "行 line", "算例 worked example", "条款 clause", "预期与结果 expected and found"):
        table.add_column(title, overflow="fold")
    for each in tried:
        table.add_row(
            "[green]✓[/]" if each.passed else "[red]✗[/]",
            str(parsed.line_of(("examples", each.number))),
            f"{escape(each.example.name.zh)}\n[dim]{escape(each.example.name.en)}[/]",
            "\n".join(each.example.clause),
            "\n".join(_figures(each)),
        )
    console.print(table)
    for each in tried:
        if why or not each.passed:
            _print_why(each, parsed, console)


def _figures(each: Tried) -> Iterator[str]:
    wrong = {difference.figure: difference for difference in each.differences}
    for name, value in each.figures:
        if name in wrong:
            found = wrong[name].found or "无 nothing of the kind"
            yield f"[red]{escape(f'{name}: 预期 expected {value}, 结果 found {found}')}[/]"
        elif value != ROW:  # that a row exists goes without saying
            yield f"{escape(name)}: [green]{escape(value)}[/]"


def _print_why(each: Tried, parsed: Parsed, console: Console) -> None:
    mark = "[green]✓[/]" if each.passed else "[red]✗[/]"
    name = f"{each.example.name.zh} {each.example.name.en}"
    console.print(f"{mark} 第 {parsed.line_of(('examples', each.number))} 行 line · {escape(name)}")
    for difference in each.differences:
        zh = f"{difference.figure}：预期 {difference.expected}，结果 {difference.found or '无此项'}"
        console.print(Padding(f"[red]{escape(zh)}\n{escape(str(difference))}[/]", (0, 0, 0, 4)))
    for sentence in each.why:
        console.print(Padding(f"{escape(sentence.zh)}\n[dim]{escape(sentence.en)}[/]", (0, 0, 0, 4)))


def _print_summary(pack: PolicyPack, path: Path, tried: tuple[Tried, ...], console: Console) -> None:
    found = origins(pack)
    set_by, assumed = found.by_clause.total(), found.assumed.total()
    cited = {clause for _, clause, follows in cited_clauses(pack) if not follows}
    shown = {clause for _, clause in example_clauses(pack.examples)}
    passed = sum(each.passed for each in tried)
    console.print(
        f"取值 values: {set_by} 项按条款 set by clause, {assumed} 项推定 assumed "
        f"[dim]({', '.join(f'{name} {count}' for name, count in found.assumed.items())})[/]"
    )
    for line in layer_lines(pack, path):
        console.print(escape(str(line)))
    console.print(f"引用条款 clauses cited: {', '.join(_sorted(cited)) or '-'}")
    own = {document.prefix for document in pack.documents if not document.elsewhere}
    used = {clause_of(each) for each in cited | shown}
    if unused := _sorted({each.id for each in pack.clauses if document_of(each.id) in own} - used):
        console.print(f"[dim]未用条款 clauses of the same document not used: {', '.join(unused)}[/]")
    colour, mark = ("green", "✓") if passed == len(tried) else ("red", "✗")
    console.print(f"[{colour}]{mark} 算例 worked examples: {passed} / {len(tried)} 通过 passed[/]")


def _print_unsigned(pack: PolicyPack, parsed: Parsed, console: Console) -> bool:
    for answered in pack.answers or ():
        console.print(f"疑问已答复 answered: {answered.question} {answered.key}: {escape(answered.answer)}")
    if left := pack.left_open:
        console.print(f"[yellow]未确认的值，须两人签字 left open, two officers sign: {len(left)}: {', '.join(left)}[/]")
    found = list(unsigned(pack))
    open_places = set(open_values(pack))
    for each in found:
        if each.key not in open_places:
            line = parsed.line_of(path_of(each.key)) or "-"
            said = f"{escape(each.key)}：{escape(each.zh)}。\n   {escape(each.en)}."
            console.print(f"[red]？ 第 {line} 行 line · {said}[/]")
    _print_open([each for each in found if each.key in open_places], parsed, console)
    if found:
        console.print(
            f"[red]✗ {len(found)} 处须先答复或确认，否则提交时被拒绝。 "
            f"{len(found)} place(s) wait for an answer or a confirmation; the submission would be refused.[/]"
        )
    return not found


def _print_open(found: list[Finding], parsed: Parsed, console: Console) -> None:
    if not found:
        return
    console.print(f"[red]草稿值 draft values: {len(found)}。{escape(found[0].zh)}。\n   {escape(found[0].en)}.[/]")
    names = {each.key: each.zh for each in keys_of_packs()}
    for each in found:
        line, name = parsed.line_of(path_of(each.key)) or "-", names.get(each.key, "")
        console.print(f"  第 {line} 行 line · {escape(each.key)} {name}")


def _print_recorded(pack: PolicyPack, console: Console) -> None:
    recorded, keys = recorded_only(pack), {leaf.key for leaf in leaves(pack)}
    console.print(
        f"有效的键 keys with effect: {len(keys) - len(recorded)} · 尚未生效 recorded, no effect yet: {len(recorded)}"
    )
    for effect in recorded:
        clauses = ", ".join(effect.not_yet)
        console.print(f"  [dim]{effect.key} {escape(effect.zh)} {escape(effect.en)} ({clauses})[/]")


def _sorted(clauses: set[str]) -> list[str]:
    def by_number(clause: str) -> tuple[str, int, str]:
        return document_of(clause), int("".join(filter(str.isdigit, clause.rpartition("-")[2]))), clause

    return sorted(clauses, key=by_number)
