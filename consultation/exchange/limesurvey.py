"""The structure of a LimeSurvey survey (`.lss`), as far as this site has it; what it has not is named, never guessed.

An `.lss` file is XML: a `document` with tables (`surveys_languagesettings`, `groups`, `questions`, `subquestions`, `answers`,
`question_attributes`, and from LimeSurvey 4 on a `…_l10ns` table beside each for its words), each with `rows` of `row` with an
element a field. A document type or an entity is refused before anything is read: such files have neither.
"""

import re
from collections.abc import Callable, Mapping
from html import unescape
from typing import Final
from xml.parsers import expat

from consultation.exchange.relevance import Asked, CannotTranslateError, translated
from consultation.exchange.shape import (
    LARGEST,
    LIMITS,
    MOST_CHOICES,
    MOST_PAGES,
    MOST_QUESTIONS,
    BadFileError,
    Written,
    WrittenPage,
    WrittenQuestion,
)
from consultation.paths.conditions import Condition
from questions.matrix import MOST_STEPS, MOST_WORDS

Row = dict[str, str]
Handler = Callable[..., None]
Tables = dict[str, list[Row]]
_MOST_ROWS: Final = 20_000
_AGREE: Final = ("Strongly disagree", "Disagree", "Neither agree nor disagree", "Agree", "Strongly agree")
_KINDS: Final[Mapping[str, str]] = {
    **dict.fromkeys("L!O", "single_choice"),
    "Y": "single_choice",
    "G": "single_choice",
    **dict.fromkeys("MP", "several_choices"),
    "R": "ranking",
    **dict.fromkeys("TU", "long_text"),
    "S": "short_text",
    "N": "number",
    "D": "date",
    "5": "rating",
    "F": "matrix",
    "H": "matrix",
    "A": "matrix",
    "C": "matrix",
    "E": "matrix",
    "|": "file",
}
_TOO_LONG: Final = "its scale has more than {} steps"
_NAMES: Final[Mapping[str, str]] = {
    "X": "a text display", "*": "an equation", "I": "a language switch", ":": "an array of numbers", ";": "an array of texts",
    "1": "a dual-scale array", "Q": "several short texts", "K": "several numbers", "B": "a ten-point array",
}  # fmt: skip
_FIXED: Final[Mapping[str, tuple[str, ...]]] = {
    "A": ("1", "2", "3", "4", "5"),
    "C": ("Yes", "Uncertain", "No"),
    "E": ("Increase", "Same", "Decrease"),
    "Y": ("Yes", "No"),
    "G": ("Female", "Male"),
}


def read_lss(data: bytes) -> Written:
    """In the survey's first language. Raises BadFileError."""
    tables = _tables(data)
    languages = tables.get("surveys_languagesettings", [])
    language = next((row.get("surveyls_language", "") for row in languages), "")
    settings = next((row for row in languages if row.get("surveyls_language", "") == language), {})
    title = _plain(settings.get("surveyls_title", ""))[:150]
    if not title:
        raise BadFileError("surveys_languagesettings: the survey has no title")
    reading = _Reading(tables, language)
    pages = reading.pages()
    if not pages:
        raise BadFileError("groups: the survey has no question groups")
    if len(pages) > MOST_PAGES or sum(len(page.questions) for page in pages) > MOST_QUESTIONS:
        raise BadFileError(f"groups: more than {MOST_PAGES} groups or {MOST_QUESTIONS} questions")
    lede, welcome = (_plain(settings.get(f"surveyls_{name}", "")) for name in ("description", "welcometext"))
    reading.say_what_is_cut("The survey", lede, LIMITS["lede"], "description")
    details = {"title": title, "lede": lede[: LIMITS["lede"]]} | ({"background": welcome} if welcome else {})
    return Written(details=details, pages=tuple(pages), left_out=(*reading.left_out, *_never_read(tables, language)))


def _never_read(tables: Tables, language: str) -> list[str]:
    """What else the file holds, and this site has no place for."""
    words = [row for name in ("surveys_languagesettings", "questions", "question_l10ns") for row in tables.get(name, [])]
    others = {row.get("language") or row.get("surveyls_language") or language for row in words} - {language}
    found = []
    if others:
        found.append(f"Only the language “{language}” was read; left out: {', '.join(sorted(others))}.")
    if tables.get("quota"):
        found.append("Quotas were left out: nobody is turned away here once enough have answered.")
    if tables.get("assessments"):
        found.append("Assessments were left out: answers have no marks here.")
    if tables.get("defaultvalues"):
        found.append("Answers that were filled in beforehand were left out: here everybody begins with nothing said.")
    ending = [row for row in tables.get("surveys_languagesettings", []) if _plain(row.get("surveyls_endtext", ""))]
    if ending:
        found.append("The words after the survey were left out: everybody who answers here has a receipt.")
    kept = {row.get("attribute", "") for row in tables.get("question_attributes", []) if row.get("value", "").strip()}
    if kept - {""}:
        found.append(f"Settings of single questions were left out: {', '.join(sorted(kept - {''})[:10])}. Look at each.")
    return found


class _Reading:
    def __init__(self, tables: Tables, language: str) -> None:
        self.tables, self.language, self.left_out = tables, language, list[str]()
        self.conditioned = {row.get("qid", "") for row in tables.get("conditions", [])}
        self.asked: dict[str, Asked] = {}
        """The questions that came over so far, by name and by number."""

    def pages(self) -> list[WrittenPage]:
        groups = self._rows("groups", "gid", ("group_name", "description"))
        asked = self._rows("questions", "qid", ("question", "help"))
        found = []
        for number, group in enumerate(sorted(groups, key=lambda row: _order(row, "group_order")), start=1):
            mine = sorted(
                (row for row in asked if row.get("gid") == group.get("gid")), key=lambda row: _order(row, "question_order")
            )
            named, described = _plain(group.get("group_name", "")), _plain(group.get("description", ""))
            title, intro = named[:120] or f"Page {number}", described[:500]
            self.say_what_is_cut(f"The page “{title}”", named, 120, "title")
            self.say_what_is_cut(f"The page “{title}”", described, 500, "introduction")
            when = self._when(group.get("grelevance", "1"), f"the group “{title}”")
            questions = [question for row in mine if (question := self._question(row)) is not None]
            found.append(WrittenPage(f"page-{number}", title, intro, when, tuple(questions)))
        return found

    def _question(self, row: Row) -> WrittenQuestion | None:
        whole, letter = _plain(row.get("question", "")), row.get("type", "")
        text = whole[:300] or row.get("title", "A question")
        if letter not in _KINDS:
            self.left_out.append(
                f"“{text}” was left out: this site has no question like {_NAMES.get(letter, f'type {letter!r}')}."
            )
            return None
        kind, choices = _KINDS[letter], self._choices(row, letter)
        scale = self._scale(row, letter) if kind == "matrix" else []
        for number, most, what in (
            (len(choices), MOST_CHOICES, "it has more than {} choices"),
            (len(scale), MOST_STEPS, _TOO_LONG),
        ):
            if number > most:
                self.left_out.append(f"“{text}” was left out: {what.format(most)}.")
                return None
        self.say_what_is_cut(f"“{text}”", whole, 300, "question")
        self.say_what_is_cut(f"“{text}”", _plain(row.get("help", "")), 300, "hint")
        for _, words in scale:
            self.say_what_is_cut(f"“{text}”", words, MOST_WORDS, f"step “{words[:20]}…”")
        when = self._when(row.get("relevance", "1"), f"“{text}”")
        self._say_what_it_lost(row, kind, f"“{text}”")
        key = self._own_key(_key(row.get("title", "") or f"q{row.get('qid', '')}"))
        self._came_over(row, Asked(key, kind, self._codes(row, letter)))
        return WrittenQuestion(
            key=key,
            kind=kind,
            text=text,
            hint=_plain(row.get("help", ""))[:300],
            required=row.get("mandatory") == "Y",
            choices=choices,
            settings=self._settings(row, kind, scale),
            when=when,
        )

    def _settings(self, row: Row, kind: str, scale: list[list[str]]) -> dict[str, object]:
        if kind == "rating":
            return {"to": 5, "low": "Lowest", "high": "Highest"}
        if kind == "matrix":
            return {"scale": [[step, words[:MOST_WORDS].rstrip()] for step, words in scale]}
        return {"other": True} if kind in {"several_choices", "single_choice"} and row.get("other") == "Y" else {}

    def _say_what_it_lost(self, row: Row, kind: str, place: str) -> None:
        if kind == "rating":
            self.left_out.append(f"{place} became a rating from 1 to 5: say what 1 and 5 mean.")
        if row.get("relevance", "").strip() in {"", "1"} and row.get("qid", "") in self.conditioned:
            self.left_out.append(f"The condition on {place} was left out: it is of the old kind. Write it anew.")
        if row.get("mandatory") == "S":
            self.left_out.append(f"{place} was asked for softly; here nobody has to answer it.")
        if row.get("type", "") in "OP":
            self.left_out.append(f"{place} lost its box for a comment: ask for it in a question of its own.")

    def say_what_is_cut(self, place: str, text: str, most: int, what: str) -> None:
        if len(text) > most:
            self.left_out.append(f"{place}: its {what} was cut after {most} characters, of {len(text):,}.")

    def _own_key(self, key: str) -> str:
        """Names that differ only by case or signs are one key here: the later one gets a number."""
        taken = {each.key for each in self.asked.values()}
        numbers = (f"{key}-{number}" for number in range(2, MOST_QUESTIONS + 3))
        return key if key not in taken else next(each for each in numbers if each not in taken)

    def _when(self, equation: str, what: str) -> Condition | None:
        """What speaks of later questions, or cannot be said here, is named."""
        if equation.strip() in {"", "1"}:
            return None
        try:
            return translated(equation, self.asked)
        except CannotTranslateError:
            self.left_out.append(f"The condition on {what} was left out: write it anew.")
            return None

    def _came_over(self, row: Row, asked: Asked) -> None:
        for name in (row.get("title", ""), row.get("qid", "")):
            if name:
                self.asked[name] = asked

    def _codes(self, row: Row, letter: str) -> dict[str, str]:
        """The keys of its choices by their codes there; `-oth-` is another answer, in one's own words."""
        other = {"-oth-": "other"} if row.get("other") == "Y" and letter in "L!" else {}
        if letter in "YG":
            return {label[0]: _key(label) for label in _FIXED[letter]}
        rows = self._answers(row.get("qid", "")) if letter in "L!OR" else self._subquestions(row) if letter in "MP" else []
        name = "title" if letter in "MP" else "code"
        return {each.get(name, ""): _key(each.get(name, "")) for each in rows} | other

    def _subquestions(self, row: Row) -> list[Row]:
        rows = self._rows("subquestions", "qid", ("question",))
        mine = [each for each in rows if each.get("parent_qid") == row.get("qid", "")]
        return sorted(mine, key=lambda each: _order(each, "question_order"))

    def _choices(self, row: Row, letter: str) -> tuple[tuple[str, str], ...]:
        qid = row.get("qid", "")
        if letter in "YG":
            return tuple((_key(label), label) for label in _FIXED[letter])
        if letter in "MPFHACE":
            return self._labelled(self._subquestions(row), "title", "question")
        if letter in "L!OR":
            return self._labelled(self._answers(qid), "code", "answer")
        return ()

    def _scale(self, row: Row, letter: str) -> list[list[str]]:
        if letter in _FIXED:
            return [[_key(label), label] for label in _FIXED[letter]]
        return [list(pair) for pair in self._labelled(self._answers(row.get("qid", "")), "code", "answer")]

    def _answers(self, qid: str) -> list[Row]:
        rows = [each for each in self._rows("answers", "aid", ("answer",)) if each.get("qid") == qid]
        return sorted(rows, key=lambda each: _order(each, "sortorder"))

    def _labelled(self, rows: list[Row], code: str, label: str) -> tuple[tuple[str, str], ...]:
        keys = [_key(row.get(code, "")) for row in rows]
        twins = sorted({key for key in keys if keys.count(key) > 1})
        if twins:
            codes = ", ".join(f"“{row.get(code, '')}”" for row in rows if _key(row.get(code, "")) == twins[0])
            where = self._name_of(rows[0])
            raise BadFileError(f"{where}: the codes {codes} cannot be told apart here. Give each a letter or digit of its own.")
        for row in rows:
            self.say_what_is_cut(f"The answer “{_plain(row.get(label, ''))[:40]}”", _plain(row.get(label, "")), 200, "text")
        return tuple((_key(row.get(code, "")), _plain(row.get(label, ""))[:200] or row.get(code, "")) for row in rows)

    def _name_of(self, row: Row) -> str:
        """The question of an answer or a part, as a sentence names it."""
        mine = {row.get("parent_qid", ""), row.get("qid", "")}
        asked = next((each for each in self._rows("questions", "qid", ("question",)) if each.get("qid") in mine), {})
        return f"“{_plain(asked.get('question', ''))[:80] or 'A question'}”"

    def _rows(self, table: str, key: str, words: tuple[str, ...]) -> list[Row]:
        """In one language, with its words, wherever the version of the file keeps them."""
        rows = self.tables.get(table, [])
        mine = [row for row in rows if row.get("language", self.language) in {"", self.language}]
        l10ns = self.tables.get(
            {"groups": "group", "questions": "question", "subquestions": "question", "answers": "answer"}[table] + "_l10ns"
        )
        if l10ns is None:
            return mine
        told = {row.get(key, ""): row for row in l10ns if row.get("language", "") == self.language}
        return [row | {name: told.get(row.get(key, ""), {}).get(name, row.get(name, "")) for name in words} for row in mine]


def _tables(data: bytes) -> Tables:
    if len(data) > LARGEST:
        raise BadFileError(f"The file is larger than {LARGEST:,} bytes.")
    tables: Tables = {}
    trail: list[str] = []
    words: list[str] = []

    def refuse(*_: object) -> None:
        raise BadFileError("This XML declares a document type or an entity, which no LimeSurvey file does: it was not read.")

    def begin(name: str, _: Mapping[str, str]) -> None:
        trail.append(name)
        words.clear()
        if len(trail) > 12:
            raise BadFileError("This is not the structure of a LimeSurvey survey: it is nested too deep.")
        if trail[2:] == ["rows", "row"]:
            rows = tables.setdefault(trail[1], [])
            rows.append({})
            if sum(map(len, tables.values())) > _MOST_ROWS:
                raise BadFileError(f"The file has more than {_MOST_ROWS:,} rows.")

    def end(name: str) -> None:
        if len(trail) == 5 and trail[2:4] == ["rows", "row"]:
            tables[trail[1]][-1][name] = "".join(words)
        trail.pop()

    def words_of(text: str) -> None:
        words.append(text)

    return _parsed(data, tables, refuse, begin, end, words_of)


def _parsed(data: bytes, tables: Tables, refuse: Handler, begin: Handler, end: Handler, words: Handler) -> Tables:
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = parser.ExternalEntityRefHandler = refuse  # type: ignore[assignment]
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = begin, end, words
    try:
        parser.Parse(data, True)
    except expat.ExpatError as problem:
        raise BadFileError(f"This is no XML: {problem}") from problem
    if not tables:
        raise BadFileError("This is not the structure of a LimeSurvey survey: it has no tables.")
    return tables


def _order(row: Row, name: str) -> int:
    value = row.get(name, "0").strip()
    return int(value) if value.isascii() and value.isdigit() and len(value) < 9 else 0


def _plain(text: str) -> str:
    """Without tags, on one line."""
    without = re.sub(r"<[^>]*>", " ", re.sub(r"</?(?:a|b|em|i|span|strong|sub|sup|u)\b[^>]*>", "", text))
    return " ".join(unescape(without).replace("\0", "").split())


def _key(text: str) -> str:
    return re.sub(r"[^a-z0-9_-]+", "-", text.lower()).strip("-")[:45] or "one"
