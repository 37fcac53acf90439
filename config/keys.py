"""The keys everything secret hangs on. What is lost with each stands in docs/operations.md.

No key is derived from another one: whoever learns one learns one. Imports no Django; settings import it.
"""

import base64
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path

KEY_BYTES = 32  # an Ed25519 seed is as long


class MissingKeysError(Exception):
    """Production has no key of its own; names all that are missing."""


@dataclass(frozen=True, repr=False)
class Keys:
    """Each is URL-safe base64 text of 32 random bytes where we made it; `secret_key` may be any text."""

    secret_key: str
    address_key: str
    persona_key: str
    consultation_key: str
    signing_key: str
    backup_key: str


NAMES = tuple(field.name.upper() for field in fields(Keys))


def load_keys(var: Path | None, environ: Mapping[str, str]) -> Keys:
    """The keys of the environment; those it lacks are made once below `var`, but never in production.

    Raises MissingKeysError in production, or where `var` is None, and ValueError for a key that is no key.
    """
    given = {name: environ[name] for name in NAMES if environ.get(name)}
    missing = [name for name in NAMES if name not in given]
    if missing and (var is None or environ.get("PLENARY_ENV") == "production"):
        raise MissingKeysError(
            f"Set {', '.join(missing)} in the environment: production makes no keys of its own, because a key that is"
            " made anew makes what the old one protected unreadable. One new key:"
            ' python -c "import secrets,base64; print(base64.urlsafe_b64encode(secrets.token_bytes(32)).decode())"'
        )
    if missing and var is not None:
        given |= {name: _kept(var / "keys", name) for name in missing}
    for name in NAMES:
        if name != "SECRET_KEY":
            _check(name, given[name])
    return Keys(**{name.lower(): key for name, key in given.items()})


def decoded(key: str) -> bytes:
    """The 32 bytes of a key, from either base64 alphabet. Raises ValueError."""
    raw = base64.b64decode(key.translate(str.maketrans("-_", "+/")), validate=True)
    if len(raw) != KEY_BYTES:
        raise ValueError(f"a key has {KEY_BYTES} bytes, this one {len(raw)}")
    return raw


def _check(name: str, key: str) -> None:
    try:
        decoded(key)
    except ValueError as error:
        raise ValueError(f"{name} is not the base64 of {KEY_BYTES} bytes: {error}") from error


def _kept(folder: Path, name: str) -> str:
    """The key in this folder. Of two processes that make it at once, one wins and both get the winner's."""
    file = folder / name
    if not file.exists():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = folder / f".{name}.{os.getpid()}.{secrets.token_hex(4)}"
        fd = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(fd, "w") as out:
                out.write(base64.urlsafe_b64encode(secrets.token_bytes(KEY_BYTES)).decode() + "\n")
                out.flush()
                os.fsync(out.fileno())
            # A link appears whole or not at all, and never in the place of another one.
            file.hardlink_to(draft)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return file.read_text().strip()
