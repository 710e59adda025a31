from django.apps import AppConfig


class SettlementConfig(AppConfig):
    name = "satu.settlement"
    label = "settlement"
