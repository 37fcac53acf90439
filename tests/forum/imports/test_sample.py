"""The real archive, counted by other means than the importer's."""

import json
import tarfile
from datetime import datetime
from time import process_time

import pytest
from django.core.management import call_command
from django.db import connection

from accounts.models import User
from common.models import AuditEntry
from forum.models import Category, ImportedTopic, Post, Topic, TopicActivity

TABLES = ["forum_category", "forum_topic", "forum_topicactivity", "forum_post", "forum_importedtopic", "accounts_user"]


@pytest.fixture(scope="module")
def archive(shared_data):
    return shared_data / "discourse" / "urho3d-sample.tar.xz"


@pytest.fixture(scope="module")
def told(archive):
    """The archive's own JSON, by topic number."""
    found = {}
    with tarfile.open(archive, "r:xz") as opened:
        for member in opened.getmembers():
            if member.name.endswith(".json"):
                topic = json.load(opened.extractfile(member))
                found[topic["id"]] = topic
    return found


def regular(topic: dict) -> list[dict]:
    return [post for post in topic["post_stream"]["posts"] if post["post_type"] in (1, 2)]


def liked(post: dict) -> int:
    return sum(action.get("count", 0) for action in post["actions_summary"] if action["id"] == 2)


def digests() -> dict[str, str]:
    """A digest of every row of every table that an import writes."""
    found = {}
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"SELECT md5(string_agg(row::text, '|' ORDER BY row::text)) FROM {table} row")
            found[table] = cursor.fetchone()[0]
    return found


@pytest.mark.django_db
def test_everything_of_a_real_archive_stands_in_its_place(archive, told, capsys):
    began = process_time()
    call_command("import_discourse", str(archive), "--json")
    worked = process_time() - began
    report = json.loads(capsys.readouterr().out.splitlines()[-1])
    posts = [(topic["id"], post) for topic in told.values() for post in regular(topic)]
    numbers = {topic_id: {post["post_number"] for post in regular(topic)} for topic_id, topic in told.items()}

    # the report
    answered = [(topic_id, post) for topic_id, post in posts if post["reply_to_post_number"] in numbers[topic_id]]
    assert (report["topics"], report["posts"], report["replies"]) == (365, len(posts), len(answered))
    assert len(answered) == 745
    assert report["users"] == len({post["username"].lower() for _, post in posts})
    assert report["likes"] == sum(liked(post) for _, post in posts) == 543
    assert (report["skipped"], report["skipped_by_reason"], report["errors"]) == (5, {"small actions": 5}, [])
    assert report["host"] == "discourse.urho3d.io"
    assert len(posts) / worked >= 500, "by the processor's clock: a busy machine must not fail this"

    # topics
    rows = {
        row.source_id: row for row in ImportedTopic.objects.select_related("topic__category", "topic__author", "topic__activity")
    }
    assert rows.keys() == told.keys()
    for topic_id, topic in told.items():
        row = rows[topic_id]
        wrote = regular(topic)
        assert (row.topic.title, row.slug) == (" ".join(topic["title"].split()), topic["slug"])
        assert row.topic.created_at == datetime.fromisoformat(topic["created_at"])
        assert row.topic.author.display_name == wrote[0]["username"]
        assert row.topic.category.slug == f"discourse-urho3d-io-{topic['category_id']}"
        assert row.topic.last_number == topic["highest_post_number"]
        assert row.topic.is_locked == topic["closed"]
        activity = row.topic.activity
        assert activity.reply_count == len(wrote) - 1
        assert activity.participant_count == len({post["username"] for post in wrote})
        assert activity.last_post_number == wrote[-1]["post_number"]
        assert activity.last_posted_at == datetime.fromisoformat(wrote[-1]["created_at"])
    assert Category.objects.count() == len({topic["category_id"] for topic in told.values()}) == report["categories"]

    # posts
    stored = {
        (post.topic.imported_from.source_id, post.number): post
        for post in Post.objects.select_related("author", "topic__imported_from").exclude(state="gap")
    }
    assert stored.keys() == {(topic_id, post["post_number"]) for topic_id, post in posts}
    children, below = {}, {}
    for topic_id, post in posts:
        row = stored[topic_id, post["post_number"]]
        parent = post["reply_to_post_number"]
        here = parent in numbers[topic_id]
        assert row.state == "published"
        assert row.parent_number == (parent if here else None)
        assert row.lost_parent_number == (None if here else parent)
        assert row.author.display_name == post["username"]
        assert row.author.claim_key == f"discourse:discourse.urho3d.io:{post['username'].lower()}"
        assert row.imported_likes == liked(post)
        assert row.created_at == datetime.fromisoformat(post["created_at"])
        assert row.edited_at == (datetime.fromisoformat(post["updated_at"]) if post["version"] > 1 else None)
        assert (row.body, row.source_format) == (post["cooked"], "html")
        if here:
            children[topic_id, parent] = children.get((topic_id, parent), 0) + 1
            root, depth = parent, 1
            while stored[topic_id, root].parent_number:
                root, depth = stored[topic_id, root].parent_number, depth + 1
            assert (row.root_number, row.depth) == (root, depth)
            below[topic_id, root] = below.get((topic_id, root), 0) + 1
        else:
            assert (row.root_number, row.depth) == (row.number, 0)
    for key, row in stored.items():
        assert (row.reply_count, row.descendant_count) == (children.get(key, 0), below.get(key, 0)), key

    # what is not shown
    gaps = {
        (post.topic.imported_from.source_id, post.number)
        for post in Post.objects.filter(state="gap").select_related("topic__imported_from")
    }
    assert gaps == {
        (topic_id, number)
        for topic_id, topic in told.items()
        for number in range(1, topic["highest_post_number"] + 1)
        if number not in numbers[topic_id]
    }
    assert report["gaps"] == len(gaps)
    assert not Post.objects.filter(
        html__iregex=r"<(img|script|iframe|aside|svg|span|div)\b|\sclass=|discourse-cdn.com/v4"
    ).exists()
    assert User.objects.count() == report["users"]
    assert not any(user.has_usable_password() for user in User.objects.all())
    assert AuditEntry.objects.filter(verb="forum.import", actor_kind="system").count() == 1

    # once more
    before = digests()
    call_command("import_discourse", str(archive), "--json")
    again = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert digests() == before
    totals = ("topics", "posts", "replies", "users", "likes", "skipped", "errors", "gaps", "categories")
    assert {name: again[name] for name in totals} == {name: report[name] for name in totals}
    assert again["changes"]["posts_unchanged"] == report["posts"]
    assert again["changes"]["posts_new"] == again["changes"]["posts_changed"] == 0
    assert AuditEntry.objects.filter(verb="forum.import").count() == 2


@pytest.mark.django_db
def test_links_between_topics_of_a_real_archive_lead_here(archive, told, client):
    call_command("import_discourse", str(archive))
    assert TopicActivity.objects.count() == Topic.objects.count()
    left = Post.objects.filter(html__contains="//discourse.urho3d.io/t/").values_list("html", flat=True)
    for html in left:
        for part in html.split("//discourse.urho3d.io/t/")[1:]:
            path = part.split('"')[0].split("?")[0].strip("/").split("/")
            named = {int(piece) for piece in path[:2] if piece.isdigit()}
            assert not named & told.keys(), part[:80]
    assert Post.objects.filter(html__contains='href="/forum/topics/').count() >= 5
