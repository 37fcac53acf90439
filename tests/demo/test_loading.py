from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Count
from django.test import Client
from django.urls import reverse

from accounts.models import Facts, Group, RoleProposal, User
from accounts.permissions import can_second
from consultation.models import Ballot, Consultation, Draft, Ledger, Receipt, Response, Root, SealedDraft
from demo.accounts import DEMO_ACCOUNTS
from demo.drawing import Person, Texts, draw_choice, draw_ranking, weights
from demo.reading import unwrapped
from digest.models import Edition, Item
from forum.models import Category, OfficerKey, Post, Reaction, Topic
from forum.readers.personas import own_personas
from mail.models import Mail
from moderation.models import Case


@pytest.fixture(scope="module")
def demo(django_db_setup, django_db_blocker):
    """Loaded once for the questions below, and taken away again."""
    with django_db_blocker.unblock():
        call_command("seed_demo", verbosity=0)
        yield
        call_command("flush", verbosity=0, interactive=False)


@pytest.mark.django_db
@pytest.mark.usefixtures("demo")
class TestTheCommunity:
    def test_sixty_members_write_and_the_others_only_answer(self):
        assert Post.objects.filter(persona=None).values("author").distinct().count() <= 60
        assert Topic.objects.exclude(kind="consultation").exclude(category__access="group").count() == 25
        assert Post.objects.exclude(topic__kind="consultation").count() >= 250
        assert Facts.objects.exclude(nation="").values("nation").distinct().count() == 4
        assert Facts.objects.exclude(list_size="").values("list_size").distinct().count() == 5

    def test_nothing_was_written_later_than_now(self):
        """Also where it is loaded in the morning."""
        assert not Post.objects.filter(created_at__gt=datetime.now(UTC)).exists()
        first, *_ = Post.objects.filter(topic__title__startswith="Who reads the portfolios").order_by("-number")
        assert datetime.now(UTC) - first.created_at >= timedelta(hours=6)

    def test_every_demo_account_can_sign_in_and_has_its_role(self):
        for account in DEMO_ACCOUNTS:
            user = User.objects.with_roles().get(email=account.email)
            assert user.check_password(account.password)
            assert account.role in user.role_names

    def test_two_groups_have_rooms_of_their_own_and_a_proposal_waits(self):
        assert list(Group.objects.by_name().values_list("slug", flat=True)) == ["accreditation-panel", "wales-managers"]
        assert Topic.objects.filter(category__access="group").values("category").distinct().count() == 2
        member = User.objects.with_roles().get(email="nettie-brackwater@example.org")
        assert Category.objects.visible_to(member).filter(access="group").get().group.slug == "accreditation-panel"
        proposal, second = RoleProposal.objects.get(), User.objects.get(email="philippa-stourmarch@example.org")
        assert can_second(second, proposal)

    def test_the_member_has_a_pseudonym_that_the_officers_could_open(self):
        member = User.objects.get(email="nettie-brackwater@example.org")
        (row,) = own_personas(member, at=datetime.now(UTC))
        assert (row.persona.label, row.answers) == ("Quiet Lantern", 1)
        officers = OfficerKey.objects.standing().values_list("user__email", flat=True)
        assert set(officers) == {account.email for account in DEMO_ACCOUNTS if account.role in {"director", "administrator"}}

    def test_counters_equal_the_rows(self):
        for post in Post.objects.annotate(said=Count("reactions")):
            assert post.said == post.agree_count + post.thanks_count + post.insightful_count + post.disagree_count
        assert Reaction.objects.count() > 1000
        for topic in Topic.objects.annotate(rows=Count("posts")):
            assert topic.last_number == topic.rows

    def test_one_consultation_is_published_one_a_draft_and_the_large_one_is_named(self):
        now = datetime.now(UTC)
        published = Consultation.objects.published().get()
        open_now = Consultation.objects.accepting_at(now).get(identity_mode="named")
        assert Consultation.objects.drafts().count() == 1
        assert Response.objects.filter(consultation=open_now, is_current=True).count() == 300
        assert Response.objects.filter(consultation=published, is_current=True).count() == 96
        assert not Response.objects.filter(submitted_at__gt=now).exists()

    def test_whoever_looks_around_finds_one_of_each_identity_mode_from_the_front_page_and_members_answer(self):
        now, client = datetime.now(UTC), Client()
        by_mode = {each.identity_mode: each for each in Consultation.objects.accepting_at(now)}
        assert set(by_mode) == {"named", "confidential", "detached"}
        for account in DEMO_ACCOUNTS:
            user = User.objects.with_roles().get(email=account.email)
            client.force_login(user)
            front = client.get("/").content.decode()
            for consultation in by_mode.values():
                assert f'href="{consultation.get_absolute_url()}"' in front
                page = client.get(consultation.get_absolute_url()).content.decode()
                leads = f'href="{reverse("consultation:page", args=[consultation.slug, 1])}"' in page
                assert leads is ("member" in user.role_names)

    def test_a_confidential_one_has_answers_without_names_and_some_begun(self):
        answers = Response.objects.filter(consultation__identity_mode="confidential")
        assert answers.count() == 48
        assert not answers.exclude(user=None).exists()
        drafts = Draft.objects.filter(version__consultation__identity_mode="confidential")
        assert drafts.count() == 3
        assert not drafts.exclude(user=None).exists()

    def test_a_detached_one_has_ballots_that_lead_to_nobody_and_a_ledger(self):
        assert Ballot.objects.count() == 34
        assert not Ballot.objects.exclude(answers=None).exists(), "sealed until the close"
        assert Ledger.objects.filter(took_part=True).count() == 34
        assert SealedDraft.objects.count() == 2

    def test_answers_have_receipts_and_no_mail_about_them(self):
        assert Receipt.objects.count() == Response.objects.count()
        assert Root.objects.get().size == Response.objects.filter(consultation__published_at__isnull=False).count()
        assert not Mail.objects.filter(kind="consultation.receipt").exists()

    def test_the_published_outcome_says_what_was_counted(self):
        """Its text says that the named colleague came first and that the practice should pay."""
        published = Consultation.objects.published().get()
        results = {result.question.key: result.counts for result in published_results(published)}
        irv = results["form-order"]["results"]["schulze"]
        assert irv["winners"] == ["colleague"]
        most = max(results["who-pays"]["choices"], key=lambda choice: choice[3])
        assert most[0] == "practice"

    def test_four_editions_hold_what_those_weeks_hold(self):
        editions = Edition.objects.cut().order_by("number")
        assert [edition.number for edition in editions] == [1, 2, 3, 4]
        for edition in editions:
            assert edition.editors_note
            assert "topic:" not in edition.editors_note
            topics = Item.objects.filter(edition=edition, kind="topic")
            assert topics.count() >= 3
            for topic in Topic.objects.filter(pk__in=topics.values("object_id")):
                assert topic.created_at < edition.ends

    def test_moderators_have_three_cases_to_decide_and_one_to_look_back_on(self):
        assert Case.objects.open().count() == 3
        assert sorted(Case.objects.open().values_list("reports__reason", flat=True)) == ["names", "rules", "rules", "selling"]
        assert Case.objects.decided().get().decision.acts == ["nothing"]
        assert Topic.objects.exclude(state="published").count() == 0
        assert Post.objects.exclude(state="published").count() == 0

    def test_a_second_loading_is_refused(self):
        with pytest.raises(CommandError, match="accounts already"):
            call_command("seed_demo", verbosity=0)


def published_results(consultation):
    version = consultation.versions.get(published_at__isnull=False)
    return version.results.select_related("question")


@pytest.mark.django_db
def test_production_never_loads_it(settings):
    settings.PRODUCTION = True
    with pytest.raises(CommandError, match="never loaded in production"):
        call_command("seed_demo", verbosity=0)


def test_weights_are_the_product_of_what_is_told():
    tendency = {"base": {"a": 2, "b": 3}, "by_nation": {"wales": {"a": 2}}, "by_size": {"5-10k": {"b": 0.5}}}
    assert weights(tendency, Person("wales", "5-10k")) == {"a": 4, "b": 1.5}
    assert weights(tendency, Person("england", "under-5k")) == {"a": 2, "b": 3}


def test_a_ranking_names_each_once_and_stops_where_depth_says():
    rng = Random(1)
    tendency = {"base": {"a": 1, "b": 1, "c": 1}, "depth": {"2": 1}}
    for _ in range(50):
        ranking = draw_ranking(rng, tendency, Person("wales", "5-10k"))
        assert len(ranking) == len(set(ranking)) == 2


def test_nobody_rejects_their_own_first_choice():
    rng, person = Random(1), Person("wales", "5-10k", given={"order": ["a", "b"]})
    tendency = {"base": {"a": 100, "b": 1}, "never_first_of": "order"}
    assert {draw_choice(rng, tendency, person) for _ in range(50)} == {"b"}


def test_a_written_answer_is_handed_out_once():
    texts = Texts([{"question": "why", "nation": "wales", "lean": "for", "text": " One. "}, {"question": "why", "text": "Any."}])
    person = Person("wales", "5-10k", lean="for")
    assert [texts.take("why", match="lean", person=person) for _ in range(3)] == ["One.", "Any.", ""]


def test_a_paragraph_broken_in_the_file_is_one_line_on_the_page():
    text = "## Why\n\nOne line\ngoes on.\n\n- an item\n  goes on\n- another\n\n| a |\n|---|\n| b |\n"
    assert unwrapped(text) == "## Why\n\nOne line goes on.\n\n- an item goes on\n- another\n\n| a |\n|---|\n| b |"
