import pytest
import time_machine

from tests.consultation.factories import WHILE_OPEN


@pytest.fixture
def while_it_is_open():
    """The clock stands at a moment at which `an_open_one` takes answers."""
    with time_machine.travel(WHILE_OPEN, tick=False):
        yield
