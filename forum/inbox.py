"""Answers by mail become posts: what came to `reply+<token>@…`.

The token says who was told of which post; the mail must come from that person's confirmed address. Whoever is refused is told at
that address and at no other, so that nobody can have us write to a stranger. A persona is never written by mail: an answer
is posted under the member's own name, and the letter says so.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID, uuid5

from django.conf import settings

from accounts.models import User
from common.errors import DomainError
from common.verdicts import Refused
from forum.actions.attachments import FileRefused, keep_file
from forum.actions.drafts import TooManyDrafts, save_draft
from forum.actions.errors import ParentGone, VoiceUnclear
from forum.actions.posts import reply_to_topic
from forum.confidentiality import Finding, findings
from forum.mail_tokens import ReplyToken, read_reply
from forum.models import Draft, Post, Topic
from forum.pace import TooFast
from forum.permissions import can_reply
from forum.requests import reply_key
from mail.incoming import Incoming
from mail.kinds import Taken
from mail.models import Address
from mail.outbox import queue_mail
from mail.quoting import cut_answer

SMALLEST_PICTURE: Final = 20_000
_NAMES = UUID("6f2d6d0e-6c1f-4d0c-8a3e-1d9f0b7a5c11")
ELSEWHERE = (
    "An answer to a notice of yours came from another address than the one we know you by. Answer from that address, or on"
    " the site."
)
NOT_SHOWN_TO_BE_YOURS = (
    "An answer to a notice of yours came without a proof that it is from your mail server. Answer on the site."
)
LATE = "The notice that you answered is too old to be answered by mail."
GONE = "What you answered is not there any more, or you can no longer read it."
ON_THE_SITE = "It could not be posted by mail. Open the topic on the site, where you are told why when you post it."
"""For whatever hangs on what somebody wrote elsewhere. Whether they have a pseudonym, or one that is silenced, stands neither in
a mail nor in the rows of one, which name them: so the same is said of somebody who wrote too much in ten minutes."""
TOO_LARGE = (
    "Your mail is larger than the {most} MB that we take, with what hangs on it. Nothing of it was kept: send it again without"
    " the large files, or add them on the site."
)
SMALL = "Small pictures inside your text were left out: they mostly belong to a signature."
NOTHING = "We found no words of yours in your answer. Write them above the line that our mail has at its top."


class AnswersByMail:
    """The door `reply` of settings.INBOUND_KINDS."""

    def take(self, came: Incoming, token: str, *, name: str, inbound: int, at: datetime) -> Taken:
        found = read_reply(token)
        user = found and User.objects.with_roles().filter(pk=found.user_id, is_active=True).first()
        address = user and Address.objects.filter(account=user.pk, state=Address.State.VERIFIED).first()
        if not found or not user or not address:
            return Taken("unknown")
        answers = _Answers(address, inbound, at)
        if came.sender != address.email:
            return answers.suspicion(ELSEWHERE)
        if settings.INBOUND_AUTHSERV_ID and not came.is_authentic(settings.INBOUND_AUTHSERV_ID):
            return answers.suspicion(NOT_SHOWN_TO_BE_YOURS)
        if came.is_cut:
            return answers.refusal(TOO_LARGE.format(most=settings.INBOUND_MAX_MB))
        return _post(came, found, user, answers, name=name)


def _post(came: Incoming, token: ReplyToken, user: User, answers: "_Answers", *, name: str) -> Taken:
    if token.is_late(answers.at.date()):
        return answers.refusal(LATE)
    post = Post.objects.visible_to(user).select_related("topic__category").filter(pk=token.post_id).first()
    if post is None:
        return answers.refusal(GONE)
    words = cut_answer(came.text)
    files, refused = _kept_files(came, user, at=answers.at)
    text = "\n\n".join(filter(None, [words, *files]))
    if not text:
        return answers.refusal(" ".join([*refused, NOTHING]) if refused else NOTHING, topic=post.topic)
    names = "\n".join(file.name for file in came.files)
    found = findings(f"{words}\n{names}", more=settings.CONFIDENTIALITY_PATTERNS)
    if found:
        return _refused_but_kept(answers, user, post.topic, text, _look_again(found))
    parent, key = post.number if token.answers_post and post.number > 1 else None, uuid5(_NAMES, name)
    try:
        can_reply(user, post.topic).enforce()
        reason = _reply(post.topic, user, text, parent, key, at=answers.at)
    except (DomainError, Refused) as problem:
        reason = str(problem)
    if reason:
        return _refused_but_kept(answers, user, post.topic, text, reason)
    return answers.without_files(refused, topic=post.topic) if refused else Taken("taken")


def _kept_files(came: Incoming, user: User, *, at: datetime) -> tuple[list[str], list[str]]:
    """What stands in the text for each file that was kept, and why others were not. A small picture inside the text is a logo or
    a smiley of somebody's signature."""
    kept, refused, small = [], [], False
    for file in came.files[: settings.FILES_PER_POST]:
        if file.inline and len(file.data) < SMALLEST_PICTURE:
            small = True
            continue
        try:
            kept.append(keep_file(by=user, name=file.name, data=file.data, at=at).markdown)
        except (FileRefused, Refused) as problem:
            refused.append(str(problem))
    if len(came.files) > settings.FILES_PER_POST:
        refused.append(f"A post shows at most {settings.FILES_PER_POST} files.")
    if small and (refused or not (kept or cut_answer(came.text))):  # a logo alone is worth no letter
        refused.append(SMALL)
    return kept, refused


def _look_again(found: Sequence[Finding]) -> str:
    """Which kinds of thing, never the thing: a mail is no place to repeat it."""
    kinds = ", ".join(dict.fromkeys(one.label for one in found))
    return (
        f"It may give away a patient, a colleague or a practice ({kinds}). Look at it once more on the site before it is posted."
    )


def _reply(topic: Topic, user: User, text: str, parent: int | None, key: UUID, *, at: datetime) -> str:
    """Below the post that it answers, or, where that is gone meanwhile, below the topic. Why not, where it was refused for
    something that no mail may say; else empty."""
    try:
        try:
            reply_to_topic(topic, by=user, body=text, at=at, parent_number=parent, key=key)
        except ParentGone:
            reply_to_topic(topic, by=user, body=text, at=at, key=key)
    except (TooFast, VoiceUnclear, Refused):
        return ON_THE_SITE
    return ""


def _refused_but_kept(answers: "_Answers", user: User, topic: Topic, text: str, reason: str) -> Taken:
    """The text stands where the page's own form finds it, below what was being written there already. Where it cannot, the letter
    says so: the mail itself is the only copy."""
    key = reply_key(topic)
    before = Draft.objects.filter(user=user, key=key).first()
    body = f"{before.body}\n\n{text}" if before and before.body else text
    try:
        save_draft(by=user, key=key, seen=before.sequence if before else 0, body=body, at=answers.at)
    except TooManyDrafts as problem:
        return answers.refusal(
            f"{reason} It could not be kept as a draft either: {problem} Then send your mail again.", topic=topic
        )
    except DomainError:  # another device saved at this moment, or the words stand there already
        return answers.refusal(f"{reason} It could not be kept as a draft either. Keep your mail.", topic=topic)
    return answers.refusal(reason, topic=topic, kept=True)


class _Answers:
    """What we write back, to the one address that we know this person by."""

    def __init__(self, address: Address, inbound: int, at: datetime) -> None:
        self.address, self.inbound, self.at = address, inbound, at

    def refusal(self, reason: str, *, topic: Topic | None = None, kept: bool = False) -> Taken:
        """To every mail of theirs that was not posted, once."""
        self._queue(f"forum.inbound:{self.inbound}", topic=topic, kept=kept)
        return Taken("refused", reason)

    def without_files(self, reasons: Sequence[str], *, topic: Topic) -> Taken:
        """It was posted, and something that hung on it was not."""
        self._queue(f"forum.inbound:{self.inbound}", topic=topic, kept=False, posted=True)
        return Taken("taken", " ".join(reasons))

    def suspicion(self, reason: str) -> Taken:
        """Perhaps not theirs: told once a day, or somebody who has the address could fill their mailbox."""
        self._queue(f"forum.inbound:{self.at.date()}", topic=None, kept=False)
        return Taken("refused", reason)

    def _queue(self, key: str, *, topic: Topic | None, kept: bool, posted: bool = False) -> None:
        ids = {"inbound": self.inbound, "topic": topic.pk if topic else 0, "kept": int(kept), "posted": int(posted)}
        params: dict[str, int | str] = {**ids}
        queue_mail(self.address, kind="forum.answer_refused", key=key, params=params, at=self.at)
