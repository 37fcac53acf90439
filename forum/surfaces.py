from common.surfaces import Surface

SURFACES = (
    Surface("mail", "forum.reply", "visible", "posts"),
    Surface("mail", "forum.mention", "visible", "posts"),
    Surface("notice", "forum.reply", "visible", "posts"),
    Surface("notice", "forum.mention", "visible", "posts"),
    Surface("socket", "topic", "visible", note="ids only; the page fetches the part by its own address"),
)
