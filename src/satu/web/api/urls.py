from django.urls import path

from satu.web.api.doors import doors

urlpatterns = [path("", doors.urls)]
