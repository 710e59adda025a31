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

export const rupiah = (amount) =>
  `${amount < 0 ? "\u2212" : ""}Rp\u00a0${whole.format(Math.abs(amount))}`;

// Millions and more in one decimal: a wall screen is read from afar; the exact sum is its title.
export function shortRupiah(amount) {
  const size = Math.abs(amount);
  for (const [unit, name] of SCALES) {
    if (size >= unit) {
      const digits = tenth.format(size / unit);
      return `${amount < 0 ? "\u2212" : ""}Rp\u00a0${digits}\u00a0${name}`;
    }
  }
  return rupiah(amount);
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
  return { time: (ms) => time.format(ms), day: (ms) => day.format(ms).replace(",", "") };
}

// "%(n)s" in a sentence of the page's language.
export const fill = (sentence, values) =>
  sentence.replace(/%\((\w+)\)s/g, (_, name) => values[name]);
