"""The weekly's pages and the mail itself in a real browser: both schemes, a phone and a desk, and without scripts."""

import base64
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.urls import reverse
from django.utils import timezone
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from digest.actions.editions import cut_now, draft_edition, write_note
from digest.links import edition_link
from digest.models import CapabilityToken, Delivery, Run, Subscription
from digest.sending import send_due
from digest.streams import daily_of
from digest.ticking import tick
from digest.tokens import secret_of, standing_token
from forum.models import Topic
from mail.models import Address
from tests.accounts.factories import UserFactory
from tests.browser.driver import assert_page_is_sound, axe, is_gone, leaving, overflow, press, show
from tests.browser.site import Site, sign_in
from tests.consultation.factories import an_open_one
from tests.consultation.test_dragging_in_a_browser import carry, until
from tests.digest.conftest import QUICK
from tests.digest.factories import SubscriptionFactory
from tests.forum.factories import CategoryFactory, PostFactory, TopicFactory

pytestmark = pytest.mark.browser
NOTE = "The argument this week was not about standards. It was about [Tuesday afternoons](/forum/): who covers the desk."
SCREENS = [(width, scheme) for width in (1280, 390, 320) for scheme in ("light", "dark")]

NARROW = """return [...document.querySelectorAll("h1, h2, h3, p, li, .box, .item, .button")]
    .filter(each => each.checkVisibility() && each.textContent.trim().length > 12 && each.clientWidth > 0 && each.clientWidth < 120)
    .map(each => each.textContent.trim())"""
"""Words that a column squeezes."""


def take_picture(browser: Chrome, path: Path) -> None:
    """The whole page, however long."""
    shot = browser.execute_cdp_cmd("Page.captureScreenshot", {"captureBeyondViewport": True})
    path.write_bytes(base64.b64decode(shot["data"]))


@pytest.fixture
def editor():
    return UserFactory(organiser=True, display_name="Oonagh Tiernay")


@pytest.fixture
def week(site, editor):
    """A week with everything in it, cut now."""
    now = timezone.now()
    room = CategoryFactory(name="Running the practice")
    mine = TopicFactory(
        title="Covering two sites with one deputy", category=room, author=editor, created_at=now - timedelta(hours=9)
    )
    PostFactory(topic=mine, created_at=now - timedelta(hours=2), body="We copied your rota and lost one Friday in ten weeks.")
    for title in ("Exam or portfolio? I have now sat through both", "What would you drop from your week to make the hours?"):
        TopicFactory(title=title, category=room, created_at=now - timedelta(hours=5), body="The exam told me what I knew.")
    an_open_one(by=editor, at=now - timedelta(days=1), title="Which route should we build?")
    draft = draft_edition(at=now)
    draft = write_note(
        draft, by=editor, headline="Who covers the desk on Tuesdays", note=NOTE, picks=[("topic", mine.pk)], at=now
    )
    return cut_now(draft, by=editor, at=now)


def assert_sound_on_every_screen(browser: Chrome) -> None:
    for width, scheme in SCREENS:
        show(browser, width=width, scheme=scheme)
        assert_page_is_sound(browser)
    show(browser)


def test_pages_for_anybody_are_sound(site: Site, browser: Chrome, week) -> None:
    mine = SubscriptionFactory()
    pending = SubscriptionFactory(pending=True)
    now = timezone.now()
    manage = secret_of(standing_token(mine, CapabilityToken.Scope.PAUSE, at=now))
    confirm = secret_of(standing_token(pending, CapabilityToken.Scope.CONFIRM, at=now))
    for address in (
        reverse("digest:weekly"),
        reverse("digest:subscribed"),
        reverse("digest:edition", args=[week.number]),
        reverse("digest:manage", args=[manage]),
        reverse("digest:confirm", args=[confirm]),
    ):
        browser.get(site.url + address)
        assert_sound_on_every_screen(browser)


def test_pages_of_a_member_and_the_editors_desk_are_sound(site: Site, browser: Chrome, week, editor) -> None:
    run = Run.objects.create(edition=week, slot=week.cut_off, made_at=week.cut_off, counts={"candidates": 0})
    SubscriptionFactory(address=Address.objects.get(account=editor), next_due_at=timezone.now() + timedelta(days=3))
    sign_in(browser, site, editor)
    for address in (
        reverse("digest:mine"),
        reverse("digest:edition", args=[week.number]),
        reverse("digest:edit"),
        reverse("digest:runs"),
        reverse("digest:run", args=[run.pk]),
    ):
        browser.get(site.url + address)
        assert_sound_on_every_screen(browser)
    browser.get(site.url + reverse("digest:edit"))
    browser.find_element(By.NAME, "headline").send_keys("The next one")
    press(browser, browser.find_element(By.CSS_SELECTOR, "main form button[type=submit]"))
    press(browser, browser.find_element(By.LINK_TEXT, "Read it as anybody would get it"))
    assert_sound_on_every_screen(browser)


def test_a_run_that_goes_out_is_watched_held_and_ended_by_keys(site: Site, browser: Chrome, week, editor) -> None:
    """The page looks again by itself every five seconds; whoever stands on a button stays on it."""
    run = Run.objects.create(edition=week, slot=week.cut_off, made_at=week.cut_off, state="sending", counts={"candidates": 1})
    mine = SubscriptionFactory()
    Delivery.objects.create(run=run, edition=week, subscription=mine, address=mine.address, state="pending")
    sign_in(browser, site, editor)
    browser.get(site.url + reverse("digest:run", args=[run.pk]))
    before = browser.find_element(By.ID, "run")
    browser.find_element(By.ID, "hold").send_keys("")
    until(browser, lambda: browser.find_element(By.ID, "run") != before)
    assert browser.switch_to.active_element.get_attribute("id") == "hold"
    leaving(browser, lambda: browser.switch_to.active_element.send_keys(Keys.ENTER))
    leaving(browser, lambda: browser.find_element(By.ID, "end").send_keys(Keys.ENTER))
    assert_sound_on_every_screen(browser)
    press(browser, browser.find_element(By.XPATH, "//button[contains(., 'End the run')]"))
    run.refresh_from_db()
    assert run.state == "aborted"


def test_a_proposal_is_dragged_to_its_place_and_put_there_by_keys_as_well(site: Site, browser: Chrome, editor) -> None:
    now, room = timezone.now(), CategoryFactory(name="Running the practice")
    one, two, three = (
        TopicFactory(title=title, category=room, created_at=now - timedelta(hours=hour), body="A word on it.")
        for hour, title in enumerate(("One", "Two", "Three"), start=1)
    )
    draft = draft_edition(at=now, stream=daily_of(room.pk))
    draft.window = DateTimeTZRange(now - timedelta(days=1), draft.ends)
    draft.save()
    anchor = {each: f"#item-topic-{each.pk}" for each in (one, two, three)}
    titles = lambda: [each.text for each in browser.find_elements(By.CSS_SELECTOR, "[data-drag=topics] .title")]  # noqa: E731
    sign_in(browser, site, editor)
    show(browser, height=1600)  # all of it in sight, clear of the bar at the top
    browser.get(site.url + reverse("digest:edit_stream", args=[draft.stream]))
    assert titles() == ["One", "Two", "Three"]
    carry(browser, anchor[three], anchor[one], down=-15)
    until(browser, lambda: titles() == ["Three", "One", "Two"])
    until(browser, lambda: browser.switch_to.active_element.get_attribute("id") == f"item-topic-{three.pk}")
    assert browser.find_element(By.ID, "desk-status").get_attribute("textContent") == "Moved."
    browser.find_element(By.NAME, "note").send_keys("Half a sentence")
    approve = browser.find_element(By.CSS_SELECTOR, "[aria-labelledby=approval] button")
    browser.find_element(By.ID, f"down-item-topic-{three.pk}").send_keys(Keys.ENTER)
    until(browser, lambda: titles() == ["One", "Three", "Two"])
    until(browser, lambda: browser.switch_to.active_element.get_attribute("id") == f"down-item-topic-{three.pk}")
    until(browser, lambda: is_gone(approve))
    assert_page_is_sound(browser)
    Topic.objects.filter(pk=two.pk).update(state="hidden")
    browser.find_element(By.ID, f"pin-item-topic-{two.pk}").send_keys(Keys.ENTER)
    until(browser, lambda: "no longer in the draft" in browser.find_element(By.ID, "desk-status").text)
    assert titles() == ["One", "Three"], "what stands in it now is below"
    assert browser.find_element(By.NAME, "note").get_attribute("value") == "Half a sentence", "what was typed stays"
    press(browser, browser.find_element(By.CSS_SELECTOR, "[data-note] [type=submit]"))
    draft.refresh_from_db()
    assert draft.arranged == [["topic", each.pk] for each in (one, three, two)]


def test_the_web_copy_opened_from_a_mail_tells_at_the_first_touch_and_not_before(site: Site, browser: Chrome, week) -> None:
    long_ago = timezone.now() - timedelta(weeks=30)
    mine = SubscriptionFactory(read_at=long_ago)
    run = Run.objects.create(edition=week, slot=week.cut_off, made_at=week.cut_off)
    sent = Delivery.objects.create(run=run, edition=week, subscription=mine, address=mine.address, state="accepted")
    browser.get(edition_link(week, read_by=sent.pk).replace(settings.SITE_URL, site.url))
    assert "#" not in browser.current_url, "the key is in no address that is passed on"
    mine.refresh_from_db()
    assert mine.read_at == long_ago
    browser.find_element(By.TAG_NAME, "h1").click()
    until(browser, lambda: Subscription.objects.get(pk=mine.pk).read_at > long_ago)
    assert_page_is_sound(browser)


def test_without_scripts_a_link_pauses_stops_and_undoes(site: Site, browser_without_scripts: Chrome, week) -> None:
    browser, mine = browser_without_scripts, SubscriptionFactory()
    browser.get(site.url + reverse("digest:manage", args=[secret_of(standing_token(mine, "pause", at=timezone.now()))]))
    press(browser, browser.find_element(By.XPATH, "//button[contains(., '2 weeks')]"))
    assert "Paused until" in browser.find_element(By.TAG_NAME, "main").text
    press(browser, browser.find_element(By.XPATH, "//button[contains(., 'Go on now')]"))
    press(browser, browser.find_element(By.XPATH, "//button[contains(., 'Stop the weekly')]"))
    assert "You have left" in browser.find_element(By.TAG_NAME, "h1").text
    press(browser, browser.find_element(By.XPATH, "//button[contains(., 'Undo')]"))
    assert Subscription.objects.get(pk=mine.pk).state == "active"


def test_the_mail_itself_is_sound_at_600_and_360_pixels_in_the_dark_and_without_its_style(
    site: Site, browser: Chrome, week, editor, sink, tmp_path
) -> None:
    """Pictures of it are left in var/mail/ for the eye."""
    now = timezone.now()
    SubscriptionFactory(address=Address.objects.get(account=editor), next_due_at=now)
    Subscription.objects.update(pace="monthly", paced_at=now, read_at=now - timedelta(weeks=30))
    tick(at=now)
    send_due(clock=timezone.now, limits=QUICK)
    html = sink.received[0].html
    whole, bare, pictures = tmp_path / "mail.html", tmp_path / "bare.html", settings.VAR / "mail"
    whole.write_text(html)
    bare.write_text("".join(part.partition("</style>")[2] or part for part in html.split("<style>")))
    pictures.mkdir(parents=True, exist_ok=True)
    for page, schemes in ((whole, ("light", "dark")), (bare, ("light",))):
        browser.get(page.as_uri())
        for width, scheme in ((width, scheme) for width in (600, 360) for scheme in schemes):
            show(browser, width=width, scheme=scheme)
            take_picture(browser, pictures / f"weekly-{page.stem}-{width}-{scheme}.png")
            # A message has no landmarks of its own: the program that shows it has.
            assert [found for found in axe(browser) if found.rule not in {"region", "landmark-one-main"}] == []
            assert overflow(browser) <= 0
            assert browser.execute_script(NARROW) == []
    told = browser.execute_script(
        "return [document.querySelectorAll('h1').length, performance.getEntriesByType('resource').length,"
        " document.images.length, document.querySelectorAll('[role=article]').length,"
        " document.querySelectorAll('table:not([role=presentation])').length]"
    )
    assert told == [1, 0, 0, 1, 0], (
        "one h1, nothing fetched, no picture to miss where pictures are off, one article, no table that says it is one"
    )
    show(browser)
