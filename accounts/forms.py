from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.http import HttpRequest

from accounts.models import Facts, User
from accounts.models.facts import Source
from accounts.provenance import said_of, source_of


class SignUpBase(forms.Form):
    """What allauth's sign-up asks beside address and password ; settings name it."""

    display_name = forms.CharField(
        label="Your name",
        max_length=60,
        help_text="As other members will see it. You can change it later.",
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )

    field_order = ("display_name", "email", "password1")

    def signup(self, request: HttpRequest, user: User) -> None:
        """Nothing more: the adapter saves the name with the account."""


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
            if source_of(self.instance, name) == Source.REGISTER:
                field.disabled = True  # whatever is sent, what stands there stays
                field.help_text = f"{said_of(self.instance, name)}. Is it wrong? Write to the office at {settings.REPLY_TO}."
            elif source_of(self.instance, name) == Source.VERIFIED:
                field.help_text = f"{said_of(self.instance, name)}. If you change it, it counts as declared by you again."

    def facts(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in self.Meta.fields}
