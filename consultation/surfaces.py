from common.surfaces import Surface

SURFACES = (Surface("task", "consultation.tick", "staff", note="states and numbers"),)
