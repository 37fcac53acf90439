"""One small world in which every state of every thing has words of its own, and somebody of every kind to look at it.

A word is planted in each thing; whoever is given a page, a mail or a message is then asked which words it holds.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from django.contrib.auth.models import AnonymousUser

from accounts.actions.roles import revoke_role
from accounts.models import User
from accounts.standing import Anyone
from forum.models import Category, Post, Topic
from forum.permissions import can_see_post
from tests.accounts.factories import UserFactory
from tests.forum.factories import CategoryFactory, PostFactory, TopicFactory

NOW = datetime.now(UTC)
STATES = ("published", "pending", "hidden", "withdrawn", "persona")


@dataclass
class World:
    """`words` maps each planted word to its post; `people` each kind of reader to somebody."""

    people: dict[str, Anyone] = field(default_factory=dict)
    words: dict[str, Post] = field(default_factory=dict)
    categories: dict[str, Category] = field(default_factory=dict)
    topics: dict[str, Topic] = field(default_factory=dict)

    def may_read(self, person: Anyone) -> set[str]:
        """The words that this person may come across, by the rule itself."""
        return {word for word, post in self.words.items() if can_see_post(person, post)}

    def found_in(self, text: str) -> set[str]:
        return {word for word in self.words if word in text.lower()}


def build_world() -> World:
    """Categories × topic states × post states, each with its word; every reader of design.md's matrix."""
    world = World()
    world.people = {
        "visitor": AnonymousUser(),
        "member": with_standing(UserFactory(member=True)),
        "other member": with_standing(UserFactory(member=True)),
        "lapsed member": _lapsed(),
        "moderator": with_standing(UserFactory(member=True, moderator=True)),
        "organiser": with_standing(UserFactory(member=True, organiser=True)),
        "director": with_standing(UserFactory(member=True, director=True)),
    }
    author = world.people["other member"]
    for access in ("public", "members"):
        category = CategoryFactory(access=access, slug=f"for-{access}", name=f"For {access}")
        world.categories[access] = category
        for topic_state in ("published", "pending", "hidden"):
            word = f"zopen{access}{topic_state}"
            topic = TopicFactory(
                category=category, author=author, title=f"About {access} {topic_state}", body=f"It begins with {word}.",
                state=topic_state, created_at=NOW - timedelta(hours=30),
            )  # fmt: skip
            world.topics[f"{access} {topic_state}"] = topic
            world.words[word] = topic.posts.get(number=1)
        topic = world.topics[f"{access} published"]
        for state in STATES:
            _plant(world, topic, state, author=author, word=f"zpost{access}{state}")
    return world


def _plant(world: World, topic: Topic, state: str, *, author: Anyone, word: str) -> None:
    traits = {"persona": {"by_persona": True}, "published": {}}.get(state, {state: True})
    people = {} if state == "persona" else {"author": author}
    world.words[word] = PostFactory(
        topic=topic,
        parent=topic.posts.get(number=1),
        body=f"Here stands {word}.",
        created_at=NOW - timedelta(hours=20),
        **people,
        **traits,
    )


def with_standing(user: User) -> User:
    """As a request would load it."""
    found: User = User.objects.with_roles().get(pk=user.pk)
    return found


def _lapsed() -> User:
    user = UserFactory(member=True)
    revoke_role(user, role="member", by=None, at=NOW)
    return with_standing(user)
