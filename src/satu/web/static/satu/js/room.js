// The control room beside its live figures: what the map shows, a place's day, alarms, a past hour.

import { clock, fill } from "./formats.js";

const CALLS_AGAIN_MS = 120_000; // they are asked for at once when one comes or goes
const COMPARED_AGAIN_MS = 30_000;
const TYPING_MS = 200;
const STEP_MS = 600;
const KINDS = { tempat: "placeUrl", jalur: "lineUrl", operator: "operatorUrl" };

const still = matchMedia("(prefers-reduced-motion: reduce)");

async function fragment(url) {
  const answer = await fetch(url, { headers: { Accept: "text/html" } });
  if (answer.status === 404) return null;
  if (!answer.ok) throw new Error(`${answer.status}`);
  return new DOMParser().parseFromString(await answer.text(), "text/html").body;
}

// A form that somebody types in, or a table that is open, is not replaced under their hands.
function put(element, body) {
  const typed = [...element.querySelectorAll("input:not([type=hidden])")].some((one) => one.value);
  if (typed || element.contains(document.activeElement)) return;
  const open = [...element.querySelectorAll("details")].map((one) => one.open);
  element.replaceChildren(...(body ? body.childNodes : []));
  element.querySelectorAll("details").forEach((one, i) => (one.open = open[i] ?? false));
}

export class Room {
  constructor(page, map, words) {
    this.page = page;
    this.map = map;
    this.words = words;
    this.time = clock(page.dataset.zone || "Asia/Jakarta").time;
    this.calls = "";
    this.callsAt = -Infinity;
    this.comparedAt = -Infinity;
    this.replay = null;
    this.listen();
  }

  part(name) {
    return this.page.querySelector(`[data-part="${name}"]`);
  }

  listen() {
    addEventListener("hashchange", () => this.choose());
    this.part("filter").addEventListener("change", ({ target }) => (location.hash = target.value));
    this.map.onPlace = (id) => (location.hash = `tempat=${id}`);
    this.page.addEventListener("click", (event) => {
      if (!event.target.closest("[data-close]")) return;
      event.preventDefault();
      location.hash = "";
      this.part("filter").focus();
    });
    this.page.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      if (this.replay) this.endReplay();
      else if (location.hash.length > 1) location.hash = "";
    });
    let typing = 0;
    this.part("find").addEventListener("input", ({ target }) => {
      clearTimeout(typing);
      typing = setTimeout(() => this.find(target.value), TYPING_MS);
    });
    this.part("find").addEventListener("keydown", (event) => {
      const first = this.part("found").querySelector("a");
      if (event.key === "Enter" && first) first.click();
    });
    this.part("found").addEventListener("click", (event) => {
      if (!event.target.closest("a")) return;
      this.part("find").value = "";
      this.part("found").replaceChildren();
    });
    this.listenToReplay();
  }

  // Called with each answer of the figures; the rest is asked for when it is due.
  seen(data) {
    const now = performance.now();
    const calls = JSON.stringify(data.calls);
    if (calls !== this.calls || now - this.callsAt > CALLS_AGAIN_MS) {
      this.calls = calls;
      this.callsAt = now;
      this.show("calls", this.page.dataset.alarmsUrl);
    }
    if (data.operators && now - this.comparedAt > COMPARED_AGAIN_MS) {
      this.comparedAt = now;
      this.show("compared", this.page.dataset.comparedUrl);
      if (this.chosen) this.showChosen(false);
      else this.choose();
    }
  }

  async show(name, url) {
    try {
      put(this.part(name), await fragment(url));
    } catch {
      // The part keeps what it shows and is asked for again.
    }
  }

  async find(words) {
    const url = `${this.page.dataset.findUrl}?q=${encodeURIComponent(words)}`;
    const body = words.trim() ? await fragment(url) : null;
    if (this.part("find").value !== words) return;
    this.part("found").replaceChildren(...(body?.childNodes ?? []));
  }

  // "#tempat=12", "#jalur=3", "#operator=1": an address that can be kept and sent on.
  choose() {
    const [kind, id] = location.hash.slice(1).split("=");
    this.chosen = KINDS[kind] && /^\d+$/.test(id ?? "") ? { kind, id } : null;
    const choice = this.chosen && kind !== "tempat" ? `${kind}=${id}` : "";
    if (this.part("filter").value !== choice) this.part("filter").value = choice;
    if (this.chosen) return this.showChosen(true);
    this.part("detail").hidden = true;
    this.part("detail").replaceChildren();
    this.map.focus(null);
  }

  async showChosen(isNew) {
    const { kind, id } = this.chosen;
    const url = this.page.dataset[KINDS[kind]].replace(/0(\/?)$/, `${id}$1`);
    let body = null;
    try {
      body = await fragment(url);
    } catch {
      return;
    }
    if (this.chosen?.kind !== kind || this.chosen?.id !== id) return;
    const box = this.part("detail");
    if (isNew) box.replaceChildren(...(body ? body.childNodes : []));
    else put(box, body);
    box.hidden = !body;
    const told = box.querySelector("[data-stops]");
    if (!told || !isNew) return;
    const stops = told.dataset.stops.split(",").filter(Boolean).map(Number);
    this.map.focus({
      stops: stops.length ? new Set(stops) : null,
      operator: Number(told.dataset.operator) || null,
      line: Number(told.dataset.line) || null,
      place: kind === "tempat" && stops.length ? stops[0] : null,
    });
    if (document.activeElement !== this.part("filter")) told.querySelector("h2").focus();
  }

  listenToReplay() {
    const on = (name, event, work) => this.part(name).addEventListener(event, work);
    on("replay-open", "click", () => (this.replay ? this.endReplay() : this.beginReplay()));
    on("replay-close", "click", () => this.endReplay());
    on("replay-day", "change", () => this.loadHour());
    on("replay-hour", "change", () => this.loadHour());
    on("replay-minute", "input", () => this.showMinute(Number(this.part("replay-minute").value)));
    on("replay-play", "click", () => this.play(!this.replay?.timer));
  }

  async beginReplay() {
    this.replay = { frames: [], start: 0, timer: 0 };
    this.page.dataset.replay = "";
    this.part("replay").hidden = false;
    this.part("replay-open").setAttribute("aria-expanded", "true");
    this.map.clear();
    this.part("replay-hour").focus();
    await this.loadHour();
  }

  endReplay() {
    this.play(false);
    this.replay = null;
    delete this.page.dataset.replay;
    this.part("replay").hidden = true;
    this.part("replay-open").setAttribute("aria-expanded", "false");
    this.part("replay-open").focus();
    this.map.clear();
  }

  async loadHour() {
    this.play(false);
    const day = this.part("replay-day").value;
    const hour = this.part("replay-hour").value;
    if (!day) return;
    const url = this.page.dataset.hourUrl.replace("0000-00-00/0", `${day}/${hour}`);
    const answer = await fetch(url);
    if (!this.replay || !answer.ok) return;
    const { frames, start_ms: start } = await answer.json();
    Object.assign(this.replay, { frames, start });
    const isEmpty = frames.every((frame) => !frame.length);
    this.part("replay-said").textContent = isEmpty ? this.words.no_frames : "";
    this.part("replay-play").disabled = isEmpty;
    this.showMinute(0);
  }

  showMinute(minute) {
    const { frames, start } = this.replay;
    this.part("replay-minute").value = minute;
    const time = this.time(start + minute * 60_000);
    this.part("replay-time").textContent = time;
    this.part("replay-minute").setAttribute("aria-valuetext", time);
    if (frames[minute]) this.map.tap(frames[minute], STEP_MS);
  }

  // With reduced motion the minutes still pass, each as a picture that stands.
  play(wanted) {
    if (!this.replay) return;
    clearInterval(this.replay.timer);
    this.replay.timer = 0;
    this.part("replay-play").textContent = wanted ? this.words.playing : this.words.paused;
    if (!wanted) return;
    const step = () => {
      const minute = (Number(this.part("replay-minute").value) + 1) % 60;
      this.showMinute(minute);
      if (minute === 59) this.play(false);
    };
    this.replay.timer = setInterval(step, still.matches ? 2 * STEP_MS : STEP_MS);
  }

  get isReplaying() {
    return this.replay !== null;
  }
}
