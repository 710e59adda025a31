from django.urls import path

from satu.web.health import health
from satu.web.public import developers, fares, riders, tap, views

app_name = "public"
urlpatterns = [
    path("", views.home, name="home"),
    path("kota/", views.city, name="city"),
    path("live/places", views.places, name="places"),
    path("live/map", views.city_map, name="map"),
    path("tarif/", fares.calculator, name="fares"),
    path("tarif/tempat", fares.names, name="names"),
    path("tap/", tap.tap, name="tap"),
    path("penumpang/", riders.riders, name="riders"),
    path("pengembang/", developers.developers, name="developers"),
    path("pengembang/<slug:name>/", developers.contract, name="contract"),
    path("pengembang/<slug:name>/openapi.json", developers.contract_file, name="contract_file"),
    path("healthz", health, name="health"),
]
