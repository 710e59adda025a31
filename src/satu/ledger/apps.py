from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "satu.ledger"
    label = "ledger"
