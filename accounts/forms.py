from typing import Any, ClassVar

from django import forms
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import lazy
from django.utils.html import format_html

from accounts.models import Facts, User
from mail import addresses


def _accept() -> str:
    return format_html('I accept the <a href="{}">terms</a>', reverse("terms"))


_accepting: Any = lazy(_accept, str)()  # addresses are not known yet


class SignUpBase(forms.Form):
    """What allauth's sign-up asks beside address and password ; settings name it."""

    display_name = forms.CharField(
        label="Your name",
        max_length=60,
        help_text="As other members will see it. You can change it later.",
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )

    terms = forms.BooleanField(
        label=_accepting, error_messages={"required": "Read the terms and tick the box: without it no account is opened."}
    )

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


class ProfileForm(forms.ModelForm):  # type: ignore[type-arg]
    """Name and declared facts. `actions.people.change_profile` saves them."""

    display_name = forms.CharField(label="Your name", max_length=60, help_text="As other members see it.")

    field_order = ("display_name",)

    class Meta:
        model = Facts
        fields: ClassVar = ["job", "nation", "list_size", "years", "bio"]
        help_texts: ClassVar = {
            "job": "These facts stand beside your posts, and consultations are counted by them. All are optional.",
            "list_size": "A band, never the exact number.",
            "bio": "One or two sentences, 300 characters at most.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("job", "nation", "list_size", "years"):
            field = self.fields[name]
            field.choices = [("", "Not stated"), *[pair for pair in field.choices if pair[0]]]  # type: ignore[attr-defined]

    def facts(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in self.Meta.fields}
