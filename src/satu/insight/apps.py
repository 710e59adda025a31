from django.apps import AppConfig


class InsightConfig(AppConfig):
    name = "satu.insight"
    label = "insight"
