"""Who an imported author was comes out later: their cases follow, and nobody keeps a hand in one that is now their own."""

import pytest
from django.conf import settings

from common.doors import open_door
from common.verdicts import Refused
from moderation.actions.claiming import claim_case
from moderation.actions.reversing import reverse_decision
from moderation.models import Case
from tests.accounts.factories import UserFactory
from tests.forum.factories import PostFactory
from tests.moderation.factories import AT, LATER, SOON, a_case, a_moderator, decided, standing

pytestmark = pytest.mark.django_db


def merge(before, after):
    for door in settings.ACCOUNT_MERGED:
        open_door(door)(before, after, at=SOON)


def test_nobody_decides_a_case_that_turns_out_to_be_their_own():
    imported, moderator = UserFactory(member=True), a_moderator()
    waiting, ended = a_case(PostFactory(author=imported)), a_case(PostFactory(author=imported))
    about_them = a_case(imported)
    decided(ended, "hide", reason="It names a patient.", by=a_moderator())
    claim_case(waiting, by=moderator, at=AT)
    merge(imported, moderator)
    person = standing(moderator)
    assert not Case.objects.visible_to(person).filter(pk__in=[waiting.pk, ended.pk, about_them.pk]).exists()
    for case in (waiting, about_them):
        with pytest.raises(Refused):
            claim_case(case, by=person, at=LATER)
    with pytest.raises(Refused):
        reverse_decision(ended, by=person, reason="Mine.", at=LATER)
    assert Case.objects.get(pk=waiting.pk).claimed_by is None
    ended.refresh_from_db()
    assert ended.decision.about == moderator


def test_what_they_decided_before_it_was_known_stands_and_two_open_cases_stay_two():
    imported, moderator = UserFactory(member=True), a_moderator()
    case = a_case(PostFactory(author=imported))
    decided(case, "hide", reason="It names a patient.", by=moderator)
    first, second = a_case(imported), a_case(moderator)
    merge(imported, moderator)
    for kept, about in ((case, imported), (first, imported), (second, moderator)):
        kept.refresh_from_db()
        assert kept.about == about
