"""The register may tell at which practice somebody works; shown to nobody, it decides what is kept from them."""

import pytest
from django.urls import reverse

from accounts.actions.practice import NoPractice, state_practice
from accounts.models import Facts, Membership, RegisterRow, User
from accounts.standing import standing_of
from tests.accounts.factories import UserFactory
from tests.accounts.register.conftest import AT
from tests.accounts.register.files import HEADER, row

pytestmark = pytest.mark.django_db
WITH_PRACTICE = [*HEADER, "Practice code"]


@pytest.fixture
def member(client):
    """A member whose line is M1, and who said a practice before."""
    person = UserFactory(member=True, email="m1@example.org")
    state_practice("A12345", by=person, at=AT)
    person.emailaddress_set.get_or_create(email=person.email, defaults={"verified": True, "primary": True})
    person.emailaddress_set.update(verified=True)
    return person


def practices(person: User) -> list[str]:
    return Facts.objects.get(user=person).practices


def test_it_is_where_they_work_now_and_what_they_said_before_stays_in_force(bring_in, member):
    bring_in([*row("M1"), " v81998 "], [*row("M2"), ""], header=WITH_PRACTICE)
    assert Membership.objects.get(number="M1").practice == "V81998"
    assert practices(member) == ["A12345", "V81998"]
    assert standing_of(User.objects.with_roles().get(pk=member.pk)).practices == {"A12345", "V81998"}
    run = bring_in([*row("M1"), "A12345"], [*row("M2"), ""], header=WITH_PRACTICE)
    assert RegisterRow.objects.get(run=run, number="M1").changes == {"practice": ["V81998", "A12345"]}
    assert practices(member) == ["V81998", "A12345"]


def test_nobody_says_another_one_then_and_the_page_says_why(bring_in, member, client):
    bring_in([*row("M1"), "V81998"], header=WITH_PRACTICE)
    with pytest.raises(NoPractice, match="The institute’s register says"):
        state_practice("P11111", by=member, at=AT)
    client.force_login(member)
    page = client.get(reverse("accounts:practice")).content.decode()
    assert "The institute’s register says: <b>V81998</b>" in page
    assert "<button" not in page[page.index("<main") : page.index("</main")]


def test_a_register_without_it_changes_nothing_and_a_wrong_code_is_a_fault(bring_in, dry_run, member):
    bring_in([*row("M1"), "V81998"], header=WITH_PRACTICE)
    bring_in(row("M1"))
    assert (Membership.objects.get().practice, practices(member)) == ("V81998", ["A12345", "V81998"])
    run = dry_run([*row("M1"), "The Surgery"], header=WITH_PRACTICE)
    assert "no practice code" in RegisterRow.objects.get(run=run, number="M1").faults[0]["sentence"]
