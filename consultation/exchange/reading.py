"""Our own JSON, read with a complaint that names the place: `pages[2].questions[0].text: expected a text of 1 to 300
characters`."""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar

from consultation.exchange.shape import (
    FORMAT,
    IDENTITIES,
    LARGEST,
    LIMITS,
    LONG,
    MOST_CHOICES,
    MOST_OPTIONS,
    MOST_PAGES,
    MOST_QUESTIONS,
    REASONS,
    VERSION,
    BadFileError,
    Written,
    WrittenPage,
    WrittenQuestion,
)
from consultation.paths.conditions import BadConditionError, Condition, condition_of
from questions.definitions import Passage

_KEY: Final = re.compile(r"[a-z0-9_-]{1,50}", re.ASCII | re.IGNORECASE)
_URL: Final = re.compile(r"(https?://[^\s]+|/([^/\\\s][^\s]*)?)")
_OPTION: Final = {
    "name": 120,
    **dict.fromkeys(
        ("summary", "assessment", "evidence", "entry", "time", "cost", "renewal", "awarding_body", "level", "suits", "suits_not"),
        300,
    ),
}
_ROOT: Final = {
    *("format", "version", "title", "lede", "asked_by", "background", "effects", *REASONS, "days"),
    *("options", "discarded", "documents", "pages", "contact", "identity_mode", "audience", "faq"),
}
_DEEPEST: Final = 12
T = TypeVar("T")


def read_json(data: bytes, *, kinds: frozenset[str]) -> Written:
    """`kinds` are the types of question there are. Raises BadFileError."""
    if len(data) > LARGEST:
        raise BadFileError(f"The file is larger than {LARGEST:,} bytes.")
    try:
        told = json.loads(data.decode("utf-8-sig"))
    except (UnicodeDecodeError, ValueError, RecursionError) as problem:
        raise BadFileError(f"This is no JSON in UTF-8: {problem}") from problem
    return read(told, kinds=kinds)


def read(told: object, *, kinds: frozenset[str]) -> Written:
    """What `read_json` does, of JSON that is parsed already. Raises BadFileError."""
    root = _object(told, "file", _ROOT)
    if root.get("format") != FORMAT:
        raise BadFileError(f"format: expected “{FORMAT}”")
    if root.get("version") != VERSION:
        raise BadFileError(f"version: expected {VERSION}; this site reads no other")
    details: dict[str, Any] = {
        name: _text(root, name, "", LIMITS.get(name, LONG), needed=name == "title")
        for name in ("title", "lede", "asked_by", "background", "effects", *REASONS, "contact")
        if name in root or name == "title"
    }
    if "days" in root:
        details["days"] = _whole(root, "days", "", 28, 365)
    if "identity_mode" in root:
        if root["identity_mode"] not in IDENTITIES:
            raise BadFileError(f"identity_mode: expected one of {', '.join(IDENTITIES)}")
        details["identity_mode"] = root["identity_mode"]
    audience = _audience(root.get("audience", {}))
    if details.get("identity_mode") == "detached" and (audience.get("organisations") or audience.get("public")):
        raise BadFileError("audience: a detached consultation asks members alone, neither organisations nor the public")
    pages = _list(root, "pages", "", MOST_PAGES, lambda each, where: _page(each, where, kinds))
    written = Written(
        details=details,
        options=_list(root, "options", "", MOST_OPTIONS, _option),
        discarded=_list(root, "discarded", "", 50, _discarded),
        documents=_list(root, "documents", "", 50, _document),
        pages=pages,
        audience=audience,
        faq=_list(root, "faq", "", 50, _faq),
    )
    if written.question_count > MOST_QUESTIONS:
        raise BadFileError(f"pages: more than {MOST_QUESTIONS} questions")
    _no_twins([page.key for page in pages], "pages", "page")
    _no_twins([asked.key for page in pages for asked in page.questions], "pages", "question")
    _no_twins([option["key"] for option in written.options if option.get("key")], "options", "option")
    return written


def _audience(told: object) -> dict[str, Any]:
    given = _object(told, "audience", {"grades", "nations", "list_sizes", "organisations", "public"})
    keys = {
        name: list(_list(given, name, "audience", 50, _name)) for name in ("grades", "nations", "list_sizes") if name in given
    }
    return keys | {name: _flag(given, name, "audience") for name in ("organisations", "public") if name in given}


def _name(told: object, where: str) -> str:
    if not isinstance(told, str) or not 0 < len(told) <= 40 or "\0" in told:
        raise BadFileError(f"{where}: expected a text of 1 to 40 characters")
    return told


def _faq(told: object, where: str) -> dict[str, str]:
    row = _object(told, where, {"question", "answer"})
    return {"question": _text(row, "question", where, 200, needed=True), "answer": _text(row, "answer", where, LONG, needed=True)}


def _page(told: object, where: str, kinds: frozenset[str]) -> WrittenPage:
    page = _object(told, where, {"key", "title", "intro", "when", "questions"})
    return WrittenPage(
        key=_key(page, where),
        title=_text(page, "title", where, 120, needed=True),
        intro=_text(page, "intro", where, 500),
        when=_when(page, where),
        questions=_list(page, "questions", where, MOST_QUESTIONS, lambda each, at: _question(each, at, kinds)),
    )


def _question(told: object, where: str, kinds: frozenset[str]) -> WrittenQuestion:
    names = {"key", "kind", "text", "hint", "required", "offers_options", "longest", "choices", "settings", "when", "passage"}
    asked = _object(told, where, names)
    if asked.get("kind") not in kinds:
        raise BadFileError(f"{where}.kind: expected one of {', '.join(sorted(kinds))}")
    choices = _list(asked, "choices", where, MOST_CHOICES, _choice)
    _no_twins([key for key, _ in choices if key], f"{where}.choices", "choice")
    settings = asked.get("settings", {})
    if not isinstance(settings, dict) or not _is_shallow(settings, _DEEPEST):
        raise BadFileError(f"{where}.settings: expected an object")
    return WrittenQuestion(
        key=_key(asked, where),
        kind=asked["kind"],
        text=_text(asked, "text", where, 300, needed=True),
        hint=_text(asked, "hint", where, 300),
        required=_flag(asked, "required", where),
        offers_options=_flag(asked, "offers_options", where),
        longest=_whole(asked, "longest", where, 0, 32_000) if "longest" in asked else 0,
        choices=choices,
        settings=settings,
        when=_when(asked, where),
        passage=_passage(asked, where),
    )


def _passage(asked: Mapping[str, Any], where: str) -> Passage | None:
    if asked.get("passage") is None:
        return None
    place = f"{where}.passage"
    told = _object(asked["passage"], place, {"label", "url", "words"})
    url = _text(told, "url", place, 500, needed=True)
    if not url.startswith("/") or not _URL.fullmatch(url):
        raise BadFileError(f"{place}.url: expected a path that begins with one slash")
    label = _text(told, "label", place, 200, needed=True)
    return Passage(label, url, _text(told, "words", place, LONG, needed=True))


def _choice(told: object, where: str) -> tuple[str, str]:
    choice = _object(told, where, {"key", "label"})
    return _key(choice, where, needed=False), _text(choice, "label", where, 200, needed=True)


def _option(told: object, where: str) -> dict[str, str]:
    option = _object(told, where, {"key", *_OPTION})
    found = {name: _text(option, name, where, most, needed=name == "name") for name, most in _OPTION.items() if name in option}
    if "name" not in found:
        raise BadFileError(f"{_at(where, 'name')}: it is missing")
    return found | ({"key": _key(option, where)} if "key" in option else {})


def _discarded(told: object, where: str) -> dict[str, str]:
    row = _object(told, where, {"name", "reason"})
    return {"name": _text(row, "name", where, 120, needed=True), "reason": _text(row, "reason", where, 500, needed=True)}


def _document(told: object, where: str) -> dict[str, str]:
    row = _object(told, where, {"title", "url", "note"})
    url = _text(row, "url", where, 500, needed=True)
    if not _URL.fullmatch(url):
        raise BadFileError(f"{where}.url: expected https://… or a path that begins with one slash")
    return {"title": _text(row, "title", where, 160, needed=True), "url": url, "note": _text(row, "note", where, 160)}


def _when(told: Mapping[str, Any], where: str) -> Condition | None:
    if told.get("when") is None:
        return None
    try:
        return condition_of(told["when"], where=f"{where}.when")
    except BadConditionError as problem:
        raise BadFileError(str(problem)) from problem


def _object(told: object, where: str, names: set[str]) -> dict[str, Any]:
    if not isinstance(told, dict):
        raise BadFileError(f"{where}: expected an object")
    unknown = sorted(set(told) - names)
    if unknown:
        raise BadFileError(f"{where}: “{unknown[0][:40]}” is not known here; expected {', '.join(sorted(names))}")
    return told


def _list(told: Mapping[str, Any], name: str, where: str, most: int, each: Callable[[object, str], T]) -> tuple[T, ...]:
    rows, place = told.get(name, []), _at(where, name)
    if not isinstance(rows, list) or len(rows) > most:
        raise BadFileError(f"{place}: expected a list of at most {most}")
    return tuple(each(row, f"{place}[{index}]") for index, row in enumerate(rows))


def _text(told: Mapping[str, Any], name: str, where: str, most: int, *, needed: bool = False) -> str:
    text = told.get(name, "")
    fits = isinstance(text, str) and len(text) <= most and "\0" not in text and (bool(text.strip()) or not needed)
    if not fits:
        raise BadFileError(f"{_at(where, name)}: expected a text of {'1 to' if needed else 'at most'} {most:,} characters")
    return str(text)


def _key(told: Mapping[str, Any], where: str, *, needed: bool = True) -> str:
    key = told.get("key", "")
    if (key or needed) and not (isinstance(key, str) and _KEY.fullmatch(key)):
        raise BadFileError(f"{_at(where, 'key')}: expected 1 to 50 letters, digits, hyphens or underscores")
    return str(key)


def _flag(told: Mapping[str, Any], name: str, where: str) -> bool:
    value = told.get(name, False)
    if not isinstance(value, bool):
        raise BadFileError(f"{_at(where, name)}: expected true or false")
    return value


def _whole(told: Mapping[str, Any], name: str, where: str, least: int, most: int) -> int:
    value = told.get(name)
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise BadFileError(f"{_at(where, name)}: expected a whole number from {least} to {most:,}")
    return value


def _is_shallow(value: object, deep: int) -> bool:
    if isinstance(value, dict):
        return deep > 0 and all(_is_shallow(each, deep - 1) for each in value.values())
    if isinstance(value, list):
        return deep > 0 and all(_is_shallow(each, deep - 1) for each in value)
    return True


def _no_twins(keys: list[str], where: str, what: str) -> None:
    twins = sorted({key for key in keys if keys.count(key) > 1})
    if twins:
        raise BadFileError(f"{where}: two of them have the {what} key “{twins[0]}”")


def _at(where: str, name: str) -> str:
    return f"{where}.{name}" if where else name
