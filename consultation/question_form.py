"""What an organiser says of a question: of every type what they all have, and of each what only it has."""

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any, ClassVar, Final

from django import forms

from consultation.keys import kept_keys
from consultation.models import Question
from consultation.overtaken_form import OvertakenForm
from questions.checks import MOST_CHOICES
from questions.files import MOST as MOST_FILES
from questions.kinds import GROUPS, KINDS
from questions.long_text import LONGEST
from questions.matrix import MOST_STEPS, MOST_WORDS, is_scale
from questions.number import spelt

SETTINGS: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        "single_choice": {"other": "other"},
        "several_choices": {"at_least": "at_least", "at_most": "at_most", "none": "none", "other": "other"},
        "points": {"total": "total"},
        "rating": {"to": "to", "low": "low", "high": "high"},
        "matrix": {"scale": "scale"},
        "short_text": {"form": "text_form"},
        "number": {"least": "least", "most": "most", "step": "step", "unit": "unit"},
        "date": {"earliest": "earliest", "latest": "latest"},
        "file": {"at_most": "most_files"},
    }
)
"""Of each type its settings, and the field in which each is said."""
NEEDED: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        "rating": {"low": "Say what 1 means", "high": "Say what the highest number means"},
        "matrix": {"scale": "Write the steps of the scale, one a line"},
    }
)
"""What a type cannot do without, and what to do about it."""
_CROSSED: Final[tuple[tuple[str, str, Callable[[Any, Any], bool], str], ...]] = (
    ("at_least", "at_most", lambda least, most: least > most, "Write {} or more: that many have to be chosen"),
    ("least", "most", lambda least, most: least >= most, "Write more than {}, which is the least"),
    ("earliest", "latest", lambda earliest, latest: earliest >= latest, "Choose a day after the earliest"),
)


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


def _lines(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


def _decimal(label: str, help_text: str, **limits: Any) -> forms.DecimalField:
    widget = forms.TextInput(attrs={"inputmode": "decimal"})
    return forms.DecimalField(
        label=label, required=False, max_digits=18, decimal_places=6, help_text=help_text, widget=widget, **limits
    )


class QuestionForm(OvertakenForm):
    """Whatever is said that the chosen type does not have is passed over. Drawn with the fields of the chosen type alone."""

    template_name = "consultation/_question_form.html"

    kind = forms.ChoiceField(
        label="Type",
        choices=[(title, [(kind.name, kind.label) for kind in group]) for title, group in GROUPS.items()],
        widget=forms.RadioSelect,
    )
    choices = forms.CharField(
        required=False,
        widget=_lines(5),
        help_text="One a line. Two at least; 12 at most to rank or to consent to, 20 to score, to share points among or as rows, "
        f"{MOST_CHOICES} else.",
    )
    longest = forms.IntegerField(
        label="Longest text, in characters",
        required=False,
        min_value=1,
        max_value=LONGEST,
        help_text=f"Up to {LONGEST:,} for a long text (1,500 where you say nothing), up to 200 for a short one (100).",
    )
    other = forms.BooleanField(label="Also “Other”", required=False, help_text="Members say which, in up to 200 characters.")
    none = forms.BooleanField(label="Also “None of these”", required=False, help_text="Whoever ticks it chooses nothing else.")
    at_least = forms.IntegerField(
        label="Choose at least", required=False, min_value=2, max_value=MOST_CHOICES, help_text="Empty: one will do."
    )
    at_most = forms.IntegerField(
        label="Choose at most", required=False, min_value=2, max_value=MOST_CHOICES, help_text="Empty: as many as they like."
    )
    to = forms.TypedChoiceField(
        label="From 1 to", required=False, choices=[(5, "5"), (10, "10")], coerce=int, initial=5, widget=forms.RadioSelect
    )
    low = forms.CharField(label="What 1 means", required=False, max_length=40, help_text="Up to 40 characters: not at all hard.")
    high = forms.CharField(label="What the highest number means", required=False, max_length=40, help_text="Very hard.")
    scale = forms.CharField(
        label="Steps of the scale",
        required=False,
        widget=_lines(5),
        help_text=f"One a line, two to {MOST_STEPS}, in order, each {MOST_WORDS} characters at most. The choices are its rows.",
    )
    total = forms.IntegerField(label="Points to share out", required=False, min_value=2, max_value=1_000, help_text="Empty: 100.")
    text_form = forms.ChoiceField(
        label="What is written",
        required=False,
        choices=[("", "Any words"), ("email", "An e-mail address"), ("postcode", "A postcode")],
        help_text="An address or a postcode says who answered. Ask for one only where you need it.",
    )
    least = _decimal("Least", "Empty: no limit.")
    most = _decimal("Most", "With both limits the results show five bands between them.")
    step = _decimal("In steps of", "1 for whole numbers, 0.5 for halves. Empty: any number.", min_value=Decimal("0.000001"))
    unit = forms.CharField(required=False, max_length=20, help_text="Hours, patients, pounds.")
    earliest = forms.DateField(label="Earliest day", required=False, widget=DayInput())
    latest = forms.DateField(label="Latest day", required=False, widget=DayInput())
    most_files = forms.IntegerField(
        label="Files at most", required=False, min_value=1, max_value=MOST_FILES, help_text=f"1 to {MOST_FILES}. Empty: one."
    )

    for _field in (low, high, scale):  # they say themselves when they are missing
        _field.is_needed_at_times = True  # type: ignore[attr-defined]

    class Meta:
        model = Question
        fields: ClassVar = ["kind", "text", "hint", "required", "offers_options"]
        labels: ClassVar = {
            "text": "The question, or the statement to agree with",
            "hint": "Hint",
            "required": "Has to be answered",
            "offers_options": "Its choices are the options of this consultation",
        }

    field_order = [  # noqa: RUF012 - Django's own
        "kind",
        "text",
        "hint",
        "required",
        "offers_options",
        "choices",
    ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._before = dict(self.instance.settings)
        if self.instance.pk:
            self.initial["choices"] = "\n".join(choice.label for choice in self.instance.choices.all())
            self.initial["longest"] = self.instance.longest or None
            told = {
                field: _shown(self.instance.settings[setting])
                for setting, field in SETTINGS.get(self.instance.kind, {}).items()
                if setting in self.instance.settings
            }
            self.initial.update(told)

    def clean(self) -> dict[str, Any]:
        told: dict[str, Any] = super().clean() or self.cleaned_data
        kind = str(told.get("kind", ""))
        for name in [name for name in self.errors if _having(name) and kind not in _having(name)]:
            del self.errors[name]  # of a type that is not asked
        for name, sentence in _problems(kind, told):
            if name not in self.errors:
                self.add_error(name, sentence)
        return told

    def kinds(self) -> Iterator[tuple[str, list[tuple[Any, str]]]]:
        """The types as they are offered: each group with its buttons, and what each type is good for."""
        buttons = {str(button.data["value"]): button for button in self["kind"]}
        for title, group in GROUPS.items():
            yield title, [(buttons[kind.name], kind.use) for kind in group]

    def chosen(self) -> str:
        """The label of the type that is asked; empty where none is chosen yet."""
        kind = KINDS.get(str(self["kind"].value() or ""))
        return kind.label if kind else ""

    def parts(self) -> Iterator[tuple[Any, str]]:
        """Each field after the type, with the types that have it, as classes; none where all have it."""
        for field in self:
            if field.name != "kind" and not field.is_hidden:
                yield field, " ".join(f"for-{kind}" for kind in _having(field.name))

    @property
    def labels_given(self) -> list[tuple[str, str]]:
        """The choices of a valid form as (key, label). One that was there, if in other words, keeps its key. One statement."""
        labels = [label for line in self.cleaned_data.get("choices", "").splitlines() if (label := line.strip()[:200])]
        before = list(self.instance.choices.values_list("key", "label")) if self.instance.pk else []
        return kept_keys(before, labels)

    @property
    def words(self) -> dict[str, Any]:
        """What a valid form asks, for the action."""
        told = self.cleaned_data
        names = ("kind", "text", "hint", "required", "offers_options")
        return {name: told[name] for name in names} | {"longest": told.get("longest") or 0, "settings": self.settings}

    @property
    def settings(self) -> dict[str, Any]:
        """Of a valid form what was said, as JSON can hold it."""
        fields = SETTINGS.get(self.cleaned_data["kind"], {})
        said = {setting: self.cleaned_data.get(field) for setting, field in fields.items()}
        told = {
            setting: _SPELT.get(setting, _as_said)(value) for setting, value in said.items() if value not in (None, "", False)
        }
        if "scale" in told:
            before = [(key, label) for key, label in self._before.get("scale", ())]
            told["scale"] = [list(step) for step in kept_keys(before, [label for _, label in told["scale"]])]
        return told


def _problems(kind: str, told: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What the fields say together that one alone does not: the field to mend, and what to do."""
    own = set(SETTINGS.get(kind, {}).values())
    yield from ((name, sentence) for name, sentence in NEEDED.get(kind, {}).items() if not told.get(name))
    for low, high, is_crossed, sentence in _CROSSED:
        both = told.get(low), told.get(high)
        if {low, high} <= own and None not in both and is_crossed(*both):
            yield high, sentence.format(both[0])
    if kind in KINDS and (told.get("longest") or 0) > KINDS[kind].most_characters > 0:
        yield "longest", f"Write {KINDS[kind].most_characters} or less"
    if kind == "matrix" and not is_scale(_scale(told.get("scale", ""))):
        yield "scale", f"Write two to {MOST_STEPS} steps, each on a line of up to {MOST_WORDS} characters"


def _having(field: str) -> list[str]:
    if field in {"choices", "offers_options"}:
        return [kind.name for kind in KINDS.values() if kind.takes_choices]
    if field == "longest":
        return [kind.name for kind in KINDS.values() if kind.most_characters]
    return [kind for kind, fields in SETTINGS.items() if field in fields.values()]


def _scale(text: str) -> list[list[str]]:
    labels = [label for line in text.splitlines() if (label := line.strip())]
    return [list(step) for step in kept_keys((), labels)]


def _shown(value: Any) -> Any:
    return "\n".join(label for _, label in value) if isinstance(value, list) else value


def _as_said(value: Any) -> Any:
    return value


_SPELT: Final[Mapping[str, Callable[[Any], Any]]] = MappingProxyType(
    {
        "scale": _scale,
        **dict.fromkeys(("least", "most", "step"), spelt),
        **dict.fromkeys(("earliest", "latest"), lambda day: day.isoformat()),
    }
)
