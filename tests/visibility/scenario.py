"""One small world in which every state of every thing has words of its own, and somebody of every kind to look at it.

A word is planted in each thing; whoever is given a page, a mail or a message is then asked which words it holds.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.test import Client, override_settings
from django.utils import timezone

from accounts.models import FeedToken
from accounts.standing import Anyone
from consultation.actions.files import add_answer_file
from consultation.actions.questionnaire import add_question
from consultation.actions.withdrawing import withdraw_consultation
from consultation.models import Consultation
from consultation.permissions import can_see as can_see_consultation
from consultation.readers.questionnaires import questionnaire_of
from forum.actions.polls import put_poll
from forum.keeping import new_mark
from forum.models import Attachment, Category, Post, Tag, Topic, TopicTag
from forum.permissions import can_read_own, can_see_post, can_see_topic
from forum.polling import PollPlan
from tests.consultation.factories import a_draft, a_published_one, a_response, an_open_one
from tests.consultation.factories import opened as opened_now
from tests.forum.factories import CategoryFactory, PostFactory, TopicFactory
from tests.visibility.people import PRACTICES, Population, people_and_groups

STATES = ("published", "pending", "hidden", "withdrawn", "persona")


@dataclass
class World:
    """`words` maps each planted word to the rule that says who may come across it, `on_show` to the one that says whose page of
    its topic shows it (what somebody wrote stays theirs elsewhere); `people` each kind of reader to somebody."""

    at: datetime
    people: dict[str, Anyone] = field(default_factory=dict)
    clients: dict[str, Client] = field(default_factory=dict)
    words: dict[str, Callable[[Anyone], bool]] = field(default_factory=dict)
    on_show: dict[str, Callable[[Anyone], bool]] = field(default_factory=dict)
    categories: list[Category] = field(default_factory=list)
    topics: list[Topic] = field(default_factory=list)
    posts: list[Post] = field(default_factory=list)
    consultations: list[Consultation] = field(default_factory=list)
    files: list[Attachment] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    arguments: dict[Anyone, list[dict[str, object]]] = field(default_factory=dict)

    def may_read(self, person: Anyone) -> set[str]:
        """The words that this person may come across, by the rules themselves."""
        return {word for word, may in self.words.items() if may(person)}

    def must_be_shown(self, person: Anyone) -> set[str]:
        """Words of posts that stand on the page of their topic, for this person."""
        return {word for word, may in self.on_show.items() if may(person)}

    def found_in(self, text: str) -> set[str]:
        told = text.lower()
        return {word for word in self.words if word in told}


def build_world() -> World:
    """Categories × topic states × post states and consultations in every state, each with its word, and every reader of
    design.md's matrix."""
    world = World(at=timezone.now())
    population = people_and_groups(at=world.at)
    world.people = population.people
    world.clients = {kind: _client(person) for kind, person in world.people.items()}
    for access, traits in _categories(population).items():
        world.categories.append(CategoryFactory(access=access, slug=f"for-{access}", name=f"For {access}", **traits))
        for state in ("published", "pending", "hidden"):
            _plant_topic(world, world.categories[-1], state, author=world.people["other member"])
        if access != "public":
            _plant_own(world, world.topics[-3], "lapsed member" if access == "members" else "suspended member")
    _plant_kept(world, world.categories[1])
    with override_settings(STAFF_NEED_SECOND_FACTOR=False):  # whoever reviews them is nobody of this world
        _plant_consultations(world)
    _plant_feeds(world)
    return world


def secret_of(person: Anyone) -> str:
    """What stands in the addresses of somebody's own feeds."""
    return f"feeds-of-{person.pk}"


def _plant_feeds(world: World) -> None:
    """A secret for everybody with an account, and a tag on every topic."""
    everything = Tag.objects.create(slug="everything", name="Everything")
    TopicTag.objects.bulk_create(TopicTag(topic=topic, tag=everything) for topic in world.topics)
    FeedToken.objects.bulk_create(
        FeedToken(user=person, digest=FeedToken.digest_of(secret_of(person)), made_at=world.at)
        for person in world.people.values()
        if person.is_authenticated
    )


def _categories(population: Population) -> dict[str, dict[str, object]]:
    """The public one is kept by the site's moderators alone, the others by a group beside or instead of them."""
    keepers = {"moderate_group": population.keepers}
    return {"public": {}, "members": keepers, "group": keepers | {"group": population.panel}}


def _client(person: Anyone) -> Client:
    client = Client()
    if person.is_authenticated:
        client.force_login(person)
    return client


def _plant_topic(world: World, category: Category, state: str, *, author: Anyone) -> None:
    name = f"{category.access}{state}"
    topic = TopicFactory(
        category=category, author=author, title=f"About ztitle{name}", body=f"It begins with zopen{name}.",
        state=state, created_at=world.at - timedelta(days=2),
    )  # fmt: skip
    world.topics.append(topic)
    world.words[f"ztitle{name}"] = lambda person: bool(can_see_topic(person, topic))
    tag = Tag.objects.create(slug=f"tag-{len(world.tags)}", name=f"ztag{name}")  # an address that says nothing, as below
    TopicTag.objects.create(topic=topic, tag=tag)
    world.tags.append(tag.slug)
    world.words[f"ztag{name}"] = lambda person: bool(can_see_topic(person, topic))
    _plant_post(world, topic.posts.get(number=1), f"zopen{name}")
    if state != "published":
        return
    for post_state in STATES:
        word = f"zpost{category.access}{post_state}"
        traits = {"persona": {"by_persona": True}, "published": {}}.get(post_state, {post_state: True})
        people = {} if post_state == "persona" else {"author": author}
        post = PostFactory(
            topic=topic, parent=topic.posts.get(number=1), body=f"Here stands {word}.",
            created_at=world.at - timedelta(days=1), **people, **traits,
        )  # fmt: skip
        _plant_post(world, post, word)
        if post_state in ("published", "hidden", "persona"):
            asked = f"zpoll{category.access}{post_state}"
            put_poll(
                post, PollPlan(f"Which {asked}?", ("one", "two"), "single", "always", world.at + timedelta(days=9)), at=world.at
            )
            world.words[asked] = lambda person, post=post: bool(can_see_post(person, post))
        _plant_file(world, post, f"zfile{category.access}{post_state}")


def _plant_kept(world: World, category: Category) -> None:
    """A topic among members, kept from those of its author's own practice: its words, its poll and its file."""
    mark = new_mark(settings.PERSONA_KEY, PRACTICES["other member"])
    author, asked = world.people["other member"], "zpollkept"
    topic = TopicFactory(
        category=category, author=author, title="About ztitlekept", body="It begins with zopenkept.", kept_from=mark,
        created_at=world.at - timedelta(days=2),
    )  # fmt: skip
    Post.objects.filter(topic=topic).update(kept_from=mark)
    world.topics.append(topic)
    world.words["ztitlekept"] = lambda person: bool(can_see_topic(person, topic))
    reply = PostFactory(topic=topic, author=author, body="Here stands zpostkept.", kept_from=mark, created_at=world.at)
    for post, word in ((topic.posts.get(number=1), "zopenkept"), (reply, "zpostkept")):
        _plant_post(world, post, word)
    plan = PollPlan(f"Which {asked}?", ("one", "two"), "single", "always", world.at + timedelta(days=9))
    put_poll(reply, plan, at=world.at)
    world.words[asked] = lambda person: bool(can_see_post(person, reply))
    _plant_file(world, reply, "zfilekept")
    ordinary = next(one for one in world.topics if one.category == category and one.state == "published" and not one.kept_from)
    told = {"author": author, "kept_from": mark, "created_at": world.at - timedelta(hours=1)}
    _plant_post(world, PostFactory(topic=ordinary, parent=ordinary.posts.get(number=1), body="Here is zaside.", **told), "zaside")


def _plant_file(world: World, post: Post, word: str) -> None:
    """A text of its own in a file of the post."""
    file = Attachment(post=post, name="notes.txt", kind="txt", content_type="text/plain", size=9, sha256="", created_at=world.at)
    file.save(force_insert=True)
    storages["attachments"].save(file.stored[0], ContentFile(f"In the file stands {word}.".encode()))
    world.files.append(file)
    world.words[word] = lambda person: bool(can_see_post(person, post) or can_read_own(person, post))


def _plant_post(world: World, post: Post, word: str) -> None:
    world.posts.append(post)
    world.words[word] = lambda person: bool(can_see_post(person, post) or can_read_own(person, post))
    world.on_show[word] = lambda person: bool(can_see_post(person, post))


def _plant_own(world: World, topic: Topic, kind: str) -> None:
    """A post by somebody who may no longer go where it stands."""
    word = f"zown{topic.category.access}{kind.split(maxsplit=1)[0]}"
    topic.refresh_from_db()
    post = PostFactory(topic=topic, author=world.people[kind], body=f"Here once stood {word}.", created_at=world.at)
    _plant_post(world, post, word)


def _plant_consultations(world: World) -> None:
    organiser, member = world.people["organiser"], world.people["member"]
    opened = world.at - timedelta(days=3)
    asks = a_draft(by=organiser, title="Asked zconsultopen", at=opened - timedelta(days=1))
    page = asks.versions.get().pages.last()
    add_question(page, key="letter", kind="file", text="Your letter?", by=organiser, at=opened - timedelta(days=1))
    made = {
        "draft": a_draft(by=organiser, title="Asked zconsultdraft", at=opened),
        "open": opened_now(asks, category=CategoryFactory(), by=organiser, at=opened),
        "withdrawn": an_open_one(by=organiser, title="Asked zconsultwithdrawn", at=opened),
        "published": a_published_one(by=organiser, title="Asked zconsultpublished", answers=3),
    }
    asked = next(each for each in questionnaire_of(made["open"].versions.get()).questions if each.key == "letter")
    text = b"In the file stands zansweredfile."
    add_answer_file(made["open"], asked, name="zansweredfile.txt", data=text, by=member, at=world.at)
    a_response(made["open"], by=member, at=world.at, why="zanswer of one member")
    withdraw_consultation(made["withdrawn"], by=organiser, at=world.at, reason="It was asked too soon.")
    for state, consultation in made.items():
        # An address that says nothing: a page that was not found repeats what was asked for.
        Consultation.objects.filter(pk=consultation.pk).update(slug=f"consultation-{len(world.consultations)}")
        consultation.refresh_from_db()
        world.consultations.append(consultation)
        world.words[f"zconsult{state}"] = lambda person, it=consultation: bool(can_see_consultation(person, it))
    world.words["zanswer"] = world.words["zansweredfile"] = lambda person: person == member
