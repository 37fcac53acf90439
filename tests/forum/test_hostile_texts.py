"""Titles, texts and names as an enemy writes them: nothing runs, nothing breaks."""

import json
import re
from html.parser import HTMLParser

import pytest
from django.urls import reverse

from common.markdown import render, sanitise
from forum.actions.attachments import keep_file
from forum.actions.topics import start_topic
from forum.models import Topic
from tests.accounts.factories import UserFactory
from tests.forum.factories import AT, CategoryFactory, PostFactory, TopicFactory

pytestmark = pytest.mark.django_db
OUR_SCRIPTS = re.compile(r"^/static/")
OUR_PICTURES = re.compile(r"^/forum/files/[0-9a-f-]{36}/small-\d+x\d+\.webp$")


class Dangers(HTMLParser):
    """What of a page could run or load something."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag, attrs):
        told = dict(attrs)
        if tag == "script" and not OUR_SCRIPTS.match(told.get("src") or ""):
            self.found.append(f"script {told}")
        if tag in {"iframe", "object", "embed", "style", "base"} or (
            tag == "img" and not OUR_PICTURES.match(told.get("src") or "")
        ):
            self.found.append(tag)
        for name, value in attrs:
            if name.startswith("on") or name == "style":
                self.found.append(f"{tag} {name}")
            if name in {"href", "src", "action", "formaction"} and re.match(
                r"\s*(javascript|data|vbscript):", value or "", re.IGNORECASE
            ):
                self.found.append(f"{tag} {name}={value}")


def dangers(html: str) -> list[str]:
    reader = Dangers()
    reader.feed(html)
    return reader.found


@pytest.fixture
def hostile(shared_data) -> list[str]:
    naughty = json.loads((shared_data / "xss" / "blns.json").read_text())
    return [*naughty, *(shared_data / "xss" / "markdown-xss.md").read_text().split("\n\n")]


def test_no_text_runs_on_any_page(client, hostile):
    member = UserFactory(member=True, display_name="<script>alert(1)</script>")
    client.force_login(member)
    topic = TopicFactory(title="<img src=x onerror=alert(1)> & friends", author=member)
    for text in hostile:
        PostFactory(topic=topic, author=member, body=text.replace("\0", "")[:5000] or "x")
    pages = [
        topic.get_absolute_url(),
        *(f"{topic.get_absolute_url()}in-time/?page={number}" for number in range(1, topic.last_number // 20 + 2)),
        reverse("forum:category", args=[topic.category.slug]),
        reverse("forum:index"),
        reverse("forum:reply", args=[topic.pk]) + "?quote=30",
        reverse("forum:replies", args=[topic.pk, 1]),
        reverse("forum:history", args=[topic.pk, 5]),
    ]
    for url in pages:
        response = client.get(url)
        assert response.status_code == 200, url
        assert dangers(response.content.decode()) == [], url


def test_the_detector_detects():
    for bad in ("<script>x</script>", "<a href=' javascript:x'>", "<p onclick=x>", "<img src=x>", "<p style=x>"):
        assert dangers(bad), bad


def test_every_title_is_stored_or_refused_with_a_sentence(client, hostile):
    member, category = UserFactory(member=True), CategoryFactory()
    client.force_login(member)
    for title in hostile[::7]:
        response = client.post(reverse("forum:start", args=[category.slug]), {"title": title, "body": "Words."})
        assert response.status_code in {200, 302}, title
        assert response.status_code == 302 or "before you go on" in response.content.decode()
    page = client.get(reverse("forum:category", args=[category.slug])).content.decode()
    assert dangers(page) == []


def test_source_is_sent_as_text(client):
    post = PostFactory(body="<script>alert(1)</script>")
    response = client.get(reverse("forum:raw", args=[post.topic_id, post.number]))
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert response["X-Content-Type-Options"] == "nosniff"


def test_a_title_of_signs_alone_still_has_an_address(client):
    topic = start_topic(CategoryFactory(), by=UserFactory(member=True), title="??????????", body="Words.", at=AT)
    assert Topic.objects.get().slug == "topic"
    assert client.get(topic.get_absolute_url()).status_code == 200


def test_no_file_name_description_or_import_brings_anything(hostile, settings):
    settings.FILES_PER_DAY = 5_000
    member = UserFactory(member=True)
    for text in hostile[::5]:
        file = keep_file(by=member, name=f"{text.strip()}.txt", data=b"words", at=AT)
        assert dangers(render(file.markdown)) == [], text
    picture = keep_file(by=member, name="plan.png", data=A_PIXEL, at=AT)
    for text in hostile:
        html = render(picture.markdown_with(text))
        assert dangers(html) == [], text
        assert dangers(sanitise(text)) == [], text
        assert html.count("<img") <= 1


@pytest.mark.browser
def test_a_browser_finds_nothing_in_any_text_either(browser, hostile):
    """Its parser is the one that counts, and it is not ours."""
    drawn = [*(render(text) for text in hostile), *(sanitise(text) for text in hostile)]
    drawn += [render(f"[{text}]({text})\n\n![{text}]({text})\n\n> {text}") for text in hostile]
    browser.get("about:blank")
    assert browser.execute_script(LOOK_INTO, drawn, sorted(TAGS)) == []
    assert browser.execute_script(LOOK_INTO, ["<p onclick=x>", "<a href=' java\nscript:x'>", "<svg>", "<img src=x>"], sorted(TAGS)) == [
        "P onclick", "A java\nscript:x", "svg", "IMG x",
    ]  # fmt: skip


TAGS = {
    *(
        "P",
        "BR",
        "HR",
        "H1",
        "H2",
        "H3",
        "H4",
        "H5",
        "H6",
        "BLOCKQUOTE",
        "CITE",
        "Q",
        "PRE",
        "CODE",
        "KBD",
        "SAMP",
        "EM",
        "STRONG",
    ),
    *(
        "DEL",
        "INS",
        "S",
        "SUB",
        "SUP",
        "SMALL",
        "MARK",
        "ABBR",
        "B",
        "I",
        "U",
        "UL",
        "OL",
        "LI",
        "DL",
        "DT",
        "DD",
        "TABLE",
        "THEAD",
    ),
    *("TBODY", "TR", "TH", "TD", "A", "DETAILS", "SUMMARY"),
}
LOOK_INTO = """
const [texts, tags] = arguments, found = [];
for (const text of texts) {
  const page = new DOMParser().parseFromString(text, "text/html");
  if (page.head.children.length) found.push("head");
  for (const element of page.body.querySelectorAll("*")) {
    if (element.tagName === "IMG") { found.push(`IMG ${element.getAttribute("src")}`); continue; }
    if (!tags.includes(element.tagName)) { found.push(element.tagName); continue; }
    for (const { name, value } of element.attributes) {
      const known = ["href", "title", "rel", "start", "align"].includes(name) || (name === "class" && value === "linkcard");
      if (!known) found.push(`${element.tagName} ${name}`);
      if (name === "href" && !["http:", "https:", "mailto:"].includes(new URL(value, "https://x.example").protocol)) found.push(`A ${value.trim()}`);
    }
  }
}
return found;
"""
A_PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8cfc00000030101"
    "00c9fe92ef0000000049454e44ae426082"
)
