"""Where documents come in and go out: the checker, the store and the cipher, set up once when the service starts."""

import shlex
from dataclasses import dataclass
from pathlib import Path

from services.registry.documents.checking import Checker
from services.registry.documents.folder_store import FolderStore
from services.registry.documents.store import ContentStore
from services.registry.settings import RegistrySettings
from shared.pii import PiiCipher


@dataclass(frozen=True)
class DocumentDesk:
    """What a document passes through on its way into the file and out of it."""

    checker: Checker
    store: ContentStore
    cipher: PiiCipher


def document_desk(settings: RegistrySettings, data_dir: Path, cipher: PiiCipher) -> DocumentDesk:
    """Return the desk that the settings describe."""
    checker = Checker(shlex.split(settings.scan_command), settings.scan_seconds)
    return DocumentDesk(checker, content_store(settings, data_dir), cipher)


def content_store(settings: RegistrySettings, data_dir: Path) -> ContentStore:
    """Return the bucket when one is set, else the folder."""
    if not settings.documents_s3_bucket:
        return FolderStore(settings.documents_dir or data_dir / "documents")
    from services.registry.documents.s3_store import BucketAccess, S3Store  # a large library, loaded when it is used

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
