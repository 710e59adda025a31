from django.urls import path

from satu.web.console import views

app_name = "console"
urlpatterns = [
    path("enter/<str:token>", views.enter, name="enter"),
    path("live/", views.live, name="live"),
    path("live/data", views.live_data, name="live_data"),
    path("live/map", views.live_map, name="live_map"),
]
