"""The weekly as a message: read by screen readers, in the dark, without its style, and as text."""

import itertools
import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest

from common.html_reading import plain_text
from digest.actions.editions import cut_due_edition, draft_edition, write_note
from digest.spam import is_installed, score_of
from tests.accounts.factories import UserFactory
from tests.consultation.factories import an_open_one
from tests.digest.factories import MONDAY, WEDNESDAY, SubscriptionFactory
from tests.forum.factories import CategoryFactory, TopicFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def mail(send):
    room = CategoryFactory(name="Running the practice")
    for title in ("Covering two sites with one deputy, a rota that held & more", "Thirty years in post"):
        TopicFactory(title=title, category=room, created_at=MONDAY - timedelta(days=2), body="We lost one Friday in ten weeks.")
    an_open_one(by=UserFactory(organiser=True), at=MONDAY - timedelta(days=2), title="Which route should we build?")
    draft = draft_edition(at=MONDAY - timedelta(days=1))
    note = (
        "The argument this week was about [Tuesday](https://example.org/a), and *who* covers the desk.\n\nNobody had an answer."
    )
    editor = UserFactory(organiser=True, display_name="Oonagh Tiernay")
    write_note(draft, by=editor, headline="Seven days left to say which route", note=note, picks=[], at=MONDAY)
    cut_due_edition(at=MONDAY)
    SubscriptionFactory()
    return send(WEDNESDAY)[0]


def words(text):
    return set(re.findall(r"[a-z0-9]{2,}", text.lower()))


def visible_words(html):
    body = re.sub(r"<style.*?</style>|<!--.*?-->", "", html.partition("<body")[2], flags=re.DOTALL)
    return words(plain_text("<body" + body))


def test_text_and_html_say_the_same(mail):
    html, text = visible_words(mail.html), words(mail.text)
    assert html - text <= words("read it and answer"), "the words of a button, whose address stands in the text"
    assert text - html - words(" ".join(re.findall(r"https?://\S+", mail.text))) == set()


def test_every_address_of_the_html_stands_in_the_text(mail):
    def addresses(told):
        return {link.rstrip(".,)") for link in re.findall(r"https?://[^\s\"<>]+", told) if "/m/" not in link}

    missing = addresses(mail.html) - addresses(mail.text)
    assert missing == set()


def test_the_text_is_at_most_72_columns_but_for_addresses(mail):
    long = [line for line in mail.text.splitlines() if len(line) > 72 and "://" not in line]
    assert long == []


def test_fewer_like_these_leads_to_where_a_category_is_unticked(mail, client):
    link = re.search(r'href="([^"]+)#letter"[^>]*>Fewer like these<', mail.html)[1]
    assert f"Fewer like these: {link}#letter" in " ".join(mail.text.split())
    page = client.get(urlsplit(link).path).text
    assert 'id="letter"' in page
    assert "Untick what you want less of" in page


def test_the_text_is_not_escaped(mail):
    assert "a rota that held & more" in " ".join(mail.text.split())
    assert "&amp;" not in mail.text


def test_the_deadline_and_the_one_idea_stand_above_the_rest(mail):
    order = [
        mail.text.index(part) for part in ("SEVEN DAYS LEFT", "The argument", "Oonagh Tiernay", "HAVE YOUR SAY", "THE BEST OF")
    ]
    assert order == sorted(order)
    assert mail.text.index("Closes in") < mail.text.index("Which route should we build?")


def test_headings_follow_each_other_and_links_say_where_they_lead(mail):
    levels = [int(level) for level in re.findall(r"<h([1-6])", mail.html)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
    links = re.findall(r"<a [^>]*>(.*?)</a>", mail.html, re.DOTALL)
    assert all(re.sub("<[^>]+>", "", link).strip().lower() not in {"", "here", "click here", "link", "more"} for link in links)


def test_every_part_looks_right_without_the_style_element(mail):
    bare = re.sub(r"<style>.*?</style>", "", mail.html, flags=re.DOTALL)
    for tag in ("h1", "h2", "h3", "p"):
        found = re.findall(rf"<{tag}(?: [^>]*)?>", bare)
        assert found
        assert all("style=" in each for each in found), tag


def test_the_rules_of_spamassassin_have_next_to_nothing_against_it(mail):
    """As it went over the wire, links to leave and all."""
    if not is_installed():
        pytest.skip("SpamAssassin is not installed")
    score = score_of(mail.message.as_bytes())
    assert score is not None
    assert score.points < 1, score
    assert score.rules, "it was looked at"


def test_it_is_small_enough_not_to_be_cut_off(mail):
    assert len(mail.html.encode()) < 102_000
