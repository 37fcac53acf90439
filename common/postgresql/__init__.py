"""The engine of settings.DATABASES: Django's own, which finds out for less whether its connection still stands."""
