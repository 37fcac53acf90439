from common.surfaces import Surface

SURFACES = (
    Surface("task", "mail.deliver_critical", "staff", note="sends what the mail kinds write"),
    Surface("task", "mail.deliver_notify", "staff", note="sends what the mail kinds write"),
    Surface("task", "mail.sweep", "staff", note="counts"),
)
