from django.apps import AppConfig


class DoorsConfig(AppConfig):
    name = "satu.web.doors"
    label = "doors"
