"""What a request tells of where it comes from, and how often it may come."""

import hashlib
import ipaddress

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.http import HttpRequest

HOUR = 3600
FROM_ONE_PLACE = (20, HOUR)
FOR_ONE_ADDRESS = (4, HOUR)


def truncated_ip(request: HttpRequest) -> str:
    """The network, not the person: /24 of IPv4, /48 of IPv6; empty where unknown."""
    try:
        address = ipaddress.ip_address(get_adapter().get_client_ip(request))
    except ValueError:
        return ""
    length = 24 if address.version == 4 else 48
    return str(ipaddress.ip_network(f"{address}/{length}", strict=False).network_address)


def too_often(request: HttpRequest, email: str) -> str:
    """Counts this request; the sentence for the page where it is one too many, else empty. It says nothing about whether
    the address is known."""
    place = hashlib.sha256(_place(get_adapter().get_client_ip(request)).encode()).hexdigest()
    person = hashlib.sha256(email.strip().lower().encode()).hexdigest()
    if _one_more(f"weekly:place:{place}", *FROM_ONE_PLACE):
        return "The form was sent too often from where you are. Wait an hour and try again."
    if _one_more(f"weekly:address:{person}", *FOR_ONE_ADDRESS):
        return "The form was sent too often for this address. Look in its mailbox, or wait an hour and try again."
    return ""


def _place(client: str) -> str:
    """An IPv4 address; of IPv6 the /64 that one owner has, who could come from another of its addresses each time."""
    try:
        address = ipaddress.ip_address(client)
    except ValueError:
        return client
    return client if address.version == 4 else str(ipaddress.ip_network(f"{address}/64", strict=False).network_address)


def _one_more(key: str, most: int, seconds: int) -> bool:
    """True beyond `most` within `seconds` of the first."""
    if cache.add(key, 1, seconds):
        return False
    try:
        return cache.incr(key) > most
    except ValueError:  # it ended in between
        cache.add(key, 1, seconds)
        return False
