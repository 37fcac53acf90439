"""What was written elsewhere, in a file, a template or an earlier consultation, becomes part of a draft."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.db import transaction

from accounts.models import User
from accounts.models.facts import ListSize, Nation
from consultation.actions.asked import answer_frequent_question
from consultation.actions.audience import change_audience
from consultation.actions.conditions import set_condition
from consultation.actions.options import add_document, add_option, discard_option
from consultation.actions.questionnaire import add_page, add_question, draft_version, keys_ever
from consultation.actions.writing import write_consultation
from consultation.exchange.shape import Written, WrittenPage
from consultation.models import Consultation, Page, Question
from consultation.paths.conditions import Condition, Every, clauses_of, is_readable, joined, renamed
from consultation.readers.audience import known_grades


@dataclass(frozen=True, slots=True)
class Brought:
    """The new pages and questions as they stand in the draft now; `left_out` are sentences about what did not come with them."""

    pages: list[Page] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)


@transaction.atomic
def write_from(written: Written, *, title: str, by: User, at: datetime) -> Consultation:
    """A new draft with everything that was written, under this title."""
    consultation = write_consultation(by=by, at=at, **(written.details | {"title": title}))
    for option in written.options:
        add_option(consultation, by=by, at=at, **option)
    for row in written.discarded:
        discard_option(consultation, by=by, at=at, **row)
    for row in written.documents:
        add_document(consultation, by=by, at=at, **row)
    bring_pages(consultation, written.pages, by=by, at=at)
    for row in written.faq:
        answer_frequent_question(consultation, question=row["question"], answer=row["answer"], by=by, at=at)
    return _for_whom(consultation, written, by=by, at=at)


def _for_whom(consultation: Consultation, written: Written, *, by: User, at: datetime) -> Consultation:
    """As far as this site knows the nations and sizes that are named; grades are as the register here spells them."""
    asked = dict(written.audience)
    if not asked:
        return consultation
    grades, nations, sizes = set(known_grades()), set(Nation.values), set(ListSize.values)
    return change_audience(
        consultation,
        by=by,
        at=at,
        grades=[each for each in asked.get("grades", []) if each in grades],
        nations=[each for each in asked.get("nations", []) if each in nations],
        list_sizes=[each for each in asked.get("list_sizes", []) if each in sizes],
        organisations=bool(asked.get("organisations")),
        public=bool(asked.get("public")),
    )


@transaction.atomic
def bring_over(
    consultation: Consultation,
    written: Written,
    *,
    keys: Collection[str],
    questions: Collection[str] = (),
    onto: Page | None = None,
    by: User,
    at: datetime,
) -> Brought:
    """The pages of these keys, after those that are there, and single `questions` of other pages, by their keys: on a page like
    the one that they stood on, or last on the page `onto` of this draft. The options too where a question offers them and there
    are none yet. A condition on a question that does not come along is left out, and said."""
    pages = [
        page if page.key in keys else replace(page, questions=tuple(asked for asked in page.questions if asked.key in questions))
        for page in written.pages
    ]
    pages = [page for page in pages if page.key in keys or page.questions]
    wants_options = any(asked.offers_options for page in pages for asked in page.questions)
    if wants_options and consultation.opened_at is None and not consultation.options.exists():
        for option in written.options:
            add_option(consultation, by=by, at=at, **option)
    made, renames = Brought(), dict[str, str]()
    for page in pages:
        if onto is not None and page.key not in keys:
            _ask_on(onto, page, renames, made, under=page.when, by=by, at=at)
        else:
            _add(consultation, page, renames, made, by=by, at=at)
    return made


@transaction.atomic
def bring_pages(consultation: Consultation, pages: Collection[WrittenPage], *, by: User, at: datetime) -> Brought:
    """Last, in their order. A key that is taken gets a number, and conditions speak of the new keys: one on a question that was
    not brought before it would speak of whatever question of this draft has that key, or of none."""
    renames: dict[str, str] = {}
    made = Brought()
    for page in pages:
        _add(consultation, page, renames, made, by=by, at=at)
    return made


def _add(
    consultation: Consultation, page: WrittenPage, renames: dict[str, str], made: Brought, *, by: User, at: datetime
) -> None:
    taken = set(draft_version(consultation).pages.values_list("key", flat=True))
    key = page.key if page.key not in taken else ""
    row = add_page(consultation, title=page.title, intro=page.intro, key=key, by=by, at=at)
    made.pages.append(row)
    if page.when is not None and _came_along(page.when, renames, f"the page “{page.title}”", made):
        set_condition(row, renamed(page.when, renames), by=by, at=at)
    _ask_on(row, page, renames, made, by=by, at=at)


def _ask_on(
    row: Page,
    page: WrittenPage,
    renames: dict[str, str],
    made: Brought,
    *,
    by: User,
    at: datetime,
    under: Condition | None = None,
) -> None:
    """The questions of a page, last on another; `under` is a condition that all of them stood under besides their own."""
    for written in page.questions:
        used = set(keys_ever(row.version))
        asked = replace(written, key=written.key if written.key not in used else "")
        question = add_question(
            row,
            key=asked.key,
            kind=asked.kind,
            text=asked.text,
            hint=asked.hint,
            required=asked.required,
            offers_options=asked.offers_options,
            longest=asked.longest,
            settings=dict(asked.settings),
            passage=asked.passage.as_dict() if asked.passage else None,
            choices=asked.choices,
            by=by,
            at=at,
        )
        renames[written.key] = question.key
        made.questions.append(question)
        when = _both(under, asked.when)
        if when is not None and _came_along(when, renames, f"“{asked.text}”", made):
            set_condition(question, renamed(when, renames), by=by, at=at)


def _both(one: Condition | None, other: Condition | None) -> Condition | None:
    parts = [part for each in (one, other) if each for part in (each.parts if isinstance(each, Every) else (each,))]
    return joined("all", parts)


def _came_along(condition: Condition, renames: dict[str, str], place: str, made: Brought) -> bool:
    """Whether all that it speaks of was brought before it; if not, that is said."""
    if all(clause.about == "fact" or clause.key in renames for clause in clauses_of(condition)):
        if is_readable(condition):
            return True
        made.left_out.append(f"{place[0].upper()}{place[1:]}: its condition has more parts than one can have here. Set it anew.")
        return False
    told = "its condition hangs on a question that did not come along, so it is asked of everybody now. Set it anew."
    made.left_out.append(f"{place[0].upper()}{place[1:]}: {told}")
    return False
