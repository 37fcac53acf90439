from digest.models.address_change import AddressChange
from digest.models.body import Body
from digest.models.delivery import Delivery
from digest.models.edition import Edition
from digest.models.item import Item
from digest.models.run import Run
from digest.models.subscriber_list import ListLine, SubscriberList
from digest.models.subscription import Subscription
from digest.models.token import CapabilityToken

__all__ = [
    "AddressChange",
    "Body",
    "CapabilityToken",
    "Delivery",
    "Edition",
    "Item",
    "ListLine",
    "Run",
    "SubscriberList",
    "Subscription",
]
