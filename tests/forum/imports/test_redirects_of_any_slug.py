import pytest
from django.utils import timezone

from forum.models import ImportedTopic
from tests.forum.factories import TopicFactory


@pytest.mark.django_db
@pytest.mark.parametrize("slug", ["plain-slug", "größe-und-maß", "テスト", "with.dots_and~more"])
def test_an_old_address_leads_to_its_topic_whatever_alphabet_it_was_written_in(client, slug):
    topic = TopicFactory()
    ImportedTopic.objects.create(host="forum.example.org", source_id=77, topic=topic, slug=slug, imported_at=timezone.now())
    response = client.get(f"/t/{slug}/77")
    assert (response.status_code, response.headers["Location"]) == (301, topic.get_absolute_url())
    assert client.get(f"/t/{slug}/77/1").status_code == 301
