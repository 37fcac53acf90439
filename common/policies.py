"""What a browser may do with a page, as the header says it."""

from collections.abc import Sequence

from django.conf import settings


def content_policy(**otherwise: Sequence[str]) -> str:
    """The Content-Security-Policy of every page; `otherwise` are sources by directive (`frame_src` for `frame-src`), where one
    page says something else."""
    told = settings.CONTENT_SECURITY_POLICY | {name.replace("_", "-"): sources for name, sources in otherwise.items()}
    return "; ".join(" ".join([name, *sources]) for name, sources in told.items())
