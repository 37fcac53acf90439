"""The demo's officers can open pseudonyms, and its member writes under one."""

from datetime import datetime, timedelta

from accounts.models import User
from demo.accounts import DEMO_ACCOUNTS, PASSWORD
from forum.actions.openings import set_passphrase
from forum.actions.posts import reply_to_topic
from forum.models import Topic
from forum.pseudonyms import Voice

_WHERE, _WHO, _ANSWERS = "09-partnership-money", "nettie-brackwater", "tabitha-wrenfield"
_SAID = (
    "I have not said this at any meeting. I was asked to become a partner, and then shown the accounts. I said that I would "
    "think about it, and I have been thinking about it for two years."
)
_ANSWERED = "Thank you for saying it. Nobody tells you what the second page of those accounts looks like until you are on it."


def load_voices(people: dict[str, User], topics: dict[str, Topic], *, loaded_at: datetime) -> None:
    """Passphrases are the demo's password; nobody but invented people is behind anything here."""
    officers = [account.email for account in DEMO_ACCOUNTS if account.role in {"director", "administrator"}]
    for officer in User.objects.filter(email__in=officers).order_by("pk"):
        set_passphrase(by=officer, passphrase=PASSWORD, at=loaded_at - timedelta(days=30))
    topic, said_at = topics[_WHERE], loaded_at - timedelta(hours=5)
    voice = Voice(is_persona=True, label="Quiet Lantern")
    post = reply_to_topic(topic, by=people[_WHO], body=_SAID, at=said_at, voice=voice)
    reply_to_topic(topic, by=people[_ANSWERS], body=_ANSWERED, at=said_at + timedelta(hours=1), parent_number=post.number)
