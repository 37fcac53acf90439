from celery import shared_task

from search.actions import words


@shared_task(name="search.refresh_words")
def refresh_words() -> None:
    """Count the public words anew. Safe twice, and in parallel."""
    words.refresh_words()
