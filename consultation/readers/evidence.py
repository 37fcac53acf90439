"""The debate as evidence for the questions: whose consent is there, what changed since, what nobody has read yet."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.db.models import Count, Exists, F, OuterRef, Q

from accounts.standing import Anyone, standing_of
from common.paging import Page, read_cursor, take_page
from consultation.models import Consent, Considered, Consultation, Evidence, QuestionTopic
from consultation.readers.questionnaires import questions_ever_asked, questions_now_and_before
from forum.models import Post, Topic
from forum.models.persona import own_tag
from forum.models.post import PostQuerySet
from forum.permissions import can_take_part, wrote
from forum.readers.posts import PostSnippet, post_snippets
from forum.readers.versions import earlier_texts
from forum.rendering import snippet
from questions.definitions import Definition

PAGE: Final = 20
_PLACES: Final = "consultation:evidence:places"


@dataclass(frozen=True, slots=True)
class EvidenceLine:
    """A post put to a question. `told` is None where this reader may not read it, or it was taken away since: `is_gone`.
    `is_changed`: it says something else than what its author agreed to, then `agreed` has its first words; empty where
    it is gone, or this reader may not read what a post said before."""

    evidence: Evidence
    consent: Consent
    told: PostSnippet | None
    is_changed: bool
    agreed: str
    is_gone: bool
    is_mine: bool


@dataclass(frozen=True, slots=True)
class QuestionEvidence:
    """One question with its topic, where the reader may see one, and what was put to it."""

    asked: Definition
    topic: Topic | None
    lines: Sequence[EvidenceLine]


def question_of(consultation: Consultation, key: str) -> Definition | None:
    """Of what is asked, or was. One statement."""
    return next((asked for asked in questions_of(consultation) if asked.key == key), None)


def questions_of(consultation: Consultation) -> tuple[Definition, ...]:
    """What was last published; then what an earlier version asked and is not asked any more. One statement."""
    return tuple(questions_ever_asked(consultation))


def evidence_by_question(user: Anyone, consultation: Consultation, *, at: datetime) -> list[QuestionEvidence]:
    """Everybody reads what was agreed to, as far as they may read the posts; organisers also who was asked, who said no, and what
    changed or went since; authors their own. Four statements; one more where something was changed."""
    is_organiser = standing_of(user).is_organiser
    rows = Evidence.objects.filter(consultation=consultation).select_related("post__persona").order_by("pk")
    found = list(rows.defer("post__body", "post__html", "post__search", "post__persona__sealed_person"))
    told = post_snippets([row.post_id for row in found], user)
    agreed = _agreed_before(user, found)
    lines: dict[str, list[EvidenceLine]] = {}
    for row in found:
        line = _line(user, row, told, at, agreed)
        shown = line.consent is Consent.GIVEN and line.told is not None
        if shown or is_organiser or line.is_mine:
            lines.setdefault(row.question_key, []).append(line)
    topics = question_topics(user, consultation)
    now, before = questions_now_and_before(consultation)
    asked = [*now.values(), *(one for key, one in before.items() if key in lines or key in topics)]
    return [QuestionEvidence(one, topics.get(one.key), lines.get(one.key, [])) for one in asked]


def of_post(user: Anyone, consultation: Consultation, post: Post, *, at: datetime) -> Mapping[str, EvidenceLine]:
    """What one post was put to, by question key. Two statements; one more where it was changed since."""
    rows = Evidence.objects.filter(consultation=consultation, post=post).order_by("pk")
    told = post_snippets([post.pk], user)
    for row in rows:
        row.post = post
    before = _agreed_before(user, rows)
    return {row.question_key: _line(user, row, told, at, before) for row in rows}


def question_topics(user: Anyone, consultation: Consultation) -> Mapping[str, Topic]:
    """The topics of single questions that this person may see, by question key. One statement."""
    rows = QuestionTopic.objects.filter(consultation=consultation, topic__in=Topic.objects.visible_to(user))
    return {row.question_key: row.topic for row in rows.select_related("topic__category").defer("topic__search")}


def debates_on(user: Anyone, consultation: Consultation, asked: Iterable[Definition]) -> list[tuple[Definition, Topic]]:
    """Of these questions those with a topic of their own that this person may see. One statement."""
    topics = question_topics(user, consultation)
    return [(one, topics[one.key]) for one in asked if one.key in topics]


def consultation_of_topic(user: Anyone, topic_id: int) -> Consultation | None:
    """Whose debate this topic is, where this person may see it. One statement."""
    by_question = QuestionTopic.objects.filter(consultation=OuterRef("pk"), topic=topic_id)
    return Consultation.objects.visible_to(user).filter(Q(topic=topic_id) | Q(Exists(by_question))).first()


def debate_topics(consultation: Consultation) -> list[int]:
    """The ids of the topics in which it is debated."""
    own = QuestionTopic.objects.filter(consultation=consultation).values_list("topic", flat=True)
    return [pk for pk in (consultation.topic_id, *own) if pk is not None]


def my_posts(user: Anyone, consultation: Consultation) -> list[Post]:
    """What somebody wrote in the debate, under their name or a pseudonym, and that is on show; the latest first, at most a
    hundred. Two statements."""
    user_id = standing_of(user).user_id
    if user_id is None:
        return []
    topics = debate_topics(consultation)
    mine = Q(author=user_id)
    for topic_id in topics:
        mine |= Q(persona__topic=topic_id, persona__owner_tag=own_tag(topic_id, user_id))
    return list(_for_reading(Post.objects.visible_to(user)).filter(mine, topic__in=topics).order_by("-pk")[:100])


def not_yet_considered(user: Anyone, consultation: Consultation, *, after: str = "") -> Page[Post]:
    """Posts of the debate that are no evidence, whose authors nobody asked and that no organiser set aside; the newest first,
    without the opening posts, twenty a page. Raises BadCursor."""
    return _page(_waiting(user, consultation), after)


def set_aside(user: Anyone, consultation: Consultation, *, after: str = "") -> Page[Post]:
    """Posts of the debate that an organiser read and asked nothing of, in the same way. Raises BadCursor."""
    seen = Considered.objects.filter(consultation=consultation, post=OuterRef("pk"))
    return _page(Post.objects.visible_to(user).filter(Exists(seen)), after)


def _page(posts: PostQuerySet, after: str) -> Page[Post]:
    posts = _for_reading(posts)
    if after:
        posts = posts.filter(pk__lt=read_cursor(after, length=1)[0])
    return take_page(list(posts.order_by("-pk")[: PAGE + 1]), size=PAGE, key=lambda post: (post.pk,), has_newer=False)


def how_many_waiting(user: Anyone, consultation: Consultation) -> int:
    """Posts that `not_yet_considered` lists."""
    return _waiting(user, consultation).count()


def _waiting(user: Anyone, consultation: Consultation) -> PostQuerySet:
    evidence = Evidence.objects.filter(consultation=consultation, post=OuterRef("pk"))
    seen = Considered.objects.filter(consultation=consultation, post=OuterRef("pk"))
    debated = Post.objects.visible_to(user).filter(topic__in=debate_topics(consultation), number__gt=1)
    return debated.filter(~Exists(evidence), ~Exists(seen), state=Post.State.PUBLISHED)


def _for_reading(posts: PostQuerySet) -> PostQuerySet:
    return posts.select_related("topic__category", "author", "persona").defer("search", "body", "topic__search")


def changed_since(consultations: Collection[Consultation]) -> Mapping[int, int]:
    """How many posts that are evidence were changed or taken away after their authors had agreed, by the consultation's id. One
    statement."""
    given = Evidence.objects.filter(consultation__in=consultations, given_at__isnull=False, withdrawn_at=None)
    other = given.filter(~Q(post__revision=F("revision")) | ~Q(post__state=Post.State.PUBLISHED)).order_by()
    return dict(other.values_list("consultation").annotate(Count("post", distinct=True)))


def takes_evidence(topic_id: int, *, at: datetime) -> bool:
    """Whether a post of this topic may be evidence for something: it stands in a debate whose evidence is not closed, or a
    consultation that everybody may see takes answers. Kept for a minute; one statement then."""
    found = cache.get(_PLACES)
    if found is None:
        found = _places(at)
        cache.set(_PLACES, found, 60)
    topics, anywhere = found
    return anywhere or topic_id in topics


def _places(at: datetime) -> tuple[frozenset[int], bool]:
    seen = Consultation.objects.visible_to(AnonymousUser()).accepting_at(at).filter(pk=OuterRef("pk"))
    usable = Consultation.objects.filter(opened_at__isnull=False, withdrawn_at=None, published_at=None)
    rows = list(usable.order_by().values_list("topic", "question_topics__topic", Exists(seen)))
    return frozenset(pk for row in rows for pk in row[:2] if pk is not None), any(is_open for *_, is_open in rows)


def _agreed_before(user: Anyone, rows: Iterable[Evidence]) -> Mapping[tuple[int, int], str]:
    """What authors agreed to and their posts no longer say, for who may read what a post said before."""
    if not can_take_part(user):
        return {}
    return earlier_texts({(row.post_id, row.revision) for row in rows if row.post.revision != row.revision})


def _line(
    user: Anyone, row: Evidence, told: Mapping[int, PostSnippet], at: datetime, before: Mapping[tuple[int, int], str]
) -> EvidenceLine:
    return EvidenceLine(
        evidence=row,
        consent=row.consent_at(at),
        told=told.get(row.post_id),
        is_changed=row.post.revision != row.revision,
        agreed=snippet(before.get((row.post_id, row.revision), ""), 240) if row.post_id in told else "",
        is_gone=row.post.state != Post.State.PUBLISHED,
        is_mine=wrote(user, row.post),
    )
