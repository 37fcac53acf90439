"""What is sent, checked; the sentences are those of `forum.texts`."""

from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator

from accounts.models import Group
from common.filekinds import ACCEPTED, FILE_ENDINGS
from common.pictures import LIMITS
from forum.models import Category
from forum.models.bookmark import NOTE_MAX
from forum.models.plan import GROUPS, CategoryPlan
from forum.texts import BODY_MAX, TITLE_MAX, TITLE_MIN, body_problem, clean_body, clean_title, title_problem
from forum.voicing import VoiceFields

DAY_UNCLEAR = {"invalid": "Write the day as year-month-day, for example 2026-12-24."}
# What holds where no group was chosen.
UNCHOSEN = {
    "group": "No group",
    "start_group": "Every member who may read it",
    "reply_group": "Every member who may read it",
    "moderate_group": "No further group",
}


class _PlainText(forms.CharField):
    """A text whose problems are told in our own words, also that of the character that cannot be stored."""

    def __init__(self, *, empty: str, **kwargs: Any) -> None:
        super().__init__(strip=False, error_messages={"required": empty}, **kwargs)
        self.validators = []


class Line(forms.CharField):
    """At most so many characters, which is said and not left to the browser: that would cut what is pasted, unseen."""

    def __init__(self, *, most: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.most = most

    def clean(self, value: Any) -> str:
        told: str = super().clean(value)
        if len(told) > self.most:
            raise forms.ValidationError(f"This has {len(told):,} characters; {self.most:,} is the most. Shorten it.")
        return told


class _BodyForm(forms.Form):
    use_required_attribute = False
    body = _PlainText(
        empty=body_problem(""),
        label="Your text",
        widget=forms.Textarea(attrs={"rows": 8, "data-most": BODY_MAX}),
    )
    draft_sequence = forms.IntegerField(required=False, widget=forms.HiddenInput)
    file_types = ",".join(FILE_ENDINGS)
    file_most = settings.FILE_MAX_MB

    @property
    def file_limits(self) -> str:
        """What may be attached, told before."""
        return (
            f"{ACCEPTED}: at most {settings.FILE_MAX_MB} MB each, {settings.FILES_PER_POST} in a post,"
            f" {settings.FILES_PER_DAY} a day. A picture has at most {LIMITS}, and loses its location."
        )

    def clean_body(self) -> str:
        body = clean_body(self.cleaned_data["body"])
        problem = body_problem(body)
        if problem:
            raise forms.ValidationError(problem)
        return body


class ReplyForm(VoiceFields, _BodyForm):
    """`seen`: the last number of the topic when the form was drawn, or when the page said what had come since."""

    to = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)
    key = forms.UUIDField(required=False, widget=forms.HiddenInput)
    seen = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)


class CategoryForm(forms.ModelForm):  # type: ignore[type-arg]
    """What a category is, and who may do what there. `actions.categories` saves it."""

    use_required_attribute = False

    class Meta:
        model = Category
        fields: ClassVar = [
            "name", "description", "access", "group", "start_group", "reply_group", "moderate_group", "position",
        ]  # fmt: skip
        labels: ClassVar = {
            "description": "What it is about",
            "access": "Who may read",
            "group": "The group it is private to",
            "start_group": "Who starts topics",
            "reply_group": "Who replies",
            "moderate_group": "Who keeps it in order",
            "position": "Place in the list",
        }
        help_texts: ClassVar = {
            "group": "Only for a private category.",
            "start_group": "Choose a group, and nobody else does.",
            "reply_group": "Choose a group, and nobody else does.",
            "moderate_group": "The site’s moderators keep what is not private, and the owners of the group what is. "
            "A group chosen here does so too, and reads it.",
            "position": "Small numbers come first.",
        }
        widgets: ClassVar = {"access": forms.RadioSelect, "description": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["access"].choices = Category.Access.choices  # type: ignore[attr-defined]
        self.fields["position"].required = False
        for name in GROUPS:
            field: forms.ModelChoiceField[Group] = self.fields[name]  # type: ignore[assignment]
            field.required = False
            held = getattr(self.instance, f"{name}_id")
            field.queryset = (Group.objects.standing() | Group.objects.filter(pk=held)).by_name()
            field.empty_label = UNCHOSEN[name]

    def clean(self) -> dict[str, Any]:
        told = super().clean() or self.cleaned_data
        private = told.get("access") == Category.Access.GROUP
        if private and told.get("group") is None:
            self.add_error("group", "Choose the group whose people alone read it.")
        if not private and told.get("group") is not None:
            self.add_error("group", "Only a private category belongs to a group. Choose “No group”, or make it private.")
        return told

    def _post_clean(self) -> None:
        """The row in hand stays as it is: the action changes it."""

    def plan(self) -> CategoryPlan:
        return CategoryPlan(**self.cleaned_data)


class StartForm(VoiceFields, _BodyForm):
    title = _PlainText(
        empty=title_problem(""),
        label="Title",
        help_text=f"{TITLE_MIN} to {TITLE_MAX} characters. Say what it is about, as you would to a colleague in the corridor.",
        widget=forms.TextInput(attrs={"form": "composer", "data-most": TITLE_MAX}),
    )
    key = forms.UUIDField(required=False, widget=forms.HiddenInput)
    field_order = ("title", "body")

    def clean_title(self) -> str:
        title = clean_title(self.cleaned_data["title"])
        problem = title_problem(title)
        if problem:
            raise forms.ValidationError(problem)
        return title


class EditForm(_BodyForm):
    """`must_say_why`: others may have read it as it was. The action asks again."""

    note = Line(
        label="What you changed",
        widget=forms.TextInput(attrs={"form": "composer", "data-most": 200}),
        most=200,
        help_text="One line of at most 200 characters for the history, for example: a figure put right.",
        error_messages={"required": "Say in one line what you changed: others may have read it as it was."},
    )
    revision = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, must_say_why: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["note"].required = must_say_why


class VersionForm(forms.Form):
    """Why a moderator puts an earlier version back or takes it away."""

    use_required_attribute = False
    reason = Line(
        label="Reason",
        most=150,
        help_text="One line of at most 150 characters. Members read it in the history of the post: name nobody.",
        error_messages={"required": "Say in one line why."},
    )
    revision = forms.IntegerField(widget=forms.HiddenInput)


class BookmarkForm(forms.Form):
    """Both may stay empty; the action says whether the day can be."""

    note = Line(
        label="A note to yourself",
        required=False,
        most=NOTE_MAX,
        help_text=f"Nobody else sees it. At most {NOTE_MAX} characters.",
    )
    remind_on = forms.DateField(
        label="Remind me on",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="You get a notice that morning. Leave it empty, and nothing comes.",
        error_messages=DAY_UNCLEAR,
    )


class JumpForm(forms.Form):
    """Where to in a topic: one of three; of a single page, one of two."""

    use_required_attribute = False
    number = forms.IntegerField(label="A post by its number", required=False)
    on = forms.DateField(
        label="The first post of a day",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="Or of the next day on which somebody wrote.",
        error_messages=DAY_UNCLEAR,
    )
    page = forms.IntegerField(label="A page, in order of time", required=False)

    def __init__(self, *args: Any, last_number: int, pages: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if pages == 1:
            del self.fields["page"]
        for name, most in (("number", last_number), ("page", pages)):
            if name not in self.fields:
                continue
            field: forms.IntegerField = self.fields[name]  # type: ignore[assignment]
            field.help_text = f"1 to {most:,}."
            field.error_messages["invalid"] = "Write a whole number."
            field.validators += [
                MinValueValidator(1, message=f"Choose one from 1 to {most:,}."),
                MaxValueValidator(most, message=f"Choose one from 1 to {most:,}."),
            ]

    def clean(self) -> dict[str, Any]:
        told = super().clean() or self.cleaned_data
        if not self.errors and not any(told.get(name) for name in ("number", "on", "page")):
            self.add_error("number", "Say where you want to go: fill in one of these.")
        return told
