from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts.models import Sanction
from accounts.standing import standing_of
from common.models import AuditEntry
from common.verdicts import Refused
from forum.actions.restoring import unhide_post, unhide_topic
from forum.models import Post, Topic
from moderation.actions.claiming import LEASE, claim_case, release_case
from moderation.actions.deciding import decide_at_once, decide_case
from moderation.actions.errors import CaseDecided, CaseTaken, DecisionUnclear, NothingToReverse
from moderation.actions.reversing import reverse_decision
from moderation.models import Case, Decision
from tests.accounts.factories import GroupFactory, UserFactory
from tests.forum.counters import assert_counters_are_exact
from tests.forum.factories import CategoryFactory, PostFactory, TopicFactory
from tests.moderation.factories import AT, LATER, SOON, a_case, a_member, a_moderator, decided, standing

pytestmark = pytest.mark.django_db


class TestClaiming:
    def test_a_claim_lasts_half_an_hour_and_others_are_told(self):
        case, first, second = a_case(PostFactory()), a_moderator(display_name="Duncan"), a_moderator()
        claim_case(case, by=first, at=AT)
        with pytest.raises(CaseTaken, match="Duncan is working on this"):
            claim_case(case, by=second, at=AT + LEASE - timedelta(seconds=1))
        with pytest.raises(CaseTaken):
            decided(case, "nothing", by=second)
        assert claim_case(case, by=second, at=AT + LEASE).claimed_by == second
        assert list(AuditEntry.objects.filter(verb="case.claim").order_by("pk").values_list("actor_id", flat=True)) == [
            first.pk,
            second.pk,
        ]

    def test_taking_over_is_possible_and_audited(self):
        case, first, second = a_case(PostFactory()), a_moderator(), a_moderator()
        claim_case(case, by=first, at=AT)
        assert claim_case(case, by=second, at=SOON, take_over=True).claimed_by == second
        assert AuditEntry.objects.filter(verb="case.take_over", actor_id=second.pk).exists()

    def test_giving_it_back_frees_only_one_s_own(self):
        case, first, second = a_case(PostFactory()), a_moderator(), a_moderator()
        claim_case(case, by=first, at=AT)
        assert release_case(case, by=second, at=SOON).claimed_by == first
        assert release_case(case, by=first, at=SOON).claimed_by is None

    def test_a_decided_case_is_claimed_by_nobody(self):
        case = a_case(PostFactory())
        decided(case, "nothing", reason="")
        with pytest.raises(CaseDecided):
            claim_case(case, by=a_moderator(), at=LATER)


class TestDeciding:
    def test_hide_and_suspend_in_one(self):
        post, moderator = PostFactory(), a_moderator()
        decision = decided(a_case(post), "hide", "suspend", by=moderator, ends_at=AT + timedelta(days=7))
        post.refresh_from_db()
        assert (post.state, post.removal_reason, post.removed_by) == ("hidden", "It names a patient.", moderator)
        assert decision.sanction.kind == Sanction.Kind.SUSPENSION
        assert decision.sanction.ends_at == AT + timedelta(days=7)
        assert decision.case.decided_at == SOON
        verbs = set(AuditEntry.objects.values_list("verb", flat=True))
        assert {"post.hide", "sanction.suspension", "case.decide"} <= verbs
        assert_counters_are_exact()

    def test_lock_and_hide_a_topic(self):
        topic = TopicFactory()
        decided(a_case(topic), "hide_topic", "lock", "warn")
        topic.refresh_from_db()
        assert (topic.state, topic.is_locked) == ("hidden", True)
        assert Sanction.objects.get().kind == Sanction.Kind.WARNING

    @pytest.mark.parametrize(
        ("acts", "reason", "says"),
        [
            ((), "x", "Choose what"),
            (("hide",), " ", "Give a reason"),
            (("hide",), "x" * 201, "201 characters"),
            (("nothing", "hide"), "x", "go with nothing else"),
            (("warn", "suspend"), "x", "not both"),
            (("suspend",), "x", "when the suspension ends"),
            (("publish",), "x", "cannot be done"),
            (("hide_topic",), "x", "cannot be done"),
            (("dance",), "x", "cannot be done"),
        ],
    )
    def test_what_does_not_go_together_changes_nothing(self, acts, reason, says):
        post = PostFactory()
        case = a_case(post)
        with pytest.raises(DecisionUnclear, match=says):
            decided(case, *acts, reason=reason)
        post.refresh_from_db()
        case.refresh_from_db()
        assert post.state == "published"
        assert case.is_open
        assert not Sanction.objects.exists()

    def test_all_or_nothing(self):
        post = PostFactory()
        case = a_case(post)
        with pytest.raises(Exception, match="later than now"):
            decided(case, "hide", "suspend", ends_at=AT)
        post.refresh_from_db()
        assert post.state == "published"
        assert not Decision.objects.exists()

    def test_twice_is_once(self):
        case = a_case(PostFactory())
        decided(case, "hide")
        with pytest.raises(CaseDecided):
            decided(case, "warn")
        assert not Sanction.objects.exists()

    def test_what_its_author_took_back_can_no_longer_be_hidden(self):
        post = PostFactory()
        case = a_case(post)
        Post.objects.filter(pk=post.pk).update(state="withdrawn", removed_at=AT)
        with pytest.raises(DecisionUnclear, match="any more"):
            decided(case, "hide")
        decided(case, "nothing", reason="")

    def test_against_a_persona_nothing_but_the_post_can_be_touched(self):
        case = a_case(PostFactory(by_persona=True))
        with pytest.raises(DecisionUnclear):
            decided(case, "hide", "warn")
        decision = decided(case, "hide")
        assert decision.about is None
        assert not decision.told_to_author

    def test_at_once_makes_a_case_or_takes_the_open_one(self):
        moderator, reported, found = a_moderator(), PostFactory(), PostFactory()
        case = a_case(reported)
        for post in (reported, found):
            decide_at_once(post, by=moderator, acts=["hide"], reason="It sells.", at=SOON)
        case.refresh_from_db()
        assert not case.is_open
        assert Case.objects.get(post=found).origin == "found"
        assert Case.objects.get(post=found).opened_by == moderator


class TestNobodyActsOnTheirOwnCase:
    def test_an_author_does_not(self):
        moderator = a_moderator()
        post = PostFactory(author=moderator)
        case = a_case(post)
        for act in (
            lambda: claim_case(case, by=moderator, at=AT),
            lambda: release_case(case, by=moderator, at=AT),
            lambda: decided(case, "nothing", by=moderator, reason=""),
            lambda: decide_at_once(post, by=moderator, acts=["hide"], reason="x", at=AT),
        ):
            with pytest.raises(Refused):
                act()
        assert Case.objects.get(pk=case.pk).claimed_by is None

    def test_a_reporter_does_not_and_may_look(self):
        moderator = a_moderator()
        case = a_case(PostFactory(), by=moderator)
        with pytest.raises(Refused, match="another moderator"):
            claim_case(case, by=moderator, at=AT)
        with pytest.raises(Refused, match="another moderator"):
            decided(case, "hide", by=moderator)
        assert Case.objects.visible_to(moderator).get() == case

    def test_who_is_reported_as_a_person_does_not(self):
        moderator = a_moderator()
        case = a_case(moderator)
        with pytest.raises(Refused):
            decided(case, "nothing", by=moderator, reason="")
        assert not Case.objects.visible_to(moderator).exists()

    def test_nor_takes_back_what_was_decided_about_them(self):
        moderator = a_moderator()
        case = a_case(PostFactory(author=moderator))
        decided(case, "hide")
        with pytest.raises(Refused):
            reverse_decision(case, by=moderator, reason="I was right.", at=LATER)

    def test_the_database_refuses_it_too(self):
        moderator, other = UserFactory(), UserFactory()
        case = a_case(moderator)
        for columns in (
            {"claimed_by": moderator, "claimed_at": AT, "claimed_until": LATER},
            {"opened_by": moderator},
        ):
            with pytest.raises(IntegrityError, match="their_own_case"), transaction.atomic():
                Case.objects.filter(pk=case.pk).update(**columns)
        row = {"case": case, "about": moderator, "acts": ["nothing"], "at": AT}
        with pytest.raises(IntegrityError, match="nobody_decides"), transaction.atomic():
            Decision.objects.create(**row, by=moderator)
        with pytest.raises(IntegrityError, match="nobody_reverses"), transaction.atomic():
            Decision.objects.create(**row, by=other, reversed_by=moderator, reversed_at=AT, reverse_reason="x")

    @pytest.mark.parametrize(
        ("columns", "name"),
        [
            ({"acts": []}, "acts_are_known"),
            ({"acts": ["dance"]}, "acts_are_known"),
            ({"acts": ["hide"]}, "says_why"),
            ({"acts": ["nothing"], "reversed_at": AT}, "reversal_says"),
        ],
    )
    def test_the_database_holds_what_a_decision_is(self, columns, name):
        case = a_case(PostFactory())
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            Decision.objects.create(case=case, by=UserFactory(), at=AT, **columns)


class TestWhoDecides:
    def test_members_organisers_directors_and_trustees_do_not(self):
        case = a_case(PostFactory())
        for role in ("member", "organiser", "director", "administrator", "trustee"):
            with pytest.raises(Refused):
                decided(case, "hide", by=standing(UserFactory(**{role: True})))

    def test_a_private_group_s_cases_are_its_owners_and_its_moderating_group_s(self):
        owner, keeper, plain = a_member(), a_member(), a_member()
        group, keepers = GroupFactory(members=[plain], owners=[owner]), GroupFactory(members=[keeper])
        category = CategoryFactory(access="group", group=group, moderate_group=keepers)
        owner, keeper, plain, moderator = standing(owner), standing(keeper), standing(plain), a_moderator()
        post = PostFactory(topic=TopicFactory(category=category))
        case = a_case(post, by=plain)
        for person, sees in [(owner, True), (keeper, True), (plain, False), (moderator, False)]:
            assert Case.objects.visible_to(person).exists() is sees
        for person in (plain, moderator):
            with pytest.raises(Refused):
                decided(case, "hide", by=person)
        with pytest.raises(DecisionUnclear, match="cannot be done"):
            decided(case, "hide", "suspend", by=owner, ends_at=LATER + timedelta(days=1))
        decided(case, "hide", by=owner)

    def test_a_suspended_moderator_has_no_roles_at_once(self):
        moderator = a_moderator()
        decided(a_case(moderator), "suspend", ends_at=SOON + timedelta(days=36500))
        assert standing_of(standing(moderator)).roles == frozenset()
        with pytest.raises(Refused):
            decided(a_case(PostFactory()), "hide", by=standing(moderator))


class TestReversing:
    def test_everything_is_as_it_was_and_the_decision_stays(self):
        topic = TopicFactory()
        post = PostFactory(topic=topic, parent=topic.posts.get(number=1))
        before = Topic.objects.filter(pk=topic.pk).values("activity__reply_count", "activity__participant_count").get()
        case = a_case(post)
        decision = decided(case, "hide", "lock", "suspend", ends_at=AT + timedelta(days=36500))
        assert_counters_are_exact()
        second = a_moderator()
        reverse_decision(case, by=second, reason="We read it wrong.", at=LATER)
        post.refresh_from_db()
        topic.refresh_from_db()
        decision.refresh_from_db()
        assert (post.state, post.removed_by, post.removal_reason) == ("published", None, "")
        assert not topic.is_locked
        assert decision.sanction.lifted_by == second
        assert standing_of(standing(post.author)).takes_part
        assert (decision.reversed_by, decision.reverse_reason) == (second, "We read it wrong.")
        assert Topic.objects.filter(pk=topic.pk).values(*before).get() == before
        assert_counters_are_exact()
        assert AuditEntry.objects.filter(verb="case.reverse").exists()
        with pytest.raises(NothingToReverse):
            reverse_decision(case, by=second, reason="Again.", at=LATER)

    def test_a_topic_comes_back(self):
        topic = TopicFactory()
        case = a_case(topic)
        decided(case, "hide_topic")
        reverse_decision(case, by=a_moderator(), reason="Wrong.", at=LATER)
        topic.refresh_from_db()
        assert topic.state == "published"

    def test_a_lock_that_somebody_else_set_since_stays(self):
        topic = TopicFactory()
        case = a_case(topic)
        decided(case, "lock")
        Topic.objects.filter(pk=topic.pk).update(locked_at=LATER)
        reverse_decision(case, by=a_moderator(), reason="Wrong.", at=LATER)
        topic.refresh_from_db()
        assert topic.is_locked

    def test_what_somebody_else_brought_back_meanwhile_is_left_alone(self):
        post, topic, moderator = PostFactory(), TopicFactory(), a_moderator()
        of_post, of_topic = a_case(post), a_case(topic)
        decided(of_post, "hide")
        decided(of_topic, "hide_topic")
        unhide_post(post, by=moderator, at=LATER)
        unhide_topic(topic, by=moderator, at=LATER)
        for case in (of_post, of_topic):
            assert reverse_decision(case, by=moderator, reason="Wrong.", at=LATER).reversed_at == LATER
        assert_counters_are_exact()

    def test_nothing_needs_no_taking_back_and_a_reason_is_needed(self):
        case, other = a_case(PostFactory()), a_case(PostFactory())
        decided(case, "nothing", reason="")
        with pytest.raises(NothingToReverse):
            reverse_decision(case, by=a_moderator(), reason="x", at=LATER)
        with pytest.raises(NothingToReverse):
            reverse_decision(other, by=a_moderator(), reason="x", at=LATER)
        decided(other, "warn")
        with pytest.raises(NothingToReverse, match="Give a reason"):
            reverse_decision(other, by=a_moderator(), reason=" ", at=LATER)

    def test_a_sanction_lifted_before_is_left_alone(self):
        case = a_case(PostFactory())
        decision = decided(case, "warn")
        Sanction.objects.update(lifted_at=SOON, lifted_by=UserFactory())
        reverse_decision(case, by=a_moderator(), reason="Wrong.", at=LATER)
        decision.sanction.refresh_from_db()
        assert decision.sanction.lifted_at == SOON


def test_decide_case_names_no_other_than_known_cases():
    gone = Case(pk=987654)
    with pytest.raises(Refused):
        decide_case(gone, by=a_moderator(), acts=["nothing"], reason="", at=AT)
