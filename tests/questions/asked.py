"""One question of each type, and what a form would send for what a control shows."""

from typing import Any

from questions.agreement_scale import STEPS
from questions.definitions import Choice, Definition
from questions.kinds import kind_of
from questions.statement import STANCES

ROUTES = tuple(Choice(key, f"Route {key}", key.upper()) for key in "abcde")
SCALE = [["never", "Never"], ["often", "Often"], ["always", "Always"]]

SEVERAL = Definition(
    "few", "several_choices", "Which?", choices=ROUTES, settings={"at_least": 2, "at_most": 3, "none": True, "other": True}
)
OTHER = Definition("one", "single_choice", "Which one?", choices=ROUTES, settings={"other": True})
APPROVAL = Definition("fine", "approval", "Which could you support?", choices=ROUTES)
STATEMENT = Definition("said", "statement", "It should be free.", choices=STANCES)
CONSENT = Definition("stand", "consent", "Where do you stand?", choices=ROUTES[:3])
PROPOSAL = Definition("it", "consent", "We propose a portfolio.")
SCORE = Definition("score", "score", "How good is each?", choices=ROUTES)
POINTS = Definition("points", "points", "What matters?", choices=ROUTES, settings={"total": 10})
RATING = Definition("rate", "rating", "How hard?", settings={"to": 10, "low": "Easy", "high": "Hard"})
MATRIX = Definition("rows", "matrix", "How often?", choices=ROUTES[:3], settings={"scale": SCALE})
SHORT = Definition("short", "short_text", "Which journal?", longest=30)
POSTCODE = Definition("where", "short_text", "Where?", longest=10, settings={"form": "postcode"})
EMAIL = Definition("mail", "short_text", "Your address?", longest=60, settings={"form": "email"})
NUMBER = Definition("hours", "number", "Hours?", settings={"least": "0", "most": "100", "step": "0.5", "unit": "hours"})
ANY_NUMBER = Definition("any", "number", "A number?")
DAY = Definition("when", "date", "When?", settings={"earliest": "2026-01-01", "latest": "2027-12-31"})
FILES = Definition("files", "file", "Your letter?", settings={"at_most": 2})
AGREE = Definition("agree", "agreement_scale", "It would help.", choices=STEPS)
NEW = (
    *(SEVERAL, OTHER, APPROVAL, STATEMENT, CONSENT, PROPOSAL, SCORE, POINTS, RATING, MATRIX, SHORT, POSTCODE, EMAIL, NUMBER),
    *(ANY_NUMBER, DAY, FILES, AGREE),
)


def form_of(asked: Definition, given: Any) -> dict[str, str]:
    """The fields that a browser sends when a control that shows `given` is sent as it stands."""
    shown = kind_of(asked).control(asked, given)
    if "rows" in shown and asked.kind == "consent":
        sent = {}
        for row in shown["rows"]:
            sent |= {row["name"]: row["stance"], f"{row['name']}:because": row["because"].replace("\n", "\r\n")}
        return sent
    if "rows" in shown:
        return {name: str(typed) for _, name, typed in shown["rows"]}
    if "parts" in shown:
        return {name: written for _, name, written, _ in shown["parts"]}
    if asked.kind in {"several_choices", "approval"}:
        sent = {asked.part(key): "1" for key in shown["chosen"]}
        sent |= {asked.part(f":{name}"): "1" for name, on in (("other", shown["ticked"]), ("none", shown["none"])) if on}
        return sent | {asked.part(":words"): shown["other"]}
    if "written" in shown:
        return {asked.name: shown["written"]}
    sent = {asked.name: "" if shown["chosen"] is None else str(shown["chosen"])}
    return sent | ({asked.part("other"): shown["other"]} if shown.get("other") else {})
