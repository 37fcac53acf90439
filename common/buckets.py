"""An S3-compatible bucket as a storage that fails like a disk: with an OSError, soon, and never in the middle of an answer."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from boto3.exceptions import Boto3Error
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.core.files.base import ContentFile, File
from storages.backends.s3 import S3Storage

_PATIENCE: Final = Config(connect_timeout=3, read_timeout=15, retries={"mode": "standard", "total_max_attempts": 2})
"""boto3 by itself waits five minutes for a server that is away, and a member's page with it."""


class StorageAway(OSError):
    """The bucket cannot be reached, or says no. A file that is not there is a FileNotFoundError, which is another thing."""


class Bucket(S3Storage):  # type: ignore[misc]
    """Named by settings.FILE_STORAGE (config/filestore.py)."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.client_config: Config = self.client_config.merge(_PATIENCE)

    def _open(self, name: str, mode: str = "rb") -> "File[bytes]":
        """The whole file, read before an answer begins."""
        with _failing_like_a_disk():
            content: bytes = super()._open(name, mode).read()
        return ContentFile(content, name=name)

    def _save(self, name: str, content: "File[bytes]") -> str:
        with _failing_like_a_disk():
            kept: str = super()._save(name, content)
        return kept

    def delete(self, name: str) -> None:
        with _failing_like_a_disk():
            super().delete(name)

    def exists(self, name: str) -> bool:
        with _failing_like_a_disk():
            return bool(super().exists(name))


@contextmanager
def _failing_like_a_disk() -> Iterator[None]:
    try:
        yield
    except (Boto3Error, BotoCoreError, ClientError) as problem:
        raise StorageAway(type(problem).__name__) from problem
