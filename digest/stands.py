"""Where a run and a letter stand, as staff read it. Pure."""

from typing import Final

RUNS: Final = {
    "planned": "About to begin",
    "materialising": "Being prepared",
    "rendering": "Being prepared",
    "canary": "To the first few",
    "sending": "Going out",
    "paused": "Paused",
    "draining": "The last few",
    "done": "Done",
    "aborted": "Ended early",
}
LETTERS: Final = {
    "pending": "Waits",
    "claimed": "In a sender’s hand",
    "sending": "On its way",
    "deferred": "Put off",
    "accepted": "Handed over",
    "uncertain": "No answer",
    "failed": "Failed",
    "suppressed": "Not written to",
    "cancelled": "Cancelled",
    "expired": "Too late",
}
