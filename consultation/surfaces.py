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
    Surface("url", "consultation:participation", "visible", "consultations"),
    Surface("url", "consultation:desk", "organiser", "consultations"),
    Surface("url", "consultation:page", "member", "consultations"),
    Surface("url", "consultation:save", "member", note="a time of day"),
    Surface("url", "consultation:check", "member", "consultations"),
    Surface("url", "consultation:receipt", "signed-in", "consultations"),
    Surface("url", "consultation:new", "organiser", note="a form"),
    Surface("url", "consultation:preview", "organiser", "consultations"),
    *(
        Surface("url", f"consultation:{name}", "organiser", "consultations")
        for name in (
            *("edit", "edit_details", "new_option", "edit_option", "new_discarded", "new_document", "new_page", "edit_page"),
            *("new_question", "edit_question", "move_part", "remove_part", "open", "extend", "withdraw", "publish", "outcome"),
            *("audience", "audience_count", "invited", "invite", "uninvite", "preflight", "review", "ask_review", "approve"),
            *("ask_changes", "end_review", "schedule", "put_off", "pause", "resume", "analyse", "report", "follow_up", "archive"),
            *("invite_segment", "new_faq", "edit_faq", "remove_faq", "new_correction"),
        )
    ),
    Surface("notice", "consultation.published", "signed-in", "consultations"),
    Surface("notice", "consultation.closed", "organiser", "consultations"),
    Surface("notice", "consultation.unsent", "signed-in", "consultations"),
    Surface("notice", "consultation.invitation", "signed-in", "consultations"),
    Surface("notice", "consultation.reminder", "signed-in", "consultations"),
    Surface("mail", "consultation.invitation", "signed-in", "consultations"),
    Surface("mail", "consultation.reminder", "signed-in", "consultations"),
    Surface("notice", "consultation.review", "organiser", "consultations"),
    Surface("mail", "consultation.published", "signed-in", "consultations"),
    Surface("task", "consultation.tick", "staff", note="states and numbers"),
)

RULES = (Rule("write, review, open, pause, extend, close, publish and archive a consultation", permissions.can_organise),)
