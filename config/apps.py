from importlib import import_module

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    name = "config"

    def ready(self) -> None:
        """Make the Celery app the current one in every process, so that tasks can be sent by name."""
        import_module("config.celery")
