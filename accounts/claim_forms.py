"""Forms by which people and what is known of them find each other."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password

from accounts.forms import terms_to_accept
from accounts.models import User


class ClaimForm(forms.Form):
    """Number and address as the institute has them."""

    number = forms.CharField(label="Membership number", max_length=40, help_text="On your card and in every letter from us.")
    email = forms.EmailField(
        label="E-mail address",
        max_length=254,
        help_text="The one that the institute writes to.",
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


class NewAccount(forms.Form):
    """Name and password of an account whose address is known already."""

    display_name = forms.CharField(
        label="Your name",
        max_length=60,
        help_text="As other members will see it. You can change it later.",
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    password = forms.CharField(
        label="Choose a password",
        max_length=200,
        help_text="At least ten characters. A few words in a row are easy to remember and hard to guess.",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    terms = terms_to_accept()

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._email = email

    def clean(self) -> dict[str, Any]:
        told: dict[str, Any] = super().clean() or {}
        if told.get("password"):
            person = User(email=self._email, display_name=told.get("display_name", ""))
            try:
                validate_password(told["password"], person)
            except forms.ValidationError as problem:
                self.add_error("password", problem)
        return told


class AuthorshipForm(forms.Form):
    """Who I was over there."""

    name = forms.CharField(label="Your name on the old forum", max_length=60, help_text="As it stands beside your posts there.")
    proof = forms.CharField(
        label="How can we tell?",
        max_length=500,
        help_text="One or two sentences: the address you used there, what only you would know. Only administrators read it.",
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class DecisionForm(forms.Form):
    """Yes or no, and why."""

    grant = forms.ChoiceField(
        label="Is it the same person?",
        choices=[("yes", "Yes: the posts become theirs"), ("no", "No: everything stays as it is")],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label="Reason", max_length=300, help_text="The member reads it.", widget=forms.Textarea(attrs={"rows": 3})
    )
