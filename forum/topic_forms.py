"""What is said of a topic beside its words: its kind, its tags, how long it is pinned."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from django import forms

from common.clock import london_day, london_moment
from forum.actions.pinning import Pin
from forum.forms import DAY_UNCLEAR
from forum.models import Poll, Topic
from forum.polling import FEWEST, OPTION_MAX, QUESTION_MAX, PollPlan, day_problem, option_lines, options_problem, question_problem
from forum.polling import MOST as MOST_OPTIONS
from forum.tagging import LENGTH, MOST, clean_tag, tag_names, tag_problem, tags_problem
from forum.texts import TITLE_MAX, TITLE_MIN, clean_title, title_problem

KINDS: Final = (
    (Topic.Kind.DISCUSSION.value, "A discussion"),
    (Topic.Kind.QUESTION.value, "A question: you can accept one reply as the answer"),
)
ANNOUNCEMENT: Final = (Topic.Kind.ANNOUNCEMENT.value, "An announcement")
WRITTEN_WITH: Final = {"form": "composer"}
"""Fields that stand behind the composer and belong to its form."""
LAST_DAY: Final = "Until 23:59 of this day, London time. Left empty, it is not pinned."
FORTNIGHT: Final = timedelta(days=14)
"""How long a poll stays open where nobody says otherwise."""
LAST: Final = date(9000, 1, 1)
"""No later day is reckoned with."""
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

    def clean(self, value: Any) -> list[str]:
        names = tag_names(str(value or "")[:2000])
        problem = tags_problem(names)
        if problem:
            raise forms.ValidationError(problem)
        return names


class PinForm(forms.Form):
    """Until when a topic is pinned, and where."""

    use_required_attribute = False
    pinned_until = forms.DateField(
        label="Pinned until",
        required=False,
        help_text=LAST_DAY,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages=DAY_UNCLEAR,
    )
    everywhere = forms.BooleanField(label=ANYWHERE, required=False)

    def __init__(self, *args: Any, at: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.at = at

    def clean_pinned_until(self) -> date | None:
        return still_to_come(self.cleaned_data["pinned_until"], self.at)

    @property
    def pin(self) -> Pin | None:
        return pin_of(self.cleaned_data)


class AboutForm(PinForm):
    """With a new topic; its fields belong to the composer's form. `may_announce` offers what moderators and organisers may."""

    kind = forms.ChoiceField(label="What it is", choices=KINDS, required=False, initial="discussion", widget=forms.RadioSelect)
    tags = _TagsField()
    field_order = ("kind", "tags", "pinned_until", "everywhere")

    def __init__(self, *args: Any, may_announce: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if may_announce:
            self.fields["kind"].choices = [*KINDS, ANNOUNCEMENT]  # type: ignore[attr-defined]
        else:
            del self.fields["pinned_until"], self.fields["everywhere"]
        for field in self.fields.values():
            field.widget.attrs |= WRITTEN_WITH

    def clean_kind(self) -> str:
        return self.cleaned_data["kind"] or Topic.Kind.DISCUSSION.value


def says_of_a_poll(sent: Mapping[str, str]) -> bool:
    """Whether anything of a poll stands in a form that was sent."""
    return any(sent.get(f"{PollForm.prefix}-{name}", "").strip() for name in ("question", "options"))


class PollForm(forms.Form):
    """A poll with a post. Nothing written: no poll."""

    use_required_attribute = False
    prefix = "poll"
    question = forms.CharField(
        label="What the poll asks",
        required=False,
        strip=True,
        widget=forms.TextInput(attrs=WRITTEN_WITH | {"data-most": QUESTION_MAX}),
        help_text=f"At most {QUESTION_MAX} characters. Leave it and the options empty, and there is no poll.",
    )
    options = forms.CharField(
        label="Options",
        required=False,
        strip=False,
        widget=forms.Textarea(attrs=WRITTEN_WITH | {"rows": 4, "data-most": OPTION_MAX, "data-most-lines": MOST_OPTIONS}),
        help_text=f"One a line: {FEWEST} to {MOST_OPTIONS}, at most {OPTION_MAX} characters each; they cannot be changed later.",
    )
    kind = forms.ChoiceField(
        label="How people vote",
        choices=Poll.Kind.choices,
        required=False,
        initial="single",
        widget=forms.RadioSelect(attrs=WRITTEN_WITH),
    )
    shown = forms.ChoiceField(
        label="The numbers are shown",
        choices=Poll.Shown.choices,
        required=False,
        initial="always",
        widget=forms.RadioSelect(attrs=WRITTEN_WITH),
    )
    is_named = forms.BooleanField(
        label="Members see who voted for what",
        required=False,
        widget=forms.CheckboxInput(attrs=WRITTEN_WITH),
        help_text="Said before anybody votes. Without it no page shows how somebody voted.",
    )
    closes_on = forms.DateField(
        label="Last day to vote",
        required=False,
        help_text="The poll closes at 23:59 of this day, London time.",
        widget=forms.DateInput(format="%Y-%m-%d", attrs=WRITTEN_WITH | {"type": "date"}),
        error_messages=DAY_UNCLEAR,
    )

    def __init__(self, *args: Any, at: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.at = at
        self._offer_a_last_day()
        for name in ("question", "options"):
            self.fields[name].validators = []

    def _offer_a_last_day(self) -> None:
        name, day = self.add_prefix("closes_on"), london_day(self.at) + FORTNIGHT
        self.initial.setdefault("closes_on", day)
        if self.is_asked_for and name not in self.data:
            self.data = {**self.data.dict(), name: day.isoformat()}  # type: ignore[attr-defined]

    @property
    def is_begun(self) -> bool:
        """Whether anything of a poll was sent."""
        return self.is_bound and says_of_a_poll(self.data)

    @property
    def is_kept(self) -> bool:
        """Came back from a draft."""
        return not self.is_bound and bool(self.initial.get("question") or self.initial.get("options"))

    @property
    def is_asked_for(self) -> bool:
        """Came from “with a poll” on the page of a topic."""
        return self.is_bound and self.data.get("preview") == "poll"

    def clean(self) -> dict[str, Any]:
        told = super().clean() or self.cleaned_data
        told["plan"] = None
        if not self.is_begun or self.errors:
            return told
        day, options = told.get("closes_on"), option_lines(told["options"])
        problem = options_problem(options)
        if problem:
            self.add_error("options", problem)
        if day is None:
            self.add_error("closes_on", "Choose the last day on which people can vote.")
        problem = question_problem(" ".join(told["question"].split()))
        if problem:
            self.add_error("question", problem)
        problem = "" if day is None else day_problem(end_of(min(day, LAST)), at=self.at)
        if problem:
            self.add_error("closes_on", problem)
        if not self.errors and day is not None:
            told["plan"] = _poll_plan(told, options, day)
        return told

    @property
    def plan(self) -> PollPlan | None:
        found: PollPlan | None = self.cleaned_data.get("plan")
        return found

    @property
    def words(self) -> tuple[str, ...]:
        """What everybody would read of it."""
        return (self.plan.question, *self.plan.options) if self.plan else ()


def _poll_plan(told: dict[str, Any], options: tuple[str, ...], day: date) -> PollPlan:
    return PollPlan(
        question=" ".join(told["question"].split()),
        options=options,
        kind=told["kind"] or "single",
        shown=told["shown"] or "always",
        closes_at=end_of(min(day, LAST)),
        is_named=told["is_named"],
    )


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


class TitleForm(forms.Form):
    """Another title for a topic that waits."""

    use_required_attribute = False
    title = forms.CharField(
        label="Title",
        max_length=1000,
        help_text=f"{TITLE_MIN} to {TITLE_MAX} characters.",
        widget=forms.TextInput(attrs={"data-most": TITLE_MAX}),
        error_messages={"required": title_problem("")},
    )

    def clean_title(self) -> str:
        title = clean_title(self.cleaned_data["title"])
        problem = title_problem(title)
        if problem:
            raise forms.ValidationError(problem)
        return title


class CorrectTitleForm(TitleForm):
    """A title instead of one that tells what it must not, and why."""

    reason = forms.CharField(
        label="Why",
        max_length=1000,
        help_text="At most 200 characters. Everybody who reads the topic sees it.",
        widget=forms.TextInput(attrs={"data-most": 200}),
        error_messages={"required": "Say why: whoever reads the topic sees it."},
    )
