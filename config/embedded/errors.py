class ServicesError(Exception):
    """The embedded services cannot run; the message says why and what to do."""
