from common.rules import Rule
from common.surfaces import Surface
from consultation import permissions

SURFACES = (
    Surface("url", "consultation:list", "public", "consultations"),
    Surface("url", "consultation:outcomes", "public", "consultations"),
    Surface("url", "consultation:detail", "visible", "consultations"),
    Surface("url", "consultation:compare", "visible", "consultations"),
    Surface("url", "consultation:questions", "visible", "consultations"),
    Surface("url", "consultation:results", "visible", "consultations"),
    Surface("url", "consultation:run", "visible", "consultations"),
    Surface("url", "consultation:page", "member", "consultations"),
    Surface("url", "consultation:save", "member", note="a time of day"),
    Surface("url", "consultation:check", "member", "consultations"),
    Surface("url", "consultation:receipt", "signed-in", "consultations"),
    Surface("url", "consultation:responses", "visible", "consultations"),
    Surface("url", "consultation:shown_mine", "signed-in", "consultations"),
    *(
        Surface("url", f"consultation:{name}", "organiser", "consultations")
        for name in ("showing", "showing_decide", "showing_agree", "showing_again")
    ),
    Surface("url", "consultation:evidence", "visible", "consultations"),
    Surface("url", "consultation:evidence_of", "signed-in", "posts"),
    Surface("url", "consultation:evidence_mine", "signed-in", "consultations"),
    Surface("url", "consultation:evidence_post", "signed-in", "posts"),
    Surface("url", "consultation:evidence_offer", "signed-in", note="by the author"),
    Surface("url", "consultation:evidence_decline", "signed-in", note="by the author"),
    Surface("url", "consultation:evidence_take_back", "signed-in", note="by the author"),
    Surface("url", "consultation:new", "organiser", note="a form"),
    Surface("url", "consultation:preview", "organiser", "consultations"),
    *(
        Surface("url", f"consultation:{name}", "organiser", "consultations")
        for name in (
            *("edit", "edit_details", "new_option", "edit_option", "new_discarded", "new_document", "new_page", "edit_page"),
            *("new_question", "edit_question", "move_part", "remove_part", "open", "extend", "withdraw", "publish", "outcome"),
        )
    ),
    *(
        Surface("url", f"consultation:{name}", "organiser", "posts")
        for name in ("evidence_waiting", "evidence_ask", "evidence_consider", "question_topic")
    ),
    Surface("notice", "consultation.evidence", "signed-in", "posts"),
    Surface("mail", "consultation.evidence", "signed-in", "posts"),
    Surface("notice", "consultation.published", "signed-in", "consultations"),
    Surface("notice", "consultation.closed", "organiser", "consultations"),
    Surface("notice", "consultation.unsent", "signed-in", "consultations"),
    Surface("mail", "consultation.published", "signed-in", "consultations"),
    Surface("task", "consultation.tick", "staff", note="states and numbers"),
)

RULES = (Rule("write, open, extend, close and publish a consultation", permissions.can_organise),)
