"""Words of faults that keep a tariff from being used."""

from __future__ import annotations

from satu.wire.messages import Words

TARIFFS: dict[str, Words] = {
    "tariff_missing": Words(
        "tidak ada: {name} bukan tarif (berkas berada di tingkat teratas zip)",
        "missing: {name} is not a tariff (files stand at the top of a zip)",
    ),
    "satu_table_unknown": Words(
        "tabel ini tidak dikenal; yang ada: {tables}", "no such table; there are {tables}"
    ),
    "rows_too_many": Words("tabel ini hanya satu baris", "this table has one row"),
    "currency_missing": Words(
        "tidak ada berkas yang menyebut mata uang: tulis IDR, USD, …",
        "no file says the currency: write IDR, USD, …",
    ),
    "currency_mixed": Words(
        "{currency} di samping {other}; satu tarif punya satu mata uang",
        "{currency} beside {other}; a tariff has one currency",
    ),
    "product_two_prices": Words(
        "produk, golongan, dan media yang sama punya dua harga; simpan satu",
        "the same product, category and medium have two prices; keep one",
    ),
    "network_two_rows": Words(
        "{name!r} punya dua baris; simpan satu", "{name!r} has two rows; keep one"
    ),
    "charge_amount_unneeded": Words(
        "hanya biaya flat yang punya jumlah; yang ini {charge!r}",
        "only a flat charge has an amount; this one is {charge!r}",
    ),
    "transfer_unknown": Words(
        "tidak ada aturan pindah dari {start!r} ke {end!r} di fare_transfer_rules.txt",
        "no transfer rule leads from {start!r} to {end!r} in fare_transfer_rules.txt",
    ),
    "parts_unreadable": Words(
        "{value!r}; tulis jaringan:bagian;jaringan:bagian",
        "{value!r}; write network:parts;network:parts",
    ),
    "timeframe_ends_first": Words(
        "harus sesudah start_time, paling akhir 24:00:00",
        "it is later than start_time, 24:00:00 at most",
    ),
    "clock_too_late": Words(
        "waktu pada jam paling akhir 24:00:00", "a time of the clock is 24:00:00 at most"
    ),
    "holidays_unhandled": Words(
        "hari libur tidak dikenal di sini; tulis tanggalnya di calendar_dates.txt",
        "public holidays are not known here; write their dates in calendar_dates.txt",
    ),
    "holidays_unknown": Words(
        "hari libur {place!r} tidak dikenal; tulis kode ISO negara, atau tanggalnya di "
        "calendar_dates.txt",
        "no public holidays are known of {place!r}; write a country's ISO code, or the dates in "
        "calendar_dates.txt",
    ),
    "transfer_count_zero": Words(
        "0 berarti tidak pernah; -1 berapa pun, selain itu sedikitnya 1",
        "0 is none; -1 is any number, else at least 1",
    ),
    "step_unknown": Words(
        "{name!r} bukan langkah; yang ada: {steps}", "{name!r} is not a step; known are {steps}"
    ),
    "step_repeated": Words("{name!r} disebut dua kali", "{name!r} is named twice"),
    "steps_begin": Words(
        "mulai dengan 'leg', atau dengan 'join' lalu 'leg'",
        "they begin with 'leg', or with 'join' and 'leg'",
    ),
    "defined_twice": Words(
        "{name!r} ditetapkan dua kali; simpan satu", "{name!r} is defined twice; keep one"
    ),
    "networks_none": Words(
        "belum ada jaringan; tarif punya sedikitnya satu",
        "none is defined; a tariff has at least one",
    ),
    "default_category_missing": Words(
        "tepat satu golongan menjadi baku; belum ada", "exactly one is the default; none says so"
    ),
    "default_categories_many": Words(
        "tepat satu golongan menjadi baku; sekarang: {names}",
        "exactly one is the default; these say so: {names}",
    ),
    "network_undefined": Words(
        "jaringan {name!r} belum ditetapkan", "network {name!r} is not defined"
    ),
    "category_undefined": Words(
        "golongan {name!r} belum ditetapkan", "category {name!r} is not defined"
    ),
    "medium_undefined": Words("media {name!r} belum ditetapkan", "medium {name!r} is not defined"),
    "product_undefined": Words(
        "produk {name!r} belum ditetapkan", "product {name!r} is not defined"
    ),
    "timeframe_undefined": Words(
        "jam berlaku {name!r} belum ditetapkan", "timeframe {name!r} is not defined"
    ),
    "service_undefined": Words(
        "hari layanan {name!r} belum ditetapkan", "service {name!r} is not defined"
    ),
    "price_below_zero": Words(
        "jumlahnya negatif; hanya tambahan untuk pindah yang boleh negatif",
        "its amount is negative; only what a transfer adds may be",
    ),
    "transfer_price_not_flat": Words(
        "harga produk {name!r} tidak tetap; produk untuk pindah harganya tetap",
        "product {name!r} has no flat price; a transfer's product has one",
    ),
    "fare_table_empty": Words(
        "tabelnya kosong; isi satu baris per pasangan", "its table is empty; write a row a pair"
    ),
    "pair_two_prices": Words(
        "{start} ke {end} punya dua harga; simpan satu", "{start} to {end} has two prices; keep one"
    ),
    "fare_table_below_zero": Words(
        "ada harga negatif di tabelnya", "a price of its table is negative"
    ),
    "distance_below_zero": Words(
        "harga menurut jarak tidak memuat angka negatif",
        "a price by distance has no negative numbers",
    ),
    "distance_units_small": Words(
        "unit_m dan step_units sedikitnya 1", "unit_m and step_units are at least 1"
    ),
    "charge_below_zero": Words("ada biaya yang negatif", "a charge is negative"),
    "network_number_below_zero": Words("{column} negatif", "{column} is negative"),
    "entry_only_with_gates": Words(
        "entry_only hanya untuk jaringan tanpa gerbang", "entry_only is for networks without gates"
    ),
    "riders_out_of_range": Words("max_riders 1 sampai {most}", "max_riders is 1 to {most}"),
    "same_station_repeated": Words(
        "same_station punya dua biaya sejak menit yang sama; simpan satu",
        "same_station has two charges from the same minute; keep one",
    ),
    "timeframe_backwards": Words(
        "mulai sebelum berakhir, di antara 0 dan {last}",
        "it begins before it ends, within 0 to {last}",
    ),
    "service_backwards": Words(
        "berakhir sebelum mulai; periksa start_date dan end_date",
        "it ends before it begins; check start_date and end_date",
    ),
    "transfer_count_missing": Words(
        "{start} ke {end}: count -1 (berapa pun) atau sedikitnya 1 antara kelompok yang sama",
        "{start} to {end}: count is -1 (any number) or at least 1 between equal groups",
    ),
    "transfer_count_unneeded": Words(
        "{start} ke {end}: count hanya untuk kelompok yang sama",
        "{start} to {end}: count is only for equal groups",
    ),
    "duration_below_zero": Words(
        "{start} ke {end}: duration_s negatif", "{start} to {end}: duration_s is negative"
    ),
    "join_stop_missing": Words(
        "{start} ke {end}: isi kedua halte, atau kosongkan keduanya",
        "{start} to {end}: both stops are named, or none",
    ),
    "package_network_repeated": Words(
        "jaringan {name!r} disebut dua kali; simpan satu", "network {name!r} is named twice"
    ),
    "package_min_modes": Words(
        "min_modes 1 sampai jumlah modanya, {modes}",
        "min_modes is 1 to the number of its modes, {modes}",
    ),
    "package_units_small": Words(
        "unit_m dan duration_minutes sedikitnya 1", "unit_m and duration_minutes are at least 1"
    ),
    "package_below_zero": Words("angkanya tidak boleh negatif", "its numbers are not negative"),
    "cap_limits_nothing": Words(
        "batasi jumlah uang, perjalanan, atau keduanya",
        "it limits the amount, the rides, or both",
    ),
    "cap_below_zero": Words("batasnya tidak boleh negatif", "its limits are not negative"),
    "cap_rolling_minutes": Words(
        "rolling_minutes diisi untuk period rolling, dan hanya itu",
        "rolling_minutes is needed for a rolling period, and for no other",
    ),
    "cap_group_unneeded": Words(
        "hanya batas best_value yang punya cap_group",
        "only caps for the best value have a group",
    ),
    "concession_one_way": Words(
        "isi percent atau amount, salah satu saja", "it says either percent or amount, not both"
    ),
    "concession_out_of_range": Words(
        "percent 0 sampai 100, amount tidak negatif", "percent is 0 to 100, amount not negative"
    ),
    "pass_one_length": Words(
        "isi minutes atau whole_days, salah satu saja", "it runs either minutes or whole_days"
    ),
    "pass_networks_none": Words(
        "sebutkan jaringan yang dicakupnya", "it names the networks that it covers"
    ),
    "pass_out_of_range": Words(
        "price tidak negatif, rides sedikitnya 1", "price is not negative, rides at least 1"
    ),
    "share_scope_unknown": Words(
        "{name!r} bukan cakupan; boleh: {allowed}", "{name!r} is no scope; allowed: {allowed}"
    ),
    "share_parts_fixed": Words(
        "parts diisi untuk 'fixed', dan hanya itu", "parts are needed for 'fixed', and for no other"
    ),
    "share_parts_below_zero": Words("parts tidak boleh negatif", "parts are not negative"),
    "round_to_small": Words("sedikitnya 1, satuan terkecil", "at least 1, the smallest unit"),
    "gap_below_zero": Words("tidak boleh negatif", "not negative"),
    "special_day_below_zero": Words("jumlahnya negatif", "its amount is negative"),
}
