// Numbers, money and times as the page's language writes them.

export const language = document.documentElement.lang === "en" ? "en" : "id";
const locale = language === "id" ? "id-ID" : "en-GB";
const whole = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
const tenth = new Intl.NumberFormat(locale, {
  minimumFractionDigits: 1,
  maximumFractionDigits: 1,
});
const SCALES =
  language === "id"
    ? [[1e12, "T"], [1e9, "M"], [1e6, "jt"]]
    : [[1e12, "tn"], [1e9, "bn"], [1e6, "m"]];

export const count = (n) => whole.format(n);

export const percent = (part, all) =>
  all ? `${tenth.format((100 * part) / all)}${language === "id" ? "\u00a0%" : "%"}` : "–";

// Amounts of one currency, given in its smallest unit: `full`, and `short` for a wall screen that
// is read from afar (millions and more in one decimal; the exact sum is its title).
export function money(currency, exponent) {
  const mark = currency === "IDR" ? "Rp" : currency;
  const exact = new Intl.NumberFormat(locale, {
    minimumFractionDigits: exponent,
    maximumFractionDigits: exponent,
  });
  const signed = (amount, digits) => `${amount < 0 ? "\u2212" : ""}${mark}\u00a0${digits}`;
  const full = (amount) => signed(amount, exact.format(Math.abs(amount) / 10 ** exponent));
  const short = (amount) => {
    const size = Math.abs(amount) / 10 ** exponent;
    const scale = SCALES.find(([unit]) => size >= unit);
    if (!scale) return full(amount);
    return signed(amount, `${tenth.format(size / scale[0])}\u00a0${scale[1]}`);
  };
  return { full, short };
}

export function clock(zone) {
  const time = new Intl.DateTimeFormat(locale, {
    timeZone: zone,
    hour: "2-digit",
    minute: "2-digit",
    hour12: false,
  });
  const day = new Intl.DateTimeFormat(locale, {
    timeZone: zone,
    weekday: "long",
    day: "numeric",
    month: "short",
    year: "numeric",
  });
  return {
    time: (ms) => time.format(ms),
    day: (ms) => day.format(ms).replace(",", ""),
  };
}

// "%(n)s" in a sentence of the page's language.
export const fill = (sentence, values) =>
  sentence.replace(/%\((\w+)\)s/g, (_, name) => values[name]);
