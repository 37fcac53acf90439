"""Words about posts that several ways out share."""

from dataclasses import dataclass
from typing import Final

from django.conf import settings

from accounts.models import Facts
from accounts.models.facts import Audience
from common.html_reading import own_text, plain_text
from forum.models import Post, Topic

SNIPPET: Final = 160


def author_name(thing: Post | Topic) -> str:
    """The name that stands with it: a person's, or a pseudonym. Wants `author` and `persona` loaded."""
    return str(thing.author or thing.persona or "")


@dataclass(frozen=True, slots=True)
class StandingShown:
    """Beside a name: a line of facts, whether the membership was verified, and declared interests."""

    line: str = ""
    verified: bool = False
    interests: str = ""


def standing_of_post(post: Post) -> StandingShown:
    """As it was when the post was written, save what its author has since withdrawn from beside their posts. Where none was kept,
    the facts of today. Wants `author__facts` loaded."""
    author = post.author
    if author is None or author.erased_at:
        return StandingShown()
    facts: Facts | None = getattr(author, "facts", None)
    if post.standing is None:
        return StandingShown(facts.line if facts else "")
    kept: dict[str, str] = post.standing["facts"]
    shown = (name for name in Facts.IN_LINE if facts is None or facts.audience_of(name) == Audience.EVERYBODY)
    line = ", ".join(kept[name] for name in shown if kept.get(name))
    return StandingShown(line, post.standing["verified"], post.standing["interests"])


def standing_in_words(standing: StandingShown) -> str:
    """On one line, for a letter or a feed; empty where nothing stands beside the name."""
    told = [standing.line, "verified member" if standing.verified else ""]
    line = ", ".join(filter(None, told))
    interests = f"Declared interests: {standing.interests}" if standing.interests else ""
    return ". ".join(filter(None, [line, interests]))


def snippet(html: str, length: int = SNIPPET) -> str:
    """The first words of clean HTML on one line, cut at a word."""
    return _cut(plain_text(html), length)


def gist(html: str, length: int = SNIPPET) -> str:
    """The same of what its writer says, without what they quote: whoever reads one line of an answer knows what was asked."""
    return _cut(own_text(html), length)


def _cut(text: str, length: int) -> str:
    words = " ".join(text.split())
    if len(words) <= length:
        return words
    return words[:length].rsplit(" ", 1)[0].rstrip(",;:–-") + " …"


def post_address(post: Post) -> str:
    """The whole address of a post, for mail."""
    return f"{settings.SITE_URL}{post.get_absolute_url()}"


def in_quotes(title: str) -> str:
    return f"“{title}”"


def place_of(topic: Topic) -> str:
    """What may be said of a topic where others might read it, in a subject or a heading. Wants `category` loaded."""
    if topic.category.is_public:
        return in_quotes(topic.title)
    return "a topic of a private group" if topic.category.is_private else "a topic for members"


def source_of(post: Post) -> str:
    """What its author would go on writing from: Markdown, or the words of a post that came as HTML."""
    return post.body if post.source_format == Post.Format.MARKDOWN else plain_text(post.html).replace("\n", "\n\n")
