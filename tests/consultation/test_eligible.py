"""Who may answer: one rule as a sentence, as a count, as a frozen list; the database keeps it."""

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from accounts.models import Facts
from common.verdicts import Refused
from consultation.actions.audience import change_audience, invite_addresses, take_off_list
from consultation.actions.eligible import add_to_supplement
from consultation.models import Consultation, Eligible, Invited
from consultation.permissions import can_answer
from consultation.readers.audience import audience_of, count_entitled, in_a_sentence, known_grades
from tests.accounts.factories import GroupFactory
from tests.consultation.factories import (
    BEGIN,
    OPENED,
    WHILE_OPEN,
    a_draft,
    a_person,
    a_response,
    an_open_one,
    an_organiser,
    opened,
)
from tests.forum.factories import CategoryFactory

pytestmark = pytest.mark.django_db


def somebody(nation="", list_size="", grade="", role="member"):
    return a_person(role=role, facts={"nation": nation, "list_size": list_size, "grade": grade})


def open_to(by, **rule):
    draft = change_audience(a_draft(by=by), by=by, at=BEGIN, **rule)
    return opened(draft, category=CategoryFactory(), by=by, at=OPENED)


def listed(consultation):
    return set(Eligible.objects.filter(consultation=consultation).values_list("user", flat=True))


def test_the_list_is_frozen_at_the_opening_with_facts_as_of_then():
    by, welsh, bare, stranger = an_organiser(), somebody("wales", "5-10k"), a_person(), a_person(role=None)
    consultation = an_open_one(by=by)
    assert consultation.eligible_at_opening == 2
    assert listed(consultation) == {welsh.pk, bare.pk}
    Facts.objects.filter(user=welsh).update(nation="england")
    row = Eligible.objects.get(user=welsh)
    assert (row.nation, row.list_size, row.on_supplement) == ("wales", "5-10k", False)
    assert not can_answer(stranger, consultation, WHILE_OPEN)
    assert not can_answer(by, consultation, WHILE_OPEN), "an organiser who is no member runs it and is not asked"


def test_who_joins_after_the_opening_answers_and_stands_on_the_supplement():
    consultation = an_open_one()
    late = somebody("scotland")
    assert can_answer(late, consultation, WHILE_OPEN)
    a_response(consultation, by=late)
    row = Eligible.objects.get(user=late)
    assert (row.on_supplement, row.nation) == (True, "scotland")
    idle = a_person()
    assert add_to_supplement(consultation, at=WHILE_OPEN) == 1
    assert add_to_supplement(consultation, at=WHILE_OPEN) == 0
    assert Eligible.objects.get(user=idle).on_supplement
    assert Consultation.objects.get(pk=consultation.pk).eligible_at_opening == 1


def test_a_rule_narrows_by_all_that_is_chosen_and_says_so_in_one_sentence():
    by, right, wrong_size, wrong_nation = (
        an_organiser(),
        somebody("wales", "5-10k", "Fellow"),
        somebody("wales", "20k-plus", "Fellow"),
        somebody("england", "5-10k", "Fellow"),
    )
    group = GroupFactory(name="Panel", slug="the-panel", members=[right, wrong_size])
    consultation = open_to(by, grades=["Fellow"], nations=["wales", "scotland"], list_sizes=["under-5k", "5-10k"], group=group)
    assert listed(consultation) == {right.pk}
    assert in_a_sentence(audience_of(consultation)) == (
        "verified members of the grade Fellow in Wales or Scotland whose practice has under 5,000 or 5,000–9,999 patients "
        "who belong to the group “Panel”"
    )
    assert can_answer(right, consultation, WHILE_OPEN)
    refusal = can_answer(wrong_size, consultation, WHILE_OPEN)
    assert "you are not among them" in refusal.reason
    with pytest.raises(Refused, match="not among them"):
        a_response(consultation, by=wrong_nation)
    assert known_grades() == ["Fellow"]


def test_who_moves_out_of_the_rule_stays_on_the_list():
    by, member = an_organiser(), somebody("wales")
    consultation = open_to(by, nations=["wales"])
    Facts.objects.filter(user=member).update(nation="england")
    assert can_answer(member, consultation, WHILE_OPEN)
    assert a_response(consultation, by=member)


def test_an_invited_list_is_pasted_and_unknown_addresses_are_told():
    by, first, second, other = an_organiser(), a_person(), a_person(), a_person()
    draft = change_audience(a_draft(by=by), only_invited=True, nations=["wales"], by=by, at=BEGIN)
    assert draft.for_nations == [], "a list is a list"
    pasted = [first.email.upper(), f" {second.email} ", first.email, "nobody@example.org", ""]
    added = invite_addresses(draft, addresses=pasted, by=by, at=BEGIN)
    assert (added.people, added.already, added.unknown) == (2, 0, ("nobody@example.org",))
    assert invite_addresses(draft, addresses=[first.email], by=by, at=BEGIN).already == 1
    assert count_entitled(audience_of(draft), at=BEGIN) == 2
    take_off_list(Invited.objects.get(user=second), by=by, at=BEGIN)
    consultation = opened(draft, category=CategoryFactory(), by=by, at=OPENED)
    assert listed(consultation) == {first.pk}
    assert "list" in can_answer(other, consultation, WHILE_OPEN).reason
    with pytest.raises(DatabaseError, match="fixed once opened"), transaction.atomic():
        Invited.objects.create(consultation=consultation, user=other, added_at=OPENED, added_by=by)


def test_the_database_keeps_the_list():
    a_person()
    consultation = an_open_one()
    row = Eligible.objects.get()
    for change in (
        lambda: Eligible.objects.update(nation="wales"),
        lambda: Eligible.objects.all().delete(),
        lambda: Eligible.objects.create(consultation=consultation, user=row.user),
        lambda: Consultation.objects.filter(pk=consultation.pk).update(for_nations=["wales"]),
        lambda: Consultation.objects.filter(pk=consultation.pk).update(eligible_at_opening=7),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_the_database_holds_that_everybody_listed_is_there_and_stays():
    member = a_person()
    consultation = an_open_one()
    raw = "INSERT INTO consultation_eligible (consultation_id, user_id, nation, list_size) VALUES (%s, %s, '', ''), (%s, %s, '', '')"
    another = a_person()
    for fresh in (
        [consultation.pk, another.pk, consultation.pk, 10**9],
        [consultation.pk, another.pk, 10**9, another.pk],
    ):
        with pytest.raises(IntegrityError, match="a list of who may answer"), transaction.atomic():
            execute(raw, fresh)
    for table, pk in (("accounts_user", member.pk), ("consultation_consultation", consultation.pk)):
        for change in (f"DELETE FROM {table} WHERE id = %s", f"UPDATE {table} SET id = 10 ^ 9 WHERE id = %s"):
            with pytest.raises(IntegrityError), transaction.atomic():
                execute(f"SET CONSTRAINTS ALL IMMEDIATE; {change}", [pk])
    assert listed(consultation) == {member.pk}


def execute(sql, params):
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
