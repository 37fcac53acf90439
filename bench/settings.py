"""The product's settings, with three more addresses to compare with."""

from config.settings import *  # noqa: F403

ROOT_URLCONF = "bench.urls"
