"""Why an import is not found, and what its reading process refused."""

from uuid import UUID

from shared.csv_files.refusals import FileRefused
from shared.errors import NotFound


class RefusedWhileReading(FileRefused):
    """What the reading process refused, with its own name."""

    def __init__(self, code: str, title: str, zh: str, en: str) -> None:
        super().__init__(zh=zh, en=en)
        self.code, self.title = code, title  # type: ignore[misc]


class ImportUnknown(NotFound):
    """No such import, or not the caller's to see."""

    code = "household-import-unknown"
    title = "导入记录不存在 Import unknown"

    def __init__(self, import_id: UUID) -> None:
        super().__init__(
            zh=f"没有您可以查看的导入记录 {import_id}，请在导入记录列表中查找。",
            en=f"There is no household import {import_id} that you may see; list the imports to find it.",
            import_id=str(import_id),
        )
