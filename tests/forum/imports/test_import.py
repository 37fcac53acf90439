"""What may be in an archive, and what must become of it."""

import gzip
import io
import json
import lzma

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.urls import reverse

from accounts.models import User
from common.models import AuditEntry
from forum.actions.posts import reply_to_topic
from forum.actions.removal import hide_post
from forum.models import Category, ImportedTopic, Post, Topic, TopicActivity
from tests.accounts.factories import GroupFactory, UserFactory
from tests.forum.factories import AT
from tests.forum.imports.archive import HOST, a_post, a_topic, folder_of, likes, tar_of, zip_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def bring(tmp_path, capsys):
    """Import these topics, or this path; the report."""

    def bring(*topics: dict, path=None, options=("--host", HOST), broken: bool = False) -> dict:
        capsys.readouterr()
        try:
            call_command("import_discourse", str(path or folder_of(tmp_path / "archive", *topics)), "--json", *options)
        except CommandError:
            assert broken
        else:
            assert not broken
        return json.loads(capsys.readouterr().out.splitlines()[-1])

    return bring


def rows(source_id: int = 1) -> dict[int, Post]:
    return {post.number: post for post in Post.objects.filter(topic__imported_from__source_id=source_id).in_time()}


def shape(source_id: int = 1) -> dict[int, tuple]:
    return {
        number: (row.state, row.parent_number, row.root_number, row.depth, row.lost_parent_number)
        for number, row in rows(source_id).items()
    }


def test_what_has_no_place_leaves_a_gap_and_is_counted(bring, client):
    report = bring(
        a_topic(
            1,
            a_post(2, cooked="<p>The second.</p>", actions_summary=likes(4)),
            a_post(3, post_type=4, cooked="<p>whispered</p>"),
            a_post(4, post_type=3, cooked=""),
            a_post(5, post_type=2, cooked="<p>A moderator speaks.</p>", reply_to_post_number=2),
            a_post(6, deleted_at="2020-02-02T00:00:00Z", cooked="<p>deleted words</p>"),
            a_post(7, hidden=True, cooked="<p>flagged words</p>"),
            a_post(8, user_deleted=True, cooked="<p>(post withdrawn by author)</p>"),
            a_post(9, reply_to_post_number=3),
            a_post(9, cooked="<p>the same number</p>"),
            highest_post_number=11,
        )
    )
    assert (report["posts"], report["replies"], report["likes"], report["lost_parents"]) == (3, 1, 4, 1)
    assert (report["skipped"], report["gaps"]) == (6, 8)
    assert report["skipped_by_reason"] == {
        "deleted posts": 2,
        "hidden posts": 1,
        "small actions": 1,
        "the same number again": 1,
        "whispers": 1,
    }
    gap = ("gap", None)
    assert {number: told[:2] for number, told in shape().items()} == {
        **dict.fromkeys((1, 3, 4, 6, 7, 8, 10, 11), gap),
        2: ("published", None),
        5: ("published", 2),
        9: ("published", None),
    }
    topic = Topic.objects.get()
    assert (topic.last_number, topic.author.display_name) == (11, "starter")
    assert rows()[9].lost_parent_number == 3
    assert (topic.activity.reply_count, topic.activity.last_post_number) == (3, 9)
    everything = json.dumps(list(Post.objects.values("html", "body")))
    for hidden in ("whispered", "deleted words", "flagged", "withdrawn", "same number"):
        assert hidden not in everything
    for name in ("topic", "topic_in_time"):
        page = client.get(reverse(f"forum:{name}", args=[topic.pk, topic.slug])).content.decode()
        assert "The second." in page
        assert "in reply to a removed post" in page
        for number in (1, 3, 4, 6, 7, 8, 10, 11):
            assert f'id="p{number}"' not in page


def test_topics_that_are_not_shown_never_come_in(bring):
    report = bring(
        a_topic(1, a_post(1), visible=False),
        a_topic(2, a_post(1), archetype="private_message", category_id=None),
        a_topic(3, a_post(1), deleted_at="2020-02-02T00:00:00Z"),
        a_topic(4, a_post(1, post_type=3)),
        a_topic(5),
        a_topic(6, a_post(1)),
    )
    assert (report["topics"], report["skipped"], report["errors"]) == (1, 5, [])
    assert set(ImportedTopic.objects.values_list("source_id", flat=True)) == {6}
    assert User.objects.count() == 1


def test_parents_that_cannot_be_leave_roots(bring):
    report = bring(
        a_topic(
            1,
            a_post(1, reply_to_post_number=1),
            a_post(2, reply_to_post_number=5),
            a_post(3, reply_to_post_number=4),
            a_post(4, reply_to_post_number=3),
            a_post(5, reply_to_post_number=99),
            a_post(6, reply_to_post_number=4),
        )
    )
    assert shape() == {
        1: ("published", None, 1, 0, None),
        2: ("published", None, 2, 0, None),
        3: ("published", None, 3, 0, None),
        4: ("published", 3, 3, 1, None),
        5: ("published", None, 5, 0, 99),
        6: ("published", 4, 3, 2, None),
    }
    assert (report["replies"], report["lost_parents"], report["out_of_order"]) == (2, 1, 3)
    assert (rows()[3].descendant_count, rows()[3].reply_count, rows()[4].reply_count) == (2, 1, 1)


def test_names_that_are_gone_still_make_authors(bring):
    bring(
        a_topic(
            1,
            a_post(1, username=None, user_id=77),
            a_post(2, username=None, user_id=None),
            a_post(3, username="Zoë"),
            a_post(4, username="zoë"),
            a_post(5, username="x" * 300),
        )
    )
    keys = {number: row.author.claim_key for number, row in rows().items()}
    assert keys[1] == f"discourse:{HOST}:#77"
    assert keys[2] == f"discourse:{HOST}:"
    assert keys[3] == keys[4] == f"discourse:{HOST}:zoë"
    assert rows()[1].author.display_name == "Somebody who left"
    for user in User.objects.all():
        assert user.is_placeholder
        assert user.email.endswith("@imported.invalid")


def test_a_second_run_changes_nothing_and_reports_the_same(bring):
    topic = a_topic(1, a_post(1), a_post(2, reply_to_post_number=1, version=3))
    first = bring(topic)
    before = list(Post.objects.order_by("pk").values()) + list(Topic.objects.values()) + list(ImportedTopic.objects.values())
    second = bring(topic)
    assert (
        list(Post.objects.order_by("pk").values()) + list(Topic.objects.values()) + list(ImportedTopic.objects.values()) == before
    )
    assert {name: second[name] for name in ("topics", "posts", "replies", "users", "likes")} == {
        name: first[name] for name in ("topics", "posts", "replies", "users", "likes")
    }
    assert (second["changes"]["posts_unchanged"], second["changes"]["topics_unchanged"]) == (2, 1)
    assert AuditEntry.objects.filter(verb="forum.import").count() == 2


def test_changes_are_applied_and_the_rest_is_not_touched(bring):
    bring(a_topic(1, a_post(1), a_post(2), a_post(3, reply_to_post_number=2), a_post(4)))
    before = rows()
    report = bring(
        a_topic(
            1,
            a_post(1, cooked="<p>Said better.</p>", version=2),
            a_post(3, reply_to_post_number=2),
            a_post(4, actions_summary=likes(3)),
            a_post(5, reply_to_post_number=1),
            title="Another title altogether",
        )
    )
    after = rows()
    topic = Topic.objects.get()
    assert (topic.title, topic.slug, topic.last_number) == ("Another title altogether", "another-title-altogether", 5)
    assert {number: row.pk for number, row in after.items() if number < 5} == {number: row.pk for number, row in before.items()}
    assert (after[1].html, after[1].revision) == ("<p>Said better.</p>", 2)
    assert after[1].edited_at is not None
    assert (after[2].state, after[2].body, after[2].html, after[2].author) == ("gap", "", "", None)
    assert (after[3].parent_number, after[3].lost_parent_number, after[3].root_number) == (None, 2, 3)
    assert after[4].imported_likes == 3
    assert (after[5].parent_number, after[1].reply_count) == (1, 1)
    assert topic.activity.reply_count == 3
    assert report["changes"]["posts_new"] == 1
    assert report["changes"]["posts_gone"] == 1
    assert report["changes"]["posts_changed"] == 3
    assert report["changes"]["posts_unchanged"] == 0


def test_an_untouched_post_keeps_its_row_to_the_byte(bring):
    bring(a_topic(1, a_post(1), a_post(2)))
    with connection.cursor() as cursor:
        cursor.execute("SELECT xmin::text, ctid::text FROM forum_post WHERE number = 1")
        before = cursor.fetchall()
        Post.objects.filter(number=1).values().get()
        bring(a_topic(1, a_post(1), a_post(2, cooked="<p>Changed.</p>")))
        cursor.execute("SELECT xmin::text, ctid::text FROM forum_post WHERE number = 1")
        assert cursor.fetchall() == before


def test_what_was_done_here_stays(bring):
    bring(a_topic(1, a_post(1), a_post(2), a_post(3)))
    topic = Topic.objects.get()
    member, moderator = UserFactory(member=True), UserFactory(moderator=True)
    here = reply_to_topic(topic, by=member, body="Written here.", at=AT, parent_number=2)
    hide_post(rows()[2], by=moderator, reason="names a patient", at=AT)
    report = bring(a_topic(1, a_post(1, version=2), a_post(2, cooked="<p>Back again?</p>"), a_post(4, cooked="<p>Late.</p>")))
    after = rows()
    assert (after[2].state, after[2].removal_reason) == ("hidden", "names a patient")
    assert (after[4].pk, after[4].body, after[4].parent_number) == (here.pk, "Written here.", 2)
    assert after[3].state == "gap"
    assert report["changes"]["posts_kept_as_they_are_here"] == 2
    topic.refresh_from_db()
    assert (topic.last_number, topic.activity.last_author) == (4, member)


def test_a_topic_that_the_archive_hides_later_goes_off_the_page(bring, client):
    bring(a_topic(1, a_post(1)))
    report = bring(a_topic(1, a_post(1), visible=False))
    assert report["changes"]["topics_hidden"] == 1
    assert client.get(Topic.objects.get().get_absolute_url()).status_code == 404


def test_one_bad_file_is_named_and_the_rest_goes_in(tmp_path, bring):
    path = folder_of(tmp_path / "archive", *(a_topic(number, a_post(1)) for number in (1, 2, 3)))
    (path / "topics" / "broken.4.json").write_text('{"id": 4, "post_stream": ')
    (path / "topics" / "list.5.json").write_text("[]")
    (path / "topics" / "deep.6.json").write_text("[" * 100_000)
    (path / "topics" / "other.7.json").write_text('{"about": {}}')
    (path / "topics" / "latin.8.json").write_bytes(b'{"id": "\xe9"}')
    (path / "topics" / "half.9.json").write_text(json.dumps(a_topic(9, a_post(1), a_post(2, cooked=None))))
    (path / "topics" / "far.10.json").write_text(json.dumps(a_topic(10, a_post(1), a_post(2_000_000_000))))
    (path / "topics" / "dated.11.json").write_text(json.dumps(a_topic(11, a_post(1, created_at="yesterday"))))
    (path / "topics" / "linked.12.json").symlink_to("/etc/hostname")
    words = " ".join(f"w{number:07}" for number in range(110_000))
    (path / "topics" / "long.13.json").write_text(json.dumps(a_topic(13, a_post(1, cooked=words, username="onlyhere"))))
    report = bring(path=path)
    assert report["topics"] == 3
    names = [error.split(":")[0] for error in report["errors"]]
    stems = "broken.4 dated.11 deep.6 far.10 half.9 latin.8 linked.12 list.5 long.13 other.7"
    assert sorted(names) == sorted(f"topics/{stem}.json" for stem in stems.split())
    assert Topic.objects.count() == 3
    assert not User.objects.filter(display_name="onlyhere").exists()


def a_file(topic: dict) -> tuple[str, bytes]:
    return f"topics/{topic['slug']}.{topic['id']}.json", json.dumps(topic).encode()


@pytest.mark.parametrize("kind", ["tar.xz", "tar.gz", "tar", "zip", "folder"])
def test_every_form_of_archive_gives_the_same(tmp_path, bring, kind):
    topics = [a_topic(number, a_post(1), a_post(2, reply_to_post_number=1)) for number in (1, 2)]
    if kind == "folder":
        path = folder_of(tmp_path / "x", *topics)
    elif kind == "zip":
        path = zip_of(tmp_path / "x.zip", *map(a_file, topics))
    else:
        mode = {"tar.xz": "w:xz", "tar.gz": "w:gz", "tar": "w"}[kind]
        path = tar_of(tmp_path / f"x.{kind}", mode, *map(a_file, topics))
    report = bring(path=path, options=())
    assert (report["topics"], report["posts"], report["replies"], report["host"]) == (2, 4, 2, HOST)


@pytest.mark.parametrize(("name", "mode"), [("x.tar.xz", "w:xz"), ("x.tar.gz", "w:gz")])
def test_a_truncated_archive_is_told_and_what_came_before_is_in(tmp_path, bring, name, mode):
    # noise, so that compression leaves the files apart
    topics = [
        a_topic(number, a_post(1, cooked="".join(chr(33 + (i * i * number) % 9000) for i in range(60_000))))
        for number in range(1, 41)
    ]
    path = tar_of(tmp_path / name, mode, *map(a_file, topics))
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 2 // 3])
    report = bring(path=path, broken=True)
    assert 0 < report["topics"] < 40
    assert report["topics"] == Topic.objects.count() == TopicActivity.objects.count()
    assert "damaged or ends early" in report["errors"][0]


def test_what_is_no_archive_is_refused(tmp_path):
    for content in (b"", b"plain words", b"PK\x03\x04 but no more", lzma.compress(b"no tar"), gzip.compress(b"no tar")):
        path = tmp_path / "x.tar.xz"
        path.write_bytes(content)
        with pytest.raises(CommandError):
            call_command("import_discourse", str(path))
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("import_discourse", str(tmp_path / "absent.zip"))
    with pytest.raises(CommandError, match="no host name"):
        call_command("import_discourse", str(tmp_path), "--host", "https://example.org/")


def test_names_that_lead_out_links_and_bombs_are_named(tmp_path, bring, monkeypatch):
    monkeypatch.setattr("forum.imports.archives.MEMBER_MAX", 200_000)
    fine = a_file(a_topic(1, a_post(1)))
    bomb = ("topics/bomb.2.json", b" " * 50_000_000)
    out = ("../../outside.3.json", a_file(a_topic(3, a_post(1)))[1])
    for path in (zip_of(tmp_path / "x.zip", bomb, out, fine), tar_of(tmp_path / "x.tar.gz", "w:gz", bomb, out, fine)):
        assert path.stat().st_size < 200_000
        report = bring(path=path)
        assert report["topics"] == 1
        assert [error.split(": ")[1] for error in report["errors"]] == [
            "it is larger than 64 MB",
            "its name leads out of the archive",
        ]
    assert not (tmp_path.parent / "outside.3.json").exists()


def test_old_addresses_lead_here(bring, client):
    bring(a_topic(41, *(a_post(number) for number in range(1, 31) if number != 25)))
    topic = Topic.objects.get()
    assert client.get("/t/topic-of-number-41/41")["Location"] == topic.get_absolute_url()
    for number in (2, 24, 25, 30):
        response = client.get(f"/t/topic-of-number-41/41/{number}", follow=True)
        assert response.status_code == 200
    assert 'id="p30"' in client.get("/t/topic-of-number-41/41/30", follow=True).content.decode()
    assert client.get("/t/topic-of-number-41/42/1").status_code == 404


def test_links_and_quotes_lead_here_whichever_came_first(bring, client):
    def linking(number: int, other: int) -> dict:
        cooked = (
            f'<p><a href="https://{HOST}/t/topic-of-number-{other}/{other}/2?u=x">old</a> <a href="/t/{other}">short</a>'
            f' <a href="http://{HOST}/t/gone/999/3">gone</a> <a href="https://elsewhere.example/t/x/{other}">else</a></p>'
            f'<aside class="quote" data-username="ada" data-post="2" data-topic="{other}"><div class="title">ada:</div>'
            f"<blockquote><p>Words.</p></blockquote></aside>"
        )
        return a_topic(number, a_post(1, cooked=cooked), a_post(2))

    bring(linking(1, 2))
    assert f"https://{HOST}/t/topic-of-number-2/2/2" in rows(1)[1].html
    report = bring(linking(1, 2), linking(2, 1))
    assert report["changes"]["posts_with_links_led_here"] == 1
    for here, there in ((1, 2), (2, 1)):
        topic = ImportedTopic.objects.get(source_id=there).topic
        html = rows(here)[1].html
        assert html.count(f'href="{rows(there)[2].get_absolute_url()}"') == 2
        assert f'href="{topic.get_absolute_url()}"' in html
        assert f'href="http://{HOST}/t/gone/999/3"' in html
        assert f'href="https://elsewhere.example/t/x/{there}"' in html
    assert client.get(rows(2)[2].get_absolute_url(), follow=True).status_code == 200


def test_a_category_is_named_and_closed_where_the_archive_tells(tmp_path, bring):
    path = folder_of(tmp_path / "archive", a_topic(1, a_post(1), category_id=5), a_topic(2, a_post(1), category_id=6))
    listed = [{"id": 5, "name": "Support"}, {"id": 6, "name": "Board", "read_restricted": True}]
    (path / "categories.json").write_text(json.dumps({"category_list": {"categories": listed}}))
    bring(path=path)
    told = {category.name: category.access for category in Category.objects.all()}
    assert told == {"Support": "public", "Board": "group"}
    assert Category.objects.get(name="Board").group.members.count() == 0
    bring(a_topic(3, a_post(1), category_id=7), options=("--host", HOST, "--access", "members"))
    assert Category.objects.get(name="Category 7").access == "members"


def test_a_later_import_shuts_what_stood_open_and_opens_nothing(tmp_path, bring):
    path = folder_of(tmp_path / "archive", *(a_topic(number, a_post(1), category_id=number) for number in (5, 6, 7)))
    bring(path=path)
    ours = GroupFactory(name="The board of this place")
    Category.objects.filter(slug__endswith="-6").update(access="group", group=ours)
    Category.objects.filter(slug__endswith="-7").update(access="members")
    listed = [{"id": number, "name": f"Room {number}", "read_restricted": True} for number in (5, 6, 7)]
    (path / "categories.json").write_text(json.dumps({"category_list": {"categories": listed}}))
    bring(path=path)
    told = {category.name: (category.access, str(category.group or "")) for category in Category.objects.all()}
    assert told == {
        "Room 5": ("group", "Room 5"),
        "Room 6": ("group", "The board of this place"),
        "Room 7": ("members", ""),
    }


def test_two_forums_do_not_mix(bring):
    bring(a_topic(1, a_post(1)))
    bring(a_topic(1, a_post(1)), options=("--host", "other.example.net"))
    assert (Topic.objects.count(), Category.objects.count(), User.objects.count()) == (2, 2, 2)


def test_a_topic_of_five_thousand_posts(bring):
    report = bring(
        a_topic(1, *(a_post(number, reply_to_post_number=number - 1 if number % 7 else None) for number in range(1, 5001)))
    )
    assert (report["posts"], report["replies"]) == (5000, 5000 - 5000 // 7 - 1)
    assert Topic.objects.get().last_number == 5000
    assert rows()[5000].depth == 5000 - 4998 // 7 * 7


def test_progress_is_told_on_stderr_when_asked(tmp_path):
    told = io.StringIO()
    path = folder_of(tmp_path / "archive", a_topic(1, a_post(1)))
    call_command("import_discourse", str(path), verbosity=2, stderr=told, stdout=io.StringIO())
    assert "100%" in told.getvalue()
    assert "s left" in told.getvalue()
