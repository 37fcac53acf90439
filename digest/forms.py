"""Validation only; the actions do the rest."""

from typing import Any

from django import forms

from digest.actions.subscriptions import PAUSES
from digest.words import WEEKDAYS
from mail.addresses import is_reachable

DAYS = [(str(number), name) for number, name in enumerate(WEEKDAYS)]
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
    """Which day, which hour, in the reader's own time."""

    weekday = forms.TypedChoiceField(label="Day", choices=DAYS, coerce=int, initial="4")
    hour = forms.TypedChoiceField(label="Hour", choices=HOURS, coerce=int, initial="7", help_text="London time.")


class MineForm(DayForm):
    """The same, and what is in it."""

    categories = forms.TypedMultipleChoiceField(
        label="What it tells of",
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Choose none to get the best of everything you can read.",
    )

    def __init__(self, *args: Any, categories: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["categories"].choices = [(str(number), name) for number, name in categories]  # type: ignore[attr-defined]
        if not categories:
            del self.fields["categories"]


class PauseForm(forms.Form):
    """For how many weeks; 0: go on."""

    weeks = forms.TypedChoiceField(choices=[(str(weeks), str(weeks)) for weeks in (0, *PAUSES)], coerce=int)


class NoteForm(forms.Form):
    """The editor's part of an edition."""

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
