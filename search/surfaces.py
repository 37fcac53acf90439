from common.surfaces import Surface

SURFACES = (Surface("url", "search:results", "public", "posts"),)
