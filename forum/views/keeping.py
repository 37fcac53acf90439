"""The draft beside a form that was sent: kept when the page comes back, let go when it was posted, and set beside what was sent
where another window or device saved a newer one. All of it works without script; with one, drafts.js asks earlier."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any, Final, cast

from django.forms import Form
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils import timezone

from accounts.models import User
from common.errors import DomainError
from forum.actions.drafts import POLL_FIELDS, Written, finish_draft, forget_draft, kept_about, kept_poll, save_draft
from forum.models import Draft, Topic
from forum.models.draft import ABOUT_FIELDS, said_beside
from forum.readers.drafts import draft_of
from forum.requests import POLL, about_sent, poll_sent, reply_key, sequence_of, whole_number
from forum.texts import clean_body

View = Callable[..., HttpResponse]
FindDraft = Callable[[User, str], Draft | None]
_ASIDE: Final = "other_"
_OTHER: Final = f"{_ASIDE}{POLL}"
NEWER_ELSEWHERE: Final = (
    "Nothing is posted yet: a newer draft was saved in another window or on another device. Both texts stand below; choose one."
)


@dataclass(frozen=True, slots=True)
class OtherText:
    """A text of the same form, beside the one that stands in it, with the poll that is begun there, and what else is said
    there, as it was typed. `saved_at`: when, of a draft that the writer had not seen; None for what they set aside themselves."""

    title: str
    body: str
    saved_at: datetime | None = None
    poll: Mapping[str, str] | None = None
    about: Mapping[str, str] | None = None

    @property
    def lines(self) -> list[str]:
        """What is said there beside words and poll, a line each."""
        return said_beside(self.about or {})

    @property
    def is_news(self) -> bool:
        return self.saved_at is not None


def exchanges_texts(view: View) -> View:
    """Around a view that takes a text by POST: the button `exchange` puts the other text into the form and sets aside what stood
    there. Nothing is posted by it."""

    @wraps(view)
    def exchanged(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method == "POST" and "exchange" in request.POST:
            post = request.POST.copy()
            for name in ("title", "body", *ABOUT_FIELDS):
                post[name], post[_ASIDE + name] = post.get(_ASIDE + name, ""), post.get(name, "")
            _exchange_polls(post, poll_sent(request), poll_sent(request, _OTHER))
            request.POST = post  # type: ignore[assignment]
        return view(request, *args, **kwargs)

    return exchanged


def _exchange_polls(post: QueryDict, mine: Mapping[str, str] | None, other: Mapping[str, str] | None) -> None:
    """The poll goes with its text. Where the other has none, the fields are emptied, and how people would vote stays."""
    if mine and not other:
        other = {**mine, "question": "", "options": ""}
    for prefix, poll in ((POLL, other), (_OTHER, mine)):
        for name in POLL_FIELDS:
            post.pop(prefix + name, None)
        for name, value in (poll or {}).items():
            post[prefix + name] = value


def other_text(request: HttpRequest, form: Form, key: str, find: FindDraft = draft_of) -> OtherText | None:
    """What to choose from besides what was sent: a newer draft of this form, or one with a poll that the page it was sent from
    did not show; or what was set aside. Once shown, a draft counts as seen. Nothing is looked for where something is written
    under a pseudonym."""
    post = request.POST
    if request.method != "POST":
        return None
    if "draft_sequence" in post and post.get("voice", "own") == "own":
        draft = find(_writer(request), key)
        is_unseen = draft and (draft.sequence != _seen(request, key) or (draft.poll and poll_sent(request) is None))
        if draft and is_unseen and not draft.is_empty and not _says_all(request, draft):
            _tell(form, draft.sequence)
            return OtherText(draft.title, draft.body, draft.saved_at, draft.poll, draft.about)
    title, body = (post.get(_ASIDE + name, "").replace("\r\n", "\n") for name in ("title", "body"))
    poll = kept_poll(poll_sent(request, _OTHER) or {})
    about = kept_about(about_sent(request, _ASIDE)) or {}
    return OtherText(title, body, poll=poll, about=about) if title or body or poll or about.get("tags") else None


def keep_draft(request: HttpRequest, form: Form, key: str) -> None:
    """A form that comes back (preview, an error, replies meanwhile) is kept on the server as well: a browser that dies now loses
    nothing. Not what is to be posted under a pseudonym. A newer draft from elsewhere stays as it is."""
    said = ("body", "title", "tags", "poll-question")
    if request.method != "POST" or not any(request.POST.get(name, "").strip() for name in said):
        return
    if request.POST.get("voice", "own") != "own":
        forget_draft(by=_writer(request), key=key, text=request.POST.get("body", ""))
        _tell(form, 0)
        return
    with suppress(DomainError):
        kept = save_draft(
            by=_writer(request),
            key=key,
            seen=_seen(request, key),
            title=request.POST.get("title", ""),
            body=request.POST.get("body", "").replace("\r\n", "\n"),
            parent_number=whole_number(request.POST.get("to")) or None,
            poll=poll_sent(request),
            about=about_sent(request),
            at=timezone.now(),
        )
        _tell(form, kept)


def draft_sent(request: HttpRequest, key: str) -> Written:
    """The draft that the text in a form was."""
    return Written(key, _seen(request, key))


def let_draft_go(request: HttpRequest, form: Form, key: str) -> None:
    """It was posted. What another device wrote under the same name and was not posted stays a draft."""
    if request.POST.get("voice", "own") != "own":
        forget_draft(by=_writer(request), key=key, text=request.POST.get("body", ""))
        return
    finish_draft(by=_writer(request), key=key, text=form.cleaned_data["body"], seen=_seen(request, key), at=timezone.now())


def let_others_go(request: HttpRequest, topic: Topic, key: str) -> None:
    """It was posted as another answer than it was begun as: what answered a post that is no more now answers the topic. The draft
    that it was goes too, unless it says more. No statement where it is the same answer."""
    begun = request.POST.get("draft_key") or key
    if begun == key or request.POST.get("voice", "own") != "own" or not begun.startswith(reply_key(topic)):
        return
    if whole_number(begun.removeprefix(f"{reply_key(topic)}:")):
        text, seen = clean_body(request.POST.get("body", "")), sequence_of(request.POST.get("draft_sequence"))
        finish_draft(by=_writer(request), key=begun, text=text, seen=seen, at=timezone.now())


def _seen(request: HttpRequest, key: str) -> int:
    """The sequence that the form came with; 0 where that was another draft's."""
    told = request.POST.get("draft_key") or key
    return sequence_of(request.POST.get("draft_sequence")) if told == key else 0


def _says_all(request: HttpRequest, draft: Draft) -> bool:
    """All of the draft stands in what was sent, as where a save was still under way."""
    body = request.POST.get("body", "").replace("\r\n", "\n")
    says_poll = not draft.poll or draft.poll == kept_poll(poll_sent(request) or {})
    says_rest = not draft.about or draft.about == kept_about(about_sent(request))
    return draft.body.strip() in body and draft.title in ("", request.POST.get("title", "")) and says_poll and says_rest


def _tell(form: Form, sequence: int) -> None:
    """The form is drawn with this sequence of its draft."""
    told = cast("QueryDict", form.data).copy()
    told["draft_sequence"] = str(sequence)
    form.data = told


def _writer(request: HttpRequest) -> User:
    return cast("User", request.user)
