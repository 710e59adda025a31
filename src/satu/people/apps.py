from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "satu.people"
    label = "people"
