"""Policy packs on the desk: `python -m tools.packs check FILE…`, `new`, `schema`, `diff OLD NEW`."""

import argparse
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Final, NoReturn

from rich.console import Console

from shared.errors import Refusal
from shared.policy.bases import BaseRules
from shared.policy.difference import diff
from shared.policy.load import bases_beside, load_pack
from shared.policy.pack import PolicyPack
from shared.policy.schema import schema_texts
from tools.packs.check import check_file
from tools.packs.draft import Draft, DraftImpossible, draft_text
from tools.packs.places import place_name

PROJECT = Path(__file__).resolve().parents[2]
PACKS: Final = PROJECT / "policy" / "packs"
POLICY: Final = PROJECT / "policy"
NARROWEST: Final = 118


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 0 all right, 1 mistakes, 2 it could not be done."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except FileNotFoundError as missing:
        print(f"✗ 找不到文件 {missing.filename}，请核对路径。 There is no such file; check its path.", file=sys.stderr)
        return 2
    except UnicodeDecodeError:
        print("✗ 文件不是UTF-8文本，请另存为UTF-8。 The file is not UTF-8 text; save it as UTF-8.", file=sys.stderr)
        return 2
    except (OSError, DraftImpossible) as problem:
        print(f"✗ {problem}", file=sys.stderr)
        return 2
    except Refusal as refused:
        print(f"✗ {refused.detail}", file=sys.stderr)
        return 1


def _check(options: argparse.Namespace) -> int:
    console = Console(width=max(Console().width, NARROWEST), highlight=False, soft_wrap=False)
    passed = [check_file(path, console, why=options.why) for path in options.files]
    return 0 if all(passed) else 1


def _new(options: argparse.Namespace) -> int:
    source = _pack_file(options.source)
    target = options.out or PACKS / f"{options.county}.yaml"
    if target.exists():
        raise DraftImpossible(
            f"{target} 已存在，请换一个 COUNTY，或先移走该文件。 {target} exists already; choose another COUNTY or "
            "remove the file first."
        )
    zh = options.name_zh or place_name(options.region[0]) or "待填写"
    en = options.name_en or options.county.replace("-", " ").capitalize()
    first_day = options.effective_from or date.today()  # noqa: DTZ011 - the day at the desk
    draft = Draft(options.county, tuple(options.region), zh, en, first_day)
    pack = load_pack(source)
    text = draft_text(pack, draft, _shared_base(pack, source, draft.regions))
    target.write_text(text, encoding="utf-8")
    print(f"{target}: {zh} {en}. 下一步：逐条对照本县文件修改，再运行 make pack-check PACK={target}")
    print("Next: go through it with your county's document, value by value, and check it with the command above.")
    return 0


def _shared_base(pack: PolicyPack, file: Path, regions: tuple[str, ...]) -> BaseRules | None:
    """Return the base under a pack, if the new county lies in the same province."""
    below = pack.based_on
    if below is None or below.region is None or not all(region.startswith(below.region) for region in regions):
        return None
    return bases_beside(file)(below.code, below.version)


def _schema(options: argparse.Namespace) -> int:
    for name, text in schema_texts().items():
        (options.out / name).write_text(text, encoding="utf-8")
        print(f"{options.out / name}")
    return 0


def _diff(options: argparse.Namespace) -> int:
    changes = diff(load_pack(options.old), load_pack(options.new))
    for change in changes:
        print(f"{change.zh}\n{change.en}\n")
    print(f"共 {len(changes)} 处不同。 {len(changes)} difference(s).")
    return 0


def _pack_file(name: str) -> Path:
    """Return the file that a pack's code or a path names."""
    named = Path(name)
    return named if named.suffix in (".yaml", ".yml", ".json") else PACKS / f"{name}.yaml"


class _Parser(argparse.ArgumentParser):
    """Says in both languages that the command was written wrongly."""

    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(2, f"✗ 命令写法有误，请按上面的用法补全参数。 The command is written wrongly: {message}\n")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="python -m tools.packs", description=__doc__)
    commands = parser.add_subparsers(required=True)
    check = commands.add_parser("check", help="检查政策包 name every mistake, run every worked example")
    check.add_argument("files", nargs="+", type=Path, metavar="FILE")
    check.add_argument("--why", action="store_true", help="显示算例如何得出 derive passing examples too")
    check.set_defaults(run=_check)
    new = commands.add_parser("new", help="新建政策包 start another county's pack from an existing one")
    new.add_argument("--from", dest="source", required=True, help="取自的代码或文件 code or file to start from")
    new.add_argument("--county", required=True, help="新代码 short code, for example yanchi")
    new.add_argument("--region", required=True, nargs="+", help="区划代码 regions, for example 640323")
    new.add_argument("--name-zh", help="中文名称 name in Chinese; from data/regions.csv if left out")
    new.add_argument("--name-en", help="英文名称 name in English")
    new.add_argument("--effective-from", type=date.fromisoformat, help="生效日 YYYY-MM-DD; today if left out")
    new.add_argument("--out", type=Path, help="写入位置 where to write it; policy/packs/<county>.yaml if left out")
    new.set_defaults(run=_new)
    schema = commands.add_parser("schema", help="write the JSON schemas 生成 JSON 模式")
    schema.add_argument("--out", type=Path, default=POLICY, help="folder; policy if left out")
    schema.set_defaults(run=_schema)
    difference = commands.add_parser("diff", help="比较两个版本 say in words what differs between two packs")
    difference.add_argument("old", type=Path)
    difference.add_argument("new", type=Path)
    difference.set_defaults(run=_diff)
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
