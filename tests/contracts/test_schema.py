"""The migrated schema equals the tables in code: columns, keys, checks and indexes."""

import importlib
import subprocess
import sys
from collections.abc import Awaitable, Callable

import asyncpg
import pytest
from sqlalchemy.ext.asyncio import create_async_engine

from shared import migrations, schema_version

_COLUMNS = """
SELECT table_name, column_name, data_type, is_nullable, coalesce(column_default, ''),
       coalesce(numeric_precision, 0), coalesce(numeric_scale, 0), is_identity,
       coalesce(generation_expression, '')
FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> 'alembic_version'
"""
_CONSTRAINTS = """
SELECT conrelid::regclass::text, contype::text, pg_get_constraintdef(oid) FROM pg_constraint
WHERE connamespace = 'public'::regnamespace AND conrelid <> coalesce(to_regclass('alembic_version'), 0)
  AND contype NOT IN ('n', 't')
"""
_INDEXES = """
SELECT tablename, regexp_replace(indexdef, 'INDEX \\S+ ON', 'INDEX ON') FROM pg_indexes
WHERE schemaname = 'public' AND tablename <> 'alembic_version'
"""


async def _described(url: str) -> dict[str, set[tuple[object, ...]]]:
    connection = await asyncpg.connect(url)
    try:
        queries = {"columns": _COLUMNS, "constraints": _CONSTRAINTS, "indexes": _INDEXES}
        return {name: {tuple(row) for row in await connection.fetch(query)} for name, query in queries.items()}
    finally:
        await connection.close()


@pytest.mark.parametrize("service", migrations.SERVICES)
async def test_the_migrated_schema_equals_the_tables_in_code(
    service: str, new_database: Callable[[str], Awaitable[str]], new_empty_database: Callable[[], Awaitable[str]]
) -> None:
    migrated = await _described(await new_database(service))
    from_code = await new_empty_database()
    metadata = importlib.import_module(f"services.{service}.tables").metadata
    connection = await asyncpg.connect(from_code)
    await connection.execute(migrations.UUID7_FUNCTION)
    await connection.close()
    engine = create_async_engine(from_code.replace("postgresql://", "postgresql+asyncpg://"))
    async with engine.begin() as connection_:
        await connection_.run_sync(metadata.create_all)
    await engine.dispose()
    expected = await _described(from_code)
    for kind in expected:
        assert migrated[kind] == expected[kind], kind


@pytest.mark.parametrize("service", migrations.SERVICES)
def test_version_files_are_named_after_their_revision(service: str) -> None:
    assert schema_version.head(service) == migrations.head(service)


def test_a_running_service_never_loads_the_schema_libraries() -> None:
    program = (
        "import importlib, sys\n"
        "for name in ('gateway', 'registry', 'lending', 'subsidy', 'riskfund'):\n"
        "    importlib.import_module(f'services.{name}.main').create_app()\n"
        "print([name for name in ('sqlalchemy', 'alembic') if name in sys.modules])\n"
    )
    printed = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert printed.strip() == "[]"
