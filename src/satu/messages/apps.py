from django.apps import AppConfig


class MessagesConfig(AppConfig):
    name = "satu.messages"
    label = "satu_messages"
