from django.apps import AppConfig


class PartnersConfig(AppConfig):
    name = "satu.partners"
    label = "partners"
