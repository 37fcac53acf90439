from common.surfaces import Surface

SURFACES = (
    Surface("url", "notifications:list", "signed-in", "posts"),
    Surface("url", "notifications:tray", "signed-in", "posts"),
    Surface("url", "notifications:count", "signed-in", note="a number"),
    Surface("url", "notifications:read_all", "signed-in", note="a redirect"),
    Surface("url", "notifications:read", "signed-in", "posts"),
    Surface("url", "notifications:preferences", "signed-in", note="kinds of notice"),
    Surface("url", "notifications:no_mail", "signed-in", note="a redirect"),
    Surface("url", "notifications:mail_again", "signed-in", note="a redirect"),
    Surface("url", "notifications:no_daily", "token", note="a question about one's own mail"),
    Surface("mail", "notifications.daily", "visible", "posts"),
    Surface("mail", "notifications.works_again", "signed-in", note="a sentence"),
    Surface("notice", "notifications.mail_stopped", "signed-in", note="one's own address, and why mail to it came back"),
    Surface("socket", "user", "signed-in", note="a number"),
    Surface("task", "notifications.expand", "staff", note="writes ids; words are made when read or sent"),
)
