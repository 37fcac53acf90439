"""The register in browsers: an administrator brings it in; a member follows the mail to an account."""

import re
from pathlib import Path

import pytest
from django.utils import timezone
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By

from accounts.models import Membership, RegisterRun, User
from accounts.standing import standing_of
from tests.accounts.factories import PASSWORD, UserFactory
from tests.accounts.register.files import csv_of, row
from tests.browser.site import Site
from tests.journeys.fixtures import eventually
from tests.journeys.steps import (
    button,
    fill,
    follow,
    heading,
    look,
    open_account_menu,
    open_mailed,
    push,
    sign_in_by_hand,
    tick,
    wait_until_says,
    words,
)
from tests.mail.sink import Sink

pytestmark = pytest.mark.browser


def mailed_link(post_office: Sink, email: str) -> str:
    """The link of the first mail that reaches this mailbox."""
    eventually(lambda: post_office.to(email))
    return re.search(r"https?://\S+/accounts/claim/link/\S+", post_office.to(email)[0].text)[0]


def send_file(browser: Chrome, folder: Path, *rows) -> None:
    file = folder / "register.csv"
    file.write_bytes(csv_of(*rows))
    browser.find_element(By.NAME, "file").send_keys(str(file))
    push(browser, "Upload and check", within="//main")


def test_upload_map_dry_run_apply_and_the_member_claims_by_mail(
    browser: Chrome, another_browser: Chrome, site: Site, worker: None, post_office: Sink, tmp_path: Path
) -> None:
    officer = UserFactory(email="keeper@example.org", administrator=True)
    known = UserFactory(email="m1@example.org", member=True)
    sign_in_by_hand(browser, site, officer.email, PASSWORD)
    open_account_menu(browser)
    follow(browser, "The register of members", within="//header")
    assert "No register was brought in yet" in words(browser)
    send_file(browser, tmp_path, row("M1"), row("M2", nation="Zone 4"), row("M3", nation="Narnia"))
    assert heading(browser) == "What the columns are"
    fill(browser, nation__0="Scotland")
    push(browser, "Check the file", within="//main")
    wait_until_says(browser, "What it would do")
    assert not Membership.objects.exists()
    follow(browser, "Faults", within="//main")
    assert "“Narnia” is not known" in words(browser)
    follow(browser, "register.csv", within="//main")
    push(browser, "Apply the register", within="//main")
    wait_until_says(browser, "What it did")
    look(browser)
    eventually(lambda: RegisterRun.objects.get().state == "applied")
    assert Membership.objects.get(number="M2").nation == "scotland"
    assert Membership.objects.get(number="M1").user_id == known.pk
    button(browser, "Invite the 1 who has no account", within="//main").click()
    push(browser, "Send the invitations", within="//dialog")
    assert "1 invitation is on the way" in words(browser)

    open_mailed(another_browser, mailed_link(post_office, "m2@example.org"))
    assert heading(another_browser) == "Open your account"
    fill(another_browser, display_name="Maren Ashdowne", password="seven quiet harbours")
    tick(another_browser, "I accept the terms")
    push(another_browser, "Open the account", within="//main")
    assert "you are signed in" in words(another_browser)
    member = User.objects.get(email="m2@example.org")
    assert standing_of(member).is_member
    open_account_menu(another_browser)
    follow(another_browser, "Your account", within="//header")
    assert "Number M2" in words(another_browser)


def test_a_member_claims_with_number_and_address(browser: Chrome, site: Site, worker: None, post_office: Sink) -> None:
    now = timezone.now()  # the line stands there at once: a register that is brought in here would race with the worker
    Membership.objects.create(number="M7", email="m7@example.org", name="Hester Quill", joined_at=now, changed_at=now)
    browser.get(site.url)
    follow(browser, "Sign in", within="//header")
    follow(browser, "Sign up", within="//main")
    follow(browser, "Claim your membership", within="//main")
    fill(browser, number="m7", email="M7@example.org")
    push(browser, "Send me the link", within="//main")
    assert heading(browser) == "Look into your mailbox"
    open_mailed(browser, mailed_link(post_office, "m7@example.org"))
    fill(browser, display_name="Hester Quill", password="seven quiet harbours")
    tick(browser, "I accept the terms")
    push(browser, "Open the account", within="//main")
    assert Membership.objects.get(number="M7").user.display_name == "Hester Quill"


def test_without_scripts_the_register_comes_in_as_well(
    browser_without_scripts: Chrome, site: Site, worker: None, tmp_path: Path
) -> None:
    browser = browser_without_scripts
    officer = UserFactory(email="keeper@example.org", administrator=True)
    sign_in_by_hand(browser, site, officer.email, PASSWORD)
    browser.get(f"{site.url}/accounts/register/")
    send_file(browser, tmp_path, row("M1"))
    push(browser, "Check the file", within="//main")
    eventually(lambda: RegisterRun.objects.get().state == "checked")
    browser.get(f"{site.url}/accounts/register/{RegisterRun.objects.get().pk}/")
    push(browser, "Apply the register", within="//main")
    eventually(lambda: RegisterRun.objects.get().state == "applied")
    browser.refresh()
    assert "What it did" in words(browser)
