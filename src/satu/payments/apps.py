from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    name = "satu.payments"
    label = "payments"
