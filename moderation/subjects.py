"""What a case is about, in words that several ways out share."""

from django.urls import reverse

from forum.models import Persona, Post, Topic
from forum.rendering import author_name, in_quotes
from moderation.models import Act, Case, Decision


def subject_of(case: Case) -> str:
    """For moderators: “Post #7 by Nettie in “A title””. Wants post, topic and about loaded."""
    if case.topic is None:
        return f"{case.about}, as a person"
    title = in_quotes(case.topic.title)
    if case.post is None:
        return f"The topic {title}, started by {author_name(case.topic)}"
    return f"Post #{case.post.number} by {author_name(case.post)} in {title}"


def persona_of(post: Post | None, topic: Topic | None) -> Persona | None:
    """The persona who wrote the post, or, where it is about none, began the topic."""
    thing = post if post is not None else topic
    return thing.persona if thing is not None else None


def place_of_case(case: Case) -> str:
    """The address of the thing itself."""
    if case.post is not None:
        return case.post.get_absolute_url()
    if case.topic is not None:
        return case.topic.get_absolute_url()
    return reverse("accounts:person", args=[case.about.handle]) if case.about else ""


def yours(case: Case) -> str:
    """For the person concerned: what of theirs it is about, without its words."""
    if case.topic is None:
        return "how you take part"
    if case.post is None:
        return f"your topic {in_quotes(case.topic.title)}"
    return f"your post #{case.post.number} in {in_quotes(case.topic.title)}"


def done_to_you(decision: Decision) -> list[str]:
    """What was done, a sentence each, to the person it was done to; without the end of a suspension, which the page sets."""
    return [_DONE[Act(act)] for act in decision.acts]


_DONE = {
    Act.NOTHING: "Nothing was done.",
    Act.HIDE: "Your post is hidden. Its number stays, with the reason in its place.",
    Act.HIDE_TOPIC: "Your topic is hidden: others cannot find it any more.",
    Act.LOCK: "The topic is locked: nobody can add to it.",
    Act.PUBLISH: "It is published: everybody who reads there sees it.",
    Act.REFUSE: "It is not published.",
    Act.WARN: "This is a warning. You can go on taking part.",
    Act.SUSPEND: "You are suspended: until it ends you read what is public, and cannot write, react or answer.",
}
