"""Things of the forum, made as they stand in the database; `start_topic` and `reply_to_topic` make them as members do."""

import os
from datetime import UTC, datetime

import factory

from common.markdown import RENDER_VERSION, render
from forum.models import Category, Persona, Post, Topic, TopicActivity
from tests.accounts.factories import UserFactory

AT = datetime(2026, 11, 2, 9, tzinfo=UTC)


class CategoryFactory(factory.django.DjangoModelFactory):
    """Public, unless `members_only=True` or `private=True` (to a new group)."""

    class Meta:
        model = Category

    class Params:
        members_only = factory.Trait(access="members")
        private = factory.Trait(access="group", group=factory.SubFactory("tests.accounts.factories.GroupFactory"))

    slug = factory.Sequence(lambda number: f"category-{number}")
    name = factory.Sequence(lambda number: f"Category {number}")
    description = "What it is about."
    access = "public"
    position = factory.Sequence(lambda number: number)


class TopicFactory(factory.django.DjangoModelFactory):
    """A topic with its first post. Traits: `members_only`, `locked`, `pending`, `hidden`. The first post's text is `body`."""

    class Meta:
        model = Topic
        skip_postgeneration_save = True

    class Params:
        members_only = factory.Trait(category=factory.SubFactory(CategoryFactory, members_only=True))
        locked = factory.Trait(
            locked_at=AT, locked_by=factory.SubFactory(UserFactory, moderator=True), lock_reason="It went round in circles."
        )
        pending = factory.Trait(state="pending")
        hidden = factory.Trait(state="hidden")

    category = factory.SubFactory(CategoryFactory)
    author = factory.SubFactory(UserFactory, member=True)
    title = factory.Sequence(lambda number: f"Topic number {number}")
    slug = factory.Sequence(lambda number: f"topic-number-{number}")
    created_at = AT

    @classmethod
    def _create(cls, model_class, *args, body="The first word on this.", **kwargs):
        topic = super()._create(model_class, *args, **kwargs)
        TopicActivity.objects.create(
            topic=topic,
            category=topic.category,
            participant_count=0,
            last_posted_at=topic.created_at,
            last_author=topic.author,
            last_persona=topic.persona,
        )
        state = "pending" if topic.state == "pending" else "published"
        PostFactory(topic=topic, author=topic.author, persona=topic.persona, body=body, created_at=topic.created_at, state=state)
        return topic


class PostFactory(factory.django.DjangoModelFactory):
    """The next post of `topic`, counters kept. `parent=` another post of it. Traits: `hidden`, `withdrawn`, `pending`,
    `by_persona`."""

    class Meta:
        model = Post

    class Params:
        pending = factory.Trait(state="pending")
        hidden = factory.Trait(
            state="hidden",
            removed_at=AT,
            removed_by=factory.SubFactory(UserFactory, moderator=True),
            removal_reason="names a patient",
        )
        withdrawn = factory.Trait(state="withdrawn", removed_at=AT)
        by_persona = factory.Trait(author=None, persona=factory.SubFactory("tests.forum.factories.PersonaFactory"))

    topic = factory.SubFactory(TopicFactory)
    author = factory.SubFactory(UserFactory, member=True)
    body = factory.Sequence(lambda number: f"Thought number {number}.")
    render_version = RENDER_VERSION
    created_at = AT

    @classmethod
    def _create(cls, model_class, *args, parent=None, **kwargs):
        topic = kwargs["topic"]
        if kwargs.get("persona") is not None and kwargs["persona"].topic_id != topic.pk:
            Persona.objects.filter(pk=kwargs["persona"].pk).update(topic=topic)
        topic.last_number += 1
        topic.save(update_fields=["last_number"])
        number = kwargs.setdefault("number", topic.last_number)
        kwargs.setdefault("html", render(kwargs["body"]))
        kwargs.update(
            parent_number=parent.number if parent else None,
            root_number=parent.root_number if parent else number,
            depth=parent.depth + 1 if parent else 0,
        )
        newcomer = not Post.objects.filter(topic=topic, author=kwargs["author"], persona=kwargs.get("persona")).exists()
        post = super()._create(model_class, *args, **kwargs)
        if parent is not None and not post.is_aside:
            _raise(Post.objects.get(topic=topic, number=parent.number), "reply_count")
            _raise(Post.objects.get(topic=topic, number=parent.root_number), "descendant_count")
        elif parent is not None:
            Post.objects.filter(topic=topic, number=parent.number).update(answered_aside=True)
        if post.state == "published" and not post.is_aside:
            activity = TopicActivity.objects.get(topic=topic)
            activity.reply_count += number > 1
            activity.participant_count += newcomer
            activity.last_post_number, activity.last_posted_at = number, post.created_at
            activity.last_author, activity.last_persona = post.author, post.persona
            activity.save()
        return post


class PersonaFactory(factory.django.DjangoModelFactory):
    """A pseudonym of nobody: the tag is random."""

    class Meta:
        model = Persona

    topic = factory.SubFactory(TopicFactory)
    label = factory.Sequence(lambda number: f"Larchfield {number}")
    owner_tag = factory.LazyFunction(lambda: os.urandom(32))
    sealed_person = b"sealed"
    created_at = AT


def _raise(row, column: str) -> None:
    setattr(row, column, getattr(row, column) + 1)
    row.save(update_fields=[column])
