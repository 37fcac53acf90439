"""What stands in the error summary of a form: one line per problem, each leading to its field."""

from dataclasses import dataclass
from typing import Final

from django.forms import BaseForm, Field
from django.forms.boundfield import BoundField

_WORDS: Final = (
    "No things",
    "One thing",
    "Two things",
    "Three things",
    "Four things",
    "Five things",
)


@dataclass(frozen=True, slots=True)
class Problem:
    """`anchor` is the id of the control to go to; empty for what concerns the whole form."""

    message: str
    anchor: str = ""


def problems_of(form: BaseForm) -> list[Problem]:
    """Every error of a form: the form's own first, then the fields' in their order on the page."""
    found = [Problem(str(message)) for message in form.non_field_errors()]
    for field in form:
        anchor = "" if field.is_hidden else first_control(field)
        found += [Problem(message, anchor) for message in messages_of(field)]
    return found


def messages_of(field: BoundField) -> list[str]:
    """The errors of one field. Where a form has no words of its own for a missing answer, the field's label says which."""
    found = []
    for error in field.errors.as_data():
        told = " ".join(str(message) for message in error.messages)
        if error.code == "required" and error.message == Field.default_error_messages["required"]:
            told = f"{str(field.label).rstrip('?')}: {'choose an answer' if field.use_fieldset else 'this is missing'}"
        found.append(told)
    return found


def first_control(field: BoundField) -> str:
    """The id of the first thing to fill in: of a group of choices, its first choice."""
    if field.use_fieldset and field.subwidgets:
        return field.subwidgets[0].id_for_label or field.auto_id
    return field.id_for_label or field.auto_id


def headline(count: int) -> str:
    """“Two things before you go on”, and so on; “12 things …” from six up."""
    return f"{_WORDS[count] if count < len(_WORDS) else f'{count} things'} before you go on"
