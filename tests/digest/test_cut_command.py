from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from digest.models import Edition

pytestmark = pytest.mark.django_db


def run(*args):
    out = StringIO()
    call_command("cut_edition", *args, stdout=out)
    return out.getvalue()


def test_cuts_on_monday_and_not_before():
    assert "Nothing is due: no. 1" in run("--at", "2026-11-20T12:00+00:00")
    assert "No. 1 is out, with 0 items." in run("--at", "2026-11-23T06:00+00:00")


def test_cuts_at_once_where_the_week_has_none():
    assert "No. 1 is out" in run("--at", "2026-11-20T12:00+00:00", "--now")
    with pytest.raises(CommandError, match="This week's edition is out"):
        run("--at", "2026-11-21T12:00+00:00", "--now")
    assert Edition.objects.cut().count() == 1


def test_a_moment_without_offset_is_refused():
    with pytest.raises(CommandError, match="offset"):
        run("--at", "2026-11-20T12:00")
