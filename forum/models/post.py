from typing import ClassVar, Self

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models.functions import Length
from django.db.models.lookups import LessThanOrEqual
from django.db.models.query import QuerySet
from django.urls import reverse

from accounts.models import Block
from accounts.standing import Anyone, Standing, standing_of
from forum.models.category import moderated_rule, readable_rule
from forum.models.persona import Persona, own_tag
from forum.models.rules import author_xor_persona, mark_is_whole, not_kept_rule
from forum.models.topic import Topic, own_kept_rule, topic_rule
from forum.texts import BODY_MAX


class PostQuerySet(QuerySet["Post"]):
    def visible_to(self, user: Anyone) -> Self:
        """Those whose text this person may read. The other face of `forum.permissions.can_see_post`."""
        standing = standing_of(user)
        return self.filter(_readable(standing), topic_rule(standing, "topic__"))

    def placed_for(self, user: Anyone, *, persona_id: int | None = None) -> Self:
        """Those that have a place on the page of a topic that this person may see: what they may read, what they wrote as the
        persona `persona_id`, and tombstones, of which nobody reads more than a line. Gaps have none, nor, for the members of a
        practice, what was kept from it before it was removed."""
        rule = _placed(standing_of(user))
        if persona_id is not None:
            rule |= models.Q(persona=persona_id, state__in=Post.KEPT)
        return self.filter(rule)

    def counted(self) -> Self:
        """What counters and orders go by: on show, and to be read by everybody who may read its topic."""
        return self.filter(models.Q(kept_from=None) | models.Q(number=1), state=Post.State.PUBLISHED)

    def visible_or_own(self, user: Anyone, *, topic_id: int, tag: bytes | None = None) -> Self:
        """Of one topic: those whose text this person may read, and those that wait and are by their own persona there, also where
        that began the topic and the whole of it waits. `tag`: of their pseudonym there, where it is worked out already."""
        standing = standing_of(user)
        rule = _readable(standing) & topic_rule(standing, "topic__")
        if standing.user_id is not None:
            tag = tag or own_tag(topic_id, standing.user_id)
            mine = models.Q(persona__owner_tag=tag, persona__topic=topic_id)
            waiting = models.Q(topic__state=Topic.State.PENDING, topic__persona=models.F("persona"))
            there = topic_rule(standing, "topic__") | (waiting & readable_rule(standing, "topic__category__"))
            rule |= mine & models.Q(state__in=Post.KEPT) & there
            rule |= _readable(standing) & own_kept_rule(standing, topic_id, "topic__", tag=tag)
        return self.filter(rule, topic=topic_id)

    def written_by(self, user: Anyone) -> Self:
        """What somebody wrote under their own name, wherever it stands: theirs to read for ever, also after their membership.
        What was removed is not among it. The other face of `forum.permissions.can_read_own`."""
        return self.filter(author=standing_of(user).user_id, author__isnull=False).filter(
            state__in=[Post.State.PUBLISHED, Post.State.PENDING]
        )

    def not_kept_from(self, user: Anyone) -> Self:
        """Without what is kept from this person's own practice, whatever else they may not read."""
        standing = standing_of(user)
        return self.filter(
            not_kept_rule(standing, "topic__category__"), not_kept_rule(standing, "topic__category__", prefix="topic__")
        )

    def not_from_blocked(self, user: Anyone) -> Self:
        """Without what people wrote under their own name whom this person has blocked."""
        mine = Block.objects.filter(user=standing_of(user).user_id, blocked=models.OuterRef("author"))
        return self.filter(~models.Exists(mine))

    def in_time(self) -> Self:
        return self.order_by("number")

    def roots(self) -> Self:
        return self.filter(parent_number=None)


def _readable(standing: Standing) -> models.Q:
    return _shown(standing) & not_kept_rule(standing, "topic__category__")


def _placed(standing: Standing) -> models.Q:
    rule = _shown(standing) | models.Q(state__in=Post.TOMBSTONES)
    return rule & not_kept_rule(standing, "topic__category__")


def _shown(standing: Standing) -> models.Q:
    rule = models.Q(state=Post.State.PUBLISHED)
    if standing.is_signed_in:
        waiting = models.Q(state=Post.State.PENDING)
        rule |= waiting & models.Q(author=standing.user_id)
        rule |= waiting & moderated_rule(standing, "topic__category__")
    return rule


class Post(models.Model):
    """One contribution to a topic. Its number never changes, also when its text is taken away.

    `root_number` is the root of its conversation (its own, for a root); `lost_parent_number` says of an imported root what it
    once replied to; `imported_likes` came as a mere count. `reply_count` are the direct replies that hold a place on everybody's
    page, `descendant_count` all below a root; `answered_aside`: there may be others, which waited when they came or are kept from
    a practice. `moderation_version` goes up with every change of state or notices. `changed_quietly`:
    every change so far was made at once, before anybody said anything of it, so the page does not call it changed. `held_because`
    tells its author why a post waits. `standing`: what stood beside the author's name on that day (`forum.readers.standing`);
    none for a persona, an import, and what was written before it was kept. `kept_from`: the mark of the practice whose members
    do not see it (`forum.keeping`). `notices`: lines that rooms above put under it (`actions.notices`), each a mapping of `kind`,
    `text` and `url`, a path on this site. `words_gone_at`: since when nothing of its text is left. Where a post was moved to
    another topic, a row of state *moved* keeps its number: it has no author and no text, and `PostMove` says where the post is.
    """

    class State(models.TextChoices):
        PUBLISHED = "published"
        HIDDEN = "hidden"
        PENDING = "pending"
        WITHDRAWN = "withdrawn"
        GAP = "gap"
        MOVED = "moved"

    class Format(models.TextChoices):
        MARKDOWN = "markdown"
        HTML = "html"

    pace_told: str = ""
    """What whoever just sent it is told about how many more they can send; no column."""

    TOMBSTONES: ClassVar = ("hidden", "withdrawn", "moved")
    KEPT: ClassVar = ("published", "pending")

    topic = models.ForeignKey(Topic, models.CASCADE, related_name="posts", db_index=False)
    number = models.PositiveIntegerField()
    parent_number = models.PositiveIntegerField(null=True)
    root_number = models.PositiveIntegerField()
    depth = models.PositiveSmallIntegerField(default=0)
    lost_parent_number = models.PositiveIntegerField(null=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="posts", db_index=False)
    persona = models.ForeignKey(Persona, models.PROTECT, null=True, related_name="posts", db_index=False)

    body = models.TextField(blank=True)
    source_format = models.CharField(max_length=10, choices=Format, default=Format.MARKDOWN)
    html = models.TextField(blank=True)
    render_version = models.PositiveSmallIntegerField()

    state = models.CharField(max_length=10, choices=State, default=State.PUBLISHED)
    removed_at = models.DateTimeField(null=True)
    removed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)
    removal_reason = models.CharField(max_length=200, blank=True)
    held_because = models.CharField(max_length=200, blank=True, default="", db_default="")
    moderation_version = models.PositiveIntegerField(default=0)
    words_gone_at = models.DateTimeField(null=True)

    reply_count = models.PositiveIntegerField(default=0)
    descendant_count = models.PositiveIntegerField(default=0)
    answered_aside = models.BooleanField(default=False, db_default=False)
    agree_count = models.PositiveIntegerField(default=0)
    thanks_count = models.PositiveIntegerField(default=0)
    insightful_count = models.PositiveIntegerField(default=0)
    disagree_count = models.PositiveIntegerField(default=0)
    imported_likes = models.PositiveIntegerField(default=0)

    created_at = models.DateTimeField()
    edited_at = models.DateTimeField(null=True)
    revision = models.PositiveIntegerField(default=1)
    changed_quietly = models.BooleanField(default=False, db_default=False)
    form_key = models.UUIDField(null=True)
    standing = models.JSONField(null=True)
    kept_from = models.BinaryField(null=True)
    notices = models.JSONField(default=list, db_default=models.Value([], models.JSONField()))
    search = models.GeneratedField(
        expression=SearchVector("html", weight="B", config="english"), output_field=SearchVectorField(), db_persist=True
    )

    objects = PostQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["topic", "number"], name="post_number_is_given_once"),
            models.UniqueConstraint(fields=["form_key"], name="one_post_per_form"),
            models.CheckConstraint(name="post_numbers_begin_at_one", condition=models.Q(number__gte=1)),
            models.CheckConstraint(
                name="post_has_an_author_or_a_persona",
                condition=(~models.Q(state__in=["gap", "moved"]) & author_xor_persona())
                | models.Q(state__in=["gap", "moved"], author=None, persona=None, body="", html=""),
            ),
            models.CheckConstraint(
                name="persona_has_no_standing", condition=models.Q(persona=None) | models.Q(standing__isnull=True)
            ),
            models.CheckConstraint(
                name="post_stands_below_its_parent",
                condition=models.Q(parent_number=None, root_number=models.F("number"), depth=0)
                | models.Q(
                    parent_number__isnull=False,  # a NULL in the comparison would let the row pass
                    parent_number__lt=models.F("number"),
                    root_number__lte=models.F("parent_number"),
                    depth__gte=1,
                    descendant_count=0,
                    lost_parent_number=None,
                ),
            ),
            models.CheckConstraint(
                name="post_state_is_known",
                condition=models.Q(state__in=["published", "hidden", "pending", "withdrawn", "gap", "moved"]),
            ),
            models.CheckConstraint(
                name="removed_post_says_when",
                condition=models.Q(state__in=["hidden", "withdrawn", "moved"], removed_at__isnull=False)
                | models.Q(state__in=["published", "pending", "gap"], removed_at=None, removed_by=None, removal_reason=""),
            ),
            models.CheckConstraint(
                name="hidden_post_says_by_whom_and_why",
                condition=~models.Q(state="hidden") | (models.Q(removed_by__isnull=False) & ~models.Q(removal_reason="")),
            ),
            models.CheckConstraint(
                name="post_whose_words_are_gone_is_off_and_empty",
                condition=models.Q(words_gone_at=None) | models.Q(state__in=["hidden", "withdrawn"], body="", html=""),
            ),
            models.CheckConstraint(
                name="only_what_waits_says_what_for", condition=models.Q(state="pending") | models.Q(held_because="")
            ),
            models.CheckConstraint(
                name="withdrawn_persona_post_names_nobody",
                condition=~models.Q(state="withdrawn", persona__isnull=False) | models.Q(removed_by=None),
            ),
            models.CheckConstraint(name="mark_of_a_practice_is_whole", condition=mark_is_whole()),
            models.CheckConstraint(name="post_format_is_known", condition=models.Q(source_format__in=["markdown", "html"])),
            models.CheckConstraint(
                name="post_is_not_too_long",
                condition=models.Q(source_format="html") | models.Q(LessThanOrEqual(Length("body"), BODY_MAX)),
            ),
            models.CheckConstraint(
                name="edited_post_says_when",
                condition=models.Q(revision=1, edited_at=None) | models.Q(revision__gt=1, edited_at__isnull=False),
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["topic", "parent_number", "number"], name="post_children", condition=~models.Q(parent_number=None)
            ),
            models.Index(fields=["topic", "number"], name="post_roots", condition=models.Q(parent_number=None)),
            models.Index(fields=["topic", "created_at", "number"], name="post_by_date"),
            models.Index(fields=["topic", "author"], name="post_participants"),
            models.Index(fields=["author", "-id"], name="post_by_author", condition=models.Q(author__isnull=False)),
            models.Index(fields=["topic", "persona"], name="post_by_persona", condition=models.Q(persona__isnull=False)),
            models.Index(fields=["id"], name="post_waiting", condition=models.Q(state="pending")),
            GinIndex("search", name="post_search"),
        ]

    def __str__(self) -> str:
        return f"topic {self.topic_id} #{self.number}"

    def get_absolute_url(self) -> str:
        return reverse("forum:post", args=[self.topic_id, self.number])

    @property
    def is_aside(self) -> bool:
        """Kept from a practice inside a topic that is not its own: moves no counter. The other face of
        `PostQuerySet.counted`, but for the state."""
        return self.kept_from is not None and self.number > 1

    @property
    def is_tombstone(self) -> bool:
        return self.state in self.TOMBSTONES
