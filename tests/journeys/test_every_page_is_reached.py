"""From the front page, by links alone, in four steps at most: each page by whom it is for."""

from collections import Counter, deque
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import pytest
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client
from django.urls import resolve, reverse

from common.surfaces import all_surfaces
from tests.journeys.world import build_world
from tests.project.test_surfaces import address

pytestmark = pytest.mark.django_db
STEPS = 4
SAMPLES = 3
"""How many addresses of one name are opened: the pages of two topics differ in what they lead to, those of a hundred do not."""
MORE = {"consultation:detail": 20, "consultation:edit": 8, "consultation:audience": 8, "forum:topic": 12}
"""What leads elsewhere in each state."""

REFUSED = {"accounts:person": "A post's card is the same for all who may read it; a visitor is told that members see each other."}
"""URL names to which a link may lead although the answer is a refusal with its reason."""

FOR_MACHINES = "asked by a machine or a script, never by a reader"
AFTER_A_FORM = "what a form leads to; a journey sees it"
FROM_ELSEWHERE = "an address of the forum that was imported: it stands on other people's pages"
UNREACHED = {
    "healthz": FOR_MACHINES,
    "readyz": FOR_MACHINES,
    "favicon": FOR_MACHINES,
    "notifications:count": FOR_MACHINES,
    "notifications:tray": "opens under the bell by its script; the bell is a link to the list",
    "forum:post_part": FOR_MACHINES,
    "forum:file": "a picture or a file in a post; tests/forum/test_attachments.py opens each kind",
    "forum:draft": FOR_MACHINES,
    "forum:print_whole": "from the page to print, of more than 200 posts; tests/forum/test_reading.py finds the link",
    "forum:people_to_name": FOR_MACHINES,
    "forum:pseudonym_answers": "a number that the script puts beside a link under the bell",
    "consultation:words": "from a closed detached one of twenty ballots and more; tests/consultation/test_detached.py",
    **dict.fromkeys(
        ("consultation:entry_receipt", "consultation:entry_receipt_file"),
        "from an organisation's released answer on paper; tests/consultation/test_entries.py",
    ),
    **dict.fromkeys(("robots", "sitemap", "sitemap_pages", "sitemap_part"), FOR_MACHINES),
    "accounts:avatar": "a picture on other pages",
    "forum:old_url": FROM_ELSEWHERE,
    "forum:topic_title": "linked from “Your pseudonyms” while a topic of one's own waits; tests/forum/test_speaking.py follows it",
    "forum:old_topic_url": FROM_ELSEWHERE,
    "account_email_verification_sent": AFTER_A_FORM,
    "account_reset_password_done": AFTER_A_FORM,
    "account_reset_password_from_key_done": AFTER_A_FORM,
    "account_inactive": AFTER_A_FORM,
    "accounts:totp_picture": "a picture on the page that sets up an app",
    "mfa_reauthenticate": AFTER_A_FORM,
    "mfa_reauthenticate_webauthn": AFTER_A_FORM,
    "mfa_deactivate_totp": AFTER_A_FORM,
    "mfa_view_recovery_codes": AFTER_A_FORM,
    "mfa_generate_recovery_codes": AFTER_A_FORM,
    "mfa_download_recovery_codes": AFTER_A_FORM,
    "mfa_list_webauthn": "linked once there is a passkey; test_signing_in.py follows it",
    "mfa_edit_webauthn": AFTER_A_FORM,
    "mfa_remove_webauthn": AFTER_A_FORM,
    "socialaccount_login_cancelled": "what another site leads back to",
    "digest:subscribe": "where a form goes; whoever asks for its address is led to the form",
    "digest:stream_subscribe": "where a form goes; whoever asks for its address is led to the form",
    "digest:stream_edition": "linked once an edition of another stream is out; tests/digest/test_archive.py follows it",
    "digest:subscribed": AFTER_A_FORM,
    "digest:forgotten": AFTER_A_FORM,
    "digest:letter_styles": "the style sheet of a mail as the desk draws it",
    "consultation:check": AFTER_A_FORM,
    "consultation:files": "the button of a question that asks for files; tests/consultation/test_files.py presses it",
    "consultation:file": "a file in an answer; tests/consultation/test_files.py opens it",
    **dict.fromkeys(("consultation:seat_files", "consultation:seat_file"), "as of one’s own answer"),
    "consultation:given_files": "linked once files came; tests/consultation/test_files.py follows it",
    "consultation:audience_count": "a button of the form that says who may answer; tests/consultation/test_life_pages.py presses it",
    "moderation:decide": AFTER_A_FORM,
    "accounts:claim_sent": AFTER_A_FORM,
    "account_logout": "signing out is a button in every page's menu; the page is for whoever types its address",
    "forum:raw": "the source of a post, for whoever builds on it; nothing on a page needs it",
}
"""URL names that no link leads to, and why that is right."""

BY = {"account_set_password": "imported"}
"""Who comes there, where the registry's word for it is too wide."""

WHOSE = {
    "public": ("visitor",),
    "visible": ("visitor",),
    "signed-in": ("member",),
    "member": ("member",),
    "moderator": ("moderator",),
    "organiser": ("organiser", "director"),
    "director": ("director",),
    "administrator": ("administrator",),
    "officer": ("administrator", "director"),
    "group": ("member",),
    "staff": ("organiser",),
}


class Links(HTMLParser):
    """What can be followed: `href` of links, `action` of forms that ask (GET)."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        if tag == "a" and told.get("href"):
            self.found.append(str(told["href"]))
        elif tag == "form" and (told.get("method") or "get").lower() == "get":
            self.found.append(told.get("action") or "")


def reached_by(client: Client) -> set[str]:
    """The URL names of all pages that links lead to. Fails where one leads to no page."""
    cache.clear()
    reached: set[str] = set()
    opened: Counter[str] = Counter()
    queue, seen = deque([("/", 0)]), {"/"}
    while queue:
        path, steps = queue.popleft()
        name = resolve(urlsplit(path).path).view_name
        opened[name] += 1
        if opened[name] > MORE.get(name, SAMPLES):
            continue
        response = client.get(path)
        if response.status_code == 403 and name in REFUSED:
            continue
        assert response.status_code in {200, 302}, f"{path} is linked and answers {response.status_code}"
        if not response.get("Location", "").startswith(reverse("account_login")):
            reached.add(name)
        found = onwards(path, response)
        further = steps if response.status_code == 302 else steps + 1
        if further <= STEPS:
            queue.extend((each, further) for each in found if each not in seen)
            seen.update(found)
    return reached


def onwards(path: str, response: HttpResponse) -> list[str]:
    """The paths of our own that an answer leads to, each once, in order."""
    is_page = response["Content-Type"].startswith("text/html")
    links = [response["Location"]] if response.status_code == 302 else Links(response.content.decode()).found if is_page else []
    whole = [urlsplit(urljoin(f"http://testserver{path}", link)) for link in links]
    return list(
        dict.fromkeys(there.path + f"?{there.query}" * bool(there.query) for there in whole if there.netloc == "testserver")
    )


def test_each_page_is_four_clicks_from_the_front_page_for_whom_it_is_for(statements_as_kept: None) -> None:
    world = build_world()
    reached = {"visitor": reached_by(Client())}
    signed_in = {role: Client() for role in ("member", "moderator", "organiser", "director", "administrator", "imported")}
    for role, client in signed_in.items():
        client.force_login(getattr(world, role))
        reached[role] = reached_by(client)
    missing = []
    for surface in all_surfaces():
        if surface.kind != "url" or surface.access == "token" or surface.name in UNREACHED:
            continue
        roles = (BY[surface.name],) if surface.name in BY else WHOSE[surface.access]
        lost = [role for role in roles if surface.name not in reached[role]]
        if lost and signed_in.get(roles[0], Client()).get(address(surface.name)).status_code != 405:
            missing.append((surface.name, lost))
    assert missing == [], missing
    assert not {name for names in reached.values() for name in names} & set(UNREACHED), "no exception is out of date"
