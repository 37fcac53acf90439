from typing import Any

from allauth.account.stages import EmailVerificationStage
from django.utils import timezone

from accounts.actions.addresses import settle_confirmed_address
from accounts.models import RecoveryAddress
from mail.models import Address


class AddressStage(EmailVerificationStage):  # type: ignore[misc]
    """allauth asks whether the address that somebody signs in by is a confirmed one of the account. The second address is no
    address of the account to allauth, and must not become one: who comes by it is asked about the account's own instead. A code
    that came back confirms the account's own on the way, past `AccountAdapter.confirm_email`: then it is settled here."""

    def handle(self) -> Any:
        login = self.login
        if login.user and login.email and RecoveryAddress.objects.confirmed().filter(user=login.user, email=login.email).exists():
            login.email = None
        response, goes_on = super().handle()
        if response is None and login.user and not Address.objects.filter(account=login.user).exists():
            settle_confirmed_address(login.user, email=login.user.email, at=timezone.now())
        return response, goes_on
