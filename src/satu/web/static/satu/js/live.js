// The control room: asks about once a second what is new and puts it on the page.

import { clock, count, fill, money, percent } from "./formats.js";
import { CityMap, legible } from "./map.js";
import { Room } from "./room.js";

const page = document.querySelector("[data-live]");
const words = JSON.parse(page.dataset.words);
const { time, day } = clock(page.dataset.zone || "Asia/Jakarta");
const { full, short } = money(page.dataset.currency, Number(page.dataset.exponent));
const map = new CityMap(page.querySelector("canvas"));
const room = new Room(page, map, words);
const FIRST_PAUSE_MS = 1000;
const PATIENCE_MS = 8000;

let since = 0;
let mapVersion = null;
let latest = null;

const part = (name) => page.ownerDocument.querySelector(`[data-part="${name}"]`);

function write(name, text) {
  const element = part(name);
  if (element && element.textContent !== text) element.textContent = text;
}

function cell(tag, text, className) {
  const element = document.createElement(tag);
  element.textContent = text;
  if (tag === "th") element.scope = "row";
  if (className) element.className = className;
  return element;
}

function amountCell(amount, className = "angka", label = "") {
  const element = cell("td", short(amount), className);
  element.title = full(amount);
  element.dataset.label = label;
  return element;
}

function fillRows(name, items, cells) {
  const body = part(name);
  body.replaceChildren(
    ...items.map((item) => {
      const row = document.createElement("tr");
      row.append(...cells(item));
      return row;
    }),
  );
  const none = part(`${name}-none`);
  if (none) none.hidden = items.length > 0;
}

function showCity(data) {
  if (!data.city_ms) return;
  write("time", time(data.city_ms));
  write("day", day(data.city_ms));
  const speed = part("speed");
  speed.hidden = data.speed < 2;
  speed.textContent = fill(words.speed, { n: count(nearest(data.speed)) });
}

// 58.9 is meant to be 60: the measured pace of a quickened city, in a round number.
const nearest = (speed) => (speed >= 20 ? Math.round(speed / 10) * 10 : Math.round(speed));

function showPace({ now, history }) {
  write("pace", history.length ? count(now) : "–");
  const most = Math.max(...history, 1);
  const least = Math.min(...history, most);
  const room = Math.max(most - least, most * 0.25);
  const points = history.map((value, i) => {
    const x = (240 * (i + 90 - history.length)) / 89;
    return `${x.toFixed(1)} ${(54 - (50 * (value - least)) / room).toFixed(1)}`;
  });
  part("history").setAttribute("d", points.length > 1 ? `M${points.join("L")}` : "");
}

function showTaps({ all, accepted, short }) {
  write("accepted", percent(accepted, all));
  write("short", percent(short, all));
  write("other", percent(all - accepted - short, all));
  write("all", count(all));
}

function showOperators(operators) {
  const most = Math.max(1, ...operators.map((operator) => operator.riders));
  const ground = getComputedStyle(page).getPropertyValue("--kertas").trim();
  fillRows("operators", operators, ({ name, colour, riders, revenue }) => {
    const bar = cell("td", "", "palang");
    bar.setAttribute("aria-hidden", "true");
    const length = document.createElement("span");
    length.style.width = `${Math.max((100 * riders) / most, riders ? 0.8 : 0)}%`;
    length.style.backgroundColor = legible(colour, ground, 3);
    bar.append(length);
    const people = cell("td", count(riders), "angka");
    return [cell("th", name), amountCell(revenue, "angka redup"), people, bar];
  });
}

function showBooks({ close, open, banks }) {
  const pill = part("books");
  const state = close ? "baik" : "buruk";
  if (pill.dataset.keadaan !== state) {
    pill.dataset.keadaan = state;
    pill.textContent = close ? words.books_close : words.books_open;
  }
  const differences = open.map(({ book, difference }) => `${book} ${full(difference)}`);
  write("books-open", differences.join(" · "));
  part("books-box").hidden = close;
  fillRows("banks", banks, ({ name, float, purses, payables }) => [
    cell("th", name),
    amountCell(purses, "angka redup", words.on_cards),
    amountCell(payables, "angka redup", words.for_operators),
    amountCell(float),
  ]);
}

function showNotes({ late, aside }) {
  const lines = [];
  if (late) lines.push(fill(words.late, { n: count(late) }));
  if (aside) lines.push(fill(words.aside, { n: count(aside) }));
  part("note").hidden = !lines.length;
  write("note", lines.join(" · "));
}

function showLists({ refusals, venues, busiest }) {
  fillRows("refusals", refusals, ({ code, taps }) => [
    cell("th", words.outcomes[code] || code),
    cell("td", count(taps), "angka"),
  ]);
  fillRows("venues", venues, ({ name, inside, visitors, dwell_minutes: dwell }) => [
    cell("th", name),
    cell("td", count(visitors), "angka redup"),
    cell("td", dwell === null ? "–" : fill(words.minutes, { n: count(dwell) }), "angka redup"),
    cell("td", count(inside), "angka"),
  ]);
  fillRows("busiest", busiest, ({ name, operator, taps, refused }) => {
    const where = cell("th", name || words.unknown_place);
    where.append(cell("span", operator, "redup kecil"));
    return [where, cell("td", count(taps), "angka"), cell("td", count(refused), "angka redup")];
  });
}

function show(data) {
  latest = data;
  showCity(data);
  showBooks(data.books);
  part("empty").hidden = data.map !== null;
  if (!data.operators) return;
  showPace(data.pace);
  showTaps(data.taps);
  showOperators(data.operators);
  showNotes(data.alarms);
  showLists(data);
}

async function poll() {
  const answer = await fetch(`${page.dataset.url}?since=${since}`, {
    signal: AbortSignal.timeout(PATIENCE_MS),
  });
  if (answer.redirected || answer.status === 404) return location.reload();
  if (!answer.ok) throw new Error(`${answer.status}`);
  const data = await answer.json();
  if (data.map && data.map !== mapVersion) {
    map.show(await (await fetch(`${page.dataset.mapUrl}?v=${data.map}`)).json());
    mapVersion = data.map;
  }
  show(data);
  room.seen(data);
  if (!room.isReplaying) map.tap(data.pulses, data.pause_ms);
  since = data.version;
}

async function run() {
  const begun = performance.now();
  if (!document.hidden) {
    try {
      await poll();
      part("waiting").hidden = true;
    } catch {
      part("waiting").hidden = false;
    }
  }
  const pause = latest ? latest.pause_ms : FIRST_PAUSE_MS;
  setTimeout(run, Math.max(100, pause - (performance.now() - begun)));
}

addEventListener("satu-theme", () => latest && show(latest));
run();
