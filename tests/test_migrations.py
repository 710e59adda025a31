"""Models and migrations agree: nothing is left to be made. Needs no database."""

from __future__ import annotations

from django.apps import apps
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState


def test_every_model_change_has_its_migration() -> None:
    loader = MigrationLoader(None)
    assert loader.detect_conflicts() == {}
    detector = MigrationAutodetector(loader.project_state(), ProjectState.from_apps(apps))
    ours = {config.label for config in apps.get_app_configs() if config.name.startswith("satu.")}
    missing = {
        label: [operation.describe() for one in found for operation in one.operations]
        for label, found in detector.changes(graph=loader.graph).items()
        if label in ours
    }
    assert missing == {}
