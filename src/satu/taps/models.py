"""A city's places, its readers and the bundles made of them. Written by satu.taps.actions alone."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Operator(models.Model):
    """Who runs a service and is owed money. The number stays with the code for ever."""

    id = models.AutoField(primary_key=True)
    code = models.TextField(unique=True)
    name = models.TextField()
    colour = models.CharField(max_length=7)

    def __str__(self) -> str:
        return self.name


class Point(models.Model):
    """The place where a reader stands (satu.services.rules.Point)."""

    id = models.AutoField(primary_key=True)
    code = models.TextField(unique=True)
    name = models.TextField()
    kind = models.TextField()
    operator = models.ForeignKey(Operator, models.PROTECT, db_column="operator", related_name="+")
    network = models.TextField()
    area = models.TextField()
    lat = models.FloatField()
    lon = models.FloatField()

    def __str__(self) -> str:
        return f"{self.name} ({self.code})"


class Route(models.Model):
    """A line of an operator. Its stops are in the bundle."""

    id = models.AutoField(primary_key=True)
    code = models.TextField(unique=True)
    name = models.TextField()
    operator = models.ForeignKey(Operator, models.PROTECT, db_column="operator", related_name="+")
    network = models.TextField()
    colour = models.CharField(max_length=7)

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class Device(models.Model):
    """A reader. `state` is a satu.taps.places.DeviceState; its request key is derived, not kept."""

    id = models.AutoField(primary_key=True)
    code = models.TextField(unique=True)
    operator = models.ForeignKey(Operator, models.PROTECT, db_column="operator", related_name="+")
    point = models.ForeignKey(
        Point, models.PROTECT, db_column="point", null=True, related_name="devices"
    )
    public_key = models.BinaryField(max_length=32)
    key_version = models.SmallIntegerField(db_default=1)
    clock_offset_ms = models.IntegerField(db_default=0)
    state = models.SmallIntegerField(db_default=0)
    last_seen = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.code


class DeviceHealth(models.Model):
    """A reader's newest report of itself (satu.taps.health.HealthSeen). Gateways write it."""

    device = models.OneToOneField(
        Device, models.CASCADE, primary_key=True, db_column="device", related_name="health"
    )
    seen_at = models.DateTimeField()
    clock_drift_ms = models.IntegerField()
    queued = models.IntegerField()
    tariff = models.TextField()
    deny_list = models.BigIntegerField()
    deny_list_age_s = models.IntegerField(null=True)
    program = models.TextField()

    class Meta:
        db_table = "taps_device_health"

    def __str__(self) -> str:
        return f"health:{self.device_id}"


class Bundle(models.Model):
    """A city's facts for folds in one piece: msgpack of satu.services.rules.Bundle.

    `signature` is the scheme's, by the key named `key`, over what readers are handed.
    """

    id = models.AutoField(primary_key=True)
    city = models.TextField()
    digest = models.BinaryField(max_length=32)
    content = models.BinaryField()
    loaded_at = models.DateTimeField()
    is_active = models.BooleanField()
    key = models.CharField(max_length=16)
    signature = models.BinaryField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["city", "digest"], name="taps_bundle_once"),
            models.UniqueConstraint(
                fields=["city"], condition=Q(is_active=True), name="taps_bundle_one_active"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.city} {bytes(self.digest).hex()[:12]}"


class Activation(models.Model):
    """A change of the facts in force: which bundle, by whom, why. Only ever added to."""

    id = models.AutoField(primary_key=True)
    city = models.TextField()
    bundle = models.ForeignKey(Bundle, models.PROTECT, db_column="bundle", related_name="+")
    at = models.DateTimeField()
    actor = models.TextField()
    reason = models.TextField()

    def __str__(self) -> str:
        return f"{self.city} {self.at:%Y-%m-%d %H:%M} {self.actor}"


class Repair(models.Model):
    """A rider says where a missing tap was. Written by satu.taps.repairs alone, and removed with
    the ride's link to its card (satu.taps.retention).

    `use` is the use as it was known (its first tap), `missing` the satu.kernel.refusal.UseClass
    that tells which tap is missing, `said_at` and `point` where and when it was. `tap` is the
    name, drawn by chance, of the tap that an approval adds. `state` is a
    satu.taps.repair_rules.RepairState; `waits_for` says why no rule decided, `refunded` what
    flowed back. `evidence` is what was known when the rider asked.
    """

    id = models.AutoField(primary_key=True)
    card = models.BigIntegerField()
    use = models.BigIntegerField()
    service_day = models.DateField()
    network = models.TextField()
    missing = models.SmallIntegerField()
    point = models.ForeignKey(Point, models.PROTECT, db_column="point", related_name="+")
    said_at = models.DateTimeField()
    asked_at = models.DateTimeField()
    asked_by = models.TextField()
    evidence = models.JSONField()
    tap = models.BigIntegerField(unique=True)
    state = models.SmallIntegerField(db_default=0)
    waits_for = models.TextField(default="", db_default="")
    decided_at = models.DateTimeField(null=True)
    decided_by = models.TextField(default="", db_default="")
    reason = models.TextField(default="", db_default="")
    refunded = models.BigIntegerField(db_default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["card", "use"], name="taps_repair_once"),
            models.CheckConstraint(
                condition=Q(refunded=0) | Q(state=1, refunded__gt=0),
                name="taps_repair_pays_when_approved",
            ),
            models.CheckConstraint(
                condition=Q(state=0, decided_at__isnull=True)
                | Q(state__gt=0, decided_at__isnull=False),
                name="taps_repair_is_decided_once",
            ),
        ]
        indexes = [
            models.Index(fields=["asked_at"], condition=Q(state=0), name="taps_repair_waiting"),
            models.Index(fields=["said_at"], name="taps_repair_said_at"),
        ]

    def __str__(self) -> str:
        return f"repair:{self.id}"


class Draft(models.Model):
    """A tariff that was uploaded and has no fault; it is in force once it is activated.

    `content` is msgpack of satu.fares.tariff.Tariff, `hash` its name (files.read.content_hash),
    `notes` what is worth knowing: [file, row, field, code, [[name, value], …]] each.
    """

    id = models.AutoField(primary_key=True)
    city = models.TextField()
    version = models.TextField()
    valid_from = models.DateField()
    content = models.BinaryField()
    hash = models.CharField(max_length=64)
    notes = models.JSONField(default=list)
    at = models.DateTimeField()
    actor = models.TextField()

    class Meta:
        db_table = "taps_draft"
        constraints = [models.UniqueConstraint(fields=["city", "hash"], name="taps_draft_once")]

    def __str__(self) -> str:
        return f"draft:{self.id}"


class Rehearsal(models.Model):
    """A draft on recorded taps of a period, both days included; a job does it.

    `done` of `serials` cards are looked through. `result` is JSON of
    satu.taps.rehearsal.Rehearsed, `problem` why there is none.
    """

    id = models.AutoField(primary_key=True)
    draft = models.ForeignKey(Draft, models.PROTECT, related_name="rehearsals")
    first = models.DateField()
    last = models.DateField()
    asked_at = models.DateTimeField()
    asked_by = models.TextField()
    done = models.BigIntegerField(default=0)
    serials = models.BigIntegerField(default=0)
    ended_at = models.DateTimeField(null=True)
    result = models.TextField(blank=True, default="")
    problem = models.TextField(blank=True, default="")

    class Meta:
        db_table = "taps_rehearsal"
        indexes = [
            models.Index(fields=["id"], condition=Q(ended_at=None), name="taps_rehearsal_waiting")
        ]

    def __str__(self) -> str:
        return f"rehearsal:{self.id}"
