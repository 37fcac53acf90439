"""What is said of a topic beside its words: its kind, its tags, how long it is pinned."""

from datetime import date, datetime, time
from typing import Any, Final

from django import forms

from common.clock import london_moment
from forum.actions.pinning import Pin
from forum.models import Topic
from forum.tagging import LENGTH, MOST, clean_tag, tag_names, tag_problem, tags_problem

KINDS: Final = (
    (Topic.Kind.DISCUSSION.value, "A discussion"),
    (Topic.Kind.QUESTION.value, "A question: you can accept one reply as the answer"),
)
ANNOUNCEMENT: Final = (Topic.Kind.ANNOUNCEMENT.value, "An announcement")
LAST_DAY: Final = "Until 23:59 of this day, London time. Left empty, it is not pinned."
ANYWHERE: Final = "Also on the home page and above the other categories, for each reader until they have opened it"


class _TagsField(forms.CharField):
    """Words between commas, as a list of clean names."""

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"list": "known-tags", "autocomplete": "off", "data-tags": ""} | kwargs.pop("attrs", {})
        told = (
            f"Words that others would look for, with a comma between them: at most {MOST}, each of at most {LENGTH} characters."
        )
        super().__init__(label="Tags", required=False, strip=False, help_text=told, widget=forms.TextInput(attrs=attrs), **kwargs)
        self.validators = []

    def clean(self, value: Any) -> list[str]:  # type: ignore[override]
        names = tag_names(str(value or "")[:2000])
        problem = tags_problem(names)
        if problem:
            raise forms.ValidationError(problem)
        return names


def _last_day(**attrs: str) -> forms.DateField:
    return forms.DateField(
        label="Pinned until",
        required=False,
        help_text=LAST_DAY,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", **attrs}),
        error_messages={"invalid": "Write the day as year-month-day, for example 2026-12-24."},
    )


class AboutForm(forms.Form):
    """With a new topic; its fields belong to the composer's form. `may_announce` offers what moderators and organisers may."""

    use_required_attribute = False
    kind = forms.ChoiceField(
        label="What it is",
        choices=KINDS,
        required=False,
        initial="discussion",
        widget=forms.RadioSelect(attrs={"form": "composer"}),
    )
    tags = _TagsField(attrs={"form": "composer"})
    pinned_until = _last_day(form="composer")
    everywhere = forms.BooleanField(label=ANYWHERE, required=False, widget=forms.CheckboxInput(attrs={"form": "composer"}))

    def __init__(self, *args: Any, may_announce: bool, at: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.at = at
        if may_announce:
            self.fields["kind"].choices = [*KINDS, ANNOUNCEMENT]  # type: ignore[attr-defined]
        else:
            del self.fields["pinned_until"], self.fields["everywhere"]

    def clean_kind(self) -> str:
        return self.cleaned_data["kind"] or Topic.Kind.DISCUSSION.value

    def clean_pinned_until(self) -> date | None:
        return still_to_come(self.cleaned_data["pinned_until"], self.at)

    @property
    def pin(self) -> Pin | None:
        return pin_of(self.cleaned_data)


class PinForm(forms.Form):
    use_required_attribute = False
    pinned_until = _last_day()
    everywhere = forms.BooleanField(label=ANYWHERE, required=False)

    def __init__(self, *args: Any, at: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.at = at

    def clean_pinned_until(self) -> date | None:
        return still_to_come(self.cleaned_data["pinned_until"], self.at)

    @property
    def pin(self) -> Pin | None:
        return pin_of(self.cleaned_data)


class TagsForm(forms.Form):
    use_required_attribute = False
    tags = _TagsField()


class TagNameForm(forms.Form):
    use_required_attribute = False
    name = forms.CharField(
        label="What it is called",
        max_length=200,
        help_text=f"At most {LENGTH} characters. Where a tag of this name stands already, the two become one, for good.",
        error_messages={"required": "Write what the tag is to be called."},
    )

    def clean_name(self) -> str:
        name = clean_tag(self.cleaned_data["name"])
        problem = tag_problem(name)
        if problem:
            raise forms.ValidationError(problem)
        return name


def still_to_come(day: date | None, at: datetime) -> date | None:
    """The day, where it is not over. Raises ValidationError."""
    if day is not None and (day.year > 9000 or end_of(day) <= at):
        raise forms.ValidationError("Choose a day that is still to come.")
    return day


def end_of(day: date) -> datetime:
    """23:59 in London, so that the day that is told is the day that was chosen."""
    return london_moment(day, time(23, 59))


def pin_of(told: dict[str, Any]) -> Pin | None:
    day = told.get("pinned_until")
    return Pin(end_of(day), bool(told.get("everywhere"))) if day else None
