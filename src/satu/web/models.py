"""What the fronts themselves keep."""

from __future__ import annotations

from django.db import models


class StaffLink(models.Model):
    """A link that opens the console once. The token itself is not kept, only its SHA-256."""

    token_hash = models.BinaryField(unique=True, max_length=32)
    actor = models.TextField()
    made_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "web_stafflink"
