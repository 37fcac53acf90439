"""A town at a thousandth of its size: exact, whole, the same for the same seed, and fit to be looked at."""

import hashlib
import json
from datetime import date
from io import StringIO

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import Count, F, Q
from django.test import Client
from django.urls import reverse

from accounts.models import Facts, GroupMember, Membership, RoleGrant, Sanction, User
from common.markdown import render
from demo.town import building, ledger
from demo.town.answers import made_members, turnout, voters
from demo.town.building import NotHere, build_town
from demo.town.categories import places
from demo.town.chance import Zipf, chance, shared_out
from demo.town.names import handle_of, name_of
from demo.town.people import offices, panels
from demo.town.plan import Plan
from demo.town.register import cells, lines
from demo.town.stages import STAGES
from demo.town.tables import TABLES
from demo.town.texts import texts_of
from demo.town.threads import thread
from forum.models import Category, Post, Reaction, Topic, TopicMember
from forum.permissions import can_moderate, can_see_category, can_see_post, can_see_topic
from tests.querycount import statements

SMALL = Plan(members=1_500, topics=60, posts=1_400, seed=3, until=date(2026, 11, 20))
TINY = Plan(members=150, topics=24, posts=120, seed=5, until=date(2026, 11, 20))


def clear() -> None:
    call_command("flush", verbosity=0, interactive=False)
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {ledger.TABLE}")


def contents() -> dict[str, str]:
    """A hash of each table, row by row in order of the key."""
    found = {}
    for model in TABLES:
        table = model._meta.db_table
        with connection.cursor() as cursor:
            cursor.execute(f'SELECT t::text FROM "{table}" t ORDER BY 1')
            found[table] = hashlib.sha256("\n".join(row[0] for row in cursor.fetchall()).encode()).hexdigest()
    return found


@pytest.fixture(scope="class")
def town(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        build_town(SMALL)
        yield SMALL
        clear()


@pytest.mark.django_db
@pytest.mark.usefixtures("town")
class TestTheTown:
    def test_there_is_as_much_of_everything_as_was_asked_for(self, town):
        assert User.objects.count() == town.members
        assert Topic.objects.count() == town.topics
        assert Post.objects.count() == town.posts
        assert Membership.objects.standing_at(town.end).count() == town.registered
        assert Membership.objects.exclude(ended_at=None).count() == town.lapsed
        assert Facts.objects.filter(user__membership__ended_at=None).values("nation").distinct().count() >= 2
        assert {grant.role for grant in RoleGrant.objects.held_at(town.end)} == set(RoleGrant.Role.values)
        assert Sanction.objects.in_force_at(town.end).exists()

    def test_every_state_of_a_post_and_every_kind_of_category_is_there(self, town):
        assert {"public", "members", "group"} == set(Category.objects.values_list("access", flat=True))
        states = set(Post.objects.values_list("state", flat=True))
        assert {"published", "hidden", "withdrawn"} <= states
        assert Post.objects.filter(revision=2, revisions__number=1).count() == Post.objects.exclude(edited_at=None).count() > 0
        assert Topic.objects.filter(category__access="group").exists()
        assert set(TopicMember.objects.values_list("level", flat=True)) == {"watching", "tracking", "normal", "muted"}

    def test_the_busiest_topic_holds_a_fifth_of_a_small_town(self, town):
        assert max(Topic.objects.values_list("last_number", flat=True)) == town.posts // 5

    def test_numbers_are_dense_and_threads_lose_nothing(self, town):
        for topic in Topic.objects.annotate(many=Count("posts"), root_posts=Count("posts", filter=Q(posts__parent_number=None))):
            posts = {post.number: post for post in topic.posts.all()}
            assert sorted(posts) == list(range(1, topic.last_number + 1))
            for post in posts.values():
                if post.parent_number:
                    parent = posts[post.parent_number]
                    assert (post.root_number, post.depth) == (parent.root_number, parent.depth + 1)
                    assert post.created_at >= parent.created_at
                assert post.reply_count == sum(1 for each in posts.values() if each.parent_number == post.number)
                below = [each for each in posts.values() if each.root_number == post.number and each.parent_number]
                assert post.descendant_count == (len(below) if post.parent_number is None else 0)

    def test_counters_are_those_that_counting_gives(self):
        published = Q(posts__state="published")
        recount = Topic.objects.annotate(
            replies=Count("posts", filter=published & Q(posts__number__gt=1)),
            people=Count("posts__author", filter=published, distinct=True)
            + Count("posts__persona", filter=published, distinct=True),
        ).select_related("activity")
        for topic in recount:
            told = topic.activity
            assert (told.reply_count, told.participant_count) == (topic.replies, topic.people), topic.pk
            last = topic.posts.filter(state="published").order_by("-number").first() or topic.posts.get(number=1)
            assert told.category_id == topic.category_id
            assert (told.last_post_number, told.last_posted_at) == (last.number, last.created_at)
            assert (told.last_author_id, told.last_persona_id) == (last.author_id, last.persona_id)
        kinds = {kind: Count("reactions", filter=Q(reactions__kind=kind)) for kind in Reaction.Kind.values}
        for post in Post.objects.annotate(**{f"told_{kind}": count for kind, count in kinds.items()}):
            for kind in kinds:
                assert getattr(post, f"{kind}_count") == getattr(post, f"told_{kind}")
        assert Reaction.objects.exists()

    def test_nobody_reacts_to_themselves_or_reads_what_is_not_there(self):
        assert not Reaction.objects.filter(user=F("post__author")).exists()
        assert not TopicMember.objects.filter(last_read__gt=F("topic__last_number")).exists()

    def test_in_a_private_place_only_its_people_write_and_react(self):
        for category in Category.objects.filter(access="group"):
            inside = set(GroupMember.objects.standing().filter(group=category.group).values_list("user", flat=True))
            posts = Post.objects.filter(topic__category=category, author__isnull=False)
            assert set(posts.values_list("author", flat=True)) <= inside
            assert set(Reaction.objects.filter(post__topic__category=category).values_list("user", flat=True)) <= inside
            hidden = Post.objects.filter(topic__category=category, state="hidden")
            assert set(hidden.values_list("removed_by", flat=True)) <= inside

    def test_texts_are_what_the_renderer_makes_of_them(self):
        for post in Post.objects.order_by("pk")[::17]:
            assert post.html == render(post.body)
            assert post.search

    def test_nothing_is_later_than_its_day(self, town):
        assert not Post.objects.filter(created_at__gt=town.end).exists()
        assert not Reaction.objects.filter(created_at__gt=town.end).exists()
        assert not Reaction.objects.filter(created_at__lt=F("post__created_at")).exists()

    def test_the_next_row_made_by_hand_fits_in(self, town):
        for model in TABLES:
            if model._meta.pk.name == "id":
                with connection.cursor() as cursor:
                    cursor.execute(f"""SELECT nextval(pg_get_serial_sequence('"{model._meta.db_table}"', 'id'))""")
                    following = cursor.fetchone()[0]
                assert not model._default_manager.filter(pk__gte=following).exists(), model

    def test_every_rule_works_on_it(self, town):
        held = offices(town)
        kinds = {
            "member": town.registered,
            "lapsed": town.registered + 1,
            "subscriber": town.members,
            "moderator": held.moderators[0],
            "director": held.directors[0],
            "inside": panels(town)[0].owners[0],
        }
        people = {"visitor": AnonymousUser()} | {kind: User.objects.with_roles().get(pk=user) for kind, user in kinds.items()}
        seen = {}
        for kind, person in people.items():
            for model, rule, related in (
                (Category, can_see_category, ("group",)),
                (Topic, can_see_topic, ("category",)),
                (Post, can_see_post, ("topic__category",)),
            ):
                by_rule = {thing.pk for thing in model.objects.select_related(*related) if rule(person, thing)}
                assert by_rule == set(model.objects.visible_to(person).values_list("pk", flat=True))
                seen[kind] = len(by_rule)
            kept = {category.pk for category in Category.objects.all() if can_moderate(person, category)}
            assert kept == set(Category.objects.moderated_by(person).values_list("pk", flat=True))
        assert seen["visitor"] == seen["subscriber"] == seen["lapsed"] < seen["member"] < seen["moderator"]

    def test_its_pages_stay_within_their_budgets(self, town):
        client = Client()
        client.force_login(User.objects.get(pk=town.registered))
        busiest = Topic.objects.order_by("-last_number").first()
        far = reverse("forum:topic_in_time", args=[busiest.pk, busiest.slug]) + f"?page={busiest.last_number // 20}"
        budgets = {
            reverse("home"): 8,
            reverse("forum:index"): 7,
            reverse("forum:category", args=[busiest.category.slug]): 7,
            busiest.get_absolute_url(): 9,
            far: 9,
        }
        for url, budget in budgets.items():
            for cold in (True, False):
                assert 0 < len(statements(url, client, cold=cold)) <= budget, url

    def test_every_page_of_a_topic_answers(self, town):
        client = Client()
        for topic in Topic.objects.filter(state="published", category__access="public")[:25]:
            assert client.get(topic.get_absolute_url()).status_code == 200

    def test_built_again_it_stays_as_it_is_and_another_is_refused(self, town):
        before = contents()
        build_town(town)
        assert contents() == before
        with pytest.raises(NotHere, match="Another town"):
            build_town(TINY)


@pytest.fixture
def empty(transactional_db):
    yield
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {ledger.TABLE}")


def test_the_same_seed_builds_the_same_rows_and_another_others(empty):
    build_town(TINY)
    first = contents()
    clear()
    build_town(TINY)
    assert contents() == first
    clear()
    build_town(Plan(TINY.members, TINY.topics, TINY.posts, TINY.seed + 1, TINY.until))
    assert contents() != first


@pytest.mark.parametrize("stop", [1, 3, 6])
def test_killed_half_way_it_goes_on_and_ends_the_same(empty, monkeypatch, stop):
    build_town(TINY)
    whole = contents()
    clear()

    class Killed(BaseException):
        pass

    def killed_in_the_middle(plan, ids):
        for number, told in enumerate(STAGES[stop].load(plan, ids)):
            yield told
            if number == 0:
                raise Killed

    broken = [*STAGES]
    broken[stop] = type(STAGES[stop])(STAGES[stop].name, STAGES[stop].parts, killed_in_the_middle)
    monkeypatch.setattr(building, "STAGES", tuple(broken))
    with pytest.raises(Killed):
        build_town(TINY)
    assert not ledger.is_finished()
    monkeypatch.undo()
    build_town(TINY)
    assert contents() == whole


class TestResponses:
    def test_segments_differ_nobody_answers_twice_and_members_are_made_where_the_register_is_too_short(self):
        plan = Plan(15_000, 500, 10_000, seed=1, until=TINY.until, responses=5_000)
        answered, begun = turnout(plan)
        users = [each.user for each in (*answered, *begun)]
        assert (len(answered), len(begun), len(set(users))) == (5_000, 200, 5_200)
        assert len(voters(plan)) == round(5_000 * 5 / 3) == plan.registered + len(made_members(plan))
        share = {
            nation: sum(each.line.nation == nation for each in answered)
            / sum(each.line.nation == nation for each in voters(plan))
            for nation in ("england", "wales")
        }
        assert share["wales"] < share["england"] - 0.1

    def test_a_town_that_answers_more_than_half_is_refused(self):
        with pytest.raises(ValueError, match="half of a town"):
            Plan(600, 24, 120, 1, TINY.until, responses=400)


def test_a_database_with_people_in_it_is_left_alone(empty):
    User.objects.create(email="a@example.org", display_name="A", handle="a", sort_key="a", created_at=TINY.end)
    with pytest.raises(NotHere, match="empty database"):
        build_town(TINY)
    assert User.objects.count() == 1


def test_the_command_tells_counts_and_seconds(empty):
    out, err = StringIO(), StringIO()
    asked = ("--members", "150", "--topics", "24", "--posts", "120", "--seed", "5")
    call_command("seed_town", *asked, "--json", stdout=out, stderr=err)
    told = json.loads(out.getvalue())
    assert told["rows"]["posts"] == 120
    assert set(told["seconds"]) == {*(stage.name for stage in STAGES), "done"} - {
        "consultation",
        "responses",
        "organisations",
        "close",
    }
    assert "town: topics 1/" in err.getvalue()
    with pytest.raises(CommandError, match="Another town"):
        call_command("seed_town", "--members", "200", "--topics", "24", "--posts", "120", verbosity=0)


@pytest.mark.django_db
def test_production_never_builds_one(settings):
    settings.PRODUCTION = True
    with pytest.raises(CommandError, match="never built in production"):
        call_command("seed_town", verbosity=0)


def test_a_town_too_small_is_refused():
    with pytest.raises(ValueError, match="at least 150 members"):
        Plan(10, 24, 120, 1, TINY.until)


@pytest.mark.parametrize("size", [(150, 24, 120), (160, 60, 1_400), (1_500, 500, 10_000), (150_851, 50_000, 1_000_000)])
def test_topics_add_up_to_the_posts_asked_for_and_parts_to_the_topics(size):
    plan = Plan(*size, seed=1, until=TINY.until)
    assert sum(plan.sizes) == plan.posts
    assert len(plan.sizes) == plan.topics
    assert min(plan.sizes) >= 1
    assert plan.sizes[plan.biggest_topic - 1] == max(plan.sizes) == min(20_000, plan.posts // 5)
    assert [number for part in plan.topic_parts for number in part] == list(range(1, plan.topics + 1))
    assert [user for part in plan.people_parts for user in part] == list(range(1, plan.members + 1))


def test_the_register_of_a_whole_town_is_the_table_itself():
    plan = Plan(150_851, 50_000, 1_000_000, seed=1, until=TINY.until)
    told = lines(plan)[: plan.registered]
    assert plan.registered == sum(cells().values()) == 16_000
    by_cell = dict.fromkeys(cells(), 0)
    for line in told:
        by_cell[line.nation, line.list_size, line.job] += 1
    assert by_cell == cells()
    jobs = {job: sum(count for (_, _, what), count in by_cell.items() if what == job) for _, _, job in by_cell}
    assert (jobs["practice-manager"], jobs["managing-partner"], jobs["network-manager"]) == (6_471, 364, 1_544)
    assert sum(line.years == "10-19" for line in told) == 5_280


def test_nobody_shares_a_name_in_a_whole_town():
    plan = Plan(150_851, 50_000, 1_000_000, seed=1, until=TINY.until)
    assert len({name_of(plan, user) for user in range(1, plan.members + 1)}) == plan.members
    assert handle_of(plan, 300_000).endswith("-1")


def test_a_thread_is_the_same_however_often_it_is_drawn():
    assert thread(SMALL, SMALL.biggest_topic) == thread(SMALL, SMALL.biggest_topic)
    assert thread(SMALL, 1).posts[0].at <= thread(SMALL, 1).posts[-1].at


def test_texts_are_the_renderer_s():
    told = texts_of(TINY)
    for text in (*told.first, *told.replies[:50], *told.changed):
        assert text.html == render(text.body)
    assert all(text.diff and text.before != text.body for text in told.changed)


def test_a_category_has_an_address_of_its_own():
    assert len({place.slug for place in places(SMALL)}) == len(places(SMALL))


def test_a_total_is_shared_out_whole():
    assert shared_out(10, [1, 1, 1]) == [4, 3, 3]
    assert sum(shared_out(16, list(cells().values()))) == 16


def test_what_comes_first_is_drawn_most():
    luck, zipf = chance(TINY, "test"), Zipf(range(10), power=1.0, blunt=1.0)
    drawn = [zipf.draw(luck) for _ in range(2_000)]
    assert drawn.count(0) > drawn.count(3) > drawn.count(9) > 0
