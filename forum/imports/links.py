"""Links between imported topics: found at writing, and once more at the end for those that arrived later."""

from collections.abc import Iterable
from typing import Final

from django.db.models import F, Q
from django.urls import reverse

from common.markdown import sanitise
from forum.imports.addresses import Arrived, OldForum, named_in
from forum.imports.cooked import convert
from forum.models import ImportedTopic, Post, Topic

_BATCH: Final = 200
_HERE: Final = (Post.State.PUBLISHED, Post.State.HIDDEN, Post.State.WITHDRAWN)


def arrivals(host: str, texts: Iterable[str], *, also: Iterable[int] = ()) -> dict[int, Arrived]:
    """Those topics named in these texts (and `also`) that are here and on show, by their old number: two statements at most."""
    named = named_in(texts)
    wanted = named.topics.union(also)
    if not wanted:
        return {}
    on_show = ImportedTopic.objects.filter(host=host, source_id__in=wanted, topic__state=Topic.State.PUBLISHED)
    rows = list(on_show.values_list("source_id", "topic_id", "topic__slug"))
    standing: dict[int, set[int]] = {}
    if rows and named.posts:
        asked = Post.objects.filter(topic__in=[topic for _, topic, _ in rows], number__in=named.posts, state__in=_HERE)
        for topic, number in asked.values_list("topic_id", "number"):
            standing.setdefault(topic, set()).add(number)
    return {source: arrived(topic, slug, standing.get(topic, set())) for source, topic, slug in rows}


def arrived(topic_id: int, slug: str, numbers: Iterable[int]) -> Arrived:
    """`numbers`: the posts of it that can be linked to."""
    post_page = reverse("forum:post", args=[topic_id, 0])
    return Arrived(
        reverse("forum:topic", args=[topic_id, slug]), f"{post_page.removesuffix('0/')}{{number}}/", frozenset(numbers)
    )


def lead_late_links_here(host: str) -> int:
    """Go over the imported posts that still link to the old forum or quote another topic of it, and lead those links here
    whose topic has arrived since. Returns how many posts changed. Safe to call twice."""
    waiting = Post.objects.filter(
        Q(html__contains=f"//{host}/t/") | Q(body__contains='data-topic="'),
        topic__imported_from__host=host,
        state=Post.State.PUBLISHED,
        source_format=Post.Format.HTML,
    ).annotate(source_id=F("topic__imported_from__source_id"))
    changed, batch = 0, list[tuple[int, int, str, str]]()
    for row in waiting.order_by("pk").values_list("pk", "source_id", "body", "html").iterator(_BATCH):
        batch.append(row)
        if len(batch) == _BATCH:
            changed += _again(host, batch)
            batch = []
    return changed + _again(host, batch)


def _again(host: str, batch: list[tuple[int, int, str, str]]) -> int:
    changed = 0
    here = arrivals(host, [body for _, _, body, _ in batch], also={source for _, source, _, _ in batch})
    forum = OldForum(host, here)
    for pk, source_id, body, before in batch:
        numbers = here[source_id].numbers if source_id in here else frozenset()
        html = sanitise(convert(body, forum, topic_id=source_id, is_here=numbers.__contains__))
        if html != before:
            changed += Post.objects.filter(pk=pk, body=body).update(html=html, moderation_version=F("moderation_version") + 1)
    return changed
