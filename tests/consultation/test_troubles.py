"""The clock's steps: one that fails holds up no other."""

import pytest

from consultation.actions.troubles import step_by_step


def test_a_step_that_fails_holds_up_no_other_and_is_told():
    done = []

    def fails():
        raise LookupError("this one")

    with pytest.raises(LookupError, match="this one"):
        step_by_step([lambda: done.append("first") or 1, fails, lambda: done.append("last") or 2])
    assert done == ["first", "last"]
    assert step_by_step([lambda: 1, lambda: 2]) == 3
