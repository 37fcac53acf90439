from datetime import date, timedelta
from typing import Any, ClassVar, Final

from django import forms
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import lazy
from django.utils.html import format_html

from accounts.models import Facts, User
from accounts.models.facts import OFFICIAL, Audience, Source
from accounts.models.roles import WEIGHTY, Role
from accounts.pictures import LIMITS, MOST_BYTES, NoPicture, drawn_anew
from accounts.provenance import said_of, source_of
from mail import addresses


def _accept() -> str:
    return format_html('I accept the <a href="{}">terms</a>', reverse("terms"))


_accepting: Any = lazy(_accept, str)()  # addresses are not known yet


def terms_to_accept() -> forms.BooleanField:
    """The box that stands in every form by which an account is opened."""
    return forms.BooleanField(
        label=_accepting, error_messages={"required": "Read the terms and tick the box: without it no account is opened."}
    )


class SignUpBase(forms.Form):
    """What allauth's sign-up asks beside address and password ; settings name it."""

    display_name = forms.CharField(
        label="Your name",
        max_length=60,
        help_text="As other members will see it. You can change it later.",
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )

    terms = terms_to_accept()

    field_order = ("display_name", "email", "password1", "terms")

    def signup(self, request: HttpRequest, user: User) -> None:
        """Nothing more: the adapter saves the name with the account."""


class RecoveryForm(forms.Form):
    """A second address. Whether it has an account of its own is not asked here: that would tell."""

    email = forms.EmailField(
        label="Second address",
        max_length=254,
        help_text="A mailbox of your own, such as you keep when you change your employer.",
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._user = user

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"].lower()
        if not addresses.is_reachable(email):
            raise forms.ValidationError("We cannot write to this address. Enter one like name@example.org.")
        if email == self._user.email:
            raise forms.ValidationError("This is the address of your account already. Give another one.")
        return email


class DateInput(forms.DateInput):
    """The browser's own calendar."""

    input_type = "date"


class GroupForm(forms.Form):
    name = forms.CharField(label="Name", max_length=80)
    description = forms.CharField(
        label="What it is for",
        max_length=300,
        required=False,
        help_text="One or two sentences for its people.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"].replace("\0", "")
        return name


DUTIES: Final = {
    Role.MODERATOR: "keeps the forum in order",
    Role.ORGANISER: "writes and opens consultations, edits the weekly",
    Role.DIRECTOR: "publishes outcomes, decides on roles",
    Role.ADMINISTRATOR: "keeps roles, groups, categories and the register",
    Role.TRUSTEE: "reads what members read, looks at the desks, changes nothing",
}
"""What each role is for, said where it is given."""


class RoleForm(forms.Form):
    """A role for somebody. A weighty one wants its last day and a reason: it is proposed, and another officer decides."""

    use_required_attribute = False
    role = forms.ChoiceField(
        label="Role",
        choices=[(role.value, f"{role.label}: {duty}") for role, duty in DUTIES.items()],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose a role."},
    )
    until = forms.DateField(
        label="Last day",
        required=False,
        help_text="Director and administrator need one, at most three years ahead. The others may do without.",
        widget=DateInput(format="%Y-%m-%d"),
    )
    reason = forms.CharField(
        label="Why",
        max_length=300,
        required=False,
        help_text="Director and administrator need a reason. The other officers read it.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_until(self) -> date | None:
        until: date | None = self.cleaned_data["until"]
        if until is not None and not self.today <= until <= self.today + timedelta(days=3 * 365):
            raise forms.ValidationError("Choose a day that is not over, within three years.")
        return until

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        if told.get("role") in WEIGHTY:
            if told.get("until") is None and "until" not in self.errors:
                self.add_error("until", "This role ends on a day: say which is its last.")
            if not told.get("reason") and "reason" not in self.errors:
                self.add_error("reason", "Say why, for the officer who decides.")
        return told


class AudienceForm(forms.Form):
    """Who is shown which fact. Only what is stated, or comes from the register, is asked about."""

    def __init__(self, *args: Any, facts: Facts, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in OFFICIAL:
            told = facts.in_words(name)
            if told:
                label = Facts.label_of(name)
                choices = Audience.choices if name in Facts.IN_LINE else Audience.choices[1:]
                self.fields[name] = forms.ChoiceField(label=f"{label}: {told}", choices=choices, widget=forms.RadioSelect)
                self.initial[name] = facts.audience_of(name)


class PracticeForm(forms.Form):
    use_required_attribute = False
    code = forms.CharField(
        label="Practice code",
        max_length=20,
        help_text="A letter and five digits, for example V81998; in Scotland five digits. It stands on your practice’s contract.",
        error_messages={"required": "Write the code of your practice."},
    )


class PictureForm(forms.Form):
    """A file that may be a picture; `accounts.pictures` decides whether it is."""

    use_required_attribute = False
    picture = forms.FileField(
        label="A picture of you",
        help_text=f"A JPEG, PNG or WebP file of 5 MB at most, and at most {LIMITS}. We cut it square, make it small, "
        "and keep nothing else of it: not the original, not where or when it was taken.",
        error_messages={"required": "Choose a file first.", "empty": "This file is empty. Choose another."},
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )

    def clean_picture(self) -> bytes:
        sent = self.cleaned_data["picture"]
        if sent.size > MOST_BYTES:
            raise forms.ValidationError("This file is larger than 5 MB. Choose a smaller one.")
        try:
            return drawn_anew(sent.read())
        except NoPicture as error:
            raise forms.ValidationError(str(error)) from error


class ProfileForm(forms.ModelForm):  # type: ignore[type-arg]
    """Name and declared facts. `actions.people.change_profile` saves them."""

    display_name = forms.CharField(label="Your name", max_length=60, help_text="As other members see it.")

    field_order = ("display_name",)

    class Meta:
        model = Facts
        fields: ClassVar = ["job", "nation", "list_size", "years", "bio", "interests"]
        help_texts: ClassVar = {
            "job": "These facts stand beside your posts, and consultations are counted by them. All are optional.",
            "list_size": "A band, never the exact number.",
            "interests": "What others should know when they weigh your words: posts you hold, who pays you. "
            "It stands on your profile.",
            "bio": "One or two sentences, 300 characters at most.",
        }
        widgets: ClassVar = {"bio": forms.Textarea(attrs={"rows": 3}), "interests": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("job", "nation", "list_size", "years"):
            field = self.fields[name]
            field.choices = [("", "Not stated"), *[pair for pair in field.choices if pair[0]]]  # type: ignore[attr-defined]
            if source_of(self.instance, name) == Source.REGISTER:
                field.disabled = True  # whatever is sent, what stands there stays
                field.help_text = f"{said_of(self.instance, name)}. Is it wrong? Write to the office at {settings.REPLY_TO}."
            elif source_of(self.instance, name) == Source.VERIFIED:
                field.help_text = f"{said_of(self.instance, name)}. If you change it, it counts as declared by you again."

    def facts(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in self.Meta.fields}
