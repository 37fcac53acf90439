"""How to get at everything that a surface lets out: for each reader, the text of all of it."""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from functools import cache
from itertools import product

from django.conf import settings
from django.test import Client
from django.urls import NoReverseMatch, get_resolver, reverse
from django.utils import timezone

from accounts.standing import Anyone, standing_of
from common.doors import open_door
from common.surfaces import all_surfaces
from consultation.models import Answer, AnswerFile, Colleague, Evidence, Exclusion, Page, Party, Question
from digest.streams import daily_of
from forum.models import Post
from forum.permissions import can_see_topic
from mail.addresses import attach
from mail.kinds import Letter
from mail.models import Mail
from notifications.actions.preferences import choose_ways
from notifications.kinds import notice_kind
from notifications.models import Event, Notice, Way
from tests.visibility.scenario import World, secret_of

BY_ORGANISERS = {surface.name for surface in all_surfaces() if surface.access == "organiser"}
AT_A_SHUT_DOOR = 4
"""Pages that organisers alone get ask for the role first: others try this many of their addresses, spread over all."""

Probe = Callable[[World, Anyone], str]


def client_of(world: World, person: Anyone) -> Client:
    """Signed in once for the whole matrix."""
    return next(world.clients[kind] for kind, somebody in world.people.items() if somebody is person)


def signed_in(person: Anyone) -> Client:
    """A client of their own, for whoever is outside the matrix."""
    client = Client()
    if person.is_authenticated:
        client.force_login(person)
    return client


def pages(name: str) -> Probe:
    """Every address of this name that the world has, asked for by GET, whatever the answer."""

    def probe(world: World, person: Anyone) -> str:
        client, urls = client_of(world, person), addresses(name, world, person)
        if name in BY_ORGANISERS and not standing_of(person).is_organiser:
            urls = urls[:: max(1, len(urls) // AT_A_SHUT_DOOR)]
        told = []
        for url in urls:
            answer = client.get(url, follow=False)
            told.append(b"".join(answer).decode())
            if answer.status_code == 405:  # asked before anything else, so whatever the address is about
                break
        return "\n".join(told)

    return probe


def addresses(name: str, world: World, person: Anyone) -> list[str]:
    """Every address of this name for something in the world that this person may try."""
    patterns, found, named = _shapes(name), [], _named_at(name, world)
    for kwargs in (*_arguments_at_hand(world, person), *(_cited(world) if "evidence" in name else ())):
        if frozenset(kwargs) in patterns and (named is None or kwargs.get("slug", named[0]) in named):
            with suppress(NoReverseMatch):
                found.append(reverse(name, kwargs=kwargs))
    return found


def _named_at(name: str, world: World) -> list[str] | None:
    """The slugs of what stands at addresses of this name: those of other things name nothing there, and everybody is told so. None:
    whatever a slug names."""
    namespace, _, noun = name.rpartition(":")
    if namespace == "consultation":
        return [consultation.slug for consultation in world.consultations]
    if namespace == "forum" and "category" in noun:
        return ["everything", *(category.slug for category in world.categories)]
    if namespace == "forum" and "tag" in noun:
        return ["everything", *world.tags]
    if namespace == "forum" and noun.startswith("topic"):
        return ["another-title", *(topic.slug for topic in world.topics)]
    return None


def _arguments_at_hand(world: World, person: Anyone) -> Sequence[dict[str, object]]:
    """Asked of the database once a world and person: the world stays as it was built, every name is asked for in it."""
    if person not in world.arguments:
        world.arguments[person] = [*_arguments(world, person)]
    return world.arguments[person]


@cache
def _shapes(name: str) -> set[frozenset[str]]:
    """Which arguments an address of this name takes."""
    resolver, *inner = get_resolver(), *name.split(":")
    for namespace in inner[:-1]:
        resolver = resolver.namespace_dict[namespace][1]
    return {frozenset(keys) for possibility in resolver.reverse_dict.getlist(inner[-1]) for _, keys in possibility[0]}


def _arguments(world: World, person: Anyone) -> Iterator[dict[str, object]]:
    """Arguments of every shape that an address of ours has. Those that do not fit a name are passed over."""
    yield {}
    yield from ({"part": part} for part in (0, 1))
    token = secret_of(person)
    yield {"token": token}
    yield from ({"token": token, "slug": slug} for slug in ("everything", *(category.slug for category in world.categories)))
    yield from ({"token": token, "pk": topic.pk} for topic in world.topics)
    yield {"slug": "everything"}
    yield {"key": "priorities"}
    for stream in ("weekly", "outcomes", *(daily_of(category.pk) for category in world.categories)):
        yield from ({"stream": stream}, {"stream": stream, "number": 900}, {"token": token, "stream": stream})
    for topic in world.topics:
        yield from ({**stream, "kind": "topic", "pk": topic.pk} for stream in ({}, {"stream": "weekly"}))
    yield from ({"handle": person.handle} for person in world.people.values() if person.is_authenticated)
    yield from ({"slug": category.slug} for category in world.categories)
    yield from ({"slug": slug} for slug in world.tags)
    yield from ({"pk": topic.pk, "slug": slug} for topic in world.topics for slug in (topic.slug, "another-title"))
    yield from ({"pk": topic.pk} for topic in world.topics)
    yield from ({"pk": topic.pk, "item": 1} for topic in world.topics[:1])
    yield from ({"pk": topic.pk, "chosen": "time"} for topic in world.topics[:1])
    yield from ({"pk": file.pk, "name": "document.txt"} for file in world.files)
    yield from ({"pk": post.topic_id, "number": post.number} for post in _tried(world, person))
    yield from ({"pk": post.topic_id, "number": post.number, "version": 1} for post in world.posts)
    for consultation in world.consultations:
        slug = {"slug": consultation.slug}
        yield slug
        yield from ({**slug, "number": number} for number in (1, 2))
        for file in AnswerFile.objects.filter(question__version__consultation=consultation):
            yield from (
                {**slug, "pk": file.pk},
                {**slug, "key": file.question.key},
                {**slug, "key": file.question.key, "pk": file.pk},
            )
        parts = [
            ("option", consultation.options.values_list("pk", flat=True)[:1]),
            ("page", Page.objects.filter(version__consultation=consultation).values_list("pk", flat=True)[:1]),
            ("question", Question.objects.filter(version__consultation=consultation).values_list("pk", flat=True)[:1]),
        ]
        yield {**slug, "key": "why"}
        yield {**slug, "whose": "member"}
        answers = Answer.objects.filter(response__consultation=consultation)
        yield from ({**slug, "handle": handle} for handle in answers.values_list("handle", flat=True)[:4])
        excluded = Exclusion.objects.filter(response__consultation=consultation)
        yield from ({**slug, "handle": handle} for handle in excluded.values_list("handle", flat=True)[:2])
        yield {**slug, "token": "wornout"}
        for entry in consultation.entries.values_list("pk", flat=True):
            yield from ({**slug, "pk": entry}, {**slug, "seat": f"paper-{entry}", "number": 1})
            yield {**slug, "pk": entry, "file": "00000000-0000-4000-8000-000000000000"}
        for party in consultation.parties.values_list("pk", flat=True):
            seat = {**slug, "seat": f"organisation-{party}"}
            yield from ({**slug, "pk": party}, seat, {**seat, "number": 1}, {**seat, "key": "why"})
        for noun, numbers in parts:
            yield from ({**slug, "pk": pk} for pk in numbers)
            yield from ({**slug, "noun": f"{noun}s", "pk": pk} for pk in numbers)
            yield from ({**slug, "noun": f"{noun}s", "pk": pk, "number": 1} for pk in numbers)
            yield from ({**slug, "noun": f"{noun}s", "pk": pk, "direction": way} for pk, way in product(numbers, ("up",)))

    yield from ({"topic": post.topic_id, "number": post.number} for post in _tried(world, person))


def _cited(world: World) -> Iterator[dict[str, object]]:
    """Every post as evidence in a consultation."""
    yield from ({"slug": world.consultations[-1].slug, "pk": post.pk} for post in world.posts if world.consultations)


def _tried(world: World, person: Anyone) -> Iterator[Post]:
    """Every post; of a topic that a person must not know of only the first and the last, since the topic is asked for first."""
    for topic in world.topics:
        posts = [post for post in world.posts if post.topic_id == topic.pk]
        yield from posts if can_see_topic(person, topic) else {posts[0], posts[-1]}


def search(world: World, person: Anyone) -> str:
    """Every planted word looked for, a few at a time. The question is taken out of the answer."""
    client, url = client_of(world, person), reverse("search:results")
    texts = []
    for some in batched(sorted(world.words), 7):
        asked = " or ".join(some)
        html = client.get(url, {"q": asked}).content.decode()
        answered = re.sub(
            r'href="/(search|accounts/login)/[^"]*"', "", html.split("<main", 1)[1].rsplit("</form></details>", 1)[1]
        )
        texts.append(answered)
    return "\n".join(texts)


def asked_for(name: str, field: str) -> Probe:
    """Every planted word asked for at an address of this name, whatever secret of one's own stands in it; without the question."""

    def probe(world: World, person: Anyone) -> str:
        client, texts = client_of(world, person), []
        for url, some in product(addresses(name, world, person), list(batched(sorted(world.words), 7))):
            asked = " or ".join(some)
            text = client.get(url, {field: asked}, headers={"HX-Request": "true"}).content.decode()
            texts.append("".join(re.findall(r"(?s)<entry>.*?</entry>", text)) if field == "q" else text)
        return "\n".join(texts)

    return probe


def batched(words: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    return (words[place : place + size] for place in range(0, len(words), size))


def notices(kind: str) -> Probe:
    """A notice of this kind about everything, as the list shows it; the rule is asked when it is shown."""

    def probe(world: World, person: Anyone) -> str:
        if not person.is_authenticated:
            return ""
        made = _notices(kind, world, person)
        texts = notice_kind(kind).render(person, made, timezone.now())
        return (
            "\n".join(f"{text.sentence} {text.url}" for text in texts.values())
            + pages("notifications:list")(world, person)
            + pages("notifications:tray")(world, person)
        )

    return probe


def mails(kind: str) -> Probe:
    """A mail of this kind about everything, as it would be handed over now. The daily one holds what notices say."""
    about = "forum.reply" if kind == "notifications.daily" else kind

    def probe(world: World, person: Anyone) -> str:
        if not person.is_authenticated:
            return ""
        address, now = attach(person, email=person.email, at=timezone.now()), timezone.now()
        if kind in settings.NOTICE_KINDS:  # whatever comes unasked: this person wants it by mail
            choose_ways({kind: Way.MAIL}, by=person)
        letters = (
            open_door(settings.MAIL_KINDS[kind]).write(
                Mail(address=address, kind=kind, key=notice.key, params={"notice": notice.pk}, lane="notify", created_at=now),
                at=now,
            )
            for notice in _notices(about, world, person)
        )
        return "\n".join(
            f"{letter.subject}\n{letter.text}\n{letter.html}\n{letter.headers}"
            for letter in letters
            if isinstance(letter, Letter)
        )

    return probe


def _notices(kind: str, world: World, person: Anyone) -> list[Notice]:
    now = timezone.now()
    if kind == "consultation.evidence":
        organiser = world.people["organiser"]
        asked = [
            Evidence(
                consultation=world.consultations[-1], question_key="why", post=post, revision=1, asked_at=now, asked_by=organiser
            )
            for post in world.posts
        ]
        Evidence.objects.bulk_create(asked, ignore_conflicts=True)
        things = [{"evidence": pk} for pk in Evidence.objects.filter(asked_at__isnull=False).values_list("pk", flat=True)]
        return _made(kind, things, person, now)
    if kind == "consultation.colleague":
        asked_of, member = world.consultations[-1], world.people["member"]
        said = {"name": "Harbour", "name_key": "harbour", "on_behalf_of": "us", "authority": "ours", "agreed": "so"}
        party = Party.objects.create(consultation=asked_of, kind="organisation", sort="practice", created_at=now, **said)
        row = Colleague.objects.create(party=party, user=member, invited_by=world.people["organiser"], invited_at=now)
        return _made(kind, [{"colleague": row.pk}], person, now)
    things = (
        [{"topic": post.topic_id, "post": post.pk, "number": post.number} for post in world.posts]
        if kind.startswith("forum.")
        else [{"consultation": consultation.pk} for consultation in world.consultations]
    )
    return _made(kind, things, person, now)


def _made(kind: str, things: list[dict[str, int]], person: Anyone, now: datetime) -> list[Notice]:
    events = Event.objects.bulk_create(Event(kind=kind, at=now, actor_id=None, data=data, expanded_at=now) for data in things)
    made = (Notice(user=person, key=f"{kind}:{event.pk}", kind=kind, event=event, at=now) for event in events)
    return Notice.objects.bulk_create(made)
