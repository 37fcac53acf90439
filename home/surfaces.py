from common.surfaces import Surface

SURFACES = (Surface("url", "home", "public", note="a sentence until the lists are there"),)
