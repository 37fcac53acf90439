"""A forum moves in: the archive is imported, and a visitor finds everything by its old addresses and by clicking."""

import json
import re
import tarfile

import pytest
from django.core.management import call_command
from django.urls import reverse

pytestmark = pytest.mark.django_db


def test_a_visitor_finds_the_whole_sample_by_its_old_addresses(shared_data, client, capsys):
    archive = shared_data / "discourse" / "urho3d-sample.tar.xz"
    call_command("import_discourse", str(archive), "--json")
    report = json.loads(capsys.readouterr().out.splitlines()[-1])
    topics, liked = [], 0
    with tarfile.open(archive, "r:xz") as opened:
        for member in opened:
            if member.name.endswith(".json"):
                topics.append(json.load(opened.extractfile(member)))
    wanted = sorted(topics, key=lambda topic: -len(topic["post_stream"]["posts"]))
    assert report["topics"] == len(topics)

    for topic in wanted[:3] + wanted[150:155] + wanted[-3:]:
        here = client.get(f"/t/{topic['slug']}/{topic['id']}", follow=True)
        assert here.status_code == 200
        assert here.context["topic"].title == topic["title"]
        shown = {}
        for page in range(1, (topic["highest_post_number"] - 1) // 20 + 2):
            address = reverse("forum:topic_in_time", args=[here.context["topic"].pk, here.context["topic"].slug])
            html = client.get(f"{address}?page={page}").content.decode()
            for number in re.findall(r'id="p(\d+)"', html):
                shown[int(number)] = html
        regular = {post["post_number"]: post for post in topic["post_stream"]["posts"] if post["post_type"] in (1, 2)}
        assert shown.keys() == regular.keys()
        for number, post in regular.items():
            assert post["username"] in shown[number]
        last = max(regular)
        old = client.get(f"/t/{topic['slug']}/{topic['id']}/{last}", follow=True)
        assert f'id="p{last}"' in old.content.decode()
        liked += sum(action["count"] for post in regular.values() for action in post["actions_summary"] if action["id"] == 2)
    assert liked > 0
    assert client.get(reverse("forum:index")).status_code == 200
