import pytest
import time_machine
from django.core.cache import cache

from tests.consultation.factories import WHILE_OPEN


@pytest.fixture
def while_it_is_open():
    """The clock stands at a moment at which `an_open_one` takes answers."""
    with time_machine.travel(WHILE_OPEN, tick=False):
        yield


@pytest.fixture(autouse=True)
def _no_earlier_test_says_what_takes_evidence():
    """For a minute it is kept, beyond the rollback of the test that asked."""
    cache.delete("consultation:evidence:places")
