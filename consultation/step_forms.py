"""What is filled in at a step of a consultation's life; validation only."""

import re
from datetime import date, datetime, time
from typing import Any, ClassVar

from django import forms

from accounts.models import Group
from accounts.models.facts import ListSize, Nation
from common.clock import london_moment
from consultation.calendar import earliest_last_day, last_day
from consultation.models import Consultation, FrequentQuestion
from consultation.overtaken_form import OvertakenForm
from consultation.permissions import can_ask_others
from consultation.readers.audience import known_grades
from forum.models import Category
from forum.models.category import CategoryQuerySet


def _area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class _DateInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class NoteForm(forms.Form):
    """A sentence for everybody."""

    note = forms.CharField(label="A note for everybody", max_length=400, widget=_area(3), help_text="It stands in the record.")

    def __init__(self, *args: Any, label: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if label:
            self.fields["note"].label = label


class ReviewForm(forms.Form):
    """For organisers only, beside the review."""

    note = forms.CharField(label="What should change", max_length=1000, widget=_area(5), help_text="Its author reads it.")


class MaterialityForm(forms.Form):
    """How much a new version changes, and why."""

    materiality = forms.ChoiceField(
        label="How much does it change?",
        choices=[
            ("typo", "A slip of the pen: nobody who answered would have answered otherwise. All answers are counted together."),
            (
                "material",
                "Material: it might be answered otherwise. Whoever answered is asked again, and what changed is counted apart.",
            ),
        ],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label="Why is it changed?", max_length=500, widget=_area(3), help_text="Everybody reads it, up to 500 characters."
    )


class FollowUpForm(forms.Form):
    follow_up = forms.CharField(
        label="What was done since", widget=_area(10), help_text="It stands above the results. Markdown: **bold**, lists, links."
    )


class ScheduleForm(forms.Form):
    """`at` is now. The last day is 28 days after the opening at least."""

    opens_on = forms.DateField(label="Opens on", widget=_DateInput())
    opens_at = forms.TimeField(
        label="At", initial=time(9), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"), help_text="London time."
    )
    closes_on = forms.DateField(label="Last day", widget=_DateInput())
    category = forms.ModelChoiceField(
        label="Where the discussion opens",
        empty_label="Choose a category",
        queryset=Category.objects.none(),
        help_text="Its topic opens with the consultation, under your name.",
    )

    def __init__(self, *args: Any, at: datetime, days: int, categories: CategoryQuerySet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.at = at
        self.fields["closes_on"].initial = last_day(at, days + 7)
        self.fields["closes_on"].help_text = "It closes at 23:59, London time; 28 days after the opening at the earliest."
        self.fields["opens_on"].initial = last_day(at, 7)
        self.fields["category"].queryset = categories  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        told = super().clean() or self.cleaned_data
        day, hour, last = told.get("opens_on"), told.get("opens_at"), told.get("closes_on")
        if day is None or hour is None:
            return told
        if self.opening <= self.at:
            self.add_error("opens_on", "Choose a moment that is still to come")
        elif last is not None and last < earliest_last_day(self.opening):
            self.add_error("closes_on", f"Choose {earliest_last_day(self.opening):%-d %B %Y} or later: members need 28 days")
        return told

    @property
    def opening(self) -> datetime:
        """The moment of a valid form."""
        day: date = self.cleaned_data["opens_on"]
        return london_moment(day, self.cleaned_data["opens_at"])

    @property
    def plan(self) -> dict[str, Any]:
        """What a valid form says, for the action."""
        told = self.cleaned_data
        return {"opens_at": self.opening, "closes_on": told["closes_on"], "category": told["category"]}


class AudienceForm(OvertakenForm):
    """Who may answer. What is left empty narrows nothing."""

    whom = forms.ChoiceField(
        label="Who may answer",
        choices=[("members", "Members, as narrowed below"), ("list", "Only the members on a list that I make")],
        widget=forms.RadioSelect,
    )
    grades = forms.MultipleChoiceField(
        label="Of a grade",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="None ticked: every grade.",
    )
    nations = forms.MultipleChoiceField(
        label="In a nation",
        required=False,
        choices=Nation.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text="None ticked: all four, and members who did not say.",
    )
    list_sizes = forms.MultipleChoiceField(
        label="Whose practice has so many patients",
        required=False,
        choices=ListSize.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text="None ticked: every size, and members who did not say.",
    )
    group = forms.ModelChoiceField(
        label="Who belong to a group", required=False, empty_label="Any or none", queryset=Group.objects.none()
    )

    organisations = forms.BooleanField(
        label="Organisations as well, each with one answer that colleagues write together",
        required=False,
        help_text="Practices, networks, committees. They are named, counted apart, and never added to members.",
    )

    public = forms.BooleanField(
        label="The public as well, each with one answer by a confirmed address",
        required=False,
        help_text="Patients, clinicians, suppliers, anybody. Counted apart, without knowing of how many.",
    )

    class Meta:
        model = Consultation
        fields: ClassVar[list[str]] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        consultation: Consultation = self.instance
        told = {
            "whom": "list" if consultation.only_invited else "members",
            "grades": consultation.for_grades,
            "nations": consultation.for_nations,
            "list_sizes": consultation.for_list_sizes,
            "group": consultation.for_group,
            "organisations": consultation.for_organisations,
            "public": consultation.for_public,
        }
        self.initial.update(told)
        self.may_ask_others = can_ask_others(consultation)
        known = list(dict.fromkeys([*known_grades(), *consultation.for_grades]))
        self.fields["grades"].choices = [(grade, grade) for grade in known]  # type: ignore[attr-defined]
        if not known:
            del self.fields["grades"]
        self.fields["group"].queryset = Group.objects.standing().by_name()  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        told = super().clean()
        for name in ("organisations", "public"):
            if told.get(name) and not self.may_ask_others:
                self.add_error(name, self.may_ask_others.reason)
        return told

    @property
    def rule(self) -> dict[str, Any]:
        """What a valid form says of members, for the count."""
        told = self.cleaned_data
        return {
            "only_invited": told["whom"] == "list",
            "grades": tuple(told.get("grades", ())),
            "nations": tuple(told["nations"]),
            "list_sizes": tuple(told["list_sizes"]),
            "group": told["group"],
        }

    @property
    def others(self) -> dict[str, Any]:
        """What it says of who else answers."""
        return {name: self.cleaned_data[name] for name in ("organisations", "public")}


class AddressesForm(forms.Form):
    """Addresses as they are pasted: lines, commas, semicolons, angle brackets."""

    addresses = forms.CharField(
        label="Addresses of members",
        widget=_area(6),
        max_length=200_000,
        help_text="One a line, or with commas between them. You are told which of them are no member’s.",
    )

    @property
    def found(self) -> list[str]:
        """Those of a valid form, as typed."""
        words = re.split(r"[\s,;<>]+", self.cleaned_data["addresses"])
        return [word for word in words if "@" in word]

    def clean_addresses(self) -> str:
        text: str = self.cleaned_data["addresses"]
        if "@" not in text:
            raise forms.ValidationError("Paste at least one address")
        return text


class FrequentQuestionForm(OvertakenForm):
    question = forms.CharField(max_length=200)
    answer = forms.CharField(widget=_area(6), max_length=5_000, help_text="Markdown: **bold**, lists, links.")

    class Meta:
        model = FrequentQuestion
        fields: ClassVar = ["question", "answer"]


class CorrectionForm(forms.Form):
    text = forms.CharField(
        label="What was wrong, and what is right",
        max_length=600,
        widget=_area(4),
        help_text="It stands on the page with today’s date, and cannot be changed or taken out afterwards.",
    )
