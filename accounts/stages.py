from typing import Any

from allauth.account.stages import EmailVerificationStage

from accounts.models import RecoveryAddress


class AddressStage(EmailVerificationStage):  # type: ignore[misc]
    """allauth asks whether the address that somebody signs in by is a confirmed one of the account. The second address is no
    address of the account to allauth, and must not become one: who comes by it is asked about the account's own instead."""

    def handle(self) -> Any:
        login = self.login
        if login.user and login.email and RecoveryAddress.objects.confirmed().filter(user=login.user, email=login.email).exists():
            login.email = None
        return super().handle()
