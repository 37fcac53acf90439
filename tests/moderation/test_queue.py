"""What moderators see, in which order, at which cost; and what nobody else does."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.standing import standing_of
from moderation.actions.claiming import claim_case
from moderation.models import Case
from moderation.permissions import can_see_case, can_see_queue
from moderation.readers import PAGE
from tests.accounts.factories import GroupFactory, UserFactory
from tests.forum.factories import CategoryFactory, PostFactory, TopicFactory
from tests.moderation.factories import AT, LATER, a_case, a_member, a_moderator, decided, standing
from tests.querycount import assert_queries_do_not_grow

pytestmark = pytest.mark.django_db
QUEUE = "/moderation/"


def case_url(case, name="case"):
    return reverse(f"moderation:{name}", args=[case.pk])


@pytest.fixture
def moderator():
    return a_moderator(display_name="Duncan Farrowgate")


class TestTheQueue:
    def test_the_weightiest_stand_first_and_of_equal_weight_the_oldest(self, client, moderator):
        light = a_case(PostFactory(body="Light."), reason="place")
        young = a_case(PostFactory(body="Young."), reason="names", at=LATER)
        old = a_case(PostFactory(body="Old."), reason="names")
        client.force_login(moderator)
        page = client.get(QUEUE).content.decode()
        places = [page.index(case_url(case)) for case in (old, young, light)]
        assert places == sorted(places)

    def test_pages_are_cut_by_key_and_hold_everything_once(self, client, moderator):
        reporters = [a_member() for _ in range(4)]
        cases = [a_case(PostFactory(), by=reporters[n % 4], reason=["place", "names"][n % 2]) for n in range(PAGE + 7)]
        client.force_login(moderator)
        first = client.get(QUEUE)
        second = client.get(f"{QUEUE}?show=open&before={first.context['older_url'].split('before=')[1]}")
        found = [row.case.pk for page in (first, second) for row in page.context["rows"]]
        assert sorted(found) == sorted(case.pk for case in cases)
        for case in cases:
            decided(case, "nothing", reason="", by=moderator)
        first = client.get(f"{QUEUE}?show=decided")
        second = client.get(f"{QUEUE}{first.context['older_url']}")
        assert len({row.case.pk for page in (first, second) for row in page.context["rows"]}) == PAGE + 7

    @pytest.mark.parametrize(
        "query", ["show=all", "before=x", "before=W10", "show=decided&before=WzksOSw5XQ", "before=Wy0xLDEsMV0"]
    )
    def test_an_address_that_was_altered_is_not_found(self, client, moderator, query):
        client.force_login(moderator)
        assert client.get(f"{QUEUE}?{query}").status_code == 404

    def test_costs_the_same_with_many(self, client, moderator):
        a_case(PostFactory())
        client.force_login(moderator)

        def add_rows():
            for post in PostFactory.create_batch(8):
                a_case(post)
            a_case(PostFactory(by_persona=True))
            a_case(TopicFactory())
            claim_case(a_case(UserFactory(member=True)), by=a_moderator(), at=timezone.now())

        assert_queries_do_not_grow(QUEUE, client, add_rows=add_rows, at_most=7)
        for case in Case.objects.all()[:6]:
            decided(case, "nothing", reason="", at=timezone.now() + timedelta(hours=1))
        assert_queries_do_not_grow(
            f"{QUEUE}?show=decided", client, add_rows=lambda: decided(a_case(PostFactory()), "hide"), at_most=8
        )

    def test_in_your_hands_are_yours_while_the_lease_lasts(self, client, moderator):
        now = timezone.now()
        mine, lapsed, other = (a_case(PostFactory()) for _ in range(3))
        claim_case(mine, by=moderator, at=now)
        claim_case(lapsed, by=moderator, at=now - timedelta(hours=1))
        claim_case(other, by=a_moderator(), at=now)
        client.force_login(moderator)
        rows = client.get(f"{QUEUE}?show=mine").context["rows"]
        assert [row.case for row in rows] == [mine]

    def test_says_so_where_nothing_waits(self, client, moderator):
        client.force_login(moderator)
        for show, words in [("open", "Nothing waits"), ("mine", "Nothing in your hands"), ("decided", "Nothing decided yet")]:
            assert words in client.get(f"{QUEUE}?show={show}").content.decode()


class TestOneCase:
    def test_shows_what_it_answers_who_reported_and_what_was_before(self, client, moderator):
        author = a_member(display_name="Rude Author")
        decided(a_case(PostFactory(author=author)), "warn", reason="Be kinder.")
        topic = TopicFactory(body="The question above.")
        post = PostFactory(topic=topic, author=author, parent=topic.posts.get(), body="An insult.")
        case = a_case(post, by=a_member(display_name="A Witness"), text="It hurts.")
        client.force_login(moderator)
        page = client.get(case_url(case)).content.decode()
        for words in (
            "An insult.",
            "The question above.",
            "A Witness",
            "It hurts.",
            "Be kinder.",
            "Warning",
            "Rude Author before",
        ):
            assert words in page
        assert page.index("An insult.") < page.index("The question above."), "what is judged stands first"

    def test_its_own_sanction_is_not_what_was_before(self, client, moderator):
        case = a_case(PostFactory())
        decided(case, "warn", by=moderator)
        client.force_login(moderator)
        assert "No earlier case, no warning, no suspension." in client.get(case_url(case)).content.decode()

    def test_of_a_persona_it_says_nothing_but_what_was_written(self, client, moderator):
        case = a_case(PostFactory(by_persona=True, body="Unsaid till now."))
        client.force_login(moderator)
        page = client.get(case_url(case)).content.decode()
        assert "nothing here says by whom" in page
        assert "silences whoever is behind it" in page
        assert 'value="warn"' not in page

    def test_costs_the_same_with_much_history(self, client, moderator):
        author = a_member()
        case = a_case(PostFactory(author=author))
        decided(a_case(PostFactory(author=author)), "warn")
        client.force_login(moderator)

        def add_rows():
            for _ in range(3):
                decided(a_case(PostFactory(author=author)), "hide", "warn")
            for _ in range(3):
                a_case(case.post)

        assert_queries_do_not_grow(case_url(case), client, add_rows=add_rows, at_most=10)

    def test_is_claimed_decided_and_taken_back_by_buttons(self, client, moderator):
        post = PostFactory()
        case = a_case(post)
        client.force_login(moderator)
        client.post(case_url(case, "claim"))
        assert "In your hands until" in client.get(case_url(case)).content.decode()
        client.post(case_url(case, "release"))
        assert "Claim it" in client.get(case_url(case)).content.decode()
        wrong = client.post(case_url(case, "decide"), {"acts": ["hide", "suspend"], "reason": "It insults."})
        assert "Say how long the suspension lasts" in wrong.content.decode()
        assert "It insults." in wrong.content.decode(), "what was typed is kept"
        sent = {"acts": ["hide", "suspend"], "reason": "It insults.", "span": "7", "note": "Third time."}
        assert client.post(case_url(case, "decide"), sent).status_code == 302
        page = client.get(case_url(case)).content.decode()
        assert "Third time." in page
        assert "Take it back" in page
        assert standing_of(standing(post.author)).suspended_until is not None
        back = case_url(case, "reverse")
        assert "Say why" in client.post(back, {"reason": ""}).content.decode()
        assert client.post(back, {"reason": "We erred."}).status_code == 302
        assert standing_of(standing(post.author)).suspended_until is None
        assert client.get(back).status_code == 302, "nothing is left to take back"

    @pytest.mark.parametrize(
        ("sent", "says"),
        [
            ({}, "Choose what is done"),
            ({"acts": ["hide"]}, "Give a reason"),
            ({"acts": ["nothing", "hide"], "reason": "x"}, "go with nothing else"),
            ({"acts": ["hide"], "reason": "x", "span": "7"}, "tick “suspend” too"),
            ({"acts": ["suspend"], "reason": "x", "span": "date"}, "Give the last day"),
            ({"acts": ["suspend"], "reason": "x", "span": "date", "until": "2020-01-01"}, "today or later"),
            ({"acts": ["suspend"], "reason": "x", "span": "date", "until": "2120-01-01"}, "within two years"),
            ({"acts": ["dance"], "reason": "x"}, "not one of the available choices"),
        ],
    )
    def test_what_is_wrong_stands_beside_the_field(self, client, moderator, sent, says):
        case = a_case(PostFactory())
        client.force_login(moderator)
        response = client.post(case_url(case, "decide"), sent)
        assert says in response.content.decode()
        assert Case.objects.get(pk=case.pk).is_open

    def test_a_last_day_ends_at_its_end_in_london(self, client, moderator):
        post = PostFactory()
        client.force_login(moderator)
        until = (timezone.now() + timedelta(days=10)).date()
        client.post(
            case_url(a_case(post), "decide"), {"acts": ["suspend"], "reason": "x", "span": "date", "until": until.isoformat()}
        )
        assert standing_of(standing(post.author)).suspended_until.strftime("%d") in {
            f"{until:%d}",
            f"{until - timedelta(days=1):%d}",
        }

    def test_a_collision_is_told_and_can_be_overruled(self, client, moderator):
        case = a_case(PostFactory())
        claim_case(case, by=moderator, at=timezone.now())
        client.force_login(a_moderator())
        page = client.get(case_url(case)).content.decode()
        assert "Duncan Farrowgate is working on this" in page
        assert 'name="acts"' not in page
        assert client.post(case_url(case, "claim")).status_code == 409
        decide = client.post(case_url(case, "decide"), {"acts": ["nothing"]})
        assert "Duncan Farrowgate is working on this" in decide.content.decode()
        client.post(case_url(case, "claim"), {"take_over": "yes"})
        assert 'name="acts"' in client.get(case_url(case)).content.decode()

    def test_coming_across_something_ends_as_a_case(self, client, moderator):
        post = PostFactory()
        client.force_login(moderator)
        url = reverse("moderation:act_on_post", args=[post.topic_id, post.number])
        assert url in client.get(post.topic.get_absolute_url()).content.decode()
        page = client.get(url).content.decode()
        assert "Nobody has reported this" in page
        assert f'<a href="{post.get_absolute_url()}">{post.topic.title}</a>' in page
        assert '<label for="id_reason">Reason</label>' in page, "it is not called optional where it is needed"
        assert not Case.objects.exists(), "looking makes no case"
        assert "Choose what is done.<" in client.post(url, {"note": ""}).content.decode(), "“no action” is not offered here"
        client.post(url, {"acts": ["hide"], "reason": "It sells."})
        assert Case.objects.get(post=post).decision.reason == "It sells."
        other = a_case(PostFactory(topic=post.topic))
        assert client.get(reverse("moderation:act_on_post", args=[post.topic_id, 3]))["Location"] == case_url(other)

    def test_a_person_is_warned_from_their_profile(self, client, moderator):
        person = a_member()
        client.force_login(moderator)
        url = reverse("moderation:act_on_person", args=[person.handle])
        assert url in client.get(reverse("accounts:person", args=[person.handle])).content.decode()
        client.post(url, {"acts": ["warn"], "reason": "Twelve topics in a day."})
        assert person.sanctions.get().kind == "warning"
        assert client.get(reverse("moderation:act_on_person", args=[moderator.handle])).status_code == 403


class TestAttacks:
    """Somebody else's case by its number, one's own, without the right."""

    def everything(self, client, case):
        yield client.get(case_url(case))
        for name in ("claim", "release", "decide", "reverse"):
            sent = {"acts": ["nothing"], "reason": "x", "take_over": "yes"}
            yield client.post(case_url(case, name), sent)

    def test_what_is_not_yours_to_see_is_not_found(self, client):
        group = GroupFactory(members=[member := a_member()])
        private = PostFactory(topic=TopicFactory(category=CategoryFactory(access="group", group=group)))
        hidden = a_case(private, by=standing(member))
        about_me = a_moderator()
        mine = a_case(PostFactory(author=about_me))
        plain = a_case(PostFactory())
        for person, case in [
            (a_moderator(), hidden),
            (standing(member), hidden),
            (about_me, mine),
            (a_member(), plain),
            (standing(UserFactory(organiser=True)), plain),
            (standing(UserFactory(director=True)), plain),
            (standing(UserFactory(administrator=True)), plain),
        ]:
            client.force_login(person)
            assert {response.status_code for response in self.everything(client, case)} == {404}
            case.refresh_from_db()
            assert case.is_open
            assert case.claimed_by is None

    def test_a_trustee_looks_and_changes_nothing(self, client):
        case = a_case(PostFactory(body="Seen by trustees."))
        client.force_login(standing(UserFactory(trustee=True)))
        assert "Seen by trustees." in client.get(QUEUE).content.decode()
        page, *acts = self.everything(client, case)
        assert "Deciding it is for moderators" in page.content.decode()
        assert 'name="acts"' not in page.content.decode()
        assert {response.status_code for response in acts} == {403}

    def test_a_reporter_looks_and_does_not_decide(self, client, moderator):
        case = a_case(PostFactory(), by=moderator)
        client.force_login(moderator)
        page, *acts = self.everything(client, case)
        assert "another moderator decides" in page.content.decode()
        assert {response.status_code for response in acts} == {403}

    def test_the_queue_is_for_whoever_keeps_something_in_order(self, client):
        owner = a_member()
        group = GroupFactory(owners=[owner])
        CategoryFactory(access="group", group=group)
        for person, may in [
            (a_member(), False),
            (standing(UserFactory(organiser=True)), False),
            (standing(owner), True),
            (standing(UserFactory(trustee=True)), True),
            (a_moderator(), True),
        ]:
            assert bool(can_see_queue(person)) is may
            client.force_login(person)
            assert client.get(QUEUE).status_code == (200 if may else 403)
            assert (f'href="{QUEUE}"' in client.get(reverse("home")).content.decode()) is may, "the menu leads there"


def test_the_two_faces_of_may_see_are_equal():
    group = GroupFactory(members=[plain := a_member()], owners=[owner := a_member()])
    keepers = GroupFactory(members=[keeper := a_member()])
    places = [
        CategoryFactory(),
        CategoryFactory(members_only=True, moderate_group=keepers),
        CategoryFactory(access="group", group=group),
        CategoryFactory(access="group", group=group, moderate_group=keepers),
    ]
    people = [plain, owner, keeper, a_moderator(), a_member(), UserFactory(trustee=True), UserFactory(member=True, trustee=True)]
    people = [standing(person) for person in people]
    for place in places:
        for author in (*people, None):
            who = {"author": author} if author else {"by_persona": True}
            post = PostFactory(topic=TopicFactory(category=place), **who)
            Case.objects.create(post=post, topic=post.topic, about=post.author, origin="reported", opened_at=AT)
    for person in people:
        Case.objects.create(about=person, origin="reported", opened_at=AT)
    for person in people:
        seen = set(Case.objects.visible_to(person))
        by_rule = {case for case in Case.objects.select_related("topic__category") if can_see_case(person, case)}
        assert seen == by_rule, person
        kept = set(Case.objects.worked_on_by(person))
        assert kept <= seen
