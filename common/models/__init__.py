from common.models.audit import AuditDetail, AuditEntry, AuditHead, AuditLink
from common.models.heartbeat import Heartbeat

__all__ = ["AuditDetail", "AuditEntry", "AuditHead", "AuditLink", "Heartbeat"]
