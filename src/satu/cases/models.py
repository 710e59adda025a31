"""Cases and their stories. Only satu.cases reads or writes them; no text of a person is in them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class City(models.Model):
    """One row: what the city says of cases, as JSON of satu.cases.kinds.CityCases."""

    id = models.PositiveSmallIntegerField(primary_key=True)
    asset = models.TextField()
    content = models.TextField()

    class Meta:
        db_table = "cases_city"
        constraints = [models.CheckConstraint(condition=Q(id=1), name="cases_of_one_city")]

    def __str__(self) -> str:
        return "cases of the city"


class Case(models.Model):
    """Something that somebody asks of the city, until it is answered and done.

    `key` is its cause, so that one cause opens one case; `about` names what it is about
    (`repair:5`). `state` is a satu.cases.kinds.State, `step` how often its clock ran out.
    `answer_by` is what the asker was told, `due_at` when the clock of now runs out (null: it
    stands, or nobody is left to have it), `left_s` what a clock that stands has left.
    """

    id = models.BigAutoField(primary_key=True)
    key = models.TextField(unique=True)
    kind = models.TextField()
    channel = models.TextField()
    resident = models.BigIntegerField(null=True)
    card = models.BigIntegerField(null=True)
    about = models.TextField(blank=True)
    state = models.PositiveSmallIntegerField(default=0)
    team = models.TextField()
    owner = models.TextField(blank=True)
    step = models.PositiveSmallIntegerField(default=0)
    opened_at = models.DateTimeField()
    opened_by = models.TextField()
    answer_by = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    left_s = models.PositiveIntegerField(null=True)
    answered_at = models.DateTimeField(null=True)
    outcome = models.TextField(blank=True)
    closed_at = models.DateTimeField(null=True)
    is_forgotten = models.BooleanField(default=False)

    class Meta:
        db_table = "cases_case"
        indexes = [
            models.Index(fields=["team", "due_at"], name="cases_queue", condition=Q(state__lte=2)),
            models.Index(fields=["due_at"], name="cases_due", condition=Q(due_at__isnull=False)),
            models.Index(fields=["resident", "id"], name="cases_of_resident"),
            models.Index(fields=["card"], name="cases_of_card"),
            models.Index(fields=["about"], name="cases_about"),
            models.Index(fields=["state", "answered_at"], name="cases_answered"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(state__lte=4), name="case_state_known"),
            models.CheckConstraint(
                condition=Q(state__lte=1) | Q(due_at__isnull=True), name="case_clock_runs_or_stands"
            ),
            models.CheckConstraint(
                condition=Q(state__lt=3) | Q(answered_at__isnull=False), name="case_was_answered"
            ),
        ]

    def __str__(self) -> str:
        return f"K-{self.id}"


class Entry(models.Model):
    """A step in a case's story, only ever added. `text` is the number of a sealed text.

    `is_inner` is for staff alone. `answer` and `parameters` are the text that was chosen and what
    was filled into it.
    """

    id = models.BigAutoField(primary_key=True)
    case = models.ForeignKey(Case, models.PROTECT, db_column="case", related_name="entries")
    what = models.TextField()
    at = models.DateTimeField()
    actor = models.TextField()
    text = models.BigIntegerField(null=True)
    answer = models.TextField(blank=True)
    parameters = models.JSONField(default=dict)
    is_inner = models.BooleanField(default=False)

    class Meta:
        db_table = "cases_entry"

    def __str__(self) -> str:
        return f"{self.case_id} {self.what}"
