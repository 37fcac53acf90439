"""What in a text may give away a patient, a colleague or a practice: pointed out before it is published. Pure.

It errs on the side of silence: an order number, a price, a date of a contract, a freephone number must not nag, or nobody reads
the question any more. What it does not know (a name, a story that a village recognises) it cannot find, and the page says so.
"""

import hashlib
import re
from calendar import monthrange
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

MOST: Final = 50
"""Findings told of one text; more say nothing new."""


@dataclass(frozen=True, slots=True)
class Finding:
    """`words` stand at `start` to `end` of the text; `why` is a sentence to its writer."""

    kind: str
    label: str
    words: str
    start: int
    end: int
    why: str

    @property
    def key(self) -> str:
        """Equal for equal words of one kind, wherever they stand: what the writer confirms."""
        return hashlib.sha256(f"{self.kind}\0{' '.join(self.words.split())}".encode()).hexdigest()[:16]


class BadPatternError(Exception):
    """A pattern of the setting CONFIDENTIALITY_PATTERNS cannot be used. `str()` says which and why."""


def findings(text: str, *, more: Sequence[tuple[str, re.Pattern[str]]] = ()) -> list[Finding]:
    """In the order of the text, none inside another. `more`: patterns of one's own (`patterns_of`). Code is read like any words;
    the addresses of links are not, save those of mail and telephone."""
    masked = _without_addresses(text)
    found: list[Finding] = []
    finders: list[Callable[[str], Iterable[Finding]]] = [_emails, _nhs_numbers, _phones, _births, _practices]
    for finder in (*finders, *(_own(name, pattern) for name, pattern in more)):
        for one in finder(masked):
            if not any(one.start < other.end and other.start < one.end for other in found):
                found.append(one)
    return sorted(found, key=lambda one: one.start)[:MOST]


# ——— addresses of links: numbers in them are numbers of pages ———

_ADDRESS: Final = re.compile(r"https?://[^\s<>()\[\]]{1,2000}|\]\((?!mailto:|tel:)[^)\s]{1,2000}", re.IGNORECASE)


def _without_addresses(text: str) -> str:
    return _ADDRESS.sub(lambda found: "\N{REPLACEMENT CHARACTER}" * len(found[0]), text)


# ——— NHS numbers ———

_GAP: Final = "[ \u00a0\u2009\u202f\u2010-\u2015-]?"
_TEN: Final = re.compile(
    rf"(?<![\w+£$€#.,/-])(?<!44 )(?:\d{{3}}{_GAP}\d{{3}}{_GAP}\d{{4}}|\d{{6}}{_GAP}\d{{4}})(?![\w/]|[.,-]\d)"
)
_NHS_WHY: Final = "It has the form and the check digit of an NHS or CHI number, which names one patient for life."


def is_nhs_number(digits: str) -> bool:
    """Modulus 11 over ten digits: the last checks the nine before it."""
    if len(digits) != 10 or not digits.isdecimal() or len(set(digits)) == 1:
        return False
    numbers = [int(digit) for digit in digits]
    check = 11 - sum(number * weight for number, weight in zip(numbers, range(10, 1, -1), strict=False)) % 11
    return numbers[9] == check % 11 and check != 10


def _nhs_numbers(text: str) -> Iterator[Finding]:
    for found in _TEN.finditer(text):
        if is_nhs_number(_digits(found[0])):
            yield _finding("nhs-number", "NHS number", found, _NHS_WHY)


# ——— telephone numbers ———

_STEP: Final = "(?:[ \u00a0\u2009\u202f\u2010-\u2015-]|\\) ?| ?\\()?"
_PHONE: Final = re.compile(
    rf"(?<![\w+£$€#.,/-])(?:(?P<abroad>(?:\+|00)44){_STEP}(?:\(?0\)?{_STEP})?|\(?0)(?P<rest>\d(?:{_STEP}\d){{8,9}})(?![\w/]|[.,-]\d)"
)
_PHONE_WHY: Final = (
    "It can be rung. A number of a person, or of a surgery’s own line, tells everybody who reads this whose it is."
)
_GROUPS: Final = re.compile(r"\d+")


def _phones(text: str) -> Iterator[Finding]:
    """Geographic and mobile ones. Those of services (03, 08, 09) are made to be published."""
    for found in _PHONE.finditer(text):
        digits = _digits(found["rest"])
        is_known = re.fullmatch(r"1\d{8,9}|2\d{9}|7[1-9]\d{8}", digits)
        if is_known and (found["abroad"] or _is_grouped_as_one(found[0])):
            yield _finding("phone", "Phone number", found, _PHONE_WHY)


def _is_grouped_as_one(words: str) -> bool:
    """An area code of three to six digits, or all at once: a date with a time is grouped otherwise."""
    groups = _GROUPS.findall(words)
    return len(groups[0]) >= 3 and all(len(group) >= 2 for group in groups[1:])


# ——— e-mail addresses ———

_EMAIL: Final = re.compile(
    r"(?<![\w.+@/-])[A-Za-z0-9][\w.+'-]{0,63}@(?:[A-Za-z0-9-]{1,63}\.){1,5}[A-Za-z]{2,24}(?![\w@-])", re.ASCII
)
_EMAIL_WHY: Final = "It names a person, or leads to a mailbox. Programs gather addresses from open pages and write to them."


def _emails(text: str) -> Iterator[Finding]:
    for found in _EMAIL.finditer(text):
        yield _finding("email", "E-mail address", found, _EMAIL_WHY)


# ——— dates of birth ———

_MONTH: Final = (
    "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    "|nov(?:ember)?|dec(?:ember)?"
)
_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAY: Final = r"(?:0?[1-9]|[12]\d|3[01])"
_YEAR: Final = r"(?:19|20)\d\d"
_DATE: Final = re.compile(
    rf"(?<![\w/.-])(?:{_DAY}[/.-](?:0?[1-9]|1[0-2])[/.-](?:{_YEAR}|\d\d)"
    rf"|{_YEAR}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])"
    rf"|{_DAY}(?:st|nd|rd|th)?(?: of)? (?:{_MONTH}),? (?:{_YEAR}|['’]?\d\d)"
    rf"|(?:{_MONTH}) {_DAY}(?:st|nd|rd|th)?,? {_YEAR})(?![\w/]|[.-]\d)",
    re.IGNORECASE,
)
_BIRTH: Final = re.compile(
    r"\b(?:d\.?o\.?b\.?|dates? of birth|birth ?dates?|birthdays?|born|née|aged(?! (?:debt|credit|balance|receivable)))(?!\w)",
    re.IGNORECASE,
)
_BEFORE, _AFTER = 40, 25
_BIRTH_WHY: Final = "With a place or a story beside it, a date of birth is enough to tell who a patient is."


def _births(text: str) -> Iterator[Finding]:
    """A date near a word that says whose it is; other dates are dates, and the 31st of April is none."""
    for found in filter(_is_a_day, _DATE.finditer(text)):
        around = text[max(0, found.start() - _BEFORE) : found.start()], text[found.end() : found.end() + _AFTER]
        if any(_BIRTH.search(words) for words in around):
            yield _finding("birth", "Date of birth", found, _BIRTH_WHY)


def _is_a_day(found: re.Match[str]) -> bool:
    """Of a year of two digits in one of the two centuries."""
    parts = re.findall(r"\d+|[a-z]{3,}", found[0].lower())
    month = next((_MONTHS.index(part[:3]) + 1 for part in parts if part[:3] in _MONTHS), 0)
    numbers = [int(part) for part in parts if part.isdecimal()]
    if month:
        day, year = numbers[0], numbers[-1]
    elif numbers[0] > 31:
        year, month, day = numbers
    else:
        day, month, year = numbers
    return any(_exists(day, month, one) for one in ((year,) if year > 99 else (1900 + year, 2000 + year)))


def _exists(day: int, month: int, year: int) -> bool:
    return 1 <= day <= monthrange(year, month)[1]


# ——— practice codes ———

_PRACTICE: Final = re.compile(
    r"(?<![\w#£$€./@-])(?:[A-HJ-NP-WYZa-hj-np-wyz]\d{5}|(?:ALD|GUE|JER)\d{3})(?![\w/@-]|\.\w)", re.ASCII
)
"""England and Wales, Scotland and Northern Ireland with their letters, the Channel Islands. The letters I, O and X begin none."""
_BARE: Final = re.compile(
    r"\b(?:practice|ods|surgery) (?:code|number)(?: is|:)? {0,2}(?P<code>\d{5})(?![\w/@-]|\.\w)", re.ASCII | re.IGNORECASE
)
"""Scotland's five digits, where the text says what they are."""
_NOBODY: Final = {"V81997", "V81998", "V81999"}
"""Stand for no practice, one not known, and none that applies."""
_OF_A_PRACTICE: Final = re.compile(r"\b(?:practice|surgery|ods|code|ocs)\b", re.IGNORECASE)
_PRACTICE_WHY: Final = "It has the form of a practice code, by which anybody can look up which practice this is about."


def _practices(text: str) -> Iterator[Finding]:
    for found in _PRACTICE.finditer(text):
        if found[0].upper() in _NOBODY:
            continue
        if found[0][0].isupper() or _OF_A_PRACTICE.search(text[max(0, found.start() - _BEFORE) : found.start()]):
            yield _finding("practice", "Practice code", found, _PRACTICE_WHY)
    for found in _BARE.finditer(text):
        yield Finding("practice", "Practice code", found["code"], found.start("code"), found.end("code"), _PRACTICE_WHY)


# ——— patterns of one's own ———

_OWN_WHY: Final = "Your organisation asked that texts with this are looked at before they are published."
_MOST_WAYS: Final = 500


def patterns_of(setting: str) -> list[tuple[str, re.Pattern[str]]]:
    """`name=regular expression`, each on a line of its own or parted by `;;`. Raises BadPatternError. Every repetition must end,
    and the ways to match at one place are few, so that no text takes long."""
    found = []
    for line in filter(None, (part.strip() for part in re.split(r"\n|;;", setting))):
        name, equals, source = (part.strip() for part in line.partition("="))
        if not equals or not name or not source:
            raise BadPatternError(f"CONFIDENTIALITY_PATTERNS: write name=expression, not {line!r}.")
        try:
            pattern = re.compile(source)
            ways = _ways(re._parser.parse(source))  # type: ignore[attr-defined]  # noqa: SLF001
        except (re.error, OverflowError) as error:
            raise BadPatternError(f"CONFIDENTIALITY_PATTERNS, {name}: {error}.") from error
        if ways > _MOST_WAYS:
            raise BadPatternError(
                f"CONFIDENTIALITY_PATTERNS, {name}: it can match in too many ways. Write {{1,20}} instead of * or +."
            )
        if pattern.match(""):
            raise BadPatternError(f"CONFIDENTIALITY_PATTERNS, {name}: it matches nothing at all.")
        found.append((name, pattern))
    return found


def _own(name: str, pattern: re.Pattern[str]) -> Callable[[str], Iterator[Finding]]:
    def finder(text: str) -> Iterator[Finding]:
        for found in pattern.finditer(text):
            if found[0]:
                yield _finding(f"own:{name}", name, found, _OWN_WHY)

    return finder


def _ways(parsed: Any) -> int:
    """An upper bound of the paths through an expression from one place; more than allowed for what has no end."""
    ways = 1
    for operation, told in parsed:
        kind = str(operation)
        if kind in {"MAX_REPEAT", "MIN_REPEAT"}:
            least, most, body = told
            if not isinstance(most, int) or most > 200:
                return _MOST_WAYS + 1
            inside = _ways(body)
            ways *= (most - least + 1) * min(inside**most if inside > 1 else 1, _MOST_WAYS + 1)
        elif kind == "BRANCH":
            ways *= sum(_ways(branch) for branch in told[1])
        elif kind == "SUBPATTERN":
            ways *= _ways(told[-1])
        elif kind in {"ASSERT", "ASSERT_NOT"}:
            ways *= _ways(told[1])
        elif kind not in {"LITERAL", "NOT_LITERAL", "IN", "ANY", "AT", "CATEGORY", "RANGE"}:
            return _MOST_WAYS + 1
        if ways > _MOST_WAYS:
            return ways
    return ways


def _digits(words: str) -> str:
    return "".join(letter for letter in words if letter.isdecimal())


def _finding(kind: str, label: str, found: re.Match[str], why: str) -> Finding:
    return Finding(kind, label, found[0], found.start(), found.end(), why)
