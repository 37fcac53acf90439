"""A sender as a process of its own, so that it can be killed: sweeps, delivers, says when nothing is left."""

import os
import time
from datetime import timedelta

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django

django.setup()

from django.utils import timezone  # noqa: E402

from mail.delivery import deliver, sweep_outbox  # noqa: E402
from mail.models import Mail  # noqa: E402

LEASE = timedelta(seconds=float(os.environ["DRILL_LEASE"]))

if __name__ == "__main__":
    while Mail.objects.filter(state__in=["pending", "claimed", "sending", "deferred"]).exists():
        sweep_outbox(at=timezone.now())
        deliver("critical", clock=timezone.now, lease=LEASE)
        time.sleep(0.05)
