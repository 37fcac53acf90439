from common.surfaces import Surface

SURFACES = (
    Surface(
        "url", "moderation:queue", "moderator", note="what `Case.objects.visible_to` lets through; probed in tests/moderation"
    ),
    Surface(
        "url", "moderation:case", "moderator", note="what `Case.objects.visible_to` lets through; probed in tests/moderation"
    ),
    Surface("url", "moderation:claim", "moderator", note="a redirect"),
    Surface("url", "moderation:release", "moderator", note="a redirect"),
    Surface("url", "moderation:decide", "moderator", note="the case again; probed in tests/moderation"),
    Surface("url", "moderation:reverse", "moderator", note="a form for a reason"),
    Surface("url", "moderation:act_on_post", "moderator", note="a form"),
    Surface("url", "moderation:erase_post", "moderator", note="a form, and which posts that one may read quote it"),
    Surface("url", "moderation:act_on_topic", "moderator", "posts"),
    Surface("url", "moderation:act_on_person", "moderator", note="a form"),
    Surface("url", "moderation:report_post", "signed-in", note="a form about a post that one may read"),
    Surface("url", "moderation:report_topic", "signed-in", "posts"),
    Surface("url", "moderation:report_person", "signed-in", note="a form about a member"),
    Surface("url", "moderation:reports", "signed-in", note="one's own reports"),
    Surface("url", "moderation:mine", "signed-in", note="decisions about oneself"),
    Surface("url", "moderation:told", "signed-in", note="a decision about oneself"),
    Surface("url", "moderation:words", "moderator", note="the list of flagged words"),
    Surface("url", "moderation:remove_word", "moderator", note="a redirect"),
    Surface(
        "notice", "moderation.case", "moderator", note="title and author of what may be moderated; probed in tests/moderation"
    ),
    Surface("notice", "moderation.decision", "signed-in", note="a decision about oneself"),
    Surface("notice", "moderation.answered", "signed-in", note="that it is decided"),
    Surface("mail", "moderation.decision", "signed-in", note="a decision about oneself, without what it is about"),
)
