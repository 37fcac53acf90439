"""What officers send about pseudonyms, checked."""

from typing import Any

from django import forms

from forum.sealing import PASSPHRASE_MIN


class PassphraseForm(forms.Form):
    use_required_attribute = False
    passphrase = forms.CharField(
        label="Passphrase",
        strip=False,
        min_length=PASSPHRASE_MIN,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=f"At least {PASSPHRASE_MIN} characters, not the password by which you sign in. Write it down and lock it away: "
        "nobody can give it back to you.",
        error_messages={
            "min_length": f"Use at least {PASSPHRASE_MIN} characters: a few words that nobody else would put together."
        },
    )
    again = forms.CharField(
        label="The same again", strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )

    def clean(self) -> dict[str, Any]:
        told = super().clean() or self.cleaned_data
        if told.get("passphrase") and told.get("again") and told["passphrase"] != told["again"]:
            self.add_error("again", "This is not the same. Type the passphrase once more.")
        return told


class _ReasonForm(forms.Form):
    use_required_attribute = False
    reason = forms.CharField(
        label="Reason",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="At most 500 characters. It is kept on record, and whoever is behind the pseudonym is told it.",
        error_messages={"required": "Give a reason."},
    )


class AskForm(_ReasonForm):
    pass


class LookForm(forms.Form):
    use_required_attribute = False
    passphrase = forms.CharField(
        label="Your passphrase",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text="The one you set for opening pseudonyms.",
    )


class AgreeForm(_ReasonForm, LookForm):
    field_order = ("reason", "passphrase")
