"""Where members' files lie: a folder, or an S3-compatible bucket. Decides; makes nothing. No Django."""

from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

KNOWN = {"region_name", "endpoint_url", "addressing_style", "signature_version", "verify"}


class BadFileStorageError(Exception):
    """FILE_STORAGE cannot be read. `str()` says why."""


def file_storage(address: str, *, folder: Path) -> dict[str, object]:
    """An entry of Django's STORAGES. No address: `folder`. Nobody but Plenary reads either: files leave through the post's own
    permission only. Raises BadFileStorageError."""
    if not address:
        options: dict[str, object] = {"location": str(folder), "base_url": None, "file_permissions_mode": 0o600}
        options["directory_permissions_mode"] = 0o700
        return {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": options}
    parts = urlsplit(address)
    if parts.scheme != "s3" or not parts.hostname:
        raise BadFileStorageError(f"FILE_STORAGE is empty or s3://bucket/folder?…, not {parts.scheme or 'a plain word'}.")
    given = dict(parse_qsl(parts.query))
    if unknown := given.keys() - KNOWN:
        raise BadFileStorageError(f"FILE_STORAGE knows {', '.join(sorted(KNOWN))}, not {', '.join(sorted(unknown))}.")
    options = {
        "bucket_name": parts.hostname,
        "location": parts.path.strip("/"),
        "default_acl": None,
        "querystring_auth": True,
        "file_overwrite": True,
        **given,
    }
    return {"BACKEND": "common.buckets.Bucket", "OPTIONS": options}
