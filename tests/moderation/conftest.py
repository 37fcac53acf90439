from contextlib import contextmanager

import pytest
from django.db import transaction


@pytest.fixture
def transactional_rollback():
    """A context that takes back whatever was written in it: each example of a property begins with the same world."""

    @contextmanager
    def world():
        with transaction.atomic():
            yield
            transaction.set_rollback(True)

    return world
