from common.surfaces import Surface

SURFACES = (
    Surface("url", "consultation:detail", "visible", "consultations"),
    Surface("task", "consultation.tick", "staff", note="states and numbers"),
)
