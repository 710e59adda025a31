from django.urls import path

from satu.web.design import views

app_name = "design"
urlpatterns = [
    path("", views.parts, name="parts"),
    path("confirm/", views.confirm, name="confirm"),
    path("<str:frame>/", views.framed, name="framed"),
]
