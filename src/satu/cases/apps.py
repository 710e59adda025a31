from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "satu.cases"
    label = "cases"
