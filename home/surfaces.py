from common.surfaces import Surface

SURFACES = (Surface("url", "home", "public", "posts"),)
