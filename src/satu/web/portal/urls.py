from django.urls import path

from satu.web.portal import cases, closing, data, family, link, lost, purses, top_up

app_name = "portal"
urlpatterns = [
    path("hubungkan/", link.link, name="link"),
    path("kartu/<int:card>/bekukan/", lost.freeze, name="freeze"),
    path("kartu/<int:card>/cairkan/", lost.unfreeze, name="unfreeze"),
    path("kartu/<int:card>/hilang/", lost.lost, name="lost"),
    path("kartu/<int:card>/ganti/", lost.replace, name="replace"),
    path("kartu/<int:card>/dompet/", purses.purses, name="purses"),
    path("kartu/<int:card>/dompet/urutan/", purses.first, name="purse_first"),
    path("kartu/<int:card>/dompet/buka/", purses.open_at, name="purse_open"),
    path("kartu/<int:card>/dompet/<int:bank>/tutup/", purses.close_at, name="purse_close"),
    path("isi-saldo/", top_up.top_up, name="top_up"),
    path("isi-saldo/<int:order>/henti/", top_up.end, name="order_end"),
    path("keluarga/", family.family, name="family"),
    path("keluarga/<int:ward>/batas/", family.limit, name="family_limit"),
    path("keluarga/kartu/<int:card>/isi/", family.send, name="family_send"),
    path("data/", data.data, name="data"),
    path("data/diri/", data.profile, name="profile"),
    path("data/dilihat/", data.looks, name="looks"),
    path("data/dilihat/<int:look>/", data.question, name="question"),
    path("data/tujuan/", data.purposes, name="purposes"),
    path("data/tujuan/<slug:purpose>/", data.consent, name="consent"),
    path("data/pesan/", data.wishes, name="wishes"),
    path("data/unduh/", data.export, name="export"),
    path("data/laporan/", cases.cases, name="cases"),
    path("data/laporan/baru/", cases.new, name="case_new"),
    path("data/laporan/<int:number>/", cases.case, name="case"),
    path("data/laporan/<int:number>/selesai/", cases.end, name="case_end"),
    path("data/tutup/", closing.close, name="close"),
]
