"""Which acts go together: pure. Each problem is the sentence that the moderator sees."""

from collections.abc import Collection

REASON_MAX = 200
ALONE = frozenset({"nothing", "publish"})


def problem_of(acts: frozenset[str], *, allowed: Collection[str], reason: str, has_end: bool) -> str:
    """Why this is no decision; empty where it is one."""
    said = (
        (not acts, "Choose what is to be done, or “no action”."),
        (
            not acts <= set(allowed),
            "Something of this cannot be done any more. Open the case again and choose from what it offers.",
        ),
        (
            bool(acts & ALONE) and len(acts) > 1,
            "“No action” and “publish” go with nothing else. Take away one or the other.",
        ),
        ({"warn", "suspend"} <= acts, "Warn or suspend, not both: a suspension says the more."),
        ("suspend" in acts and not has_end, "Say when the suspension ends."),
        (not acts <= ALONE and not reason, "Give a reason: whoever wrote it is told, and it stands where the post stood."),
        (len(reason) > REASON_MAX, f"The reason has {len(reason)} characters; {REASON_MAX} is the most."),
    )
    return next((sentence for wrong, sentence in said if wrong), "")
