from django.apps import AppConfig


class CardsConfig(AppConfig):
    name = "satu.cards"
    label = "cards"
