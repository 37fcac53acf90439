"""Validation only; the actions do the rest."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any, ClassVar, Final

from django import forms

from consultation.overtaken_form import OvertakenForm
from digest.actions.choices import LONGEST_PAUSE, PAUSES
from digest.arriving import MOST_BYTES, MOST_LINES
from digest.calendar import wall_moment, zone_of
from digest.models import Edition, Subscription
from digest.offers import Offer
from digest.streams import category_of
from digest.words import WEEKDAYS
from digest.zones import LONDON, zone_choices
from mail.addresses import is_reachable

DAYS = [(str(number), name) for number, name in enumerate(WEEKDAYS)]
LESS: Final = "Untick what you want less of. Consultations and what the editor picked come in any case."
HOURS = [(str(hour), f"{hour:02}:00") for hour in range(24)]


class AddressForm(forms.Form):
    """Nothing but an address."""

    email = forms.EmailField(
        label="Your e-mail address",
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "inputmode": "email"}),
        error_messages={
            "required": "Enter your e-mail address.",
            "invalid": "Enter an address like name@example.org.",
        },
    )

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        if not is_reachable(email):
            raise forms.ValidationError("We cannot write to this address. Enter one like name@example.org.")
        return email


class DayForm(forms.Form):
    """Which day, which hour, in the reader's own time. `is_daily`: no day to choose. A zone that is not sent stays as it is."""

    weekday = forms.TypedChoiceField(label="Day", choices=DAYS, coerce=int, initial="4")
    hour = forms.TypedChoiceField(label="Hour", choices=HOURS, coerce=int, initial="7")
    tz = forms.ChoiceField(label="Whose time", required=False, help_text="The clocks of the place you read in.")

    def __init__(self, *args: Any, mine: Subscription | None = None, is_daily: bool = False, **kwargs: Any) -> None:
        kwargs["initial"] = _when_of(mine) | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)
        now = mine.tz if mine else LONDON
        self.fields["tz"].choices = zone_choices(now)  # type: ignore[attr-defined]
        self.fields["tz"].is_needed_at_times = True  # type: ignore[attr-defined]  # one is chosen whatever is sent
        if mine is None or mine.confirmed_at is None:
            self.fields["tz"].widget.attrs["data-guess-zone"] = ""
        if is_daily:
            self.fields["weekday"].required = False
            self.fields["weekday"].widget = forms.HiddenInput()

    def chosen(self) -> dict[str, Any]:
        """`weekday`, `hour` and `tz` as the actions take them."""
        told = self.cleaned_data
        weekday = told["weekday"] if told["weekday"] != "" else 4
        return {"weekday": weekday, "hour": told["hour"], "tz": told["tz"] or str(self.initial["tz"])}


class LetterForm(forms.Form):
    """What it looks like, what comes when nothing is new, and of which categories it tells."""

    plain_text = forms.BooleanField(
        label="Plain text only", required=False, help_text="The same words without layout or colours, for any mail program."
    )
    when_empty = forms.ChoiceField(
        label="When nothing is new for you", choices=Subscription.WhenEmpty.choices, widget=forms.RadioSelect
    )
    categories = forms.TypedMultipleChoiceField(
        label="What it tells of",
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=LESS,
    )

    def __init__(
        self, *args: Any, mine: Subscription, categories: Sequence[tuple[int, str]], prefix: str = "letter", **kwargs: Any
    ) -> None:
        ticked = _ticked(mine, categories)
        kwargs["initial"] = {"plain_text": mine.plain_text, "when_empty": mine.when_empty, "categories": ticked}
        kwargs["auto_id"] = f"id_{prefix}_%s"
        super().__init__(*args, **kwargs)
        self.fields["categories"].choices = [(str(number), name) for number, name in categories]  # type: ignore[attr-defined]
        if not categories or category_of(mine.stream) is not None:
            del self.fields["categories"]

    def clean_categories(self) -> list[int]:
        return _at_least_one(self.cleaned_data["categories"])


class MineForm(DayForm):
    """All of it on one's own page."""

    plain_text = forms.BooleanField(
        label="Plain text only", required=False, help_text="The same words without layout or colours, for any mail program."
    )
    when_empty = forms.ChoiceField(
        label="When nothing is new for you",
        choices=Subscription.WhenEmpty.choices,
        widget=forms.RadioSelect,
        required=False,
    )
    categories = forms.TypedMultipleChoiceField(
        label="What it tells of",
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=LESS,
    )

    def __init__(self, *args: Any, mine: Subscription | None, categories: list[tuple[int, str]], **kwargs: Any) -> None:
        initial: dict[str, object] = {"when_empty": "none" if kwargs.get("is_daily") else "short"}
        if mine:
            initial = {"plain_text": mine.plain_text, "when_empty": mine.when_empty}
        initial["categories"] = _ticked(mine, categories)
        super().__init__(*args, mine=mine, initial=initial, **kwargs)
        self.fields["categories"].choices = [(str(number), name) for number, name in categories]  # type: ignore[attr-defined]
        if not categories or kwargs.get("is_daily"):
            del self.fields["categories"]

    def clean_categories(self) -> list[int]:
        """None where all are ticked: that is everything, what opens later too."""
        chosen = _at_least_one(self.cleaned_data["categories"])
        return [] if len(chosen) == len(self.fields["categories"].choices) else chosen  # type: ignore[attr-defined]


class ListForm(forms.Form):
    """A file, and what it is a list for. `actions.bringing.check_list` reads it."""

    file = forms.FileField(
        label="The list as CSV",
        allow_empty_file=True,
        help_text=f"At most {MOST_LINES:,} lines and {MOST_BYTES // 1_000_000} MB. From Excel: Save as, then CSV UTF-8.",
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.txt,text/csv"}),
    )
    stream = forms.ChoiceField(label="What they asked for")

    def __init__(self, *args: Any, offers: Sequence[Offer], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["stream"].choices = [(each.stream, each.title) for each in offers]  # type: ignore[attr-defined]


class BringForm(forms.Form):
    """What is left to say before a list is brought in."""

    with_desks = forms.BooleanField(
        label="Also the desks",
        required=False,
        help_text="Addresses such as info@ or reception@. Tick this only if everybody who reads the mailbox agreed.",
    )
    sure = forms.BooleanField(
        label="Each of these people agreed, or was told how to refuse, as the list says",
        error_messages={"required": "Tick this to say that the list is right."},
    )


class PauseForm(forms.Form):
    """For how many weeks (0: go on), or until a day on which it comes again."""

    weeks = forms.TypedChoiceField(
        choices=[(str(weeks), str(weeks)) for weeks in (0, *PAUSES)], coerce=int, required=False, empty_value=None
    )
    until = forms.DateField(
        label="Until",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": "Enter a day like 2027-01-31."},
    )

    def __init__(self, *args: Any, mine: Subscription, at: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._mine, self._at = mine, at
        zone = zone_of(mine.tz)
        self._first = at.astimezone(zone).date() + timedelta(days=1)
        self._last = (at + LONGEST_PAUSE).astimezone(zone).date()
        self.fields["until"].widget.attrs |= {"min": self._first.isoformat(), "max": self._last.isoformat()}
        self.fields["until"].help_text = f"A year at most: {self._last:%-d %B %Y}. On that day it comes again."

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        until = told.get("until")
        if "until" in self.errors or "weeks" in self.errors:
            return told
        if until is None and told.get("weeks") is None:
            self.add_error("until", "Choose the day on which it is to come again.")
        elif until is not None and not self._first <= until <= self._last:
            self.add_error("until", f"Choose a day between {self._first:%-d %B %Y} and {self._last:%-d %B %Y}.")
        return told

    def chosen(self) -> dict[str, Any]:
        """`weeks` or `until` as the action takes them; a day begins at midnight where the reader is."""
        until = self.cleaned_data["until"]
        if until is not None and self.cleaned_data["weeks"] is None:
            return {"until": wall_moment(datetime.combine(until, time(0)), zone_of(self._mine.tz))}
        return {"weeks": self.cleaned_data["weeks"]}


class NoteForm(OvertakenForm):
    """The editor's part of an edition. What was typed for one that went out meanwhile is not taken for the next one's."""

    beside: ClassVar[frozenset[str]] = frozenset({"seen", "edition"})
    edition = forms.IntegerField(required=False, widget=forms.HiddenInput)

    headline = forms.CharField(
        label="Headline",
        max_length=120,
        required=False,
        help_text="The one idea on top, and the subject of the mail. It is seen on locked screens: name nothing private.",
    )
    note = forms.CharField(
        label="Note",
        max_length=5_000,
        required=False,
        help_text="Markdown. Everybody gets it, visitors too: link to public topics only.",
        widget=forms.Textarea(attrs={"rows": 10}),
    )

    class Meta:
        model = Edition
        fields: ClassVar[list[str]] = []

    def __init__(self, *args: Any, instance: Edition | None = None, **kwargs: Any) -> None:
        there = {"headline": instance.headline, "note": instance.editors_note, "edition": instance.pk} if instance else {}
        super().__init__(*args, instance=instance, initial=there, **kwargs)

    def clean(self) -> dict[str, Any]:
        meant = self.cleaned_data.pop("edition", None)
        if not meant or meant == self.instance.pk:
            return super().clean()
        self._send_again_as("edition", self.instance.pk or "")
        self._send_again_as("seen", self._mark())
        self.add_error(None, "The edition that this was written for went out meanwhile. Save again to put it into the next one.")
        return self.cleaned_data


def _ticked(mine: Subscription | None, categories: Sequence[tuple[int, str]]) -> list[str]:
    """Who chose none gets them all."""
    chosen = mine.categories if mine else []
    return [str(number) for number, _ in categories if not chosen or number in chosen]


def _at_least_one(chosen: list[int]) -> list[int]:
    if not chosen:
        raise forms.ValidationError("Leave at least one ticked. To get nothing at all for a while, take a break.")
    return chosen


def _when_of(mine: Subscription | None) -> dict[str, object]:
    if mine is None:
        return {"tz": LONDON}
    return {"weekday": str(mine.weekday), "hour": str(mine.local_hour), "tz": mine.tz}
