from django.db import models


class Heartbeat(models.Model):
    """When a real task of this name last ran to its end: what `/readyz` asks for."""

    name = models.CharField(max_length=40, primary_key=True)
    at = models.DateTimeField()
