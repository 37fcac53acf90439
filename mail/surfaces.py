from common.surfaces import Surface

SURFACES = (
    Surface("url", "mail:inbound", "token", note="takes signed mail in and says one word"),
    Surface("url", "mail:events", "token", note="takes what a provider tells of our mail and says one word"),
    Surface("task", "mail.deliver_critical", "staff", note="sends what the mail kinds write"),
    Surface("task", "mail.deliver_notify", "staff", note="sends what the mail kinds write"),
    Surface("task", "mail.sweep", "staff", note="counts"),
    Surface("task", "mail.take_in", "staff", note="counts"),
    Surface("task", "mail.fetch", "staff", note="counts"),
)
