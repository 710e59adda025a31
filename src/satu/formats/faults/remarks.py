"""Words of what is worth knowing of a tariff, and of why no journey reaches a rule of it."""

from __future__ import annotations

from satu.wire.messages import Words

REMARKS: dict[str, Words] = {
    "remark_of_before": Words(
        "catatan dari versi Satu sebelumnya: {note}", "a note of an earlier version of Satu: {note}"
    ),
    "media_assumed": Words(
        "tidak ada: media adalah yang disebut produk",
        "not there: media are those that products name",
    ),
    "category_assumed": Words(
        "{count} golongan ditandai: yang baku {name!r}",
        "{count} categories are marked: the default is {name!r}",
    ),
    "decimals_other": Words(
        "{value}: {currency} ditulis dengan {decimals} desimal",
        "{value}: {currency} is written with {decimals} decimals",
    ),
    "network_assumed": Words(
        "tidak ada berkas yang menetapkan {name!r}: tidak ada jalur di sana (baris {rows})",
        "no file defines {name!r}: no route is on it (rows {rows})",
    ),
    "networks_unnamed": Words(
        "tidak ada berkas yang menyebut jaringan: semuanya {name!r}",
        "no file names a network: all is {name!r}",
    ),
    "routes_bare": Words(
        "{count} jalur tidak punya jaringan (baris {rows})",
        "{count} routes are on no network (rows {rows})",
    ),
    "timeframe_dangling": Words(
        "{name!r} tidak ada di timeframes.txt: yang menyebutnya tidak pernah berlaku (baris "
        "{rows})",
        "{name!r} has no row in timeframes.txt: what names it can never match (rows {rows})",
    ),
    "area_dangling": Words(
        "{name!r} tidak ada di areas.txt (baris {rows})",
        "{name!r} is not in areas.txt (rows {rows})",
    ),
    "stop_dangling": Words(
        "{name!r} tidak ada di stops.txt: tidak ada yang tap di sana (baris {rows})",
        "{name!r} is not in stops.txt: nobody taps there (rows {rows})",
    ),
    "group_dangling": Words(
        "{name!r} bukan kelompok di fare_leg_rules.txt: yang menyebutnya tidak pernah berlaku "
        "(baris {rows})",
        "{name!r} is no leg group of fare_leg_rules.txt: what names it can never match (rows "
        "{rows})",
    ),
    "rule_repeated": Words(
        "sama dengan yang sudah dikatakan baris {row}", "says what row {row} says already"
    ),
    "duration_kind_assumed": Words(
        "tidak ditulis: dianggap 1, dari masuk ke masuk",
        "not said: taken as 1, from entry to entry",
    ),
    "duration_kind_unused": Words(
        "tidak dipakai: duration_limit kosong", "not used: there is no duration_limit"
    ),
    "filter_both": Words(
        "kedua perjalanan harus memakai produk ini", "both legs are held to this product"
    ),
    "count_unused": Words(
        "tidak dipakai: kedua kelompok berbeda", "not used: the two groups differ"
    ),
    "count_any_assumed": Words(
        "tidak ditulis: dianggap berapa pun selama masanya",
        "not said: taken as any number within the duration",
    ),
    "count_one_assumed": Words("tidak ditulis: dianggap 1", "not said: taken as 1"),
    "service_dateless": Words(
        "{name!r} tidak punya tanggal di calendar.txt atau calendar_dates.txt: baris {timeframe!r} "
        "ini tidak berlaku di hari apa pun",
        "{name!r} has no dates in calendar.txt or calendar_dates.txt: this row of {timeframe!r} "
        "fits no day",
    ),
    "service_empty": Words(
        "kosong, padahal Fares v2 memintanya: berlaku setiap hari",
        "empty, though Fares v2 asks for it: fits every day",
    ),
    "seconds_rounded": Words(
        "jam dibaca per menit: detiknya dibulatkan ke menit berikutnya",
        "the clock is read in minutes: its seconds go up to the next",
    ),
    "holidays_unneeded": Words(
        "tidak ada jam berlaku yang memerlukan {name!r}", "no timeframe needs {name!r}"
    ),
    "longest_missing": Words(
        "0, dan tanpa cap: perjalanan yang tidak diketahui panjangnya membayar base",
        "0, and no cap: a ride of unknown length costs the base",
    ),
    "file_unread": Words("berkas tarif yang tidak dibaca", "a file of fares that is not read"),
    "column_unread": Words("kolom yang tidak dibaca", "a column that is not read"),
    "valid_from_assumed": Words(
        "tidak ditulis, juga tidak di feed_info.txt: berlaku sejak {day}",
        "not said, nor in feed_info.txt: in force from {day}",
    ),
    "gap_assumed": Words(
        "tidak ditulis: {count} aturan pindah atau sambung tanpa masa berakhir {minutes} menit "
        "setelah perjalanan",
        "not said: {count} transfer or join rules without a duration end {minutes} minutes after "
        "a ride",
    ),
    "network_rules_assumed": Words(
        "tidak ada barisnya: tanpa gerbang, dibayar saat masuk, tanpa saldo minimum, tanpa tap "
        "keluar tetap tarif biasa: {names}",
        "no row: no gates, charged at entry, no minimum balance, a missing exit costs the ride's "
        "own fare: {names}",
    ),
    "exit_needed": Words(
        "harga bergantung pada tempat atau waktu turun, padahal tidak wajib tap keluar: tanpa tap "
        "keluar dibayar yang termahal: {names}",
        "prices depend on where or when riders get off, and nobody must tap out: without an exit "
        "the dearest is charged: {names}",
    ),
    "currency_uncounted": Words(
        "tidak ada rekening dalam {currency}; paket kota memerlukan salah satu dari {allowed}",
        "no account counts {currency}; a city's pack needs one of {allowed}",
    ),
    "rule_goes_before": Words(
        "aturan lain didahulukan: {rule}", "another rule goes before it: {rule}"
    ),
    "no_transfer_leads": Words(
        "hanya untuk pindah, dan tidak ada aturan pindah ke sana",
        "it is only for transfers, and no transfer leads to it",
    ),
    "cheaper_for_all": Words(
        "{product} lebih murah bagi setiap golongan dan media",
        "{product} is cheaper for every category and medium",
    ),
    "timeframe_dayless": Words(
        "jam berlaku {name!r} tidak punya hari sejak {day}",
        "timeframe {name!r} has no day from {day} on",
    ),
    "product_unusable": Words(
        "tidak ada golongan dan media yang dapat memakai produknya",
        "no category and medium can use its product",
    ),
    "rides_not_joined": Words(
        "perjalanan di jaringan ini tidak disambung olehnya",
        "rides of these networks are not made one by it",
    ),
    "network_unpriced": Words(
        "tidak ada aturan yang memberi harga perjalanannya", "no leg rule prices its rides"
    ),
    "product_unused": Words(
        "tidak ada aturan perjalanan atau pindah yang memintanya",
        "no leg rule or transfer rule asks for it",
    ),
    "group_unpaid": Words(
        "tidak ada perjalanan yang dibayar oleh kelompok {name!r}",
        "no ride is paid by leg group {name!r}",
    ),
    "filter_never_both": Words(
        "tidak ada dua perjalanan kelompok ini yang memakai {product}",
        "no two rides of these groups both use {product}",
    ),
    "transfer_goes_before": Words(
        "aturan pindah lain selalu didahulukan", "another transfer rule always goes before it"
    ),
}
