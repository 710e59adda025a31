"""Words of faults that any file of a feed or a city pack can have: its text, rows and cells."""

from __future__ import annotations

from satu.wire.messages import Words

FILES: dict[str, Words] = {
    "feed_missing": Words(
        "zip atau folder ini tidak ada; periksa namanya", "no such zip or folder; check its name"
    ),
    "feed_not_zip": Words(
        "bukan zip dan bukan folder; kemas berkasnya dalam satu zip",
        "neither a zip nor a folder; pack the files into a zip",
    ),
    "feed_file_missing": Words(
        "berkas ini tidak ada di {feed}; tambahkan", "{feed} has no such file; add it"
    ),
    "file_not_text": Words(
        "tidak terbaca sebagai UTF-8; simpan lagi dengan UTF-8 (dari lembar kerja: CSV UTF-8)",
        "not readable as UTF-8; save it again in UTF-8 (from a spreadsheet: CSV UTF-8)",
    ),
    "file_not_unpacked": Words(
        "tidak dapat dibuka dari zip; kemas lagi tanpa kata sandi",
        "cannot be unpacked; pack the zip again, without a password",
    ),
    "file_empty": Words(
        "berkas ini kosong; baris pertamanya berisi nama kolom",
        "the file is empty; its first line names the columns",
    ),
    "line_unreadable": Words(
        "baris ini bukan CSV yang utuh; periksa tanda kutip dan isi yang terlalu panjang",
        "this line is no whole CSV; check its quotes and for a cell that is too long",
    ),
    "column_missing": Words(
        "kolom ini tidak ada; tambahkan di baris pertama",
        "this column is missing; add it to the first line",
    ),
    "column_unknown": Words(
        "kolom ini tidak dikenal; yang ada: {columns}",
        "no such column; there are {columns}",
    ),
    "cells_too_many": Words(
        "{cells} isian untuk {columns} kolom; beri tanda kutip pada isian yang memuat koma",
        "{cells} cells under {columns} columns; quote a cell with a comma",
    ),
    "cell_empty": Words("isian ini kosong; harus diisi", "this cell is empty; a value is needed"),
    "cell_not_listed": Words(
        "{value!r} tidak dapat dibaca; boleh: {allowed}",
        "{value!r} cannot be read: allowed: {allowed}",
    ),
    "cell_not_alike": Words(
        "{value!r} tidak dapat dibaca; tulis seperti {examples}",
        "{value!r} cannot be read: write it as {examples}",
    ),
    "cell_not_whole": Words(
        "{value!r} tidak dapat dibaca; tulis bilangan bulat {bounds}",
        "{value!r} cannot be read: write a whole number {bounds}",
    ),
    "cell_not_number": Words(
        "{value!r} tidak dapat dibaca; tulis angka dengan titik desimal {bounds}",
        "{value!r} cannot be read: write a number with a decimal point {bounds}",
    ),
    "cell_not_text": Words(
        "{value!r} terlalu pendek atau panjang; jumlah huruf {bounds}",
        "{value!r} is too short or too long: as many characters as {bounds}",
    ),
    "amount_unreadable": Words(
        "{value!r} bukan jumlah uang; tulis angka dan titik: {example}",
        "{value!r} is no amount; write digits and a point: {example}",
    ),
    "amount_too_fine": Words(
        "{value!r} lebih kecil dari satuan terkecil {asset}; tulis seperti {example}",
        "{value!r} is finer than {asset} goes; write it as {example}",
    ),
    "amount_below": Words(
        "{value!r} kurang dari {least}; tulis jumlah yang lebih besar",
        "{value!r} is below {least}; write a larger amount",
    ),
    "day_unreadable": Words(
        "{value!r} bukan tanggal; tulis sebagai TTTTBBHH: 20250131",
        "{value!r} is no date; write it as YYYYMMDD: 20250131",
    ),
    "name_undefined": Words(
        "{name!r} belum ditetapkan; boleh: {allowed}",
        "{name!r} is not defined; allowed: {allowed}",
    ),
    "name_repeated": Words(
        "{name!r} sudah ditetapkan; simpan satu saja", "{name!r} is already defined; keep one"
    ),
    "name_repeated_at": Words(
        "{name!r} sudah ditetapkan di {place}; simpan satu saja",
        "{name!r} is already defined in {place}; keep one",
    ),
    "toml_broken": Words(
        "bukan TOML yang utuh; periksa tanda kutip, kurung, dan =",
        "no whole TOML; check quotes, brackets and =",
    ),
    "toml_field_missing": Words("bagian ini tidak ada; tuliskan", "it is missing; write it"),
    "toml_field_unknown": Words(
        "bagian ini tidak dikenal; perbaiki namanya atau hapus",
        "no such field; correct its name or leave it out",
    ),
    "toml_field_unreadable": Words(
        "isinya tidak dapat dibaca; tulis seperti di docs/reference ({detail})",
        "its value cannot be read; write it as docs/reference tells ({detail})",
    ),
}
