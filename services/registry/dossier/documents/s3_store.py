"""Keep contents in a bucket of an S3-compatible store."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import obstore
from obstore.exceptions import BaseError
from obstore.store import S3Store as Bucket

from services.registry.dossier.documents.store import NothingStored, StoreAway, Stored

if TYPE_CHECKING:
    from obstore.store import S3Config

_TIMEOUT: Final = timedelta(seconds=30)
_CONNECT: Final = timedelta(seconds=3)
_RETRIES_MAX: Final = 3


@dataclass(frozen=True)
class BucketAccess:
    """Where a bucket is and with which keys; `endpoint` None is Amazon's own, no keys are those of the machine."""

    bucket: str
    region: str
    endpoint: str | None
    access_key_id: str | None
    secret_access_key: str = field(repr=False)
    prefix: str


class S3Store:
    """Objects named `prefix/abcd…`; a put is whole or nothing, and the store answers once it is durable."""

    def __init__(self, access: BucketAccess) -> None:
        plain = bool(access.endpoint and access.endpoint.startswith("http://"))
        config: S3Config = {"region": access.region}
        if access.endpoint:
            config["endpoint"] = access.endpoint
        if access.access_key_id:
            config["access_key_id"] = access.access_key_id
            config["secret_access_key"] = access.secret_access_key
        self._bucket = Bucket(
            access.bucket,
            prefix=access.prefix or None,
            config=config,
            client_options={"timeout": _TIMEOUT, "connect_timeout": _CONNECT, "allow_http": plain},
            retry_config={"max_retries": _RETRIES_MAX, "retry_timeout": _TIMEOUT},
        )

    async def put(self, address: str, sealed: bytes) -> None:
        """Store the bytes under the address."""
        try:
            await obstore.put_async(self._bucket, address, sealed, use_multipart=False)
        except (BaseError, OSError) as error:
            raise StoreAway(type(error).__name__) from error

    async def get(self, address: str) -> bytes:
        """Return the bytes; raises NothingStored."""
        try:
            answer = await obstore.get_async(self._bucket, address)
            return bytes(await answer.bytes_async())
        except FileNotFoundError:
            raise NothingStored(address) from None
        except (BaseError, OSError) as error:
            raise StoreAway(type(error).__name__) from error

    async def holds(self, address: str) -> bool:
        """Return whether there is anything under the address."""
        try:
            await obstore.head_async(self._bucket, address)
        except FileNotFoundError:
            return False
        except (BaseError, OSError) as error:
            raise StoreAway(type(error).__name__) from error
        return True

    async def everything(self) -> AsyncIterator[Stored]:
        """Yield all objects under the prefix."""
        try:
            async for some in obstore.list(self._bucket):
                for each in some:
                    yield Stored(each["path"], each["last_modified"])
        except (BaseError, OSError) as error:
            raise StoreAway(type(error).__name__) from error

    async def remove(self, address: str) -> None:
        """Forget the bytes."""
        try:
            await obstore.delete_async(self._bucket, address)
        except FileNotFoundError:
            return
        except (BaseError, OSError) as error:
            raise StoreAway(type(error).__name__) from error
