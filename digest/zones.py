"""Zones by plain names, for whoever reads elsewhere than in London. Pure."""

from typing import Final

LONDON: Final = "Europe/London"
ZONES: Final = {
    LONDON: "London",
    "Europe/Dublin": "Dublin",
    "Europe/Gibraltar": "Gibraltar",
    "Europe/Lisbon": "Lisbon",
    "Europe/Paris": "Paris, Madrid, Brussels",
    "Europe/Berlin": "Berlin, Rome, Oslo",
    "Europe/Warsaw": "Warsaw, Prague, Vienna",
    "Europe/Athens": "Athens, Sofia, Bucharest",
    "Asia/Nicosia": "Cyprus",
    "Europe/Kyiv": "Kyiv",
    "Europe/Istanbul": "Istanbul",
    "Africa/Lagos": "Lagos",
    "Africa/Johannesburg": "Johannesburg",
    "Africa/Nairobi": "Nairobi",
    "Asia/Dubai": "Dubai",
    "Asia/Karachi": "Karachi",
    "Asia/Kolkata": "India",
    "Asia/Dhaka": "Dhaka",
    "Asia/Singapore": "Singapore",
    "Asia/Hong_Kong": "Hong Kong",
    "Asia/Manila": "Manila",
    "Asia/Tokyo": "Tokyo",
    "Australia/Perth": "Perth",
    "Australia/Brisbane": "Brisbane",
    "Australia/Sydney": "Sydney, Melbourne",
    "Pacific/Auckland": "Auckland",
    "Atlantic/Reykjavik": "Iceland",
    "Atlantic/Stanley": "Falkland Islands",
    "America/Sao_Paulo": "São Paulo",
    "America/Halifax": "Halifax, Bermuda",
    "America/New_York": "New York, Toronto",
    "America/Chicago": "Chicago",
    "America/Denver": "Denver",
    "America/Los_Angeles": "Los Angeles, Vancouver",
}
"""The name of a place whose clocks go alike."""


def zone_name(tz: str) -> str:
    """As a reader says it: “Paris, Madrid, Brussels”; of a zone that is not on the list, the last part of its name."""
    return ZONES.get(tz) or tz.rpartition("/")[2].replace("_", " ")


def zone_choices(now: str = LONDON) -> list[tuple[str, str]]:
    """The list, with the zone that somebody has now where it is not on it."""
    return [*ZONES.items(), *([] if now in ZONES else [(now, zone_name(now))])]
