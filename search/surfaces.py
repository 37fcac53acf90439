from common.surfaces import Surface

SURFACES = (
    Surface("url", "search:results", "public", "posts"),
    Surface("url", "search:similar", "public", "posts"),
    Surface("url", "search:feed", "visible", "posts"),
    Surface("url", "search:own_feed", "token", "posts"),
    Surface("task", "search.refresh_words", "staff", note="words that stand in public, and how often"),
)
