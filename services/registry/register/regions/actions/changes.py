"""Record that codes changed: regions end and begin, everything below and the households go along, history stays."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from services.registry.register.households.actions import life
from services.registry.register.regions.refusals import (
    ChangeInvalid,
    ChildrenNotTaken,
    HouseholdsNotAssignable,
    ParentNotInForce,
    RegionCodesTaken,
    RegionsNotInForce,
)
from services.registry.register.regions.rules.successions import ChangeKind, Succession, faults_in
from services.registry.register.regions.schemas import AssignmentIn, RegionChangeIn, RegionChangeOut, SuccessionOut
from shared import outbox
from shared.access import Principal, Right
from shared.db import Connection
from shared.events.registry import RegionChanged, RegionPair
from shared.ids import new_id
from shared.languages import Sentence

# One change at a time: a change reads the tree it changes.
_ONE_AT_A_TIME: Final = "SELECT pg_advisory_xact_lock(hashtextextended('region-change', 0))"
_STAGE = """
CREATE TEMPORARY TABLE region_move (from_code text, to_code text, name text, level text, is_named boolean)
ON COMMIT DROP
"""
# `whole` carries everything below along under the new beginning of the code; `is_named`: the change itself names it.
_CARRY = """
INSERT INTO region_move (from_code, to_code, name, level, is_named)
SELECT r.code, p.to_code || substr(r.code, length(p.from_code) + 1),
       CASE WHEN r.code = p.from_code THEN coalesce(p.to_name, r.name) ELSE r.name END, r.level,
       p.is_named AND r.code = p.from_code
FROM unnest($1::text[], $2::text[], $3::text[], $4::boolean[], $5::boolean[])
  AS p (from_code, to_code, to_name, whole, is_named)
JOIN region r ON r.code ^@ p.from_code AND (p.whole OR r.code = p.from_code) AND r.valid_until IS NULL
"""
_NOT_IN_FORCE = """
SELECT p.code FROM unnest($1::text[]) AS p (code)
WHERE NOT EXISTS (SELECT FROM region r WHERE r.code = p.code AND r.valid_until IS NULL
                  AND coalesce(r.valid_from < $2, true))
ORDER BY 1
"""
_TAKEN = """
SELECT m.to_code FROM region_move m JOIN region r ON r.code = m.to_code
WHERE m.from_code <> m.to_code AND m.to_code <> ALL ($1::text[])
UNION
SELECT to_code FROM region_move WHERE to_code <> ALL ($1::text[]) GROUP BY to_code HAVING count(*) > 1
ORDER BY 1
"""
_WITHOUT_PARENT = """
SELECT DISTINCT m.to_code FROM region_move m
WHERE m.level <> 'province' AND NOT EXISTS (SELECT FROM region_move p WHERE p.to_code = left(m.to_code, $1))
  AND NOT EXISTS (
    SELECT FROM region r WHERE r.code = left(m.to_code, $1) AND r.valid_until IS NULL
      AND r.code NOT IN (SELECT from_code FROM region_move EXCEPT SELECT to_code FROM region_move))
  AND m.is_named
ORDER BY 1
"""
_UNTAKEN = """
SELECT code FROM region
WHERE parent_code = $1 AND valid_until IS NULL AND code <> ALL ($2::text[]) ORDER BY code
"""
_BEGIN = """
INSERT INTO region (code, name, level, parent_code, valid_from)
SELECT DISTINCT ON (length(to_code), to_code) to_code, name, level,
       nullif(left(to_code, CASE length(to_code) WHEN 12 THEN 9 WHEN 9 THEN 6 ELSE length(to_code) - 2 END), ''), $1
FROM region_move m WHERE NOT EXISTS (SELECT FROM region r WHERE r.code = m.to_code)
ORDER BY length(to_code), to_code
"""
_END = """
UPDATE region SET valid_until = $1
WHERE code IN (SELECT from_code FROM region_move EXCEPT SELECT to_code FROM region_move)
"""
_RENAME = """
WITH renamed AS (
  UPDATE region r SET name = m.name FROM region_move m, region old
  WHERE m.is_named AND r.code = m.to_code AND old.code = r.code AND r.name <> m.name
  RETURNING r.code, old.name
)
INSERT INTO region_former_name (code, name, valid_until, recorded_by) SELECT code, name, $1, $2 FROM renamed
"""
_CHANGE = """
INSERT INTO region_change (id, kind, effective_on, document, recorded_by) VALUES ($1, $2, $3, $4, $5)
"""
# A household goes where its village goes; in a split where it is assigned to, else to the part that keeps the code,
# else to the first part named.
_HOUSEHOLD_STAGE = """
CREATE TEMPORARY TABLE household_region_move ON COMMIT DROP AS
SELECT h.id, h.number, m.from_code, coalesce(a.to_code, m.to_code) AS to_code
FROM (SELECT DISTINCT ON (from_code) from_code, to_code FROM region_move JOIN
        unnest($3::text[]) WITH ORDINALITY AS place (code, position) ON place.code = to_code OR NOT is_named
      WHERE level = 'village' ORDER BY from_code, from_code <> to_code, position) m
JOIN household h ON h.village_code = m.from_code AND h.ended_on IS NULL
LEFT JOIN unnest($1::text[], $2::text[]) AS a (number, to_code) ON a.number = h.number
"""
_NOT_THERE = """
SELECT a.number FROM unnest($1::text[]) AS a (number)
WHERE NOT EXISTS (SELECT FROM household_region_move m WHERE m.number = a.number) ORDER BY 1
"""
_NUMBERS_CLASH = """
SELECT m.number FROM household_region_move m
WHERE left(m.to_code, 6) <> left(m.from_code, 6) AND EXISTS (
  SELECT FROM household h WHERE h.county_code = left(m.to_code, 6) AND h.number = m.number AND h.id <> m.id)
ORDER BY 1
"""
_SUCCEED = """
INSERT INTO region_succession (change_id, from_code, to_code, households_moved)
SELECT $1, m.from_code, m.to_code,
       (SELECT count(*) FROM household_region_move h
        WHERE h.from_code = m.from_code AND h.to_code = m.to_code AND h.from_code <> h.to_code)
FROM region_move m WHERE m.is_named OR m.from_code <> m.to_code
"""
_RECORDED = "SELECT id, kind, effective_on, document, recorded_by, recorded_at FROM region_change WHERE id = $1"
_SUCCESSIONS = """
SELECT s.change_id, c.kind, c.effective_on, c.document, s.from_code, s.to_code, s.households_moved
FROM region_succession s JOIN region_change c ON c.id = s.change_id
JOIN unnest($2::text[], $3::text[]) WITH ORDINALITY AS p (from_code, to_code, position)
  ON p.from_code = s.from_code AND p.to_code = s.to_code
WHERE s.change_id = $1 ORDER BY p.position
"""


async def record_change(conn: Connection, officer: Principal, body: RegionChangeIn) -> RegionChangeOut:
    """Carry out a change of codes with everything below it, the households included, and tell every service.

    Raises:
        ChangeInvalid, RegionsNotInForce, RegionCodesTaken, ParentNotInForce, ChildrenNotTaken,
        HouseholdsNotAssignable: by name; nothing was changed.
        OutsideRegion: the officer may not change one of the regions.
    """
    pairs = [Succession(s.from_code, s.to_code, s.to_name, s.moved_codes) for s in body.successions]
    if faults := faults_in(body.kind, pairs):
        raise ChangeInvalid(body.kind, faults)
    for code in {code for pair in pairs for code in (pair.from_code, pair.to_code)}:
        officer.ensure_region(Right.REGIONS_LOAD, code)
    await conn.execute(_ONE_AT_A_TIME)
    await _stage(conn, body, pairs)
    change_id = new_id()
    await conn.execute(_CHANGE, change_id, body.kind, body.effective_on, body.document, officer.subject)
    await conn.execute(_RENAME, body.effective_on, officer.subject)
    added = _count(await conn.execute(_BEGIN, body.effective_on))
    ended = _count(await conn.execute(_END, body.effective_on))
    moved = await _move_households(conn, officer, body, pairs)
    await conn.execute(_SUCCEED, change_id)
    await _record_event(conn, change_id, body, pairs)
    return await _change_out(conn, change_id, pairs, added, ended, moved)


async def _stage(conn: Connection, body: RegionChangeIn, pairs: Sequence[Succession]) -> None:
    """Stage which code becomes which, down to the villages, and refuse what cannot be."""
    sources = sorted({pair.from_code for pair in pairs} | {child for pair in pairs for child in pair.moved_codes})
    if missing := await conn.fetch(_NOT_IN_FORCE, sources, body.effective_on):
        raise RegionsNotInForce([row["code"] for row in missing], body.effective_on)
    if body.kind is ChangeKind.SPLIT:
        await _ensure_children_taken(conn, pairs)
    carried = [
        (pair.from_code, pair.to_code, pair.to_name, body.kind in (ChangeKind.RECODE, ChangeKind.MERGE), True)
        for pair in pairs
    ] + [
        (child, pair.to_code + child[len(pair.from_code) :], None, True, False)
        for pair in pairs
        for child in _taken_away(pair)
    ]
    await conn.execute(_STAGE)
    await conn.execute(_CARRY, *(list(column) for column in zip(*carried, strict=True)))
    await _ensure_free(conn, body, pairs)


def _taken_away(pair: Succession) -> tuple[str, ...]:
    """Return the regions below that get another code with a part of a split; those of the part that remains do not."""
    return pair.moved_codes if pair.to_code != pair.from_code else ()


async def _ensure_children_taken(conn: Connection, pairs: Sequence[Succession]) -> None:
    source = pairs[0].from_code
    taken = [child for pair in pairs for child in pair.moved_codes]
    if strangers := [child for child in taken if len(child) <= len(source) or not child.startswith(source)]:
        raise ChangeInvalid(
            ChangeKind.SPLIT,
            [
                Sentence(
                    f"moved_codes 中的 {strangers[0]} 不是 {source} 的下级区划",
                    f"{strangers[0]} in `moved_codes` does not lie below {source}",
                )
            ],
        )
    if source not in {pair.to_code for pair in pairs} and (left := await conn.fetch(_UNTAKEN, source, taken)):
        raise ChildrenNotTaken([row["code"] for row in left])


async def _ensure_free(conn: Connection, body: RegionChangeIn, pairs: Sequence[Succession]) -> None:
    survivors = sorted({pair.to_code for pair in pairs} & {pair.from_code for pair in pairs})
    merged = [pairs[0].to_code] if body.kind is ChangeKind.MERGE else []
    known = {row["code"] for row in await conn.fetch("SELECT code FROM region WHERE code = ANY ($1::text[])", merged)}
    doubled_is_right = [*survivors, *(code for code in merged if code not in known)]
    if taken := await conn.fetch(_TAKEN, doubled_is_right):
        raise RegionCodesTaken([row["to_code"] for row in taken])
    nameless = {pair.to_code for pair in pairs if pair.to_code not in survivors}
    nameless -= {pair.to_code for pair in pairs if pair.to_name}
    if nameless and body.kind is not ChangeKind.RECODE:
        raise ChangeInvalid(
            body.kind,
            [
                Sentence(f"{code} 是新代码，须填写 to_name", f"{code} is new and needs `to_name`")
                for code in sorted(nameless)
            ],
        )
    parent_digits = {12: 9, 9: 6, 6: 4, 4: 2, 2: 0}[len(pairs[0].to_code)]
    if orphans := await conn.fetch(_WITHOUT_PARENT, parent_digits):
        raise ParentNotInForce([row["to_code"] for row in orphans], body.effective_on)


async def _move_households(
    conn: Connection, officer: Principal, body: RegionChangeIn, pairs: Sequence[Succession]
) -> int:
    numbers, targets = _assigned(body, pairs)
    await conn.execute(_HOUSEHOLD_STAGE, numbers, targets, [pair.to_code for pair in pairs])
    if strangers := await conn.fetch(_NOT_THERE, numbers):
        raise HouseholdsNotAssignable(
            [row["number"] for row in strangers],
            Sentence(
                "被拆分的村没有登记该户，请核对户编号", "no such household is registered in the village that is split"
            ),
        )
    if clashing := await conn.fetch(_NUMBERS_CLASH):
        raise HouseholdsNotAssignable(
            [row["number"] for row in clashing],
            Sentence(
                "转入县已有相同的户编号，请先更换编号",
                "the other county has households with the same numbers; give them new numbers first",
            ),
        )
    return _count(await life.recode(conn, body.effective_on, officer.subject))


def _assigned(body: RegionChangeIn, pairs: Sequence[Succession]) -> tuple[list[str], list[str]]:
    parts = {pair.to_code for pair in pairs}
    wrong: list[AssignmentIn] = [each for each in body.assignments if each.to_code not in parts]
    if wrong or (body.assignments and body.kind is not ChangeKind.SPLIT):
        numbers = [each.household_number for each in wrong or body.assignments]
        raise HouseholdsNotAssignable(
            numbers,
            Sentence(
                "农户只能分配到被拆分村的各部分，请更正",
                "households are assigned only to the parts of a village that is split",
            ),
        )
    numbers = [each.household_number for each in body.assignments]
    if len(set(numbers)) < len(numbers):
        twice = sorted({n for n in numbers if numbers.count(n) > 1})
        raise HouseholdsNotAssignable(twice, Sentence("重复分配，每户只写一次", "assigned twice; name each once"))
    return numbers, [each.to_code for each in body.assignments]


async def _record_event(conn: Connection, change_id: UUID, body: RegionChangeIn, pairs: Sequence[Succession]) -> None:
    codes = [(pair.from_code, pair.to_code) for pair in pairs]
    codes += [(child, pair.to_code + child[len(pair.from_code) :]) for pair in pairs for child in _taken_away(pair)]
    if body.kind is ChangeKind.SPLIT:
        codes += [(row["code"], row["code"]) for row in await conn.fetch(_UNTAKEN, pairs[0].from_code, [])]
    event = RegionChanged(
        change_id=change_id,
        kind=body.kind.value,
        effective_on=body.effective_on,
        successions=tuple(RegionPair(from_code=from_code, to_code=to_code) for from_code, to_code in codes),
    )
    await outbox.record(conn, event, aggregate_id=change_id, aggregate_version=1, region_code=pairs[0].from_code)


async def _change_out(
    conn: Connection, change_id: UUID, pairs: Sequence[Succession], added: int, ended: int, moved: int
) -> RegionChangeOut:
    row = await conn.fetchrow(_RECORDED, change_id)
    assert row is not None
    done = await conn.fetch(
        _SUCCESSIONS, change_id, [pair.from_code for pair in pairs], [pair.to_code for pair in pairs]
    )
    return RegionChangeOut(
        **row,
        codes_added=added,
        codes_ended=ended,
        households_moved=moved,
        successions=[SuccessionOut(**each) for each in done],
    )


def _count(command: str) -> int:
    return int(command.rsplit(" ", 1)[-1])
