"""What is sent, checked; what goes together is decided in `moderation.choosing`."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from django import forms

from common.clock import london_day, london_moment
from forum.forms import Line
from moderation.choosing import REASON_MAX, problem_of
from moderation.models import Act, Reason

SPANS: Final = (
    ("", "Not suspended"),
    ("1", "One day"),
    ("7", "A week"),
    ("28", "Four weeks"),
    ("91", "Three months"),
    ("date", "Until the date below"),
)
LONGEST: Final = timedelta(days=732)


class ReportForm(forms.Form):
    reason = forms.ChoiceField(
        label="What is wrong",
        choices=Reason.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what is wrong."},
    )
    text = Line(
        label="In your words",
        required=False,
        most=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Moderators read it, nobody else. Needed for “something else”. At most 1,000 characters.",
    )

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        if told.get("reason") == Reason.OTHER and not told.get("text", "").strip() and "text" not in self.errors:
            self.add_error("text", "Say in a sentence what is wrong.")
        return told


class _NeededAtTimes(Line):
    """Its hint says when; to call it optional beside that would say the opposite."""

    is_needed_at_times = True


class DecisionForm(forms.Form):
    """Only the acts that may be chosen here are offered. `at` is now: an end lies behind it."""

    acts = forms.MultipleChoiceField(
        label="What is done",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose what is done, or “no action”."},
    )
    reason = _NeededAtTimes(
        label="Reason",
        required=False,
        most=REASON_MAX,
        help_text="Needed for whatever is done. They are told it, and it stands where a hidden post stood: name nobody. "
        f"At most {REASON_MAX} characters.",
    )
    span = forms.ChoiceField(
        label="Suspended for how long",
        required=False,
        choices=SPANS,
        help_text="They stay signed in and read what is public. They cannot write, react or answer, and their roles rest.",
    )
    until = forms.DateField(
        label="Last day of the suspension",
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text="It ends at 23:59, London time.",
    )
    note = Line(
        label="Note for other moderators",
        required=False,
        most=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Kept with the case. Nobody else reads it. At most 500 characters.",
    )

    def __init__(self, *args: Any, acts: Sequence[Act], at: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.at = at
        chosen = self.fields["acts"]
        assert isinstance(chosen, forms.MultipleChoiceField)
        chosen.choices = [(act.value, str(act.label)) for act in acts]
        if Act.NOTHING not in acts:
            chosen.error_messages["required"] = "Choose what is done."
        if Act.SUSPEND not in acts:
            del self.fields["span"], self.fields["until"]

    @property
    def ends_at(self) -> datetime | None:
        """When the suspension ends, of a valid form; None where nobody is suspended."""
        ends_at: datetime | None = self.cleaned_data.get("ends_at")
        return ends_at

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        acts = frozenset(told.get("acts", ()))
        if not acts or self.errors:
            return told
        if "suspend" in acts:
            self._add_end(told)
        elif told.get("span"):
            self.add_error("acts", "You chose how long a suspension lasts: tick “suspend” too, or choose “not suspended”.")
        problem = problem_of(acts, allowed=acts, reason=told.get("reason", "").strip(), has_end=True)
        if problem:
            self.add_error("reason" if problem.startswith(("Give a reason", "The reason")) else "acts", problem)
        return told

    def _add_end(self, told: dict[str, Any]) -> None:
        span, until = told.get("span", ""), told.get("until")
        if not span:
            self.add_error("span", "Say how long the suspension lasts.")
        elif span != "date":
            told["ends_at"] = self.at + timedelta(days=int(span))
        elif not isinstance(until, date):
            self.add_error("until", "Give the last day of the suspension.")
        elif not london_day(self.at) <= until <= london_day(self.at + LONGEST):
            self.add_error("until", "The last day lies today or later, and within two years.")
        else:
            told["ends_at"] = london_moment(until, time(23, 59))


class ReversalForm(forms.Form):
    reason = Line(
        label="Why it is taken back",
        most=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Say why: the person concerned is told."},
        help_text="The person concerned is told. At most 500 characters.",
    )


class ErasureForm(forms.Form):
    reason = Line(
        label="Why",
        most=200,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "Give a reason: it stands where the post stood, and its author is told."},
        help_text="Stands where the post stood and goes to its author. Do not repeat what you take away. At most 200 characters.",
    )


class WordForm(forms.Form):
    word = Line(
        label="Word, or words",
        min_length=2,
        most=60,
        error_messages={"required": "Write the word that a moderator should look at."},
        help_text="Matched as a whole, in capitals or not: “casino” finds “Casino”, not “casinos”. At most 60 characters.",
    )
