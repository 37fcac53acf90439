from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core import checks


class MailConfig(AppConfig):
    name = "mail"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        checks.register(answers_are_vouched_for, checks.Tags.security)


def answers_are_vouched_for(**_: Any) -> list[checks.CheckMessage]:
    """Answers by mail are taken in, and no server says that they come from whom they name."""
    if not (settings.INBOUND_SECRET or settings.INBOUND_IMAP_URL) or settings.INBOUND_AUTHSERV_ID:
        return []
    return [
        checks.Warning(
            "Answers come in by mail, and INBOUND_AUTHSERV_ID is empty: whoever gets hold of somebody's answering address can"
            " write under their name by forging From.",
            hint="Set it to the name with which your mail server begins its Authentication-Results (docs/reply-by-mail.md).",
            id="mail.W001",
        )
    ]
