"""Sign-in through others, as settings name it: who the providers are and where a form may lead because of them."""

import json
from dataclasses import dataclass
from urllib.parse import urlsplit

_WANTED = frozenset({"id", "name", "server_url", "client_id", "secret"})
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class ProviderListError(ValueError):
    """OIDC_PROVIDERS is not what it should be; says what to mend."""


@dataclass(frozen=True, slots=True)
class OpenIDProvider:
    """`id` stands in the address to which the provider sends people back: /accounts/oidc/<id>/login/callback/."""

    id: str
    name: str
    server_url: str
    client_id: str
    secret: str

    @property
    def origin(self) -> str:
        """What a form may lead to (CSP form-action)."""
        parts = urlsplit(self.server_url)
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def app(self) -> dict[str, object]:
        """In allauth's words."""
        return {
            "provider_id": self.id,
            "name": self.name,
            "client_id": self.client_id,
            "secret": self.secret,
            "settings": {"server_url": self.server_url},
        }


def openid_providers(told: str) -> list[OpenIDProvider]:
    """The providers of a JSON list; none of an empty text. Raises ProviderListError, which quotes no secret."""
    if not told.strip():
        return []
    try:
        rows = json.loads(told)
    except json.JSONDecodeError as error:
        raise ProviderListError(f"OIDC_PROVIDERS is not JSON: {error.msg} at character {error.pos}.") from None
    if not isinstance(rows, list):
        raise ProviderListError("OIDC_PROVIDERS must be a JSON list, also for one provider.")
    found = [_provider(row, place) for place, row in enumerate(rows, start=1)]
    if len({provider.id for provider in found}) < len(found):
        raise ProviderListError("OIDC_PROVIDERS names one id twice.")
    return found


def _provider(row: object, place: int) -> OpenIDProvider:
    if not isinstance(row, dict) or set(row) != _WANTED or not all(isinstance(row[key], str) and row[key] for key in _WANTED):
        raise ProviderListError(f"Provider {place} of OIDC_PROVIDERS needs exactly {', '.join(sorted(_WANTED))}, each a text.")
    parts = urlsplit(row["server_url"])
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
        raise ProviderListError(f"The server_url of provider {place} of OIDC_PROVIDERS must begin with https://.")
    return OpenIDProvider(**row)
