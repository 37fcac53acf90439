"""An organiser who has never seen it, from a template to an open consultation; a member, on a phone, from the home page to the
receipt. Everything that a hand does is counted: a click, or typing into one field, is one action."""

from collections.abc import Callable

import pytest
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.support.wait import WebDriverWait

from accounts.models import User
from consultation.models import Consultation, Response, State
from consultation.readers.questionnaires import questionnaire_of
from tests.accounts.factories import UserFactory
from tests.browser.driver import show
from tests.browser.site import Site, sign_in
from tests.forum.factories import CategoryFactory
from tests.journeys import steps
from tests.journeys.steps import heading, words

pytestmark = pytest.mark.browser
MOST = 25
TITLE = "Which route to accreditation should we build?"
ROUTES, PROPOSAL, PRIORITIES, DOCUMENT = "Accreditation routes", "Single proposal", "Priorities", "Draft document"
CODE = "# Conduct\n\nManagers act fairly.\n\nThey keep learning."
SAID = {
    "asked_by": "The board",
    "background": "Because nobody outside can tell.",
    "effects": "Small practices have no cover.",
    "no_documents_reason": "All that is known stands above.",
    "none_discarded_reason": "Nothing was looked at before this.",
}
"""What no template can know."""


class Hand:
    """The only way by which this journey touches a browser: it writes down what it did."""

    def __init__(self, browser: Chrome, site: Site, person: User) -> None:
        self.browser, self.done = browser, list[str]()
        sign_in(browser, site, person)
        steps.come_to(browser, site)

    def _does(self, what: str, act: Callable[[], object]) -> None:
        self.done.append(what)
        act()

    def opens_the_account_menu(self) -> None:
        self._does("open the account menu", lambda: steps.open_account_menu(self.browser))

    def follows(self, text: str, *, within: str = "//body") -> None:
        self._does(f"follow “{text}”", lambda: steps.follow(self.browser, text, within=within))

    def pushes(self, text: str) -> None:
        self._does(f"press “{text}”", lambda: steps.push(self.browser, text, within="//main"))

    def writes(self, **fields: str) -> None:
        for name, text in fields.items():
            self._does(f"fill in {name}", lambda one=name, told=text: steps.fill(self.browser, **{one: told}))

    def ticks(self, label: str) -> None:
        self._does(f"tick “{label}”", lambda: steps.tick(self.browser, label))

    def comes_back_to_the_page(self) -> None:
        self._does("come back to the page", self.browser.refresh)

    def ranks(self, name: str) -> None:
        """By its button, without leaving the page."""
        button = f"//button[starts-with(normalize-space(.), 'Rank {name}')]"

        def press(browser: Chrome) -> bool:
            steps.shown(browser, button).click()
            return True

        drawn_anew = WebDriverWait(self.browser, 10, ignored_exceptions=[StaleElementReferenceException])
        self._does(f"rank “{name}”", lambda: drawn_anew.until(press))

    def told(self, who: str) -> str:
        return f"\n{who}, {len(self.done)} actions:\n" + "\n".join(f"{n:>4}  {what}" for n, what in enumerate(self.done, start=1))


@pytest.mark.parametrize("template", [ROUTES, PROPOSAL, PRIORITIES, DOCUMENT])
def test_from_a_template_to_open_and_from_the_home_page_to_the_receipt(
    site: Site, browser: Chrome, another_browser: Chrome, capsys: pytest.CaptureFixture[str], template: str
) -> None:
    CategoryFactory(name="Accreditation")
    organiser, director = UserFactory(member=True, organiser=True), UserFactory(member=True, director=True)
    member = UserFactory(member=True)

    writing = Hand(browser, site, organiser)
    write_from_a_template(writing, template)
    second = Hand(another_browser, site, director)
    review(second)
    open_it(writing)
    with capsys.disabled():
        print(
            writing.told(f"An organiser, from the template “{template}” to open"),
            second.told("The second person’s review, counted apart"),
        )
    assert len(writing.done) <= MOST
    assert len(second.done) <= 5
    assert what_is_asked() == ASKED[template]
    if template != ROUTES:
        return

    show(another_browser, width=390)
    answering = Hand(another_browser, site, member)
    answer_on_a_phone(answering)
    with capsys.disabled():
        print(answering.told("A member on a phone, from the home page to the receipt"))
    assert len(answering.done) <= MOST
    sent = Response.objects.get()
    assert sent.user == member
    assert sent.answers.get(question__key="order").value == [["portfolio"], ["appraisal"]], "each press counts, however fast"


def write_from_a_template(hand: Hand, template: str) -> None:
    """And says what no template can know: who asks, why, what differs, and what it is about where that is a proposal, a list or a
    document of their own."""
    hand.opens_the_account_menu()
    hand.follows("Consultations: your desk", within="//header")
    hand.follows("Begin from a template", within="//main")
    hand.follows(template, within="//main")
    if template == DOCUMENT:
        publish_a_document(hand)
    hand.writes(title=TITLE)
    if template == PRIORITIES:
        hand.writes(choices="A route\nA register\nA rise")
    hand.pushes("Make the draft")
    hand.follows("Change", within="//*[@id='details']")
    told = {"lede": "Every manager shows a portfolio once. Do you agree?"} if template == PROPOSAL else {}
    hand.writes(**told, **{name: text for name, text in SAID.items() if (name, template) != ("no_documents_reason", DOCUMENT)})
    hand.pushes("Save")
    hand.follows("Ask for the review", within="//main")
    hand.pushes("Ask for the review")
    assert "waits for a second person’s review" in words(hand.browser)


def publish_a_document(hand: Hand) -> None:
    """From the page of the template and back to it."""
    hand.follows("Write it first", within="//main")
    hand.writes(title="Code of conduct", source=CODE)
    hand.pushes("Save")
    hand.pushes("Publish version 1")
    hand.follows("Ask the members about it", within="//main")


def what_is_asked() -> list[str]:
    """Of the questions that are about something of the organiser's own, what they offer or stand beside."""
    questionnaire = questionnaire_of(Consultation.objects.get().versions.get())
    return [
        asked.passage.words if asked.passage else ", ".join(choice.label for choice in asked.choices)
        for asked in questionnaire.questions
        if asked.passage or asked.kind in {"ranking", "points"}
    ]


ASKED = {
    ROUTES: ["A written examination, A portfolio of your own work, Built on yearly appraisal, No scheme"],
    PROPOSAL: [],
    PRIORITIES: ["A route, A register, A rise"] * 2,
    DOCUMENT: ["Managers act fairly.", "They keep learning."],
}


def review(hand: Hand) -> None:
    hand.opens_the_account_menu()
    hand.follows("Consultations: your desk", within="//header")
    hand.follows("The review", within="//main")
    hand.pushes("Approve this text")


def open_it(hand: Hand) -> None:
    hand.comes_back_to_the_page()
    hand.follows("Open it now", within="//main")
    hand.writes(category="Accreditation")
    hand.pushes("Open it now")
    assert heading(hand.browser) == TITLE
    assert Consultation.objects.get().state_at(Consultation.objects.get().opened_at) is State.OPEN


def answer_on_a_phone(hand: Hand) -> None:
    hand.follows("See what is asked", within="//main")
    hand.follows("Answer", within="//main")
    hand.ticks("Assure")
    hand.pushes("Continue")
    for route in ("A portfolio of your own work", "Built on yearly appraisal"):
        hand.ranks(route)  # without waiting for what comes of it
    hand.pushes("Continue")
    hand.pushes("Continue")
    assert "A portfolio of your own work" in hand.browser.find_element(By.TAG_NAME, "main").text
    hand.pushes("Send my answer")
    assert heading(hand.browser) == "Your answer is in"
