from django.apps import AppConfig


class ApprovalsConfig(AppConfig):
    name = "satu.approvals"
    label = "approvals"
