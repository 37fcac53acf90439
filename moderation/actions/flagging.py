"""Keeping the list of flagged words."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from common import audit
from moderation import permissions
from moderation.actions.errors import WordRefused
from moderation.models import FlaggedWord
from moderation.words import clean_word


@transaction.atomic
def add_flagged_word(text: str, *, by: User, at: datetime) -> FlaggedWord:
    """From now on a post with this word waits for a moderator. Raises WordRefused, Refused."""
    permissions.can_keep_words(by).enforce()
    word = clean_word(text)
    if not 2 <= len(word) <= 60 or "\0" in word:
        raise WordRefused("Write a word, or a few, of 2 to 60 characters.")
    kept, made = FlaggedWord.objects.get_or_create(word=word, defaults={"added_at": at, "added_by": by})
    if not made:
        raise WordRefused(f"“{word}” is on the list already.")
    audit.record("word.flag", subject=("word", kept.pk), by=by.pk, at=at, word=word)
    return kept


@transaction.atomic
def remove_flagged_word(word: FlaggedWord, *, by: User, at: datetime) -> None:
    """Posts with it wait no more; those that wait already go on waiting. Safe to call twice. Raises Refused."""
    permissions.can_keep_words(by).enforce()
    gone, _ = FlaggedWord.objects.filter(pk=word.pk).delete()
    if gone:
        audit.record("word.unflag", subject=("word", word.pk), by=by.pk, at=at, word=word.word)
