from typing import ClassVar, Final, Self

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models.functions import Length
from django.db.models.lookups import GreaterThan, LessThanOrEqual
from django.db.models.query import QuerySet

from accounts.standing import Anyone, Standing, standing_of
from common.addresses import Numbered
from forum.models.category import Category, moderated_rule, readable_rule
from forum.models.rules import author_xor_persona, mark_is_whole, not_kept_rule
from forum.pseudonyms import owner_tag

_ADDRESS: Final = Numbered("forum:topic", is_slug=True)


class TopicQuerySet(QuerySet["Topic"]):
    def visible_to(self, user: Anyone) -> Self:
        """Those that this person may know of. With `visible_or_own` the other face of `forum.permissions.can_see_topic`."""
        return self.filter(topic_rule(standing_of(user)))

    def visible_or_own(self, user: Anyone, *, topic_id: int, tag: bytes | None = None) -> Self:
        """The one of this id where this person may know of it, or began it under a pseudonym and keeps it from their practice,
        and so from themselves: no other query can tell. The other face of `forum.permissions.can_see_topic`. `tag`: of their
        pseudonym there, where it is worked out already."""
        standing = standing_of(user)
        return self.filter(topic_rule(standing) | own_kept_rule(standing, topic_id, tag=tag), pk=topic_id)

    def not_kept_from(self, user: Anyone) -> Self:
        """Without what is kept from this person's own practice, whatever else they may not know of."""
        return self.filter(not_kept_rule(standing_of(user), "category__"))

    def latest_first(self) -> Self:
        return self.order_by("-activity__last_posted_at", "-pk")

    def newest_first(self) -> Self:
        return self.order_by("-created_at", "-pk")


def topic_rule(standing: Standing, prefix: str = "") -> models.Q:
    """The condition by which a topic may be known; `prefix` leads to the topic (`topic__`)."""
    rule = models.Q(**{f"{prefix}state": Topic.State.PUBLISHED})
    if standing.is_signed_in:
        rule |= models.Q(**{f"{prefix}state": Topic.State.PENDING, f"{prefix}author": standing.user_id})
        rule |= moderated_rule(standing, f"{prefix}category__")
    kept = not_kept_rule(standing, f"{prefix}category__", prefix=prefix)
    return rule & kept & readable_rule(standing, f"{prefix}category__")


def own_kept_rule(standing: Standing, topic_id: int, prefix: str = "", *, tag: bytes | None = None) -> models.Q:
    """The topic of this id, where it is on show, kept from a practice, and begun under a pseudonym of this person's."""
    if standing.user_id is None:
        return models.Q(pk__in=[])
    mine = tag or owner_tag(settings.PERSONA_KEY, topic=topic_id, member=standing.user_id)
    begun = {f"{prefix}id": topic_id, f"{prefix}kept_from__isnull": False, f"{prefix}persona__owner_tag": mine}
    return models.Q(**begun, **{f"{prefix}state": Topic.State.PUBLISHED}) & readable_rule(standing, f"{prefix}category__")


class Topic(models.Model):
    """A debate: a title, and posts numbered from 1 without holes.

    `last_number` is the highest number given, also to what was removed since. What changes at every post stands apart, in
    `TopicActivity`. `solution_number` is the reply that was accepted as the answer to a question; `pinned_everywhere`: until
    `pinned_until` also above the lists of other places; `merged_into` where its posts went, and with them its address.
    `kept_from`: the mark of the practice whose members do not know of it (`forum.keeping`).
    """

    class Kind(models.TextChoices):
        DISCUSSION = "discussion"
        QUESTION = "question"
        ANNOUNCEMENT = "announcement"
        CONSULTATION = "consultation"
        ARTICLE = "article"

    class State(models.TextChoices):
        PUBLISHED = "published"
        PENDING = "pending"
        HIDDEN = "hidden"

    category = models.ForeignKey(Category, models.PROTECT, related_name="topics")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="topics")
    persona = models.ForeignKey("forum.Persona", models.PROTECT, null=True, related_name="+")
    title = models.CharField(max_length=255)
    slug = models.SlugField(max_length=80)
    kind = models.CharField(max_length=20, choices=Kind, default=Kind.DISCUSSION)
    state = models.CharField(max_length=10, choices=State, default=State.PUBLISHED)
    last_number = models.PositiveIntegerField(default=0)
    pinned_until = models.DateTimeField(null=True)
    pinned_everywhere = models.BooleanField(default=False, db_default=False)
    locked_at = models.DateTimeField(null=True)
    locked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    lock_reason = models.CharField(max_length=200, blank=True)
    archived_at = models.DateTimeField(null=True)
    archive_reason = models.CharField(max_length=200, blank=True, default="", db_default="")
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, related_name="+", db_index=False)
    solution_number = models.PositiveIntegerField(null=True)
    kept_from = models.BinaryField(null=True)
    created_at = models.DateTimeField()
    search = models.GeneratedField(
        expression=SearchVector("title", weight="A", config="english"), output_field=SearchVectorField(), db_persist=True
    )

    objects = TopicQuerySet.as_manager()
    own_persona_id: int | None = None
    """The reader's own persona here, where a page loaded it (`readers.topic_page`). Never a column."""

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="topic_has_an_author_or_a_persona", condition=author_xor_persona()),
            models.CheckConstraint(name="topic_has_a_title", condition=GreaterThan(Length("title"), 0)),
            models.CheckConstraint(name="topic_title_is_not_too_long", condition=LessThanOrEqual(Length("title"), 255)),
            models.CheckConstraint(
                name="topic_kind_is_known",
                condition=models.Q(kind__in=["discussion", "question", "announcement", "consultation", "article"]),
            ),
            models.CheckConstraint(name="topic_state_is_known", condition=models.Q(state__in=["published", "pending", "hidden"])),
            models.CheckConstraint(
                name="unlocked_topic_says_nothing_of_a_lock",
                condition=models.Q(locked_at__isnull=False) | models.Q(locked_by=None, lock_reason=""),
            ),
            models.CheckConstraint(
                name="archived_topic_says_why",
                condition=models.Q(archived_at=None, archive_reason="")
                | (models.Q(archived_at__isnull=False) & ~models.Q(archive_reason="")),
            ),
            models.CheckConstraint(
                name="merged_topic_is_off_the_pages", condition=models.Q(merged_into=None) | models.Q(state="hidden")
            ),
            models.CheckConstraint(name="mark_of_a_practice_on_a_topic_is_whole", condition=mark_is_whole()),
            models.CheckConstraint(
                name="topic_solution_is_one_of_its_numbers",
                condition=models.Q(solution_number=None)
                | models.Q(solution_number__gte=1, solution_number__lte=models.F("last_number")),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["category", "-created_at", "-id"], name="topic_newest"),
            models.Index(fields=["-created_at", "-id"], name="topic_newest_of_all"),
            models.Index(
                fields=["category", "pinned_until"], name="topic_pinned", condition=models.Q(pinned_until__isnull=False)
            ),
            models.Index(fields=["category", "-created_at", "-id"], name="topic_questions", condition=models.Q(kind="question")),
            models.Index(fields=["merged_into"], name="topic_merged", condition=models.Q(merged_into__isnull=False)),
            GinIndex("search", name="topic_search"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return _ADDRESS.of(self.pk, self.slug)

    @property
    def is_locked(self) -> bool:
        """Nothing can be added: a moderator locked it, or it is archived."""
        return self.locked_at is not None or self.archived_at is not None

    @property
    def is_archived(self) -> bool:
        return self.archived_at is not None

    @property
    def is_question(self) -> bool:
        return self.kind == self.Kind.QUESTION
