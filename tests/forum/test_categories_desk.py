"""Categories, as administrators make and change them."""

import pytest
from django.urls import reverse

from accounts.actions.groups import close_group
from common.models import AuditEntry
from common.verdicts import Refused
from forum.actions.categories import GroupMissing, change_category, create_category
from forum.models import Category
from forum.models.plan import CategoryPlan
from tests.accounts.factories import GroupFactory, UserFactory
from tests.forum.factories import AT, CategoryFactory, TopicFactory
from tests.querycount import assert_queries_do_not_grow

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator():
    return UserFactory(administrator=True)


@pytest.fixture
def group():
    return GroupFactory(name="The panel", owners=[UserFactory(member=True)], members=[UserFactory(member=True)])


def test_a_category_is_made_last_in_the_list_with_an_address_of_its_own(administrator, group):
    CategoryFactory(slug="pay", name="Pay", position=7)
    made = create_category(CategoryPlan("Pay", "About pay.", "group", group=group), by=administrator, at=AT)
    assert (made.slug, made.position, made.group) == ("pay-2", 8, group)
    with pytest.raises(GroupMissing):
        create_category(CategoryPlan("Pay", "", "group"), by=administrator, at=AT)
    with pytest.raises(GroupMissing):
        create_category(CategoryPlan("Pay", "", "members", group=group), by=administrator, at=AT)


def test_only_administrators_make_and_change_them(group):
    category = CategoryFactory()
    for person in (UserFactory(member=True), UserFactory(moderator=True), UserFactory(director=True), UserFactory(trustee=True)):
        with pytest.raises(Refused):
            create_category(CategoryPlan("Pay", "", "public"), by=person, at=AT)
        with pytest.raises(Refused):
            change_category(category, CategoryPlan("Pay", "", "public"), by=person, at=AT)


def test_changing_who_reads_is_audited_and_holds_at_once(client, administrator, group):
    topic = TopicFactory(title="Open until now")
    member = UserFactory(member=True)
    client.force_login(member)
    assert client.get(topic.get_absolute_url()).status_code == 200
    change_category(topic.category, CategoryPlan("Closed room", "", "group", group=group), by=administrator, at=AT)
    assert client.get(topic.get_absolute_url()).status_code == 404
    assert "Closed room" not in client.get(reverse("forum:index")).content.decode()
    client.force_login(group.members.filter(is_owner=False).get().user)
    html = client.get(reverse("forum:index")).content.decode()
    assert "Closed room" in html
    assert "Private group" in html
    entry = AuditEntry.objects.select_related("detail").get(verb="category.rights")
    assert entry.detail.details["before"]["access"] == "public"
    assert entry.detail.details["after"]["group"] == group.pk


def told(**changed):
    return {
        "name": "Pay", "description": "", "access": "members", "group": "", "start_group": "", "reply_group": "",
        "moderate_group": "", "position": "3", **changed,
    }  # fmt: skip


def test_the_desk_says_who_will_read_before_anything_is_changed(client, administrator, group):
    client.force_login(administrator)
    new = reverse("forum:category_new")
    html = client.post(new, told(access="group", group=group.pk, check="yes")).content.decode()
    assert "The 2 people of The panel can read it." in html
    assert "no administrator" in html
    assert not Category.objects.exists()
    assert client.post(new, told(access="group", group=group.pk)).status_code == 302
    category = Category.objects.get()
    edit = reverse("forum:category_edit", args=[category.slug])
    asked = client.post(edit, told(access="public"))
    assert "also visitors" in asked.content.decode()
    assert "Nothing is changed yet" in asked.content.decode()
    category.refresh_from_db()
    assert category.access == "group"
    assert client.post(edit, told(access="public", sure="yes")).status_code == 302
    category.refresh_from_db()
    assert category.is_public
    assert client.post(edit, told(access="public", name="Pay and terms")).status_code == 302, "words need no second question"


@pytest.mark.parametrize("plan", ["public", "members", "group", "moderate_group"])
def test_an_administrator_does_not_open_to_themselves_what_a_group_wrote(administrator, group, plan):
    mine = GroupFactory(members=[administrator])
    category = TopicFactory(category=CategoryFactory(private=True, group=group)).category
    plans = {
        "public": CategoryPlan("Room", "", "public"),
        "members": CategoryPlan("Room", "", "members"),
        "group": CategoryPlan("Room", "", "group", group=mine),
        "moderate_group": CategoryPlan("Room", "", "group", group=group, moderate_group=mine),
    }
    with pytest.raises(Refused, match="open to yourself"):
        change_category(category, plans[plan], by=administrator, at=AT)
    category.refresh_from_db()
    assert (category.access, category.group, category.moderate_group) == ("group", group, None)
    other = GroupFactory(members=[UserFactory(member=True)])
    assert change_category(category, CategoryPlan("Room", "", "group", group=other), by=administrator, at=AT).group == other


def test_what_is_wrong_is_said_beside_the_field_and_what_was_typed_is_kept(client, administrator, group):
    client.force_login(administrator)
    html = client.post(reverse("forum:category_new"), told(access="group", description="Keep me.")).content.decode()
    assert "whose people alone read it" in html
    assert "Keep me." in html
    html = client.post(reverse("forum:category_new"), told(group=group.pk)).content.decode()
    assert "Only a private category" in html
    assert "whose people alone" not in html
    assert client.post(reverse("forum:category_new"), told(name="")).status_code == 200
    close_group(group, by=administrator, at=AT)
    assert client.post(reverse("forum:category_new"), told(access="group", group=group.pk)).status_code == 200
    assert not Category.objects.exists()


def test_a_trustee_looks_and_others_do_not(client, group):
    category = CategoryFactory(private=True, group=group, name="The panel’s room")
    TopicFactory(category=category, title="What nobody else reads")
    client.force_login(UserFactory(trustee=True))
    html = client.get(reverse("forum:desk")).content.decode()
    assert "The panel’s room" in html
    assert "nobody else reads" not in html
    assert client.get(reverse("forum:category_edit", args=[category.slug])).status_code == 403
    assert client.get(reverse("forum:category_new")).status_code == 403
    for person in (UserFactory(member=True), UserFactory(moderator=True), UserFactory(organiser=True)):
        client.force_login(person)
        assert client.get(reverse("forum:desk")).status_code == 403


def test_the_desk_costs_the_same_for_many(client, administrator):
    client.force_login(administrator)
    url = reverse("forum:desk")
    assert_queries_do_not_grow(url, client, add_rows=lambda: [CategoryFactory(private=True) for _ in range(4)], at_most=4)
