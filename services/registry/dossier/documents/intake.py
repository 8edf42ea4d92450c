"""Where documents come in and go out: the checker, the store and the cipher, set up once when the service starts."""

import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from services.registry.dossier.documents.checking import Checker
from services.registry.dossier.documents.folder_store import FolderStore
from services.registry.dossier.documents.refusals import UploadsBusy
from services.registry.dossier.documents.store import ContentStore
from services.registry.settings import RegistrySettings
from shared.pii import PiiCipher

UPLOADS_AT_ONCE: Final = 16  # each holds its content in memory, in clear and sealed


@dataclass
class UploadSlots:
    """Room for a number of uploads at once; one more is sent away instead of kept waiting in memory."""

    free: int = UPLOADS_AT_ONCE

    @contextmanager
    def one(self) -> Iterator[None]:
        """Take a place for as long as an upload lasts.

        Raises:
            UploadsBusy: there is none left.
        """
        if self.free == 0:
            raise UploadsBusy
        self.free -= 1
        try:
            yield
        finally:
            self.free += 1


@dataclass(frozen=True)
class DocumentIntake:
    """What a document passes through on its way into the file and out of it."""

    checker: Checker
    store: ContentStore
    cipher: PiiCipher
    upload_slots: UploadSlots = field(default_factory=UploadSlots)


def document_intake(settings: RegistrySettings, data_dir: Path, cipher: PiiCipher) -> DocumentIntake:
    """Return the intake that the settings describe."""
    checker = Checker(shlex.split(settings.scan_command), settings.scan_seconds)
    return DocumentIntake(checker, content_store(settings, data_dir), cipher)


def content_store(settings: RegistrySettings, data_dir: Path) -> ContentStore:
    """Return the bucket when one is set, else the folder."""
    if not settings.documents_s3_bucket:
        return FolderStore(settings.documents_dir or data_dir / "documents")
    from services.registry.dossier.documents.s3_store import (  # a large library, loaded when it is used
        BucketAccess,
        S3Store,
    )

    return S3Store(
        BucketAccess(
            bucket=settings.documents_s3_bucket,
            region=settings.documents_s3_region,
            endpoint=settings.documents_s3_endpoint or None,
            access_key_id=settings.documents_s3_access_key_id or None,
            secret_access_key=settings.documents_s3_secret_access_key.get_secret_value(),
            prefix=settings.documents_s3_prefix,
        )
    )
