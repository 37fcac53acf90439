"""A few words on one line; perhaps an e-mail address or a postcode."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Final

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from questions.checks import one_of
from questions.definitions import Canonical, Definition, Given, InvalidAnswerError
from questions.kind import Check
from questions.long_text import LongText
from questions.texts import one_line, typed, within

EMAIL: Final = "email"
POSTCODE: Final = "postcode"
_POSTCODE: Final = re.compile(
    r"(GIR ?0AA|ZZ99 ?[0-9][A-Z]{2}|[A-PR-UWYZ](?:[0-9]{1,2}|[A-HK-Y][0-9]{1,2}|[0-9][A-HJKPSTUW]|[A-HK-Y][0-9][ABEHMNPRVWXY])"
    r" ?[0-9][ABD-HJLNP-UW-Z]{2})"
)


class ShortText(LongText):
    """Canonical form: one line, NFC, single spaces; a postcode in capitals with its space."""

    name = "short_text"
    label = "Short text"
    use = "A few words on one line, an e-mail address or a postcode. Results only count it."
    template = "questions/_short_text.html"
    most_characters = 200
    usual_characters = 100
    settings: ClassVar[Mapping[str, Check]] = {"form": one_of(EMAIL, POSTCODE)}

    def instruction(self, asked: Definition) -> str:
        return {EMAIL: "An e-mail address, like name@example.org.", POSTCODE: "A full postcode."}.get(asked.said("form"), "")

    def read(self, asked: Definition, posted: Mapping[str, str]) -> Given | None:
        return typed(posted, asked.name, 2_000) or None

    def clean(self, asked: Definition, given: Given | None) -> Canonical | None:
        if given is None:
            return None
        if not isinstance(given, str):
            raise InvalidAnswerError(self.missing)
        text = within(one_line(given), asked.longest)
        match asked.said("form") if text else "":
            case "email":
                return _email(text)
            case "postcode":
                return _postcode(text)
        return text or None

    def control(self, asked: Definition, given: Given | None) -> dict[str, Any]:
        form = asked.said("form")
        return {
            "written": given if isinstance(given, str) else "",
            "mode": "email" if form == EMAIL else "text",
            "fills": {EMAIL: "email", POSTCODE: "postal-code"}.get(form, "off"),
        }

    def count(self, asked: Definition, answers: Iterable[Canonical]) -> dict[str, Any]:
        return {"n": sum(1 for _ in answers)}


def _email(text: str) -> str:
    try:
        validate_email(text)
    except ValidationError:
        raise InvalidAnswerError("Write a whole e-mail address, like name@example.org") from None
    return text


def _postcode(text: str) -> str:
    letters = text.upper().replace(" ", "")
    if not _POSTCODE.fullmatch(letters):
        raise InvalidAnswerError("Write a whole postcode, like ZZ99 3VZ")
    return f"{letters[:-3]} {letters[-3:]}"
