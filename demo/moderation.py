"""Something for the demo's moderator to do: three open cases and a decided one, made through the same actions as anybody's."""

from datetime import datetime, timedelta

from accounts.models import User
from forum.models import Post, Topic
from moderation.actions.deciding import decide_case
from moderation.actions.flagging import add_flagged_word
from moderation.actions.reporting import file_report
from moderation.models import Case
from moderation.permissions import Thing

_WORDS = ("guaranteed loan", "casino")


def load_cases(people: dict[str, User], topics: dict[str, Topic], *, moderator: User, loaded_at: datetime) -> None:
    """Reported during the last day, so that they are news."""
    for word in _WORDS:
        add_flagged_word(word, by=moderator, at=loaded_at - timedelta(days=20))
    settled = _report(
        topics["07-tick-box"],
        people["sybil-attercombe"],
        "place",
        "It belongs with the other topics about the exam.",
        at=loaded_at - timedelta(hours=30),
    )
    decide_case(
        settled,
        by=moderator,
        acts=["nothing"],
        reason="",
        note="Where it is, people find it. Asked Sybil to link to it instead.",
        at=loaded_at - timedelta(hours=28),
    )
    sharp = _reply(topics["05-appraisal-as-accreditation"], but={"hamish-drumlaggan", "joan-evershott"})
    _report(sharp, people["hamish-drumlaggan"], "rules", "It plays the man and not the ball.", at=loaded_at - timedelta(hours=9))
    _report(sharp, people["joan-evershott"], "rules", "", at=loaded_at - timedelta(hours=7))
    named = _reply(topics["19-complaints-return"], but={"tabitha-wrenfield"})
    _report(
        named,
        people["tabitha-wrenfield"],
        "names",
        "Whoever lives in that town knows which patient is meant.",
        at=loaded_at - timedelta(hours=4),
    )
    _report(topics["25-template-swap"], people["gideon-spruce"], "selling", "", at=loaded_at - timedelta(hours=2))


def _reply(topic: Topic, *, but: set[str]) -> Post:
    """The last post by somebody else than who reports it."""
    posts = Post.objects.filter(topic=topic, number__gt=1).exclude(author__handle__in=but)
    return posts.select_related("topic__category", "author").order_by("-number")[0]


def _report(thing: Thing, by: User, reason: str, text: str, *, at: datetime) -> Case:
    return file_report(thing, by=by, reason=reason, text=text, at=at).case
