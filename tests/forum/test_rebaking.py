from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from common.markdown import RENDER_VERSION
from forum.actions.rebaking import count_to_rebake, rebake_posts
from forum.models import Post
from forum.tasks import rebake
from tests.forum.factories import PostFactory, TopicFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def old():
    """A post that an older renderer drew, and one that came as HTML."""
    topic = TopicFactory()
    Post.objects.update(render_version=RENDER_VERSION)
    imported = PostFactory(topic=topic, body="", html="<p>As it came.</p>", source_format="html", render_version=1)
    return PostFactory(topic=topic, body="**New**", html="<p>old</p>", render_version=1), imported


def test_words_are_drawn_anew_and_nothing_else_changes(old):
    post, imported = old
    assert rebake_posts() == 1
    assert rebake_posts() == 0
    post.refresh_from_db()
    imported.refresh_from_db()
    assert post.html.strip() == "<p><strong>New</strong></p>"
    assert (post.render_version, post.revision, post.edited_at, post.body) == (RENDER_VERSION, 1, None, "**New**")
    assert (imported.html, imported.render_version) == ("<p>As it came.</p>", 1)


def test_a_batch_costs_the_same_for_any_number(old):
    PostFactory.create_batch(5, topic=old[0].topic, render_version=1)
    with CaptureQueriesContext(connection) as told:
        assert rebake_posts() == 6
    assert len([query for query in told if "SAVEPOINT" not in query["sql"]]) == 2


def test_the_task_goes_on_until_none_is_left_and_the_command_tells(old, monkeypatch):
    monkeypatch.setattr("forum.actions.rebaking.BATCH", 2)
    PostFactory.create_batch(4, topic=old[0].topic, render_version=1)
    out = StringIO()
    call_command("rebake", stdout=out)
    assert out.getvalue().split("\n")[:4] == ["5 posts to draw anew.", "2 of 5", "4 of 5", "5 of 5"]
    assert "Done." in out.getvalue()
    assert count_to_rebake() == rebake() == 0
