"""Changing a post: for how long, with which reason, what stays of it; what moderators do with its history."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.urls import reverse

from common.models import AuditDetail
from forum.actions.editing import edit_post
from forum.actions.errors import EditedMeanwhile, ReasonMissing, RevisionGone
from forum.actions.history import restore_revision, take_revision_away
from forum.actions.posts import reply_to_topic
from forum.actions.reactions import react
from forum.effects import PutBack
from forum.models import Post, Revision
from forum.notices import PutBack as PutBackNotice
from forum.readers.versions import history_of
from notifications.models import Event, Notice
from tests.accounts.factories import UserFactory
from tests.forum.factories import AT, PersonaFactory, PostFactory, TopicFactory

pytestmark = pytest.mark.django_db
SOON, LATER = AT + timedelta(minutes=5), AT + timedelta(hours=1)


@pytest.fixture
def moderator():
    return UserFactory(moderator=True)


def changed(post: Post, *bodies: str) -> Post:
    for step, body in enumerate(bodies, start=1):
        post = edit_post(post, by=post.author, body=body, note=f"Change {step}", at=LATER + timedelta(minutes=step))
    return post


def page_of(client, post: Post) -> str:
    return client.get(reverse("forum:topic_in_time", args=[post.topic_id, post.topic.slug])).content.decode()


def test_a_slip_that_is_mended_at_once_is_kept_but_not_marked(client):
    post = PostFactory(body="Teh exam.")
    edited = edit_post(post, by=post.author, body="The exam.", at=SOON)
    assert edited.changed_quietly
    assert Revision.objects.get().body == "Teh exam.", "nothing is lost all the same"
    assert "Changed " not in page_of(client, post)
    again = edit_post(post, by=post.author, body="The exam, then.", note="Said more", at=LATER)
    assert not again.changed_quietly
    assert "Changed " in page_of(client, post)


def test_once_others_may_have_read_it_a_reason_is_asked(client, settings):
    def quiet(post: Post, at=SOON) -> bool:
        try:
            return edit_post(post, by=post.author, body="Other words.", at=at).changed_quietly
        except ReasonMissing:
            return False

    answered, liked, old = PostFactory(), PostFactory(), PostFactory()
    reply_to_topic(answered.topic, by=UserFactory(member=True), body="So?", at=SOON)
    react(liked, by=UserFactory(member=True), kind="agree", at=SOON)
    assert not quiet(answered)
    assert not quiet(liked)
    assert not quiet(old, at=LATER)
    settings.EDIT_QUIET_MINUTES = 0
    assert not quiet(PostFactory())


def test_after_its_days_a_post_stays_as_it_is(client, settings):
    settings.EDIT_DAYS = 30
    post = PostFactory()
    edit_post(post, by=post.author, body="In time.", note="x", at=AT + timedelta(days=29))
    with pytest.raises(PermissionDenied, match="30 days"):
        edit_post(post, by=post.author, body="Too late.", note="x", at=AT + timedelta(days=30))
    settings.EDIT_DAYS = 1
    client.force_login(post.author)
    assert reverse("forum:edit", args=[post.topic_id, post.number]) not in page_of(client, post)
    answer = client.get(reverse("forum:edit", args=[post.topic_id, post.number]))
    assert answer.status_code == 403
    assert "ask a moderator" in answer.content.decode()


def test_the_form_tells_the_limits_before_and_the_missing_reason_beside_its_field(client, settings):
    settings.EDIT_DAYS = 36_500
    post = PostFactory(body="Old words.")
    client.force_login(post.author)
    url = reverse("forum:edit", args=[post.topic_id, post.number])
    page = client.get(url).content.decode()
    assert "You can change it until" in page
    assert "(optional)" not in page
    page = client.post(url, {"body": "New words.", "note": " ", "revision": 1}).content.decode()
    assert "Say in one line what you changed" in page
    assert "New words." in page
    assert Post.objects.get(pk=post.pk).body == "Old words."


def test_of_two_changes_at_once_the_second_is_shown_the_first_beside_its_own(client):
    post = PostFactory(body="Forty hours.")
    client.force_login(post.author)
    url = reverse("forum:edit", args=[post.topic_id, post.number])
    changed(post, "Fifty hours.")
    page = client.post(url, {"body": "Sixty hours.", "note": "counted", "revision": 1}).content.decode()
    assert "changed in another window" in page
    assert '<pre class="diff mt2">Fifty hours.</pre>' in page
    assert "Sixty hours.</textarea>" in page
    assert 'name="revision" value="2"' in page, "saved once more it replaces the other, knowingly"
    assert client.post(url, {"body": "Sixty hours.", "note": "counted", "revision": 2}).status_code == 302
    assert list(Revision.objects.order_by("number").values_list("body", flat=True)) == ["Forty hours.", "Fifty hours."]


def test_a_moderator_puts_a_version_back_and_everybody_can_follow_it(moderator):
    post = changed(PostFactory(body="One **word**."), "Two.", "Three.")
    restored = restore_revision(post, by=moderator, number=1, reason="It named a practice.", at=LATER + timedelta(days=1))
    assert (restored.body, restored.revision) == ("One **word**.", 4)
    assert restored.html == "<p>One <strong>word</strong>.</p>\n"
    kept = Revision.objects.get(post=post, number=3)
    assert (kept.body, kept.author) == ("Three.", moderator)
    assert kept.note == "Version 1 put back by a moderator: It named a practice."
    history = history_of(restored)
    assert [change.who for change in history.changes] == ["a moderator", str(post.author), str(post.author)]
    assert AuditDetail.objects.get(entry__verb="post.put_back").details == {"version": 1, "reason": "It named a practice."}


def test_its_author_is_told_why(moderator):
    post = changed(PostFactory(body="One."), "Two.")
    restore_revision(post, by=moderator, number=1, reason="It named a practice.", at=LATER + timedelta(days=1))
    event = Event.objects.get(kind="forum.put_back")
    assert [told.user_id for told in PutBack().people(event, after=0, limit=5)] == [post.author_id]
    assert not PutBack().people(event, after=post.author_id, limit=5)
    notice = Notice(user=post.author, event=event, kind="forum.put_back", key="x", at=LATER, pk=1)
    kind = PutBackNotice()
    assert "put back an earlier version" in kind.render(post.author, [notice], LATER)[1].sentence
    assert "It named a practice." in kind.letter(post.author, notice, LATER).text


def test_nobody_is_told_where_a_pseudonym_wrote(moderator):
    post = PostFactory(author=None, persona=PersonaFactory(), body="Two.", revision=2, edited_at=LATER)
    Revision.objects.create(post=post, number=1, persona=post.persona, body="One.", source_format="markdown", at=LATER)
    assert restore_revision(post, by=moderator, number=1, reason="So.", at=LATER).body == "One."
    assert not PutBack().people(Event.objects.get(kind="forum.put_back"), after=0, limit=5)


def test_an_imported_version_comes_back_as_it_was(moderator):
    post = PostFactory(source_format="html", body="<p>Old <em>words</em></p>", html="<p>Old <em>words</em></p>")
    post = changed(post, "New words.")
    restored = restore_revision(post, by=moderator, number=1, reason="So.", at=LATER + timedelta(days=1))
    assert (restored.source_format, restored.html) == ("html", "<p>Old <em>words</em></p>")


def test_what_history_refuses(moderator):
    post = changed(PostFactory(body="One."), "Two.")
    own = changed(PostFactory(author=moderator), "Changed.")
    for act in (restore_revision, take_revision_away):
        with pytest.raises(ReasonMissing):
            act(post, by=moderator, number=1, reason=" ", at=LATER)
        with pytest.raises(RevisionGone):
            act(post, by=moderator, number=2, reason="So.", at=LATER)
        for by, about in ((post.author, post), (UserFactory(member=True), post), (moderator, own)):
            with pytest.raises(PermissionDenied):
                act(about, by=by, number=1, reason="So.", at=LATER)
    with pytest.raises(EditedMeanwhile):
        restore_revision(post, by=moderator, number=1, reason="So.", at=LATER, seen_revision=1)


def test_a_version_s_text_is_taken_away_for_good_wherever_it_was_repeated(client, moderator):
    post = changed(PostFactory(body="One."), "Two, and Mrs Zebulon.", "Three.")
    take_revision_away(post, by=moderator, number=2, reason="A patient was named.", at=LATER)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM forum_revision r WHERE r::text LIKE '%Zebulon%'")
        assert cursor.fetchone()[0] == 0
    revision = Revision.objects.get(post=post, number=2)
    assert (revision.body, revision.diff, revision.note, revision.removed_by) == ("", "", "", moderator)
    assert AuditDetail.objects.get(entry__verb="post.version_taken_away").details["version"] == 2
    client.force_login(UserFactory(member=True))
    page = client.get(reverse("forum:history", args=[post.topic_id, post.number])).content.decode()
    assert page.count("A patient was named.") == 2
    assert "One." not in page, "what became of it cannot be told any more"
    with pytest.raises(RevisionGone):
        restore_revision(post, by=moderator, number=2, reason="So.", at=LATER)


@pytest.mark.parametrize(
    "change",
    [{"body": "Other."}, {"body": ""}, {"note": "Other."}, {"note": ""}, {"diff": "+Other."}, {"number": 5}, {"at": SOON}],
)
def test_the_database_lets_nothing_else_happen_to_a_version(change):
    post = changed(PostFactory(body="One."), "Two.")
    with pytest.raises(DatabaseError, match="insert-only"), transaction.atomic():
        Revision.objects.filter(post=post).update(**change)


def test_a_version_taken_away_says_by_whom_and_why_and_stays_so(moderator):
    post = changed(PostFactory(body="One."), "Two.")
    with pytest.raises(IntegrityError, match="removed_revision_says"), transaction.atomic():
        Revision.objects.filter(post=post).update(removed_at=SOON, removed_by=moderator, removal_reason="So.")
    take_revision_away(post, by=moderator, number=1, reason="So.", at=LATER)
    with pytest.raises(DatabaseError, match="insert-only"), transaction.atomic():
        Revision.objects.filter(post=post).update(removal_reason="Otherwise.")


def test_two_versions_are_compared_and_a_moderator_acts_from_the_page(client, moderator):
    post = changed(PostFactory(body="One fish."), "Two fish.", "Three fish.")
    url = reverse("forum:history", args=[post.topic_id, post.number])
    client.force_login(UserFactory(member=True))
    page = client.get(url).content.decode()
    assert "Put version 1 back" not in page
    page = client.get(f"{url}?from=3&to=1").content.decode()
    assert "Version 1 and version 3" in page
    assert "One" in page
    assert "Two" not in page
    for query in ("?from=0", "?from=9", "?from=1&to=4"):
        assert client.get(url + query).status_code == 404
    assert client.get(f"{url}1/restore/").status_code == client.get(f"{url}1/take-away/").status_code == 403
    client.force_login(moderator)
    assert f"{url}1/restore/" in client.get(url).content.decode()
    assert "Say in one line why" in client.post(f"{url}1/restore/", {"reason": "", "revision": 3}).content.decode()
    assert "changed since you looked" in client.post(f"{url}1/restore/", {"reason": "So.", "revision": 2}).content.decode()
    assert client.post(f"{url}1/restore/", {"reason": "So.", "revision": 3}).status_code == 302
    assert Post.objects.get(pk=post.pk).body == "One fish."
    assert "Two fish." in client.get(f"{url}2/take-away/").content.decode()
    assert client.post(f"{url}2/take-away/", {"reason": "So.", "revision": 4}).status_code == 302
    assert client.get(f"{url}2/restore/").status_code == client.get(f"{url}4/restore/").status_code == 404
    assert "Fish" not in client.get(f"{url}?from=2&to=3").content.decode()


def test_a_long_history_is_read_in_pages(client):
    topic = TopicFactory()
    post = changed(PostFactory(topic=topic, body="0."), *(f"{number}." for number in range(1, 14)))
    client.force_login(post.author)
    url = reverse("forum:history", args=[post.topic_id, post.number])
    page = client.get(url).content.decode()
    assert page.count("Version ") == 10
    assert "?below=4" in page
    page = client.get(f"{url}?below=4").content.decode()
    assert page.count("became") == 3
    assert "?below=" not in page
