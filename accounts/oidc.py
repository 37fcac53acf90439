"""Sign-in through others (OpenID Connect), stricter than allauth's: the ID token's signature, its nonce and whose user info it is
are always checked, and who comes with an address that the provider did not confirm is told so instead of getting an account."""

import secrets
from typing import Any

import requests
from allauth.account.models import EmailAddress
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.helpers import render_authentication_error
from allauth.socialaccount.internal import jwtkit
from allauth.socialaccount.models import SocialApp, SocialLogin, SocialToken
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.actions.addresses import settle_confirmed_address
from accounts.models import User

_KEPT = ("sub", "name", "email", "email_verified")
_SIGNED_WITH = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")


class Exchange(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]
    """One return from a provider. `nonce` is the one that was sent along; views.provider sets it from the session."""

    nonce: str | None = None

    def complete_login(self, request: HttpRequest, app: SocialApp, token: SocialToken, **kwargs: Any) -> SocialLogin:
        told = self._proved(app, kwargs["response"].get("id_token"))
        about = self._fetch_user_info(token.token) if "userinfo_endpoint" in self.openid_config else told
        if about.get("sub") != told["sub"]:
            raise OAuth2Error("The user info is somebody else's")
        kept = {name: about[name] for name in _KEPT if name in about}
        kept["email_verified"] = about.get("email_verified") in (True, "true")  # some say it as a word, and “false” is one too
        return self.get_provider().sociallogin_from_response(request, {"userinfo": kept})

    def _proved(self, app: SocialApp, id_token: str | None) -> dict[str, Any]:
        """The claims of an ID token that this provider signed, for us, in answer to this very question."""
        try:
            if jwtkit.jwt.get_unverified_header(id_token or "").get("alg") not in _SIGNED_WITH:
                raise OAuth2Error("The ID token is not signed with a key pair")
            told: dict[str, Any] = jwtkit.verify_and_decode(
                credential=id_token,
                keys_url=self.openid_config["jwks_uri"],
                issuer=self.openid_config["issuer"],
                audience=app.client_id,
                lookup_kid=jwtkit.lookup_kid_jwk,
            )
        except (KeyError, jwtkit.jwt.PyJWTError) as error:
            raise OAuth2Error("The ID token cannot be read") from error
        if not self.nonce or not secrets.compare_digest(str(told.get("nonce", "")), self.nonce) or not told.get("sub"):
            raise OAuth2Error("The ID token answers another question")
        return told


class Provider(OpenIDConnectProvider):  # type: ignore[misc]
    oauth2_adapter_class = Exchange

    def redirect(
        self, request: HttpRequest, process: str, next_url: str | None = None, data: Any = None, **kwargs: Any
    ) -> HttpResponse:
        """Off to the provider, with a nonce that the session keeps. A provider that does not answer is said so."""
        nonce = secrets.token_urlsafe(16)
        kwargs["auth_params"] = {"nonce": nonce}
        kwargs["scope"] = self.get_default_scope()
        try:
            answer: HttpResponse = super().redirect(request, process, next_url, data, nonce=nonce, **kwargs)
        except (requests.RequestException, KeyError) as error:
            answer = render_authentication_error(request, self, exception=error)
        return answer


class ProviderAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """An account is found by what was connected before or by a confirmed address, and made only with one."""
        if sociallogin.is_existing or sociallogin.state.get("process") == "connect":
            return
        if not any(address.verified for address in sociallogin.email_addresses):
            told = {"provider": sociallogin.provider.name}
            raise ImmediateHttpResponse(render(request, "socialaccount/unconfirmed.html", told, status=403))

    def authenticate_by_email(self, sociallogin: SocialLogin) -> tuple[User, str] | None:
        """By an address that both sides confirmed. An account whose own address nobody confirmed is not handed over."""
        found: tuple[User, str] | None = super().authenticate_by_email(sociallogin)
        if found and EmailAddress.objects.filter(user=found[0], email=found[1], verified=True).exists() and found[0].is_active:
            return found
        return None

    def save_user(self, request: HttpRequest, sociallogin: SocialLogin, form: Any = None) -> User:
        """A new account; its address is confirmed where it is the one that the provider confirmed."""
        user: User = super().save_user(request, sociallogin, form)
        for address in EmailAddress.objects.filter(user=user, email=user.email, verified=True):
            settle_confirmed_address(user, email=address.email, at=timezone.now())
        return user

    def get_signup_form_initial_data(self, sociallogin: SocialLogin) -> dict[str, Any]:
        told = sociallogin.account.get_provider_account().get_user_data() or {}
        name = str(told.get("name") or "")[:60]
        return {**super().get_signup_form_initial_data(sociallogin), "display_name": name}
