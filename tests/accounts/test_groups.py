"""Groups: who may do what, that somebody is always left to run one, and that it holds at once."""

from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from accounts.actions.groups import (
    GroupNeedsAnOwner,
    NotAMember,
    add_to_group,
    change_group,
    close_group,
    create_group,
    leave_group,
    make_owner,
    name_owner,
    remove_from_group,
    unmake_owner,
)
from accounts.models import Group, GroupMember, Sanction
from accounts.standing import standing_now, standing_of
from common.models import AuditEntry
from common.verdicts import Refused
from notifications.expander import expand_next
from notifications.kinds import notice_kind
from notifications.models import Notice
from tests.accounts.factories import GroupFactory, UserFactory
from tests.querycount import assert_queries_do_not_grow

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)


def inside(group: Group) -> set[int]:
    return set(GroupMember.objects.standing().filter(group=group).values_list("user", flat=True))


def owners(group: Group) -> set[int]:
    return set(GroupMember.objects.standing().filter(group=group, is_owner=True).values_list("user", flat=True))


@pytest.mark.django_db
def test_a_group_from_its_making_to_its_close():
    administrator, first, second = UserFactory(administrator=True), UserFactory(member=True), UserFactory(member=True)
    group = create_group(name="Accreditation panel", description="", by=administrator, at=AT)
    again = create_group(name="Accreditation panel", description="", by=administrator, at=AT)
    assert (group.slug, again.slug) == ("accreditation-panel", "accreditation-panel-2")
    name_owner(group, first, by=administrator, at=AT)
    add_to_group(group, second, by=first, at=AT)
    add_to_group(group, second, by=first, at=AT)
    assert inside(group) == {first.pk, second.pk}
    assert owners(group) == {first.pk}
    make_owner(group, second, by=first, at=AT)
    unmake_owner(group, first, by=second, at=AT)
    assert owners(group) == {second.pk}
    remove_from_group(group, first, by=second, at=AT)
    change_group(group, name="The panel", description="It assesses.", by=administrator, at=AT)
    assert Group.objects.get(pk=group.pk).slug == "accreditation-panel"
    close_group(group, by=administrator, at=AT)
    close_group(group, by=administrator, at=AT)
    assert inside(group) == set()
    told = AuditEntry.objects.filter(subject_kind="group", subject_id=str(group.pk)).order_by("pk").values_list("verb", flat=True)
    assert list(told) == [
        "group.create", "group.make_owner", "group.add", "group.make_owner", "group.unmake_owner", "group.remove", "group.change",
        "group.close",
    ]  # fmt: skip


@pytest.mark.django_db
def test_nobody_but_an_owner_runs_a_group_and_nobody_but_an_administrator_makes_one():
    owner, plain, stranger, administrator = (UserFactory(member=True) for _ in range(3)), None, None, None
    owner, plain, stranger = owner
    administrator = UserFactory(administrator=True)
    group = GroupFactory(owners=[owner], members=[plain])
    for nobody in (plain, stranger, administrator, UserFactory(member=True, moderator=True), UserFactory(trustee=True)):
        for act in (add_to_group, remove_from_group, make_owner, unmake_owner):
            with pytest.raises(Refused):
                act(group, stranger, by=nobody, at=AT)
    for nobody in (owner, UserFactory(director=True), UserFactory(trustee=True)):
        with pytest.raises(Refused):
            create_group(name="Mine", description="", by=nobody, at=AT)
        with pytest.raises(Refused):
            name_owner(group, stranger, by=nobody, at=AT)
        with pytest.raises(Refused):
            close_group(group, by=nobody, at=AT)
    with pytest.raises(Refused):
        name_owner(group, administrator, by=administrator, at=AT)


@pytest.mark.django_db
def test_the_last_owner_cannot_go_while_others_are_there():
    owner, other = UserFactory(member=True), UserFactory(member=True)
    group = GroupFactory(owners=[owner], members=[other])
    for act in (lambda: leave_group(group, by=owner, at=AT), lambda: unmake_owner(group, owner, by=owner, at=AT)):
        with pytest.raises(GroupNeedsAnOwner):
            act()
    leave_group(group, by=other, at=AT)
    leave_group(group, by=owner, at=AT)
    assert inside(group) == set()


@pytest.mark.django_db
def test_only_members_of_now_are_let_in():
    owner = UserFactory(member=True)
    group = GroupFactory(owners=[owner])
    with pytest.raises(NotAMember):
        add_to_group(group, UserFactory(), by=owner, at=AT)


@pytest.mark.django_db(transaction=True)
def test_of_two_owners_who_remove_each_other_at_once_one_is_left():
    one, two = UserFactory(member=True), UserFactory(member=True)
    group = GroupFactory(owners=[one, two])
    together, refused = Barrier(2), []

    def remove(by, person):
        together.wait()
        try:
            remove_from_group(group, person, by=by, at=AT)
        except Refused as error:
            refused.append(str(error))
        finally:
            connection.close()

    threads = [Thread(target=remove, args=pair) for pair in ((one, two), (two, one))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(owners(group)) == 1
    assert len(refused) == 1


@pytest.mark.django_db
def test_who_is_added_is_told_and_no_more_once_removed():
    owner, other = UserFactory(member=True), UserFactory(member=True)
    group = GroupFactory(name="Wales managers", owners=[owner])
    add_to_group(group, other, by=owner, at=AT)
    while expand_next(at=AT):
        pass
    notice = Notice.objects.select_related("event").get()
    assert (notice.user, notice.kind) == (other, "accounts.group_joined")
    kind = notice_kind(notice.kind)
    assert "Wales managers" in kind.render(other, [notice], AT)[notice.pk].sentence
    remove_from_group(group, other, by=owner, at=AT)
    assert not kind.may_still_see(other, notice.event, AT)
    assert kind.render(other, [notice], AT) == {}


@pytest.mark.django_db
def test_a_group_shows_itself_to_its_people_and_to_the_desks(client):
    owner = UserFactory(member=True, display_name="Nesta Pritchard")
    group = GroupFactory(owners=[owner])
    for person, status in (
        (owner, 200), (UserFactory(administrator=True), 200), (UserFactory(trustee=True), 200),
        (UserFactory(member=True), 404), (UserFactory(moderator=True), 404), (UserFactory(), 404),
    ):  # fmt: skip
        client.force_login(person)
        assert client.get(reverse("accounts:group", args=[group.slug])).status_code == status


@pytest.mark.django_db
def test_an_owner_finds_a_member_by_name_and_adds_and_removes(client):
    owner = UserFactory(member=True)
    other = UserFactory(member=True, display_name="Zoë Harcourt", handle="zoe-harcourt")
    UserFactory(display_name="Zoë Outside")
    group = GroupFactory(owners=[owner])
    client.force_login(owner)
    add = reverse("accounts:group_add", args=[group.slug])
    assert "Type two letters" in client.get(add, {"q": "z"}).content.decode()
    html = client.get(add, {"q": "zoe"}).content.decode()
    assert "Zoë Harcourt" in html
    assert "Outside" not in html
    assert other.email not in html
    assert client.post(add, {"handle": other.handle}).status_code == 302
    assert standing_of(standing_now(other.pk)).groups == {group.pk}
    remove = reverse("accounts:group_remove", args=[group.slug, other.handle])
    assert "cannot open what is private" in client.get(remove).content.decode()
    assert other.pk in inside(group), "a question changes nothing"
    client.post(remove)
    assert inside(group) == {owner.pk}
    client.post(reverse("accounts:group_leave", args=[group.slug]))
    assert inside(group) == set()


@pytest.mark.django_db
def test_the_last_owner_s_leaving_is_refused_with_a_sentence(client):
    owner = UserFactory(member=True)
    group = GroupFactory(owners=[owner], members=[UserFactory(member=True)])
    client.force_login(owner)
    answer = client.post(reverse("accounts:group_leave", args=[group.slug]))
    assert answer.status_code == 409
    assert "only owner" in answer.content.decode()


@pytest.mark.django_db
def test_an_administrator_makes_a_group_and_names_its_owner(client):
    client.force_login(UserFactory(administrator=True))
    wrong = client.post(reverse("accounts:group_new"), {"name": "", "description": "For Wales."}).content.decode()
    assert "For Wales." in wrong
    answer = client.post(reverse("accounts:group_new"), {"name": "Wales managers", "description": ""})
    group = Group.objects.get()
    assert answer.headers["Location"] == reverse("accounts:group_add", args=[group.slug])
    first = UserFactory(member=True)
    client.post(answer.headers["Location"], {"handle": first.handle})
    assert owners(group) == {first.pk}
    client.post(reverse("accounts:group_edit", args=[group.slug]), {"name": "Wales", "description": ""})
    client.post(reverse("accounts:group_close", args=[group.slug]))
    group.refresh_from_db()
    assert group.name == "Wales"
    assert group.closed_at is not None


@pytest.mark.django_db
def test_a_trustee_looks_at_the_desk_and_changes_nothing(client):
    group = GroupFactory(owners=[UserFactory(member=True)])
    client.force_login(UserFactory(trustee=True))
    assert group.name in client.get(reverse("accounts:group_desk")).content.decode()
    for name, args in (
        ("group_new", []),
        ("group_edit", [group.slug]),
        ("group_close", [group.slug]),
        ("group_add", [group.slug]),
    ):
        assert client.post(reverse(f"accounts:{name}", args=args), {"name": "Mine now"}).status_code == 403


@pytest.mark.django_db
def test_the_pages_cost_the_same_for_many(client):
    owner = UserFactory(member=True)
    group = GroupFactory(owners=[owner])
    client.force_login(owner)

    def more():
        for _ in range(3):
            GroupFactory(owners=[owner])
            GroupMember.objects.create(group=group, user=UserFactory(member=True), added_at=timezone.now())

    assert_queries_do_not_grow(reverse("accounts:group", args=[group.slug]), client, add_rows=more, at_most=5)
    assert_queries_do_not_grow(reverse("accounts:groups"), client, add_rows=more, at_most=4)
    assert_queries_do_not_grow(reverse("accounts:group_add", args=[group.slug]) + "?q=person", client, add_rows=more)
    client.force_login(UserFactory(administrator=True))
    assert_queries_do_not_grow(reverse("accounts:group_desk"), client, add_rows=more, at_most=4)


@pytest.mark.django_db
def test_whoever_is_suspended_reads_no_more_of_their_groups_not_even_the_name(client):
    owner, member = UserFactory(member=True), UserFactory(member=True)
    group = GroupFactory(name="The quiet panel", owners=[owner])
    add_to_group(group, member, by=owner, at=AT)
    while expand_next(at=AT):
        pass
    client.force_login(member)
    for page in ("accounts:groups", "notifications:list"):
        assert "The quiet panel" in client.get(reverse(page)).content.decode()
    until = timezone.now() + timedelta(days=1)
    Sanction.objects.create(user=member, kind="suspension", reason="x", imposed_at=AT, imposed_by=owner, ends_at=until)
    for page in ("accounts:groups", "notifications:list"):
        assert "The quiet panel" not in client.get(reverse(page)).content.decode()
