from django.apps import AppConfig


class TapsConfig(AppConfig):
    name = "satu.taps"
    label = "taps"
