import hmac
from typing import ClassVar, Self
from uuid import UUID, uuid4

from django.conf import settings
from django.db import models
from django.db.models.query import QuerySet
from django.urls import reverse

from accounts.standing import Anyone, standing_of
from common.filekinds import KINDS
from forum.models.post import Post


class AttachmentQuerySet(QuerySet["Attachment"]):
    def visible_to(self, user: Anyone) -> Self:
        """Those whose post this person may read, as far as its text still shows them."""
        posts = models.Q(post__in=Post.objects.visible_to(user)) | models.Q(post__in=Post.objects.written_by(user))
        return self.filter(posts, left_text_at=None, removed_at=None)

    def unbound(self) -> Self:
        return self.filter(post=None, removed_at=None)


class Attachment(models.Model):
    """A file that somebody attached. What lies in the storage (settings.STORAGES, "attachments") is named by the id alone.

    It belongs to its post, and with it to its author or persona: no column of its own names anybody. Until it is in a post
    `owner_tag` lets the one who sent it find it: HMAC-SHA256(PERSONA_KEY, file ‖ member), 32 bytes. `left_text_at`: since when
    its post does not show it any more; `removed_at`: taken away for good; `gone_at`: its bytes are deleted.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    post = models.ForeignKey(Post, models.PROTECT, null=True, related_name="attachments")
    owner_tag = models.BinaryField(max_length=32, null=True)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=10)
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    width = models.PositiveSmallIntegerField(null=True)
    height = models.PositiveSmallIntegerField(null=True)
    sha256 = models.CharField(max_length=64)
    created_at = models.DateTimeField()
    left_text_at = models.DateTimeField(null=True)
    removed_at = models.DateTimeField(null=True)
    gone_at = models.DateTimeField(null=True)

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="attachment_is_in_a_post_or_its_sender_s",
                condition=models.Q(post=None, owner_tag__isnull=False) | models.Q(post__isnull=False, owner_tag=None),
            ),
            models.CheckConstraint(name="attachment_kind_is_known", condition=models.Q(kind__in=KINDS)),
            models.CheckConstraint(
                name="pictures_alone_have_measures",
                condition=models.Q(kind="picture", width__gte=1, height__gte=1, width__isnull=False, height__isnull=False)
                | (~models.Q(kind="picture") & models.Q(width=None, height=None)),
            ),
            models.CheckConstraint(
                name="attachment_whose_bytes_are_gone_was_taken_away",
                condition=models.Q(gone_at=None) | models.Q(removed_at__isnull=False),
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["created_at"],
                name="attachment_to_sweep",
                condition=models.Q(gone_at=None)
                & (models.Q(post=None) | models.Q(left_text_at__isnull=False) | models.Q(removed_at__isnull=False)),
            )
        ]

    def __str__(self) -> str:
        return f"attachment {self.pk}"

    @property
    def is_picture(self) -> bool:
        return self.kind == "picture"

    @property
    def extension(self) -> str:
        return "webp" if self.is_picture else self.kind

    @property
    def stored(self) -> tuple[str, ...]:
        """The names in the storage: of a picture the large one and the small one."""
        base = f"{self.pk.hex[:2]}/{self.pk.hex}"
        return (f"{base}.large", f"{base}.small") if self.is_picture else (base,)

    def get_absolute_url(self) -> str:
        """Says nothing of the name that the file came with."""
        told = f"picture-{self.width}x{self.height}.webp" if self.is_picture else f"document.{self.extension}"
        return reverse("forum:file", args=[self.pk, told])

    @property
    def markdown(self) -> str:
        return self.markdown_with("")

    def markdown_with(self, words: str) -> str:
        """What stands in a text for it; `words` describe a picture to whoever cannot see it."""
        if self.is_picture:
            return f"![{_inside_brackets(words)}]({self.get_absolute_url()})"
        return f"[{_inside_brackets(words or self.name)}]({self.get_absolute_url()})"


def owner_tag(file: UUID, user: Anyone) -> bytes:
    """What only this person's own files bear, and no one else can tell from another tag without the key."""
    return owner_tag_of(file, standing_of(user).user_id)


def owner_tag_of(file: UUID, user_id: int | None) -> bytes:
    """The same, by id: also of an account that is closed."""
    return hmac.digest(settings.PERSONA_KEY, b"file" + file.bytes + str(user_id).encode(), "sha256")


def _inside_brackets(words: str) -> str:
    return "".join(f"\\{letter}" if letter in "[]\\`*_<>!" else letter for letter in " ".join(words.split()))
