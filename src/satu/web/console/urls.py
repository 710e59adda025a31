from django.urls import path

from satu.web.console import bank, city_urls, control_room, desk_urls, devices, operator, views
from satu.web.doors.views import enter

app_name = "console"
urlpatterns = [
    *desk_urls.urlpatterns,
    *city_urls.urlpatterns,
    path("enter/<str:token>", enter, name="enter"),
    path("live/", views.live, name="live"),
    path("live/data", views.live_data, name="live_data"),
    path("live/map", views.live_map, name="live_map"),
    path("live/compared", control_room.compared, name="compared"),
    path("live/operator/<int:number>", control_room.operator, name="operator"),
    path("live/line/<int:number>", control_room.line, name="line"),
    path("live/place/<int:number>", control_room.place, name="place"),
    path("live/find", control_room.find, name="find_place"),
    path("live/hour/<str:day>/<int:number>", control_room.hour, name="hour"),
    path("live/alarms", control_room.alarms, name="alarms"),
    path("alarms/", control_room.alarms_all, name="alarms_all"),
    path("alarms/<int:number>/take", control_room.take, name="alarm_take"),
    path("devices/", devices.devices, name="devices"),
    path("devices/<int:number>/", devices.device, name="device"),
    path("devices/<int:number>/<str:what>", devices.change, name="device_change"),
    path("operator/", operator.revenue, name="own_revenue"),
    path("operator/lines/", operator.lines, name="own_lines"),
    path("operator/owed/", operator.owed, name="own_owed"),
    path("operator/readers/", operator.own_readers, name="own_readers"),
    path("bank/", bank.bank, name="bank"),
    path("bank/owed/", bank.owed, name="bank_owed"),
    path("bank/clearing/", bank.clearing, name="bank_clearing"),
    path("bank/clearing/<int:number>", bank.clearing_file, name="bank_clearing_file"),
]
