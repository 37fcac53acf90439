"""allauth's second factors, in our words, their secrets sealed."""

import base64
import hashlib
from typing import Any, ClassVar

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.utils.encoding import force_bytes
from qrcode.image.svg import SvgPathFillImage
from qrcode.main import QRCode

from accounts.models import User

_SAID_PLAINLY = {
    "cannot_delete_authenticator": "This second step cannot be taken off.",
    "cannot_generate_recovery_codes": "Set up an app or a passkey first. Recovery codes stand in for one of those.",
    "incorrect_code": "That did not work. Look at the code or try the passkey again.",
}


class FactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """What an authenticator app shares with us, and the seed of the recovery codes, lie encrypted in the table: with the database
    alone nobody takes the second step."""

    error_messages: ClassVar = {**DefaultMFAAdapter.error_messages, **_SAID_PLAINLY}

    def encrypt(self, text: str) -> str:
        return _seal().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _seal().decrypt(encrypted_text.encode()).decode()

    def build_totp_svg(self, url: str) -> str:
        """Black on white in any scheme: cameras read nothing else well."""
        code = QRCode(border=3, image_factory=SvgPathFillImage)
        code.add_data(url)
        drawn: str = code.make_image().to_string(encoding="unicode")
        return drawn

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:  # noqa: A002 - allauth's name
        number = Authenticator.objects.filter(user=user, type=type).count() + 1
        return "Passkey" if number == 1 else f"Passkey {number}"

    def _get_site_name(self) -> str:
        return "Plenary"

    def get_public_key_credential_user_entity(self, user: User) -> dict[str, Any]:
        return {**super().get_public_key_credential_user_entity(user), "display_name": user.display_name}


def _seal() -> MultiFernet:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(_key(key)) for key in keys])


def _key(secret: str | bytes) -> bytes:
    return base64.urlsafe_b64encode(hashlib.blake2b(force_bytes(secret), person=b"second factors", digest_size=32).digest())
