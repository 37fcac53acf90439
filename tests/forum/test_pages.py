"""Every page answers, to whom it should, with what it should."""

import re

import pytest
from django.urls import reverse

from forum import permissions
from forum.actions.posts import reply_to_topic
from forum.models import Post, Topic
from tests.accounts.factories import FactsFactory, GroupFactory, UserFactory
from tests.forum.factories import AT, CategoryFactory, PersonaFactory, PostFactory, TopicFactory

pytestmark = pytest.mark.django_db


def in_time(topic: Topic, page: int = 1) -> str:
    return reverse("forum:topic_in_time", args=[topic.pk, topic.slug]) + f"?page={page}"


@pytest.fixture
def member():
    return FactsFactory(user__display_name="Maren Ashdowne").user


def test_the_forum_lists_categories_with_what_was_last_written_in(client, signed_in):
    topic, closed = TopicFactory(), TopicFactory(members_only=True)
    page = signed_in.get(reverse("forum:index")).content.decode()
    assert topic.title in page
    assert closed.title in page
    client.logout()
    page = client.get(reverse("forum:index")).content.decode()
    assert topic.title in page
    assert closed.title not in page
    assert closed.category.name not in page


def test_an_empty_category_says_what_to_do(client, signed_in):
    category = CategoryFactory()
    url = reverse("forum:category", args=[category.slug])
    assert "Start the first topic" in signed_in.get(url).content.decode()
    assert "Every topic has an answer" in signed_in.get(url + "?order=unanswered").content.decode()
    client.logout()
    page = client.get(url).content.decode()
    assert "Sign in to take part" in page
    assert "New topic" not in page


def test_a_topic_is_begun_from_the_forum_s_front_in_a_category_where_one_may(client, signed_in, member):
    here, closed, asked = CategoryFactory(), CategoryFactory(private=True), reverse("forum:start_somewhere")
    of_others = CategoryFactory(start_group=GroupFactory())
    assert asked in signed_in.get(reverse("forum:index")).content.decode()
    assert asked in signed_in.get(reverse("forum:latest")).content.decode()
    page = signed_in.get(asked).content.decode()
    assert reverse("forum:start", args=[here.slug]) in page
    assert closed.name not in page
    assert of_others.name not in page
    client.logout()
    assert asked not in client.get(reverse("forum:index")).content.decode()
    assert client.get(asked).status_code == 302


def test_whoever_may_not_write_is_told_why_where_topics_begin(client):
    reader, category = UserFactory(), CategoryFactory()
    client.force_login(reader)
    page = client.get(reverse("forum:start_somewhere")).content.decode()
    assert "You cannot start a topic" in page
    assert permissions.can_take_part(reader).reason in page
    assert category.name not in page


@pytest.mark.parametrize("query", ["?order=worst", "?before=nonsense", "?before=WzEsMl0x", "?after=WyJhIiwiYiJd"])
def test_a_category_s_address_that_was_bent_is_not_found(client, query):
    assert client.get(reverse("forum:category", args=[CategoryFactory().slug]) + query).status_code == 404


def test_a_topic_is_read_in_both_faces_by_a_visitor(client):
    topic = TopicFactory(title="Exam or portfolio?", body="I sat **both**.")
    PostFactory(topic=topic, body="And then?", parent=topic.posts.get())
    for url in (topic.get_absolute_url(), in_time(topic)):
        page = client.get(url).content.decode()
        assert "<strong>both</strong>" in page
        assert "And then?" in page
        assert "Sign in to reply" in page
        assert "csrfmiddlewaretoken" not in page, "a visitor's page can be the same for everybody"


def test_another_slug_leads_to_the_right_one(client):
    topic = TopicFactory()
    response = client.get(reverse("forum:topic", args=[topic.pk, "wrong"]))
    assert (response.status_code, response["Location"]) == (301, topic.get_absolute_url())


def test_a_post_s_address_leads_to_its_page(client):
    topic = TopicFactory()
    PostFactory.create_batch(40, topic=topic)
    assert client.get(reverse("forum:post", args=[topic.pk, 41]))["Location"].endswith("/in-time/?page=3#p41")
    assert client.get(reverse("forum:post", args=[topic.pk, 20]))["Location"].endswith("/in-time/#p20")
    for number in (0, 42, 10**12):
        assert client.get(reverse("forum:post", args=[topic.pk, number])).status_code == 404


def test_a_member_starts_a_topic_and_lands_on_it(signed_in, member):
    category = CategoryFactory()
    url = reverse("forum:start", args=[category.slug])
    key = signed_in.get(url).context["form"].initial["key"]
    sent = {"title": "What would you drop?", "body": "From *your* week.", "key": key}
    for _ in range(2):  # a second thumb
        response = signed_in.post(url, sent, follow=True)
        assert "What would you drop?" in response.content.decode()
    topic = Topic.objects.get()
    assert (topic.author, topic.category, topic.posts.get().body) == (member, category, "From *your* week.")


def test_a_member_replies_to_a_post_and_lands_on_the_reply(signed_in, member):
    topic = TopicFactory()
    url = reverse("forum:reply", args=[topic.pk])
    response = signed_in.post(url, {"body": "It was the **work**.", "to": 1})
    assert response["Location"].endswith("/in-time/#p2")
    post = topic.posts.get(number=2)
    assert (post.parent_number, post.author) == (1, member)
    assert "Practice manager, Wales, 5,000–9,999" in signed_in.get(in_time(topic)).content.decode()


def test_a_quotation_stands_in_the_form_without_script(signed_in):
    author = UserFactory(member=True, display_name="Del [x](y) Boy")
    topic = TopicFactory(author=author, body="One line.\n\nAnother.")
    page = signed_in.get(reverse("forum:reply", args=[topic.pk]) + "?quote=1")
    body = page.context["form"].initial["body"]
    assert body.endswith("> One line.\n>\n> Another.\n\n")
    assert page.context["form"].initial["to"] == 1
    post = reply_to_topic(topic, by=UserFactory(member=True), body=body + "Quite so.", at=AT)
    assert f'href="/forum/topics/{topic.pk}/posts/1/#p1"' in post.html
    assert "Del [x](y) Boy, #1" in post.html


@pytest.mark.parametrize("name", ["start", "reply"])
def test_preview_shows_and_keeps_nothing(signed_in, name):
    topic = TopicFactory()
    url = reverse("forum:start", args=[topic.category.slug]) if name == "start" else reverse("forum:reply", args=[topic.pk])
    page = signed_in.post(url, {"title": "A fine title", "body": "Now *look* here.", "preview": "1"}).content.decode()
    assert "<em>look</em>" in page
    assert "Now *look* here." in page
    assert Post.objects.count() == 1


def test_preview_as_a_part(signed_in):
    page = signed_in.post(
        reverse("forum:preview"), {"body": "Now *look*<script>alert(1)</script>"}, headers={"HX-Request": "true"}
    )
    assert "<em>look</em>" in page.content.decode()
    assert "<script>" not in page.content.decode()


@pytest.mark.parametrize("body", ["", "x" * 20_001, "a\0b"])
def test_a_text_that_cannot_be_stored_comes_back_with_the_reason(signed_in, body):
    topic = TopicFactory()
    page = signed_in.post(reverse("forum:reply", args=[topic.pk]), {"body": body})
    assert page.status_code == 200
    assert "One thing before you go on" in page.content.decode()
    assert Post.objects.count() == 1


def test_a_locked_topic_says_why(signed_in):
    topic = TopicFactory(locked=True)
    page = signed_in.get(topic.get_absolute_url()).content.decode()
    assert "This topic is locked: It went round in circles." in page
    assert 'id="composer"' not in page
    assert signed_in.post(reverse("forum:reply", args=[topic.pk]), {"body": "But!"}).status_code == 403


def test_what_was_written_is_kept_when_the_topic_is_locked_meanwhile(signed_in, monkeypatch):
    """The lock falls between the rule and the act: the form comes back with the text, and a draft is kept."""
    topic = TopicFactory()
    hidden = PostFactory(topic=topic, hidden=True)
    page = signed_in.post(reverse("forum:reply", args=[topic.pk]), {"body": "My long answer.", "to": hidden.number})
    assert "is not there any more" in page.content.decode()
    assert "My long answer." in page.content.decode()
    assert "My long answer." in signed_in.get(topic.get_absolute_url()).content.decode()


@pytest.mark.parametrize("trait", ["hidden", "withdrawn"])
def test_a_tombstone_keeps_its_number_and_not_its_words(signed_in, trait):
    topic = TopicFactory()
    post = PostFactory(topic=topic, body="Unsayable.", **{trait: True})
    for url in (topic.get_absolute_url(), in_time(topic), reverse("forum:post_part", args=[topic.pk, post.number])):
        page = signed_in.get(url).content.decode()
        assert "#2</a> was" in page
        assert "Unsayable" not in page
    for name in ("raw", "history", "edit"):
        assert signed_in.get(reverse(f"forum:{name}", args=[topic.pk, post.number])).status_code == 404


@pytest.mark.parametrize("reason", ["It named a patient.", "It named a patient"])
def test_a_reason_ends_in_one_full_stop(signed_in, reason):
    post = PostFactory(topic=TopicFactory(), hidden=True)
    Post.objects.filter(pk=post.pk).update(removal_reason=reason)
    assert f"<em>{reason}</em>{'.' if reason[-1] != '.' else ''}</span>" in signed_in.get(in_time(post.topic)).content.decode()


def test_a_pseudonym_has_no_link_and_no_initials(client):
    persona = PersonaFactory(label="Harbour Road")
    PostFactory(topic=persona.topic, author=None, persona=persona)
    page = client.get(in_time(persona.topic)).content.decode()
    assert "Harbour Road</b>" in page
    assert ">HR<" not in page
    assert "Pseudonym in this topic" in page


def test_new_posts_stand_out_once_somebody_has_been_here(signed_in):
    topic = TopicFactory()
    PostFactory.create_batch(3, topic=topic)
    assert "New since" not in signed_in.get(in_time(topic)).content.decode(), "a first visit has no last one"
    signed_in.post(reverse("forum:read", args=[topic.pk]), {"number": 2})
    page = signed_in.get(in_time(topic)).content.decode()
    assert page.count("New since you were last here") == 1
    assert page.count('class="post new"') == 2
    assert "Jump to first unread, #3" in page


@pytest.mark.parametrize("face", ["conversations", "time"])
def test_without_script_a_reaction_leads_back_to_the_face_it_was_given_in(signed_in, face):
    post = PostFactory(topic=TopicFactory())
    page = signed_in.get(post.topic.get_absolute_url() if face == "conversations" else in_time(post.topic)).content.decode()
    told = re.search(r'<form id="r".*?name="face" value="(\w+)"', page)[1]
    url = reverse("forum:react", args=[post.topic_id])
    answer = signed_in.post(url, {"say": f"agree:{post.number}", "face": told})
    assert ("/in-time/" in answer["Location"]) is (face == "time")
    assert answer["Location"].endswith("#p2")


@pytest.mark.parametrize("face", ["conversations", "time"])
def test_an_answer_leads_back_to_the_face_it_was_written_in(signed_in, face):
    topic = TopicFactory()
    page = signed_in.get(topic.get_absolute_url() if face == "conversations" else in_time(topic)).content.decode()
    told = re.search(r'<form class="composer".*?name="face" value="(\w+)"', page, re.DOTALL)[1]
    url = reverse("forum:reply", args=[topic.pk])
    asked = signed_in.post(url, {"body": "Born 3 April 1985, like her.", "face": told})
    assert f'name="face" value="{told}"' in asked.content.decode(), "the question in between forgets nothing"
    answer = signed_in.post(url, {"body": "I agree.", "to": 1, "face": told})
    assert answer["Location"] == f"{topic.get_absolute_url()}{'' if face == 'conversations' else 'in-time/'}#p2"


def test_whoever_chose_conversations_stays_in_them_whatever_they_do(signed_in, member):
    topic = TopicFactory(author=member, kind="question")
    reply = PostFactory(topic=topic, author=member, parent=topic.posts.get())
    signed_in.post(reverse("forum:face", args=[topic.pk]), {"face": "conversations"})
    there, at = f"{topic.get_absolute_url()}#p2", [topic.pk, reply.number]
    assert signed_in.get(reverse("forum:post", args=at))["Location"] == there
    assert signed_in.post(reverse("forum:accept", args=at))["Location"] == there
    sent = {"body": "Other words.", "note": "put right", "revision": 1}
    assert signed_in.post(reverse("forum:edit", args=at), sent)["Location"] == there
    assert signed_in.post(reverse("forum:withdraw", args=at))["Location"] == there


def test_a_reaction_is_toggled_and_only_the_foot_comes_back(signed_in):
    post = PostFactory()
    url = reverse("forum:react", args=[post.topic_id])
    foot = signed_in.post(url, {"say": "agree:2"}, headers={"HX-Request": "true"}).content.decode()
    assert foot.lstrip().startswith("<footer")
    assert 'value="agree:2" aria-pressed="true"' in foot
    assert signed_in.post(url, {"say": "agree:2"})["Location"].endswith("#p2")
    post.refresh_from_db()
    assert post.agree_count == 0
    for odd in ("love:2", "agree:9", "agree:0", "agree:²", "agree:", "agree", "agree:" + "9" * 20, ""):
        assert signed_in.post(url, {"say": odd}).status_code == 404, odd


def test_an_edit_shows_its_history(client, signed_in, member):
    post = PostFactory(author=member, body="Fifty hours.\nOr so.")
    url = reverse("forum:edit", args=[post.topic_id, post.number])
    sent = {"body": "Sixty hours.\nOr so.", "note": "counted again", "revision": 1}
    assert signed_in.post(url, sent).status_code == 302
    page = signed_in.get(reverse("forum:history", args=[post.topic_id, post.number])).content.decode()
    assert '<del><span class="sr"> [taken out: </span>Fifty<' in page
    assert '<ins><span class="sr"> [put in: </span>Sixty<' in page
    assert "counted again" in page
    assert "changed in another window" in signed_in.post(url, {**sent, "body": "Seventy."}).content.decode()
    assert "Changed " in client.get(in_time(post.topic)).content.decode()


def test_a_post_is_taken_back_after_a_question(signed_in, member):
    post = PostFactory(author=member)
    url = reverse("forum:withdraw", args=[post.topic_id, post.number])
    assert "cannot be undone" in signed_in.get(url).content.decode()
    assert Post.objects.get(pk=post.pk).state == "published"
    signed_in.post(url)
    assert Post.objects.get(pk=post.pk).state == "withdrawn"


def test_a_moderator_hides_locks_and_unlocks(client):
    client.force_login(UserFactory(moderator=True))
    post = PostFactory()
    topic = post.topic
    hide = {"acts": ["hide"], "reason": "names a patient"}
    assert client.post(reverse("moderation:act_on_post", args=[topic.pk, 2]), hide).status_code == 302
    assert "names a patient" in client.get(in_time(topic)).content.decode()
    on_topic = reverse("moderation:act_on_topic", args=[topic.pk])
    assert client.post(on_topic, {"acts": ["lock"], "reason": "Settled."}).status_code == 302
    assert "Settled." in client.get(topic.get_absolute_url()).content.decode()
    client.post(reverse("forum:unlock", args=[topic.pk]))
    assert "This topic is locked: Settled." not in client.get(topic.get_absolute_url()).content.decode()
    client.post(on_topic, {"acts": ["hide_topic"], "reason": "Spam."})
    client.logout()
    assert client.get(topic.get_absolute_url()).status_code == 404


def test_how_one_follows_is_kept_and_says_why(signed_in):
    topic = TopicFactory()
    signed_in.post(reverse("forum:follow", args=[topic.pk]), {"level": "watching"})
    page = signed_in.get(topic.get_absolute_url()).content.decode()
    assert '<option value="watching" selected>' in page
    assert "You chose it." in page
    assert signed_in.post(reverse("forum:follow", args=[topic.pk]), {"level": "staring"}).status_code == 404


def test_twenty_posts_weigh_no_more_than_60_kb(signed_in):
    topic = TopicFactory(body=WORDS)
    for _ in range(19):
        PostFactory(topic=topic, body=WORDS)
    page = signed_in.get(in_time(topic)).content
    assert page.count(b'class="post"') == 20
    assert len(page) <= 60 * 1024, f"{len(page) / 1024:.1f} KB"


WORDS = "Last spring I was one of thirty managers in the portfolio pilot, so I have paid for both. " * 4
