"""Words of faults of a city pack, and of a draft for a city."""

from __future__ import annotations

from satu.wire.messages import Words

PACKS: dict[str, Words] = {
    "pack_missing": Words(
        "tidak ada: {folder} bukan paket kota", "missing: {folder} is not a city pack"
    ),
    "table_missing": Words(
        "tidak ada: buat {table}.csv, atau folder {table} berisi berkas csv",
        "missing: there is neither {table}.csv nor a folder {table} with csv files",
    ),
    "operators_none": Words(
        "belum ada operator; paket kota punya sedikitnya satu",
        "none is defined; a pack has at least one operator",
    ),
    "tariffs_missing": Words(
        "tidak ada: paket kota punya sedikitnya satu tariffs/VERSI",
        "missing: a pack has at least one tariffs/VERSION",
    ),
    "zone_unknown": Words(
        "{name!r} bukan zona waktu IANA; tulis seperti Asia/Jakarta",
        "{name!r} is no IANA time zone (Asia/Jakarta)",
    ),
    "currency_unknown": Words("{name!r}; boleh: {allowed}", "{name!r}; allowed: {allowed}"),
    "day_start_uneven": Words(
        "hari layanan mulai pada jam bulat (04:00:00)",
        "a service day begins at a whole hour (04:00:00)",
    ),
    "name_undefined_in": Words(
        "{name!r} tidak ditetapkan di {place}; boleh: {allowed}",
        "{name!r} is not defined in {place}; allowed: {allowed}",
    ),
    "area_unpriced": Words(
        "{name!r} tidak ada di tarif {place}; boleh: {allowed}",
        "{name!r} is not defined in the prices of {place}; allowed: {allowed}",
    ),
    "point_unknown": Words(
        "{name!r} bukan titik di paket ini; tambahkan di points.csv",
        "{name!r} is no point of the pack; add it to points.csv",
    ),
    "call_unreadable": Words(
        "{call!r} bukan kode titik, titik dua, dan meter bulat; tulis seperti B1:1200",
        "{call!r} is not a point's code, a colon and whole metres: write B1:1200",
    ),
    "call_backwards": Words(
        "{call} terletak sebelum {metres} meter; urutkan menurut jarak",
        "{call} lies before {metres} metres; order calls by distance",
    ),
    "versions_same_day": Words(
        "dua versi mulai pada hari yang sama; ubah salah satu",
        "two versions begin on the same day; change one",
    ),
    "versions_same_name": Words(
        "dua versi bernama sama; ubah salah satu", "two versions have the same name; change one"
    ),
    "tariff_currency_other": Words(
        "{currency}, padahal mata uang kota ini {own}",
        "{currency}, but the city's currency is {own}",
    ),
    "tariff_network_missing": Words(
        "{name!r} tidak ada: kota ini punya tempat atau jalur di jaringan itu; tambahkan tarifnya",
        "{name!r} is missing: the city has places or lines of it; add its prices",
    ),
    "area_parent_missing": Words(
        "{name}, wilayah induknya, tidak ada; tambahkan",
        "{name}, which it is in, is missing; add it",
    ),
    "fee_repeated": Words(
        "{channel} sudah punya batas ini; simpan satu saja",
        "{channel} has this bound already; keep one",
    ),
    "redeem_days_few": Words(
        "{value} hari kerja terlalu cepat: {days} hari ditunggu perjalanan yang terlambat masuk; "
        "tulis {least} sampai 14",
        "{value} working days are too few: rides that come late are waited for {days} days; "
        "write {least} to 14",
    ),
    "stop_nowhere": Words(
        "{stop} tidak punya koordinat; isi stop_lat dan stop_lon",
        "{stop} has no coordinates; fill in stop_lat and stop_lon",
    ),
    "days_unknown": Words("{names}; boleh: {allowed}", "{names}; allowed: {allowed}"),
    "hours_backwards": Words(
        "jam tutup tidak sesudah jam buka (begins)", "it is not after begins; correct one"
    ),
    "holidays_undated": Words(
        "hari libur negara perlu first dan last: dari dan sampai tanggal berapa",
        "the country's holidays need first, last: of which days they are",
    ),
    "codes_repeated": Words(
        "{names} ada dua kali; simpan satu saja", "{names} is there twice; keep one"
    ),
    "codes_missing": Words("{names} tidak ada; tambahkan", "{names} is missing; add it"),
    "codes_undefined": Words(
        "{names} belum ditetapkan di berkas ini", "{names} is not defined in this file"
    ),
    "answer_unreadable": Words(
        "kurung kurawalnya tidak utuh; tulis seperti {{amount}} ({detail})",
        "its braces cannot be read; write them as {{amount}} ({detail})",
    ),
    "answer_places_differ": Words(
        "id dan en punya isian {{…}} yang berbeda; samakan",
        "id and en have other places to fill in; make them the same",
    ),
    "answer_places_unknown": Words(
        "{names} tidak dapat diisi; boleh: {allowed}",
        "{names} cannot be filled in; allowed: {allowed}",
    ),
    "purpose_needs_consent": Words(
        "perjalanan orang dewasa hanya diperlihatkan dengan persetujuan: tulis basis = consent",
        "an adult's trips are shown by consent alone: write basis = consent",
    ),
    "purpose_roles_closed": Words(
        "{names} tidak pernah membuka profil; hapus dari roles",
        "{names} never open a profile; take them out of roles",
    ),
    "purpose_versions_order": Words(
        "texts diberi version 1, 2, … berurutan", "texts are versions 1, 2, … in order"
    ),
    "purpose_words_changed": Words(
        "version {version} sudah diberitahukan dengan kata lain; tambahkan version baru",
        "version {version} was told in other words; add a new one",
    ),
    "city_not_loaded": Words(
        "belum dimuat; jalankan satu city load", "it is not loaded; run satu city load"
    ),
    "version_in_force": Words(
        "sudah berlaku sejak {day} dengan isi lain; --replace menggantinya",
        "in force from {day} with other content; --replace puts this in its place",
    ),
    "tariffs_none_before": Words(
        "belum pernah punya tarif lain", "there were no other tariffs before"
    ),
    "networks_unpriced": Words(
        "tidak memberi harga untuk {names}; tambahkan jaringannya",
        "it does not price {names}; add these networks",
    ),
    "upload_too_large": Words(
        "lebih besar dari {most} MB; kemas hanya berkas tarifnya",
        "larger than {most} MB; pack the tariff's files alone",
    ),
    "upload_not_zip": Words(
        "bukan zip: kemas berkas tarif dalam satu zip, tanpa folder di dalamnya",
        "not a zip: pack the tariff's files into one, at its top",
    ),
    "upload_too_much": Words(
        "lebih dari {files} berkas atau {megabytes} MB setelah dibuka; kemas berkas tarifnya saja",
        "over {files} files or {megabytes} MB unpacked; pack the tariff's files alone",
    ),
}
