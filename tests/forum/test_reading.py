"""What a reader does besides reading: lists, jumps, faces, who reacted, paper."""

import re
from datetime import timedelta

import pytest
from django.core.cache import caches
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.actions.showing import block_person
from forum.actions.reactions import react
from forum.actions.reading import follow_category, follow_topic, mark_topic_read
from forum.models import Post, Topic
from tests.accounts.factories import UserFactory
from tests.forum.factories import CategoryFactory, PersonaFactory, PostFactory, TopicFactory
from tests.forum.test_cost import fill
from tests.querycount import assert_queries_do_not_grow, statements

pytestmark = pytest.mark.django_db
MINE = ("unread", "new", "followed")


@pytest.fixture
def member():
    return UserFactory(member=True, display_name="Maren Ashdowne", created_at=timezone.now() - timedelta(days=90))


def titles(client, name: str) -> list[str]:
    return [row.topic.title for row in client.get(reverse(f"forum:{name}")).context["rows"]]


def ago(**spell) -> dict[str, object]:
    return {"created_at": timezone.now() - timedelta(**spell)}


def test_each_list_holds_what_it_says(signed_in, member):
    TopicFactory(title="Begun lately", **ago(days=2))
    TopicFactory(title="Begun long ago", **ago(days=40))
    opened = TopicFactory(title="Opened", **ago(days=2))
    mark_topic_read(opened, by=member, number=1, at=timezone.now())
    followed = TopicFactory(title="Followed", **ago(days=3))
    mark_topic_read(followed, by=member, number=1, at=timezone.now())
    follow_topic(followed, by=member, level="tracking")
    assert titles(signed_in, "unread") == []
    PostFactory(topic=followed, **ago(hours=1))
    assert titles(signed_in, "unread") == titles(signed_in, "followed") == ["Followed"]
    assert titles(signed_in, "new") == ["Begun lately"]
    assert titles(signed_in, "latest") == ["Followed", "Opened", "Begun lately", "Begun long ago"] or set(
        titles(signed_in, "latest")
    ) == {"Followed", "Opened", "Begun lately", "Begun long ago"}
    assert titles(signed_in, "top")[0] == "Followed"
    assert "Begun long ago" not in titles(signed_in, "top")


def test_to_a_new_account_not_everything_is_new(client):
    TopicFactory(title="Before they came", **ago(days=2))
    newcomer = UserFactory(member=True, created_at=timezone.now() - timedelta(days=1))
    TopicFactory(title="Since they came", **ago(hours=2))
    client.force_login(newcomer)
    assert titles(client, "new") == ["Since they came"]


def test_what_is_muted_is_on_no_list_but_for_what_one_follows_in_it(signed_in, member):
    category = CategoryFactory()
    follow_category(category, by=member, level="muted")
    TopicFactory(title="In a muted category", category=category, **ago(hours=3))
    kept = TopicFactory(title="Followed in it", category=category, **ago(hours=2))
    follow_topic(kept, by=member, level="watching")
    muted = TopicFactory(title="Muted itself", **ago(hours=1))
    follow_topic(muted, by=member, level="muted")
    for name in ("latest", "top"):
        assert titles(signed_in, name) == ["Followed in it"]
    home = signed_in.get(reverse("home")).content.decode()
    assert "In a muted category" not in home
    assert "Muted itself" not in home
    assert "Muted</span>" in signed_in.get(reverse("forum:category", args=[muted.category.slug])).content.decode()


def test_a_visitor_has_the_lists_that_are_for_everybody(client):
    TopicFactory(title="Open to all", **ago(hours=1))
    TopicFactory(title="For members", members_only=True, **ago(hours=1))
    for name in ("latest", "top"):
        assert titles(client, name) == ["Open to all"]
    for name in MINE:
        assert client.get(reverse(f"forum:{name}"))["Location"].startswith("/accounts/login/")
    page = client.get(reverse("forum:index")).content.decode()
    assert reverse("forum:top") in page
    assert reverse("forum:unread") not in page


@pytest.mark.parametrize("name", ["latest", "top", *MINE])
def test_a_list_costs_the_same_for_few_and_for_many(signed_in, member, name):
    def more() -> None:
        for topic in TopicFactory.create_batch(23, **ago(hours=1)):
            follow_topic(topic, by=member, level="tracking")
        PostFactory(topic=topic)

    TopicFactory(**ago(hours=2))
    assert_queries_do_not_grow(reverse(f"forum:{name}"), signed_in, add_rows=more, at_most=7 if name == "top" else 5)


def test_an_empty_list_says_what_to_do(signed_in):
    for name in ("latest", "top", *MINE):
        assert 'class="empty"' in signed_in.get(reverse(f"forum:{name}")).content.decode()
    assert signed_in.get(reverse("forum:latest") + "?before=nonsense").status_code == 404


def test_everything_is_marked_as_read_after_a_question(signed_in, member):
    topic = TopicFactory(title="Begun lately", **ago(days=1))
    assert "Count everything as read?" in signed_in.get(reverse("forum:read_all")).content.decode()
    assert titles(signed_in, "new") == ["Begun lately"]
    signed_in.post(reverse("forum:read_all"))
    assert titles(signed_in, "new") == []
    assert topic.category.name in signed_in.get(reverse("forum:category_read", args=[topic.category.slug])).content.decode()


# ——— faces ———


@pytest.fixture
def debate():
    topic = TopicFactory()
    fill(topic, 45)
    topic.refresh_from_db()
    return topic


def test_the_face_that_a_reader_chose_is_what_the_topic_s_one_address_shows(signed_in, debate):
    url = debate.get_absolute_url()
    assert signed_in.get(url).context["face"] == "conversations"
    assert signed_in.post(reverse("forum:face", args=[debate.pk]), {"face": "time"})["Location"] == url
    page = signed_in.get(url)
    assert page.context["face"] == "time"
    assert f'rel="canonical" href="http://testserver{url}"' in page.content.decode() or f'{url}">' in page.content.decode()
    assert signed_in.get(url + "?after=0").context["face"] == "conversations"
    assert signed_in.post(reverse("forum:face", args=[debate.pk]), {"face": "sideways"}).status_code == 404


def test_a_post_s_address_keeps_the_face_and_the_post_is_there(signed_in, debate):
    signed_in.post(reverse("forum:face", args=[debate.pk]), {"face": "conversations"})
    for number in (1, 2, 3, 20, 44, 45):
        there = signed_in.get(reverse("forum:post", args=[debate.pk, number]))["Location"]
        assert "in-time" not in there
        assert f'id="p{number}"' in signed_in.get(there.split("#")[0]).content.decode(), number


def test_a_post_of_a_short_topic_is_shown_in_the_whole_of_it(signed_in):
    topic = TopicFactory()
    posts = [topic.posts.get()]
    for number in range(2, 21):
        posts.append(PostFactory(topic=topic, parent=posts[-1] if number % 6 else None))
    signed_in.post(reverse("forum:face", args=[topic.pk]), {"face": "conversations"})
    for post in posts:
        there = signed_in.get(reverse("forum:post", args=[topic.pk, post.number]))["Location"]
        assert there.startswith(f"{topic.get_absolute_url()}#") is (post.depth <= 3), post.number
        assert f'id="p{post.number}"' in signed_in.get(there.split("#")[0]).content.decode(), post.number
    PostFactory(topic=topic)
    assert "?after=" in signed_in.get(reverse("forum:post", args=[topic.pk, 2]))["Location"], "one more, and it is not whole"


def test_whoever_chose_on_the_page_for_looks_has_it_too(client, debate):
    client.post(reverse("appearance"), {"scheme": "device", "face": "time", "keys": "on"})
    page = client.get(debate.get_absolute_url())
    assert page.context["face"] == "time"
    assert "forum/keys.js" in page.content.decode()
    assert "csrfmiddlewaretoken" not in page.content.decode()
    client.post(reverse("appearance"), {"scheme": "device", "face": "conversations", "keys": "off"})
    assert "forum/keys.js" not in client.get(debate.get_absolute_url()).content.decode()


# ——— jumps ———


def jump(client, topic: Topic, **asked):
    return client.get(reverse("forum:jump", args=[topic.pk]), asked)


def test_one_jumps_to_a_number_a_page_and_a_day(client, debate):
    Post.objects.filter(topic=debate, number__gt=30).update(created_at=timezone.now().replace(year=2026, month=5, day=2, hour=9))
    Post.objects.filter(topic=debate, number__lte=30).update(created_at=timezone.now().replace(year=2026, month=4, day=1, hour=9))
    assert jump(client, debate, number=45)["Location"].endswith("?page=3#p45")
    assert jump(client, debate, page=2)["Location"].endswith("?page=2#p21")
    assert jump(client, debate, on="2026-04-20")["Location"].endswith("?page=2#p31")
    assert jump(client, debate, on="2026-05-02")["Location"].endswith("?page=2#p31")
    assert jump(client, debate, on="2020-01-01")["Location"].endswith("/in-time/#p1")


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"number": 46}, "Choose one from 1 to 45."),
        ({"page": 4}, "Choose one from 1 to 3."),
        ({"page": "x"}, "Write a whole number."),
        ({"on": "2099-01-01"}, "Nothing stands there or later."),
        ({"on": "soon"}, "Write the day as year-month-day"),
        ({"number": ""}, "Say where you want to go"),
    ],
)
def test_a_jump_that_leads_nowhere_says_so_beside_the_field(client, debate, asked, says):
    page = jump(client, debate, **asked)
    assert page.status_code == 200
    assert says in page.content.decode()


def test_a_topic_of_one_page_asks_for_no_page(client):
    topic = TopicFactory()
    page = jump(client, topic).content.decode()
    assert "Go to a post or a day" in page
    assert 'name="page"' not in page
    assert "(optional)" not in page
    assert "fill in one of these" in jump(client, topic, page=1).content.decode()


@pytest.mark.parametrize("asked", [{"on": "0001-01-01"}, {"on": "9999-12-31"}, {"number": "9" * 30}, {"page": "٣"}, {"on": "\0"}])
def test_no_jump_is_too_far(client, debate, asked):
    assert jump(client, debate, **asked).status_code in {200, 302}


def test_the_pager_leads_to_the_first_the_last_and_any_page(client, debate):
    page = client.get(reverse("forum:topic_in_time", args=[debate.pk, debate.slug]) + "?page=2").content.decode()
    assert 'name="page"' in page
    assert "of 3" in page
    assert "Posts 21 to 40 of 45" in page


def test_a_jump_to_a_day_is_led_by_an_index():
    topic = TopicFactory()
    fill(topic, 3_000)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE forum_post")
        cursor.execute(
            "EXPLAIN SELECT number FROM forum_post WHERE topic_id = %s AND created_at >= now() - interval '1 day'"
            " AND state IN ('published', 'hidden', 'withdrawn') ORDER BY created_at, number LIMIT 1",
            [topic.pk],
        )
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "post_by_date" in plan
    assert "Sort" not in plan


# ——— who reacted ———


def test_members_see_who_reacted_without_whom_they_blocked(signed_in, member, client):
    post = PostFactory()
    agreeing, blocked = UserFactory(member=True, display_name="Agrees"), UserFactory(member=True, display_name="Loud")
    for person in (agreeing, blocked):
        react(post, by=person, kind="agree", at=timezone.now())
    react(post, by=member, kind="thanks", at=timezone.now())
    Post.objects.filter(pk=post.pk).update(imported_likes=3)
    block_person(blocked, by=member, at=timezone.now())
    url = reverse("forum:reacted", args=[post.topic_id, post.number])
    assert url in signed_in.get(post.topic.get_absolute_url()).content.decode()
    page = signed_in.get(url)
    kinds = {one.kind: (one.count, [str(person) for person in one.people.rows]) for one, _ in page.context["kinds"]}
    assert kinds == {"agree": (2, ["Agrees"]), "thanks": (4, ["Maren Ashdowne"])}
    assert "3 came over from the old forum without names" in page.content.decode()
    assert signed_in.get(url + "?kind=love").status_code == 404
    assert signed_in.get(url + "?kind=agree&after=nonsense").status_code == 404
    client.logout()
    assert client.get(url).status_code == 403


def test_who_reacted_comes_fifty_at_a_time_in_as_many_statements(signed_in):
    post = PostFactory()
    url = reverse("forum:reacted", args=[post.topic_id, post.number])

    def more() -> None:
        for person in UserFactory.create_batch(51, member=True):
            react(post, by=person, kind="agree", at=timezone.now())

    react(post, by=UserFactory(member=True), kind="agree", at=timezone.now())
    assert_queries_do_not_grow(url, signed_in, add_rows=more, at_most=8)
    page = signed_in.get(url)
    first = page.context["kinds"][0][0].people
    rest = signed_in.get(f"{url}?kind=agree&after={first.older}").context["kinds"][0][0].people
    assert (len(first.rows), len(rest.rows), rest.older) == (50, 2, "")


# ——— paper ———


def test_a_topic_is_printed_in_parts_with_what_the_reader_may_read(client, debate):
    PostFactory(topic=debate, body="Zhidden words", hidden=True)
    PostFactory(topic=debate, author=None, persona=PersonaFactory(topic=debate, label="Harbour Road"))
    url = reverse("forum:print", args=[debate.pk])
    page = client.get(url).content.decode()
    assert page.count("<li id=") == 47
    assert debate.get_absolute_url() in page
    assert "Everybody can read this." in page
    assert "Harbour Road (pseudonym)" in page
    assert "Zhidden" not in page
    assert client.get(url + "?part=2").status_code == 404
    assert "post-foot" not in page


def test_a_part_to_print_costs_the_same_however_long_the_topic_is(client, debate):
    url = reverse("forum:print", args=[debate.pk])
    fill(debate, 200)
    before = len(statements(url, client))
    fill(debate, 2_000)
    assert len(statements(url + "?part=9", client)) == before <= 4
    assert client.get(url + "?part=10").content.decode().count("<li id=") == 200


def test_the_whole_topic_is_one_sheet_and_says_before_how_long(client, debate):
    fill(debate, 450)
    PostFactory(topic=debate, body="Zhidden words", hidden=True)
    PostFactory(topic=debate, author=None, persona=PersonaFactory(topic=debate, label="Harbour Road"))
    url = reverse("forum:print_whole", args=[debate.pk])
    parts = client.get(reverse("forum:print", args=[debate.pk])).text
    assert f'href="{url}"' in parts
    told = re.search(r"452 posts, about ([\d,]+) pages of A4", parts)
    page = client.get(url).getvalue().decode()
    assert f"about {told[1]} pages of A4" in page
    assert [int(number) for number in re.findall(r'<li id="p(\d+)">', page)] == list(range(1, 453))
    assert page.count("</html>") == page.count('<ol class="list sheet">') == 1
    assert "Harbour Road (pseudonym)" in page
    assert "Zhidden" not in page
    assert "<!-- posts -->" not in page
    assert client.head(url).content == b""


def test_a_short_topic_is_one_sheet_as_it_is(client, debate):
    page = client.get(reverse("forum:print", args=[debate.pk])).text
    assert "The whole topic on one sheet" not in page
    assert "pages of A4" in page


def test_the_whole_is_read_in_pieces_and_each_asks_anew(client, debate, monkeypatch):
    monkeypatch.setattr("forum.views.jumping.PIECE", 50)
    fill(debate, 200)
    response = client.get(reverse("forum:print_whole", args=[debate.pk]))
    pieces = iter(response)
    read = next(pieces) + next(pieces)
    assert b'id="p50"' in read and b'id="p51"' not in read
    debate.posts.filter(number__gt=100).update(state="withdrawn", removed_at=timezone.now())
    rest = b"".join(pieces).decode()
    assert rest.count("Taken back by whoever wrote it.") == 100
    assert "The first word on this" in rest


def test_a_few_whole_topics_a_minute_are_drawn_for_one_address_which_then_is_led_to_the_parts(client, debate, settings):
    settings.PRINTS_PER_MINUTE = 2
    caches["default"].clear()
    url = reverse("forum:print_whole", args=[debate.pk])
    assert [client.get(url).status_code for _ in range(2)] == [200, 200]
    with CaptureQueriesContext(connection) as made:
        later = client.get(url)
    assert (later.status_code, later["Retry-After"]) == (429, "60")
    assert f'href="{reverse("forum:print", args=[debate.pk])}"' in later.text
    assert len(made) == 1, "no post is read for it"
    assert client.get(url, REMOTE_ADDR="192.0.2.7").status_code == 200
    assert client.get(reverse("forum:print", args=[debate.pk])).status_code == 200
    assert client.get(reverse("forum:print_whole", args=[TopicFactory(members_only=True).pk])).status_code == 404


@pytest.mark.parametrize(("upto", "pieces"), [(200, 1), (20_000, 40)])
def test_so_many_statements_are_made_for_the_whole_as_there_are_pieces(client, debate, upto, pieces):
    fill(debate, upto)
    client.get(reverse("forum:print", args=[debate.pk]))
    with CaptureQueriesContext(connection) as made:
        page = client.get(reverse("forum:print_whole", args=[debate.pk])).getvalue()
    assert len(made) <= 4 + pieces
    assert page.count(b"<li id=") == upto


def tabs(client) -> dict[str, object]:
    return {tab["text"]: tab["count"] for tab in client.get(reverse("forum:index")).context["tabs"] if tab["count"]}


def test_the_tabs_say_how_much_is_unread_and_new(client, signed_in, member, monkeypatch):
    assert tabs(signed_in) == {}
    followed, _, _ = TopicFactory.create_batch(3, **ago(hours=2))
    mark_topic_read(followed, by=member, number=1, at=timezone.now())
    follow_topic(followed, by=member, level="tracking")
    PostFactory(topic=followed)
    TopicFactory(members_only=True, hidden=True, **ago(hours=1))
    assert tabs(signed_in) == {"Unread": "1", "New": "2"}
    monkeypatch.setattr("forum.readers.home_lists.MOST_COUNTED", 1)
    assert tabs(signed_in) == {"Unread": "1", "New": "1+"}
    client.logout()
    assert tabs(client) == {}


def test_the_face_goes_with_the_person_to_every_device(signed_in, member, client):
    topic = TopicFactory()
    signed_in.post(reverse("forum:face", args=[topic.pk]), {"face": "time"})
    phone = Client()
    phone.force_login(member)
    assert phone.get(topic.get_absolute_url()).context["face"] == "time"
    phone.post(reverse("appearance"), {"scheme": "device", "face": "conversations", "keys": "off"})
    assert signed_in.get(topic.get_absolute_url()).context["face"] == "conversations"
    visitor = Client()
    visitor.post(reverse("forum:face", args=[topic.pk]), {"face": "time"})
    assert visitor.get(topic.get_absolute_url()).context["face"] == "time"
    visitor.force_login(member)
    assert visitor.get(topic.get_absolute_url()).context["face"] == "conversations", "what they chose for themselves"


def test_a_visitor_s_choice_of_a_face_is_remembered_without_a_script_and_by_the_device_alone():
    topic, other = TopicFactory(), TopicFactory()
    visitor, another = Client(), Client()
    page = visitor.get(topic.get_absolute_url()).text
    link = re.search(r'<nav class="seg".*?href="([^"]+/face/time/)"', page)[1]
    with CaptureQueriesContext(connection) as made:
        answer = visitor.get(link)
    assert [query["sql"] for query in made if not query["sql"].startswith("SELECT")] == []
    assert answer.url == reverse("forum:topic_in_time", args=[topic.pk, topic.slug])
    for _ in range(2):  # drawn, then out of what is kept for visitors
        assert 'data-face="time"' in visitor.get(other.get_absolute_url()).text
        assert 'data-face="conversations"' in another.get(other.get_absolute_url()).text
    back = visitor.get(reverse("forum:face_chosen", args=[topic.pk, "conversations"]))
    assert 'data-face="conversations"' in visitor.get(back.url).text
    assert 'data-face="conversations"' in visitor.get(other.get_absolute_url()).text


def test_a_link_to_a_face_changes_nothing_for_an_account_or_for_a_browser_that_fetches_ahead(signed_in, member):
    topic = TopicFactory()
    url = reverse("forum:face_chosen", args=[topic.pk, "time"])
    visitor = Client()
    for purpose in ({"Sec-Purpose": "prefetch"}, {"Purpose": "prefetch"}, {"X-Moz": "prefetch"}):
        assert not visitor.get(url, headers=purpose).cookies, purpose
    assert not visitor.head(url).cookies
    assert visitor.get(url.replace("time", "sideways")).status_code == 404
    assert visitor.get(reverse("forum:face_chosen", args=[TopicFactory(members_only=True).pk, "time"])).status_code == 404
    assert signed_in.get(url).url == reverse("forum:topic_in_time", args=[topic.pk, topic.slug])
    member.refresh_from_db()
    assert member.topic_face == ""
