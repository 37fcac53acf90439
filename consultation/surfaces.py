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
    Surface("url", "consultation:schema", "public", note="a file of the code"),
    Surface("url", "consultation:export", "visible", "consultations"),
    Surface("url", "consultation:templates", "organiser", note="files of the code"),
    Surface("url", "consultation:template", "organiser", note="a file of the code"),
    Surface("url", "consultation:import", "organiser", note="a form"),
    Surface("url", "consultation:text", "public", note="a document that organisers published; before that 404"),
    Surface("url", "consultation:text_changes", "public", note="two versions of a document that organisers published; else 404"),
    *(
        Surface("url", f"consultation:{name}", "organiser", note="documents that organisers write")
        for name in ("texts", "new_text", "edit_text", "publish_text", "ask_about_text")
    ),
    Surface("url", "consultation:paths", "visible", "consultations"),
    Surface("url", "consultation:walk", "organiser", "consultations"),
    Surface("url", "consultation:page", "member", "consultations"),
    Surface("url", "consultation:save", "member", note="a time of day"),
    Surface("url", "consultation:check", "member", "consultations"),
    Surface("url", "consultation:files", "member", "consultations"),
    Surface("url", "consultation:remove_file", "member", "consultations"),
    Surface("url", "consultation:file", "visible", "consultations"),
    Surface("url", "consultation:given_files", "organiser", "consultations"),
    Surface("url", "consultation:receipt", "signed-in", "consultations"),
    *(
        Surface("url", f"consultation:{name}", "signed-in", "consultations")
        for name in (
            *("organisations", "begin_organisation", "organisation", "organisation_statement", "leave_organisation"),
            *("seat_page", "seat_check", "seat_receipt", "seat_receipt_file", "seat_take_back", "seat_files", "seat_file"),
            *("seat_answer_paper", "seat_confirm", "seat_shown"),
        )
    ),
    *(
        Surface("url", f"consultation:{name}", "signed-in", note="leads back to the organisation’s page")
        for name in ("ask_colleague", "join_organisation", "take_out_colleague", "let_send", "seat_remove_file")
    ),
    Surface("url", "consultation:public", "visible", "consultations"),
    Surface("url", "consultation:public_sent", "token", "consultations"),
    Surface("url", "consultation:guest_link", "token", "consultations"),
    Surface("url", "consultation:guest_leave", "token", note="leads back to the consultation"),
    Surface("url", "consultation:guest_letters", "token", note="leads back to the answer"),
    Surface("url", "consultation:guest_letters_end", "token", note="leads back to the answer"),
    Surface("url", "consultation:guest_save", "token", note="a time of day"),
    Surface("url", "consultation:guest_remove_file", "token", note="leads back to the files"),
    *(
        Surface("url", f"consultation:{name}", "token", "consultations")
        for name in (
            *("guest", "guest_page", "guest_check", "guest_receipt", "guest_receipt_file", "guest_take_back"),
            *("guest_answer_paper", "guest_confirm", "guest_shown"),
            *("guest_files", "guest_file"),
        )
    ),
    Surface("url", "consultation:seat_save", "signed-in", note="a time of day"),
    Surface("url", "consultation:confirm", "member", "consultations"),
    Surface("url", "consultation:responses", "visible", "consultations"),
    Surface("url", "consultation:shown_mine", "signed-in", "consultations"),
    Surface("url", "consultation:inquiry", "signed-in", "consultations"),
    *(
        Surface("url", f"consultation:{name}", "organiser", "consultations")
        for name in (
            *("words", "showing", "showing_decide", "showing_agree", "showing_again", "inquiries", "ask_writer"),
            "ask_by_reference",
            *("exclusions", "exclusion_agree", "exclusion_end"),
        )
    ),
    Surface("url", "consultation:evidence", "visible", "consultations"),
    Surface("url", "consultation:evidence_of", "signed-in", "posts"),
    Surface("url", "consultation:evidence_mine", "signed-in", "consultations"),
    Surface("url", "consultation:evidence_post", "signed-in", "posts"),
    Surface("url", "consultation:evidence_offer", "signed-in", note="by the author"),
    Surface("url", "consultation:evidence_decline", "signed-in", note="by the author"),
    Surface("url", "consultation:evidence_take_back", "signed-in", note="by the author"),
    Surface("url", "consultation:answer_paper", "signed-in", "consultations"),
    Surface("url", "consultation:receipt_file", "signed-in", "consultations"),
    Surface("url", "consultation:take_back", "signed-in", "consultations"),
    Surface("url", "consultation:verify", "visible", "consultations"),
    Surface("url", "consultation:leaves", "visible", note="hashes"),
    Surface("url", "consultation:root", "visible", note="a hash and a signature"),
    Surface("url", "consultation:keys", "public", note="public keys"),
    Surface("url", "consultation:keys_file", "public", note="public keys"),
    Surface("url", "consultation:verify_script", "public", note="a script that is the same for everybody"),
    Surface("url", "consultation:new", "organiser", note="a form"),
    Surface("url", "consultation:preview", "organiser", "consultations"),
    Surface("url", "consultation:preview_frame", "organiser", "consultations"),
    *(
        Surface("url", f"consultation:{name}", "organiser", "consultations")
        for name in (
            *("edit", "edit_details", "new_option", "edit_option", "new_discarded", "new_document", "new_page", "edit_page"),
            *("new_question", "edit_question", "move_part", "remove_part", "open", "extend", "withdraw", "publish", "outcome"),
            *("audience", "audience_count", "invited", "invite", "uninvite", "preflight", "review", "ask_review", "approve"),
            *("ask_changes", "end_review", "schedule", "put_off", "pause", "resume", "analyse", "report", "follow_up", "archive"),
            *("entries", "new_entry", "entry", "look_into_entry", "drop_entry", "entry_source"),
            *("release_entry", "return_entry"),
            *("entry_receipt", "entry_receipt_file"),
            *(
                "invite_segment",
                "new_faq",
                "edit_faq",
                "remove_faq",
                "move_faq",
                "new_correction",
                "edit_discarded",
                "edit_document",
            ),
            *("version", "start_version", "discard_version", "ask_version_review", "approve_version", "ask_version_changes"),
            *("end_version_review", "publish_version"),
            *("condition", "condition_joining", "remove_condition", "place_part", "copy_part", "bring"),
        )
    ),
    *(
        Surface("url", f"consultation:{name}", "organiser", "posts")
        for name in ("evidence_waiting", "evidence_ask", "evidence_consider", "question_topic")
    ),
    Surface("notice", "consultation.evidence", "signed-in", "posts"),
    Surface("mail", "consultation.evidence", "signed-in", "posts"),
    Surface("notice", "consultation.inquiry", "signed-in", "consultations"),
    Surface("notice", "consultation.colleague", "signed-in", "consultations"),
    Surface("notice", "consultation.published", "signed-in", "consultations"),
    Surface("notice", "consultation.closed", "organiser", "consultations"),
    Surface("notice", "consultation.unsent", "signed-in", "consultations"),
    Surface("notice", "consultation.excluded", "signed-in", "consultations"),
    Surface("notice", "consultation.invitation", "signed-in", "consultations"),
    Surface("notice", "consultation.reminder", "signed-in", "consultations"),
    Surface("mail", "consultation.invitation", "signed-in", "consultations"),
    Surface("mail", "consultation.reminder", "signed-in", "consultations"),
    Surface("notice", "consultation.changed", "signed-in", "consultations"),
    Surface("mail", "consultation.changed", "signed-in", "consultations"),
    Surface("notice", "consultation.review", "organiser", "consultations"),
    Surface("mail", "consultation.published", "signed-in", "consultations"),
    Surface("mail", "consultation.guest", "token", note="the title of a consultation, and a link"),
    Surface("mail", "consultation.news", "token", note="the title of a consultation, and a link"),
    Surface("mail", "consultation.colleague", "signed-in", note="the title of a consultation, and a link"),
    Surface("mail", "consultation.receipt", "signed-in", note="the title of what its reader answered, and a link"),
    Surface("task", "consultation.open", "staff", note="a number"),
    Surface("task", "consultation.tick", "staff", note="states and numbers"),
    Surface("task", "consultation.sweep_files", "staff", note="names in the storage"),
)

RULES = (Rule("write, review, open, pause, extend, close, publish and archive a consultation", permissions.can_organise),)
