from django.urls import path

from satu.web.health import health
from satu.web.public import views

app_name = "public"
urlpatterns = [
    path("", views.city, name="city"),
    path("live/places", views.places, name="places"),
    path("live/map", views.city_map, name="map"),
    path("healthz", health, name="health"),
]
