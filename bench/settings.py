"""The product's settings, with three more addresses to compare with."""

from config.settings import *  # noqa: F403

ROOT_URLCONF = "bench.urls"
PACE_TOPICS = PACE_REPLIES = PACE_REACTIONS = 0  # a bench is faster than anybody writes
