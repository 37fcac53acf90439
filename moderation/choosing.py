"""Which acts go together: pure. Each problem is the sentence that the moderator sees."""

from collections.abc import Collection

REASON_MAX = 200
ALONE = frozenset({"nothing", "publish"})


def problem_of(acts: frozenset[str], *, allowed: Collection[str], reason: str, has_end: bool) -> str:
    """Why this is no decision; empty where it is one."""
    if not acts:
        return "Choose what is to be done, or “no action”."
    if not acts <= set(allowed):
        return "Something of this cannot be done here. Open the case again and choose from what it offers."
    if acts & ALONE and len(acts) > 1:
        return "“No action” and “publish” go with nothing else. Take away one or the other."
    if {"warn", "suspend"} <= acts:
        return "Warn or suspend, not both: a suspension says the more."
    if "suspend" in acts and not has_end:
        return "Say when the suspension ends."
    if not acts <= ALONE and not reason:
        return "Give a reason: whoever wrote it is told, and it stands where the post stood."
    if len(reason) > REASON_MAX:
        return f"The reason has {len(reason)} characters; {REASON_MAX} is the most."
    return ""
