from mail.models.address import Address
from mail.models.consent import ConsentEvent
from mail.models.event import MailEvent
from mail.models.handover import HandOver
from mail.models.inbound import InboundMail
from mail.models.mail import Mail
from mail.models.pool import Pool
from mail.models.session_log import SessionLog
from mail.models.suppression import Suppression

__all__ = ["Address", "ConsentEvent", "HandOver", "InboundMail", "Mail", "MailEvent", "Pool", "SessionLog", "Suppression"]
