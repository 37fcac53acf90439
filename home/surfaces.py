from common.surfaces import Surface

SURFACES = (
    Surface("url", "home", "public", "posts"),
    Surface("url", "robots", "public", note="addresses that robots leave alone"),
    Surface("url", "sitemap", "public", note="addresses of the parts"),
    Surface("url", "sitemap_pages", "public", "posts"),
    Surface("url", "sitemap_part", "public", "posts"),
)
