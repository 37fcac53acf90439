"""Loaded by `-p tests.plugin` before everything else: the services must answer before Django's settings are read."""

import os

from tests import services

os.environ.setdefault("PLENARY_SPEED", "100")
services.start()


def pytest_unconfigure() -> None:
    services.stop()
