"""What a moderator says before a topic is moved, split, merged or archived."""

import re
from typing import Any, Final

from django import forms
from django.db.models import QuerySet

from forum.actions.notes import REASON_MAX
from forum.forms import Line
from forum.models import Category, Topic
from forum.ranges import NumbersUnclear, read_numbers
from forum.texts import TITLE_MAX, TITLE_MIN, clean_title, title_problem

_ADDRESS: Final = re.compile(r"(?:^|/topics/)(\d{1,18})(?:[-/?#]|$)", re.ASCII)


class _ReasonForm(forms.Form):
    use_required_attribute = False
    reason = Line(
        label="Reason",
        most=REASON_MAX,
        help_text=f"At most {REASON_MAX} characters. It stands on the topic for all its readers: name nobody.",
        error_messages={"required": "Give the reason: whoever reads the topic sees it."},
    )


class ArchiveForm(_ReasonForm):
    pass


class MoveForm(_ReasonForm):
    """`kept`: the categories that the moderator keeps, one of which it stands in."""

    category = forms.ModelChoiceField(
        queryset=Category.objects.none(),
        label="Where it goes",
        empty_label="Choose a category",
        error_messages={"required": "Choose the category it goes to."},
    )
    field_order = ("category", "reason")

    def __init__(self, *args: Any, kept: "QuerySet[Category]", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["category"].queryset = kept  # type: ignore[attr-defined]


class MergeForm(_ReasonForm):
    """`kept`: the topics that the moderator may merge into."""

    into = Line(
        label="The other topic",
        most=300,
        help_text="Its address, or the number in it. Every post goes behind its last one; the address of this topic leads there.",
        error_messages={"required": "Write the address of the other topic."},
    )
    field_order = ("into", "reason")

    def __init__(self, *args: Any, own: int, kept: "QuerySet[Topic]", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.own, self.kept = own, kept

    def clean_into(self) -> Topic:
        return found_topic(self.cleaned_data["into"], self.kept, own=self.own)


class SplitForm(_ReasonForm):
    """`last`: the highest number of the topic. Goes to a new topic, or behind another where one is named."""

    posts = Line(
        label="Which posts",
        most=2000,
        help_text="Numbers and ranges, for example: 3, 5–9. The first post stays.",
        error_messages={"required": "Write which posts are meant, for example: 3, 5–9."},
    )
    replies = forms.BooleanField(label="And every reply below them", required=False, initial=True)
    title = forms.CharField(
        label="Title of the new topic",
        required=False,
        help_text=f"{TITLE_MIN} to {TITLE_MAX} characters. Leave it empty for an existing topic.",
    )
    category = forms.ModelChoiceField(queryset=Category.objects.none(), label="Its category", required=False, empty_label=None)
    into = Line(
        label="Or an existing topic",
        required=False,
        most=300,
        help_text="Its address, or the number in it: the posts go behind its last one, and no new topic is made.",
    )
    field_order = ("posts", "replies", "title", "category", "into", "reason")

    def __init__(
        self, *args: Any, own: int, last: int, categories: "QuerySet[Category]", kept: "QuerySet[Topic]", **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.own, self.last, self.kept = own, last, kept
        self.fields["category"].queryset = categories  # type: ignore[attr-defined]
        for name in ("title", "category"):  # a new topic needs them
            self.fields[name].is_needed_at_times = True  # type: ignore[attr-defined]

    def clean_posts(self) -> list[int]:
        try:
            return read_numbers(self.cleaned_data["posts"], last=self.last)
        except NumbersUnclear as problem:
            raise forms.ValidationError(str(problem)) from problem

    def clean_into(self) -> Topic | None:
        told = self.cleaned_data["into"].strip()
        return found_topic(told, self.kept, own=self.own) if told else None

    def clean(self) -> dict[str, Any]:
        told = super().clean() or self.cleaned_data
        if told.get("into") is None and "into" not in self.errors:
            title = clean_title(told.get("title", ""))
            problem = title_problem(title)
            if problem:
                self.add_error("title", problem)
            if told.get("category") is None and "category" not in self.errors:
                self.add_error("category", "Choose the category of the new topic.")
            told["title"] = title
        return told


def found_topic(told: str, kept: "QuerySet[Topic]", *, own: int) -> Topic:
    """By its number or its address; `own` is the one that is being cut. Raises ValidationError."""
    match = _ADDRESS.search(told.strip())
    if match and int(match[1]) == own:
        raise forms.ValidationError("This is the topic itself. Copy the address of the other one.")
    topic = kept.filter(pk=int(match[1])).first() if match else None
    if topic is None:
        raise forms.ValidationError("There is no such topic that you keep in order. Copy the address from its page.")
    return topic
