"""The search box, and the choices that write the same words."""

from collections.abc import Iterable
from datetime import date
from typing import Any, Final

from django import forms

from search.language import STATES, WRONG_DATE, Asked, Problem, read_day

LONGEST_QUERY: Final = 300
_NOT_A_SLUG: Final = "Write it as it stands in its page’s address: letters, figures and hyphens."


class SearchForm(forms.Form):
    """What is looked for. Empty is no error: the page then says what can be found."""

    q = forms.CharField(
        label="Search topics and posts",
        required=False,
        max_length=LONGEST_QUERY,
        help_text="Put a phrase in quotation marks; a minus before a word leaves it out.",
        error_messages={"max_length": f"Shorten your search to {LONGEST_QUERY} characters."},
        widget=forms.SearchInput(attrs={"autocomplete": "off"}),
    )


class _DayField(forms.CharField):
    def clean(self, value: Any) -> date | None:
        text = super().clean(value)
        day = read_day(text) if text else None
        if text and day is None:
            raise forms.ValidationError(WRONG_DATE)
        return day


class _SlugField(forms.CharField):
    def clean(self, value: Any) -> str:
        text: str = super().clean(value).removeprefix("@").lower()
        if text and not text.replace("-", "").replace("_", "").isalnum():
            raise forms.ValidationError(_NOT_A_SLUG)
        return text


class ChoicesForm(forms.Form):
    """The same as words with filters; `asked` is what of it can be looked for, whatever is wrong with the rest."""

    text = forms.CharField(label="Words", required=False, max_length=LONGEST_QUERY)
    in_title = forms.BooleanField(label="Only in titles", required=False)
    states = forms.MultipleChoiceField(
        label="Only", required=False, choices=list(STATES.items()), widget=forms.CheckboxSelectMultiple
    )
    category = forms.ChoiceField(label="Category", required=False)
    author = _SlugField(
        label="Written by",
        required=False,
        max_length=50,
        help_text="The @name on their profile, for example hester-quill. "
        "What is written under a pseudonym is not found by its author.",
    )
    tag = _SlugField(label="Tag", required=False, max_length=40)
    after = _DayField(label="From", required=False, max_length=10, help_text="1/5/2026, 2026-05 or 2026.")
    before = _DayField(label="Before", required=False, max_length=10, help_text="That day itself is left out.")

    def __init__(self, data: Any, *, categories: Iterable[tuple[str, str]]) -> None:
        super().__init__(data, auto_id="choose_%s")
        field: forms.ChoiceField = self.fields["category"]  # type: ignore[assignment]
        field.choices = [("", "Every category"), *categories]
        field.error_messages["invalid_choice"] = "You can read no category with this address. Choose one of the list."

    @property
    def asked(self) -> Asked:
        told = {name: value for name, value in self.cleaned_data.items() if value}
        return Asked(**told | {"states": tuple(told.get("states", ())), "text": " ".join(told.get("text", "").split())})

    @property
    def is_chosen(self) -> bool:
        """Whether anything but words was chosen, or is wrong."""
        return bool(self.errors) or any(self.data.get(name) for name in self.fields if name != "text")


def as_choices(asked: Asked) -> dict[str, Any]:
    """What the choices would hold for these words, with what is wrong in them as it was typed."""
    told: dict[str, Any] = {
        "text": asked.text,
        "category": asked.category,
        "author": asked.author,
        "tag": asked.tag,
        "after": str(asked.after or ""),
        "before": str(asked.before or ""),
        "in_title": asked.in_title,
        "states": list(asked.states),
    }
    return told | {problem.field: _typed(problem) for problem in asked.problems if problem.field not in {"in_title", "states"}}


def _typed(problem: Problem) -> str:
    return problem.word.partition(":")[2]
