from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError

from accounts.actions import register_work
from accounts.actions.register import (
    LapsesNotConfirmed,
    MappingIncomplete,
    NotNow,
    StaleRegister,
    TooLarge,
    approve_register,
    drop_register,
    map_register,
    receive_register,
    recheck_register,
)
from accounts.actions.register_work import apply_register, check_register, forget_old_lines, work_on_registers
from accounts.actions.roles import grant_role
from accounts.models import Facts, Membership, RegisterPiece, RegisterRow, RegisterRun, RoleGrant, User
from accounts.register.reading import NotARegister
from accounts.standing import standing_of
from common.models import AuditDetail, AuditEntry
from common.verdicts import Refused
from tests.accounts.factories import UserFactory
from tests.accounts.register.conftest import AT
from tests.accounts.register.files import csv_of, row

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(days=30)


def outcomes(run):
    return dict(RegisterRow.objects.filter(run=run).values_list("number", "outcome"))


def standing(user):
    return standing_of(User.objects.get(pk=user.pk))


def test_a_dry_run_changes_nothing_and_says_what_it_would(bring_in, dry_run):
    bring_in(row("M1"), row("M2"), row("M3"), row("M4"))
    before = list(Membership.objects.order_by("pk").values())
    run = dry_run(row("M1"), row("M2", nation="England"), row("M3", status="Lapsed"), row("M5"), row("M6", nation="Narnia"))
    assert outcomes(run) == {"M1": "same", "M2": "change", "M3": "lapse", "M4": "lapse", "M5": "join", "M6": "fault"}
    assert run.counts == {"joins": 1, "changes": 1, "lapses": 2, "unlisted": 0, "same": 1, "faults": 1, "standing": 4}
    assert RegisterRow.objects.get(run=run, number="M2").changes == {"nation": ["wales", "england"]}
    assert list(Membership.objects.order_by("pk").values()) == before


def test_applied_it_does_what_it_said(bring_in):
    bring_in(row("M1"), row("M2"), row("M3"))
    run = bring_in(row("M1"), row("M2", nation="England", until="31/12/2198"), row("M4"), at=LATER)
    assert run.state == "applied"
    told = {member.number: member for member in Membership.objects.all()}
    assert told["M2"].nation == "england"
    assert told["M2"].ends_at == datetime(2199, 1, 1, tzinfo=UTC)
    assert (told["M1"].changed_at, told["M2"].changed_at) == (AT, LATER)
    assert told["M3"].ended_at == LATER
    assert told["M4"].joined_at == LATER
    assert told["M4"].list_size == "5-10k", "never the exact number"
    assert "7840" not in str(list(RegisterRow.objects.values()))
    assert not RegisterPiece.objects.exists()


def test_what_a_file_does_not_tell_stays(bring_in):
    bring_in(row("M1"))
    bring_in(["M1", "new@example.org"], header=["Number", "Email"], at=LATER)
    member = Membership.objects.get()
    assert (member.email, member.nation, member.name, member.ends_at is None) == ("new@example.org", "wales", "Member M1", False)


def test_a_partial_file_lapses_nobody_for_not_being_in_it(bring_in):
    bring_in(row("M1"), row("M2"))
    run = bring_in(row("M1", status="lapsed"), whole=False, at=LATER)
    assert run.counts["lapses"] == 1
    assert Membership.objects.get(number="M2").ended_at is None


@pytest.mark.parametrize("line", [row("M2", nation="Narnia"), row("", "m2@example.org"), row("M2", "a@@b"), row("m\x002")])
def test_a_faulty_line_never_lapses_the_member_it_names(bring_in, dry_run, line):
    bring_in(row("M1"), row("M2"))
    run = dry_run(row("M1"), line)
    assert (run.counts["faults"], run.counts["lapses"]) == (1, 0)


def test_a_number_on_two_lines_is_a_fault_on_both_and_names_the_first(bring_in, dry_run):
    bring_in(row("M1"))
    run = dry_run(row("m1"), row("M1", nation="England"))
    assert run.counts["faults"] == 2
    assert run.counts["lapses"] == 0
    sentence = RegisterRow.objects.filter(run=run).latest("pk").faults[0]["sentence"]
    assert sentence == "Member No: “M1” stands on more than one line, first on line 2. Leave one."


def test_a_second_register_between_makes_the_first_stale(dry_run, bring_in, keeper):
    first = dry_run(row("M1"))
    bring_in(row("M2"))
    with pytest.raises(StaleRegister):
        approve_register(first, by=keeper, at=AT, typed=1)
    check_register(recheck_register(first, by=keeper, at=AT), at=AT)
    first.refresh_from_db()
    approve_register(first, by=keeper, at=AT, typed=1)
    assert apply_register(first, at=AT).counts["lapses"] == 1


def test_stale_after_the_approval_is_refused_too_and_says_so_on_the_page(dry_run, keeper):
    first, second = dry_run(row("M1")), dry_run(row("M2"))
    for run in (first, second):
        approve_register(run, by=keeper, at=AT, typed=0)
    apply_register(first, at=AT)
    refused = apply_register(second, at=AT)
    assert refused.state == "checked"
    assert "Check it again" in refused.problem
    assert list(Membership.objects.values_list("number", flat=True)) == ["M1"]


def test_where_more_than_a_tenth_would_lapse_the_number_must_be_typed(bring_in, dry_run, keeper):
    bring_in(*(row(f"M{number}") for number in range(20)))
    few = dry_run(*(row(f"M{number}") for number in range(2, 20)))
    approve_register(few, by=keeper, at=AT)
    apply_register(few, at=AT)
    many = dry_run(*(row(f"M{number}") for number in range(4, 20)))
    for typed in (None, 1):
        with pytest.raises(LapsesNotConfirmed):
            approve_register(many, by=keeper, at=AT, typed=typed)
    approve_register(many, by=keeper, at=AT, typed=2)


def test_a_crash_in_the_middle_leaves_everything_as_it_was_and_the_next_tick_does_it(dry_run, keeper, monkeypatch):
    user = UserFactory(email="m1@example.org")
    run = dry_run(row("M1"))
    approve_register(run, by=keeper, at=AT, typed=0)

    def break_down(**told):
        raise DatabaseError("the server went away")

    with monkeypatch.context() as patch:
        patch.setattr(register_work, "align_rights", break_down)
        with pytest.raises(DatabaseError):
            apply_register(run, at=AT)
    assert not Membership.objects.exists()
    assert work_on_registers(clock=lambda: AT) == 1
    assert standing(user).is_member


def test_a_crash_while_checking_begins_it_anew(keeper, monkeypatch, dry_run):
    dry_run(row("M0"))
    run = receive_register([csv_of(row("M1"))], file_name="r.csv", by=keeper, at=AT)
    assert run.state == "checking", "the header is known"
    RegisterRow.objects.create(run=run, number="left over", line=9)
    assert work_on_registers(clock=lambda: AT) == 1
    assert outcomes(run) == {"M1": "join"}


def test_the_role_ends_when_the_paid_time_does(bring_in):
    user = UserFactory(email="m1@example.org", member=True)
    until = datetime.now(UTC) + timedelta(days=1)
    bring_in(row("M1", until=f"{until:%d/%m/%Y}"))
    grant = RoleGrant.objects.get(user=user, role="member")
    assert grant.ends_at == Membership.objects.get().ends_at
    assert standing(user).is_member
    RoleGrant.objects.filter(pk=grant.pk).update(ends_at=datetime.now(UTC))
    assert not standing(user).is_member, "by the clock alone"


def test_lapsed_and_renewed(bring_in):
    user = UserFactory(email="m1@example.org", member=True, moderator=True)
    card = User.objects.get(pk=user.pk).card_version
    bring_in(row("M1"), row("M2"))
    assert standing(user).roles == {"member", "moderator"}
    bring_in(row("M2"), at=LATER)
    assert standing(user).roles == {"moderator"}, "no other role is touched"
    assert User.objects.get(pk=user.pk).card_version > card
    run = bring_in(row("M1"), row("M2"), at=LATER + timedelta(days=1))
    assert run.counts["joins"] == 1
    assert standing(user).is_member
    assert Membership.objects.get(number="M1").user_id == user.pk


def test_an_end_that_has_passed_ends_the_role_also_where_it_had_none(bring_in):
    user = UserFactory(email="m1@example.org", member=True)
    bring_in(row("M1"))
    bring_in(row("M1", until="01/01/2026"), at=LATER)
    assert not standing(user).is_member


def test_an_account_without_a_line_is_told_apart_and_loses_the_role(bring_in, dry_run):
    stranger = UserFactory(member=True, organiser=True)
    run = dry_run(row("M1"))
    assert run.counts["unlisted"] == 1
    assert RegisterRow.objects.get(run=run, outcome="unlisted").user_id == stranger.pk
    bring_in(row("M1"))
    assert standing(stranger).roles == {"organiser"}


def test_an_address_on_two_lines_attaches_nobody_by_itself_and_ends_nobody(bring_in):
    user = UserFactory(email="shared@example.org", member=True)
    bring_in(row("M1", "shared@example.org"), row("M2", "shared@example.org"))
    assert not Membership.objects.exclude(user=None).exists()
    assert standing(user).is_member


def test_the_register_wins_over_what_was_declared_and_says_where_it_is_from(bring_in, keeper):
    user = UserFactory(email="m1@example.org", member=True)
    Facts.objects.create(
        user=user, nation="england", years="2-4", list_size="under-5k", audience={"years": "nobody"}, updated_at=AT
    )
    bring_in(row("M1", size=""))
    facts = Facts.objects.get(user=user)
    assert (facts.nation, facts.job, facts.grade, facts.years, facts.list_size) == (
        "wales", "practice-manager", "Full", "2-4", "under-5k",
    )  # fmt: skip
    assert facts.sources["nation"] == {"source": "register", "at": AT.isoformat(), "by": keeper.pk}
    assert set(facts.sources) == {"nation", "job", "grade"}
    assert facts.audience == {"years": "nobody"}
    bring_in(row("M1", size="", nation="", grade="Fellow"), at=LATER)
    facts.refresh_from_db()
    assert (facts.nation, facts.grade) == ("", "Fellow")
    assert set(facts.sources) == {"job", "grade"}
    assert (facts.sources["job"]["at"], facts.sources["grade"]["at"]) == (AT.isoformat(), LATER.isoformat())


def test_applied_twice_nothing_is_written(bring_in):
    user = UserFactory(email="m1@example.org", member=True)
    bring_in(row("M1"))
    before = (User.objects.get(pk=user.pk).card_version, Facts.objects.get().updated_at)
    run = bring_in(row("M1"), at=LATER)
    assert (run.counts["same"], run.counts["granted"], run.counts["ended"]) == (1, 0, 0)
    assert (User.objects.get(pk=user.pk).card_version, Facts.objects.get().updated_at) == before


def test_changing_address_and_name_keeps_the_account(bring_in):
    user = UserFactory(email="m1@example.org", member=True)
    bring_in(row("M1"))
    bring_in(row("M1", "elsewhere@example.org", name="Another Name"), at=LATER)
    assert Membership.objects.get().user_id == user.pk
    assert standing(user).is_member


def test_who_may(keeper, dry_run):
    for nobody in (UserFactory(member=True), UserFactory(trustee=True), UserFactory(director=True)):
        with pytest.raises(Refused):
            receive_register([b"a,b\n"], file_name="x", by=nobody, at=AT)
        run = dry_run(row("M1"))
        for act in (approve_register, drop_register, recheck_register):
            with pytest.raises(Refused):
                act(run, by=nobody, at=AT)
    assert grant_role(UserFactory(), role="member", by=None, at=AT)


def test_a_file_that_is_none_leaves_nothing_behind(keeper, settings):
    with pytest.raises(NotARegister):
        receive_register([b"PK\x03\x04"], file_name="x.xlsx", by=keeper, at=AT)
    settings.REGISTER_MAX_MB = 1
    with pytest.raises(TooLarge):
        receive_register([b"a,b\n" + b"1,2\n" * 100_000] * 3, file_name="x.csv", by=keeper, at=AT)
    assert not RegisterRun.objects.exists()
    assert not RegisterPiece.objects.exists()


def test_a_file_that_breaks_in_the_middle_is_refused_whole(keeper, dry_run):
    run = dry_run(data=csv_of(row("M1")) + b'M2,"oops\n')
    assert (run.state, RegisterRow.objects.count()) == ("refused", 0)
    assert "line 3" in run.problem
    with pytest.raises(NotNow):
        approve_register(run, by=keeper, at=AT)


def test_a_mapping_must_be_whole_and_of_this_file(keeper):
    run = receive_register([csv_of(row("M1"))], file_name="x.csv", by=keeper, at=AT)
    for columns in ({"number": 0}, {"number": 0, "email": 99}, {"number": 0, "email": 1, "shoe": 2}):
        with pytest.raises(MappingIncomplete):
            map_register(run, columns=columns, values={}, is_whole=True, by=keeper, at=AT)


def test_the_next_file_of_the_same_header_needs_no_mapping(keeper, dry_run):
    dry_run(row("M1"))
    assert receive_register([csv_of(row("M2"))], file_name="x.csv", by=keeper, at=AT).state == "checking"


def test_dropped_or_old_nothing_of_what_it_said_of_people_is_kept(dry_run, bring_in, keeper):
    drop_register(dry_run(row("M1")), by=keeper, at=AT)
    assert not RegisterRow.objects.exists()
    bring_in(row("M1"))
    waiting = dry_run(row("M1"))
    forget_old_lines(at=AT + timedelta(days=31))
    assert not RegisterRow.objects.exists()
    waiting.refresh_from_db()
    assert waiting.state == "dropped"


def test_the_audit_knows_counts_and_no_person(bring_in):
    bring_in(row("M1"))
    verbs = AuditEntry.objects.filter(subject_kind="register").order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["register.upload", "register.map", "register.approve", "register.apply"]
    details = list(AuditDetail.objects.filter(entry__subject_kind="register").values_list("details", flat=True))
    assert "@" not in str(details) and "M1" not in str(details)
    assert details[-1]["joins"] == 1
