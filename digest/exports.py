"""What somebody gets by mail and agreed to, for them to take along (settings.PERSONAL_DATA)."""

from typing import Any

from digest.models import Delivery, Subscription
from digest.wordings import WORDINGS
from mail.models import Address, ConsentEvent, Mail, MailEvent


def own_mail(user_id: int) -> dict[str, Any]:
    """Of the account's address and of those that it had before. With the words that each consent was given to."""
    rows = Address.objects.filter(account=user_id) | Address.objects.filter(account=None, former_account=user_id)
    theirs = {"address__in": rows}
    told = ConsentEvent.objects.filter(**theirs).order_by("pk")
    proof = ("address__email", "stream", "action", "basis", "wording_id", "form", "ip_trunc", "at", "source")
    choices = ("address__email", "stream", "state", "weekday", "local_hour", "tz", "categories", "plain_text", "when_empty")
    when = ("paused_until", "made_at", "confirmed_at", "ended_at")
    return {
        "subscriptions": list(Subscription.objects.filter(**theirs).order_by("made_at").values(*choices, *when)),
        "consents": list(told.values(*proof)),
        "words_of_consents": {name: wording.text for name, wording in WORDINGS.items()},
        "editions": list(Delivery.objects.filter(**theirs).order_by("pk").values("edition__number", "state", "accepted_at")),
        "mails": list(Mail.objects.filter(**theirs).order_by("pk").values("kind", "state", "created_at", "accepted_at")),
        "came_back": list(MailEvent.objects.filter(**theirs).order_by("pk").values("kind", "at")),
    }
