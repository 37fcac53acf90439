"""The draft as somebody would get it: any kind of reader, one reader, or a mail to oneself. Nothing is written."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape

from django.contrib.auth.models import AnonymousUser

from accounts.models import Group, RoleGrant, User
from accounts.standing import Anyone, Standing, somebody_of, standing_of
from digest.choosing import Choice, choose
from digest.composing import contents, item_of
from digest.letters import SLOTS, body_context, body_letter
from digest.links import stream_link
from digest.models import Edition, Item
from digest.offers import offer_for
from digest.readership import VISITOR, Sight, reader_for
from digest.sources import PERSONAL
from digest.subjects import subject_of
from digest.words import comes, long_day
from mail.kinds import Letter
from mail.molds import mark


@dataclass(frozen=True, slots=True)
class Kind:
    """Readers who get the same. `slug` stands in the address of a preview, `label` on its tab."""

    slug: str
    label: str


@dataclass(frozen=True, slots=True)
class Preview:
    """What a reader would get. `unseen`: what else they would, of groups that the editor is not in; it is not named. Of what
    they chose, read, follow and began nothing is told: that is theirs."""

    items: list[Item]
    unseen: int


def kinds_of_readers(editor: Anyone) -> list[Kind]:
    """Visitors, accounts without a role, each role, each group that the editor is in."""
    roles = [
        Kind(str(role.value), f"A {role.label.lower()}".replace("A o", "An o").replace("A a", "An a")) for role in RoleGrant.Role
    ]
    mine = Group.objects.filter(pk__in=standing_of(editor).groups).order_by("name", "pk")
    groups = [Kind(f"group-{pk}", name) for pk, name in mine.values_list("pk", "name")]
    return [Kind("visitor", "A visitor"), Kind("account", "An account"), *roles, Kind("editor", "You"), *groups]


def anybody_of(stream: str) -> str:
    """The reader (`slug`) as whom a stream is read first: a visitor, or of a daily that visitors do not get, the editor."""
    return "visitor" if offer_for(stream, AnonymousUser()) else "editor"


def reader_named(slug: str, editor: Anyone) -> tuple[Anyone, str] | None:
    """Somebody of that kind, or that very person (`person-7`), and what to call them; None where there is nobody."""
    if slug == "visitor":
        return AnonymousUser(), "A visitor"
    if slug == "editor":
        return editor, "You"
    kind, _, number = slug.partition("-")
    if kind == "person" and number.isascii() and number.isdecimal() and len(number) < 19:
        person = User.objects.with_roles().filter(pk=int(number), is_active=True).first()
        return (person, person.display_name) if person and standing_of(person).is_member else None
    known = {each.slug: each.label for each in kinds_of_readers(editor)}
    if slug not in known:
        return None
    roles = frozenset({"member"} if kind == "group" else {slug} - {"account"})
    groups = frozenset({int(number)} if kind == "group" else ())
    return somebody_of(Standing(0, roles, groups)), known[slug]


def preview_of(draft: Edition, viewer: Anyone, *, editor: Anyone, at: datetime) -> Preview:
    """The draft as it would be cut now, as `viewer` would get it."""
    items = []
    for position, (section, found) in enumerate(contents(draft, at=at), start=1):
        item = item_of(draft, section, found, position=position)
        item.pk = position
        items.append(item)
    sight = Sight(items)
    choices = (Choice(item.pk, item.section, item.category_id) for item in items)
    wanted = set(choose(choices, visible=sight.of(reader_for(viewer)), categories=()))
    known = sight.of(reader_for(editor))
    return Preview([item for item in items if item.pk in wanted & known], len(wanted - known))


def own_parts_of(draft: Edition, person: User, preview: Preview, *, at: datetime) -> int:
    """How many replies and followed topics this person would be told of besides. What they have begun to answer is not even
    counted: in a confidential consultation that would say that they have."""
    topics = {person.pk: {item.object_id: item.quoted_id for item in preview.items if item.kind == "topic"}}
    count = 0
    for source in PERSONAL:
        if source.section != "unfinished":
            told = source.to({person.pk: person}, draft.starts, draft.ends, told=topics, at=at).get(person.pk)
            count += len(told.shown) + told.more if told else 0
    return count


def trial_letter(draft: Edition, items: Sequence[Item], *, at: datetime) -> Letter:
    """The letter with these items; where a reader's own stands, what it would be like. Its links lead to the site."""
    letter = body_letter(draft, items, subject=_subject(draft, items), at=at)
    html, text = letter.html, letter.text
    for slot, value in _samples(draft.stream, at).items():
        html, text = html.replace(mark(slot), escape(value)), text.replace(mark(slot), value)
    return Letter(f"[Test] {letter.subject}", text, html)


def trial_context(draft: Edition, items: Sequence[Item], *, at: datetime) -> dict[str, object]:
    """What the template of the letter prints."""
    context = body_context(draft, items, subject=_subject(draft, items), at=at)
    return {**context, **_samples(draft.stream, at), "subject": context["subject_line"]}


def _subject(draft: Edition, items: Sequence[Item]) -> str:
    return subject_of(draft, items, public=Sight(items).of(VISITOR))


def _samples(stream: str, at: datetime) -> dict[str, str]:
    told = {"day": long_day(at), "rhythm": comes(stream, weekday=4, hour=7), "since": long_day(at)}
    links = dict.fromkeys(("leave", "manage", "web"), stream_link(stream))
    return {**dict.fromkeys(SLOTS, ""), **told, **links}
