from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from common.permissions_table import permissions_page


class Command(BaseCommand):
    help = "Writes docs/permissions.md from the registry of surfaces."

    def handle(self, *args: Any, **options: Any) -> None:
        Path(settings.BASE_DIR, "docs", "permissions.md").write_text(permissions_page())
