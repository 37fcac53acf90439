from common.rules import Rule
from common.surfaces import Surface
from digest.permissions import can_edit_weekly

SURFACES = (
    Surface("url", "digest:weekly", "public", note="headlines that the editor wrote for everybody"),
    Surface("url", "digest:edition", "public", "edition"),
    Surface("url", "digest:subscribe", "public", note="a form; the answer is the same for every address"),
    Surface("url", "digest:subscribed", "public", note="a sentence"),
    Surface("url", "digest:confirm", "token", note="a button; the address masked"),
    Surface("url", "digest:manage", "token", note="buttons; the address masked"),
    Surface("url", "digest:leave", "token", note="a redirect"),
    Surface("url", "digest:back", "token", note="a redirect"),
    Surface("url", "digest:day", "token", note="a redirect"),
    Surface("url", "digest:pause", "token", note="a redirect"),
    Surface("url", "digest:mine", "signed-in", note="one's own choices"),
    Surface("url", "digest:mine_pause", "signed-in", note="a redirect"),
    Surface("url", "digest:mine_leave", "signed-in", note="a redirect"),
    Surface("url", "digest:mine_back", "signed-in", note="a redirect"),
    Surface("url", "digest:edit", "organiser", "edition"),
    Surface("url", "digest:preview", "organiser", "edition"),
    Surface("url", "digest:cut", "organiser", note="a redirect"),
    Surface("url", "digest:runs", "organiser", note="numbers"),
    Surface("url", "digest:run", "organiser", note="numbers and reasons, no addresses"),
    Surface("url", "digest:run_pause", "organiser", note="a redirect"),
    Surface("url", "digest:run_resume", "organiser", note="a redirect"),
    Surface("url", "digest:run_abort", "organiser", note="a redirect"),
    Surface("mail", "digest.confirm", "token", note="a link to a button"),
    Surface("mail", "digest.already", "token", note="a link to one's own choices"),
    Surface("notice", "digest.held", "organiser", note="that a run stopped, and why, in numbers"),
    Surface("task", "digest.tick", "staff", note="rows; words are made when sent"),
    Surface("task", "digest.send", "visible", "edition", note="the weekly itself, rechecked per reader"),
)

RULES = (Rule("edit the weekly and watch it go out", can_edit_weekly),)
