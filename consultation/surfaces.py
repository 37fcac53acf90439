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
    Surface("url", "consultation:files", "member", "consultations"),
    Surface("url", "consultation:remove_file", "member", "consultations"),
    Surface("url", "consultation:file", "visible", "consultations"),
    Surface("url", "consultation:given_files", "organiser", "consultations"),
    Surface("url", "consultation:receipt", "signed-in", "consultations"),
    Surface("url", "consultation:new", "organiser", note="a form"),
    Surface("url", "consultation:preview", "organiser", "consultations"),
    *(
        Surface("url", f"consultation:{name}", "organiser", "consultations")
        for name in (
            *("edit", "edit_details", "new_option", "edit_option", "new_discarded", "new_document", "new_page", "edit_page"),
            *("new_question", "edit_question", "move_part", "remove_part", "open", "extend", "withdraw", "publish", "outcome"),
        )
    ),
    Surface("notice", "consultation.published", "signed-in", "consultations"),
    Surface("notice", "consultation.closed", "organiser", "consultations"),
    Surface("notice", "consultation.unsent", "signed-in", "consultations"),
    Surface("mail", "consultation.published", "signed-in", "consultations"),
    Surface("task", "consultation.tick", "staff", note="states and numbers"),
    Surface("task", "consultation.sweep_files", "staff", note="names in the storage"),
)

RULES = (Rule("write, open, extend, close and publish a consultation", permissions.can_organise),)
