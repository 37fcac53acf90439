"""Questionnaires that nobody would write, and what somebody does with one: of all sixteen types, with conditions and options."""

from dataclasses import replace

from hypothesis import strategies as st

from consultation.exchange.shape import Written, WrittenPage, WrittenQuestion
from consultation.paths.conditions import Clause, Every, Not, Some
from consultation.questionnaire import Questionnaire, Sheet
from questions.definitions import Choice, Definition, InvalidAnswerError
from questions.kinds import KINDS, kind_of
from tests.questions.asked import NEW, ROUTES, form_of
from tests.questions.test_all_kinds import PLAUSIBLE, keys, words

OPTIONS = tuple({"key": key, "name": f"Route {key}"} for key in "abc")
ALL = (
    *NEW,
    Definition("order", "ranking", "Your order?", choices=ROUTES[:3]),
    Definition("why", "long_text", "Why?", longest=40),
)
OFFER_OPTIONS = {"ranking", "consent", "approval", "single_choice", "several_choices"}
DETAILS = {
    "title": "Routes to accreditation", "lede": "Which?", "asked_by": "The board", "background": "Because.", "effects": "None known.", "days": 42,
    "no_documents_reason": "It is short.", "none_discarded_reason": "It is new.",
}  # fmt: skip
TYPED = PLAUSIBLE | {
    "ranking": st.fixed_dictionaries(
        {"groups": st.permutations("abc").map(lambda order: [[key] for key in order][:2]), "abstain": st.booleans()}
    ),
    "long_text": words,
}


@st.composite
def questionnaires(draw, *, whens=True):
    """As a file holds one: 1 to 4 pages of 1 to 3 questions, about half of them asked on a condition."""
    pages, before = [], []
    for number in range(draw(st.integers(1, 4))):
        when, asked = draw(conditions(before)) if whens else None, []
        for place in range(draw(st.integers(1, 3))):
            question = draw(st.sampled_from(ALL))
            condition = draw(conditions([*before, *asked])) if whens else None
            asked.append(written(question, key=f"q{number}-{place}", required=draw(st.booleans()), when=condition, draw=draw))
        pages.append(WrittenPage(key=f"p{number}", title=f"Page {number}", when=when, questions=tuple(asked)))
        before += asked
    return Written(details=DETAILS, options=OPTIONS, pages=tuple(pages))


def written(question, *, key, required, when, draw):
    offers = question.kind in OFFER_OPTIONS and not question.settings and draw(st.booleans())
    own = not KINDS[question.kind].fixed_choices and not offers
    return WrittenQuestion(
        key=key,
        kind=question.kind,
        text=question.text,
        required=required,
        offers_options=offers,
        longest=question.longest,
        choices=tuple((choice.key, choice.label) for choice in question.choices) if own else (),
        settings=dict(question.settings),
        when=when,
    )


@st.composite
def conditions(draw, before):
    """None, or one that speaks of what was asked earlier, or of a fact."""
    if not draw(st.booleans()):
        return None
    parts = draw(st.lists(clauses(before), min_size=1, max_size=2))
    return (
        draw(st.sampled_from([Every, Some]))(tuple(parts)) if len(parts) > 1 else draw(st.sampled_from([parts[0], Not(parts[0])]))
    )


@st.composite
def clauses(draw, before):
    if not before or draw(st.booleans()):
        values = tuple(draw(st.lists(st.sampled_from(["wales", "england"]), min_size=1, max_size=2, unique=True)))
        return Clause("fact", "nation", draw(st.sampled_from(["is", "is_not"])), values)
    asked = draw(st.sampled_from(before))
    verbs = {"ranking": ["first"], "several_choices": ["contains", "lacks"], "single_choice": ["is", "is_not"]}.get(
        asked.kind, []
    )
    verb = draw(st.sampled_from([*verbs, "answered", "not_answered"]))
    return Clause("question", asked.key, verb, (draw(keys.filter(lambda key: key in "abc")),) if verb in verbs else ())


def as_published(written):
    """What opening it freezes, put together by another way than the product's."""
    options = tuple(Choice(each["key"], each["name"], letter) for each, letter in zip(written.options, "ABC", strict=True))

    def definition(row):
        fixed = KINDS[row.kind].fixed_choices
        choices = fixed or (options if row.offers_options else tuple(Choice(*choice) for choice in row.choices))
        plain = Definition(row.key, row.kind, row.text, row.hint, row.required, choices, row.longest, row.settings)
        return replace(plain)

    sheets = (
        Sheet(
            number,
            page.key,
            page.title,
            page.intro,
            tuple(definition(row) for row in page.questions),
            page.when,
            {row.key: row.when for row in page.questions if row.when is not None},
        )
        for number, page in enumerate(written.pages, start=1)
    )
    return Questionnaire(tuple(sheets))


@st.composite
def walks(draw, questionnaire, *, most=12):
    """Step by step, (device, question key, what its form sends; None takes it back); in any order, as one who goes back and on."""
    answered = [asked for asked in questionnaire.questions if not kind_of(asked).stores_files]
    steps = []
    for _ in range(draw(st.integers(0, most)) if answered else 0):
        asked = draw(st.sampled_from(answered))
        given = as_sent(asked, draw(TYPED[asked.kind])) if draw(st.integers(0, 5)) else None
        steps.append((draw(st.sampled_from(["desk", "phone"])), asked.key, given))
    return steps


def as_sent(asked, typed):
    """What our own form makes of it: the only answers that come in."""
    if asked.kind == "ranking":
        places = {f"{asked.name}-{key}": str(n) for n, group in enumerate(typed["groups"], start=1) for key in group}
        return kind_of(asked).read(asked, places | ({f"{asked.name}-abstain": "on"} if typed["abstain"] else {}))
    try:
        return kind_of(asked).read(asked, form_of(asked, typed))
    except InvalidAnswerError:
        return None
