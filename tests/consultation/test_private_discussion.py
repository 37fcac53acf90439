"""A consultation is for everybody to read; the place where it is debated need not be."""

import pytest
from django.test import Client

from forum.models import Category, Topic
from tests.accounts.factories import GroupFactory, UserFactory
from tests.consultation.factories import an_open_one

pytestmark = pytest.mark.django_db


def test_the_page_leads_to_the_discussion_only_those_who_may_read_it():
    inside, outside = UserFactory(member=True), UserFactory(member=True)
    asked = an_open_one()
    topic = Topic.objects.get(kind="consultation")
    Category.objects.filter(pk=topic.category_id).update(access="group", group=GroupFactory(members=[inside]))
    Topic.objects.filter(pk=topic.pk).update(slug="where-the-panel-talks")
    for reader, leads in ((None, False), (outside, False), (inside, True)):
        client = Client()
        if reader is not None:
            client.force_login(reader)
        page = client.get(asked.get_absolute_url())
        assert page.status_code == 200
        assert ("where-the-panel-talks" in page.content.decode()) is leads
