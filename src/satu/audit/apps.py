from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "satu.audit"
    label = "audit"
