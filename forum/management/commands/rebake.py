from typing import Any

from django.core.management.base import BaseCommand

from forum.actions.rebaking import count_to_rebake, rebake_posts


class Command(BaseCommand):
    help = "Draw every post anew that an older renderer drew. Safe to interrupt and to run again."

    def handle(self, *args: Any, **options: Any) -> None:
        wanted, done = count_to_rebake(), 0
        self.stdout.write(f"{wanted:,} posts to draw anew.")
        while batch := rebake_posts():
            done += batch
            self.stdout.write(f"{done:,} of {wanted:,}")
        self.stdout.write("Done." if not count_to_rebake() else "Another process is at the rest.")
