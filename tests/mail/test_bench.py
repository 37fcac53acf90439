"""What `python -m bench.sending` sets side by side runs against the code as it is."""

import pytest

from bench.sending import CONNECTIONS, Ways, tell
from mail.models import Mail
from mail.sink import running


@pytest.mark.django_db(transaction=True)
def test_each_way_of_sending_brings_every_message_once(tmp_path, capsys):
    with running(tmp_path / "record") as sink:
        ways = Ways(sink)
        rates = tell("answers", {"one": (ways.ours, 20), "many": (ways.over_many, 3 * CONNECTIONS), "bare": (ways.bare, 4)})
        ways.by_django(2, way="django")
        arrived = sink.counted()
    assert sum(arrived.values()) == len(arrived) == 20 + 3 * CONNECTIONS + 4 + 2
    assert set(Mail.objects.values_list("state", flat=True)) == {"accepted"}
    assert all(rates.values())
    assert "beside the first" in capsys.readouterr().out
