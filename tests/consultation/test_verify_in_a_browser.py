"""The page that checks a receipt, in a real browser: what it says, and that the receipt goes nowhere."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.support.wait import WebDriverWait

from consultation.models import Response
from consultation.readers.receipts import receipt_of
from tests.browser.driver import assert_page_is_sound, into_sight, show
from tests.browser.site import Site
from tests.consultation.factories import a_published_one, a_response, an_open_one

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def verdict(browser: Chrome) -> tuple[str, list[str]]:
    found = WebDriverWait(browser, 20).until(lambda _: browser.find_elements(By.CSS_SELECTOR, "#verdict h2"))
    return found[0].text, [row.text.split(".")[0] for row in browser.find_elements(By.CSS_SELECTOR, "#verdict li")]


def click(browser: Chrome, where: str) -> None:
    """It stays on this page."""
    into_sight(browser, browser.find_element(By.CSS_SELECTOR, where))
    browser.find_element(By.CSS_SELECTOR, where).click()


def test_a_receipt_is_checked_here_and_sent_nowhere(site: Site, browser: Chrome, tmp_path) -> None:
    consultation = a_published_one(answers=3)
    told = receipt_of(Response.objects.filter(consultation=consultation).first()).as_dict()
    another = receipt_of(a_response(an_open_one(at=timezone.now() - timedelta(days=3)), at=timezone.now())).as_dict()

    def checked(receipt: str) -> tuple[str, list[str]]:
        browser.get(f"{site.url}/consultations/{consultation.slug}/verify/")
        (tmp_path / "receipt.json").write_text(receipt, encoding="utf-8")
        browser.find_element(By.ID, "receipt-file").send_keys(str(tmp_path / "receipt.json"))
        return verdict(browser)

    for width, scheme in ((1280, "light"), (390, "dark")):
        show(browser, width=width, scheme=scheme)
        assert checked(json.dumps(told)) == ("It fits: your answer is among those that were fixed", ["Yes"] * 5)
        click(browser, "#verdict summary")
        shown = browser.find_element(By.ID, "verdict").text
        for words in (
            "Why that order?",
            "Most of us learnt this on the job.",
            "1. A portfolio of your own work\n2. A written exam",
        ):
            assert words in shown
        assert_page_is_sound(browser)
    asked = browser.execute_script("return performance.getEntriesByType('resource').map(each => each.name)")
    files = {url.rsplit("/", 1)[1] for url in asked if url.endswith((".json", ".txt"))}
    assert files == {"keys.json", "root.json", "leaves.txt"}
    assert not any(told["leaf"] in url or told["nonce"] in url for url in asked)
    changed = told | {"response": told["response"].replace("floor", "spur")}
    assert checked(json.dumps(changed)) == ("Something does not fit", ["No", "Yes", "Yes", "Yes", "Yes"])
    stranger = told | {"leaf": "00" * 32}
    assert checked(json.dumps(stranger)) == ("Something does not fit", ["No", "No", "No", "Yes", "Yes"])
    assert checked("no receipt")[0] == "This is no receipt"
    assert another["consultation"] != consultation.slug
    assert checked(json.dumps(another))[0] == "It belongs to another consultation"
    browser.find_element(By.ID, "receipt-text").clear()
    browser.find_element(By.ID, "receipt-text").send_keys(json.dumps(told, ensure_ascii=True))
    click(browser, "[data-verify] button")
    WebDriverWait(browser, 20).until(lambda _: verdict(browser)[0].startswith("It fits"))
