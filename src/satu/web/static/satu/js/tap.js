// The gate's answer to a touch: how it moves, and how it sounds when one wants it to.

const KEPT = "satu-suara";
// [frequency in hertz, begins at, lasts] of each tone: one high, two middle, three low.
const PATTERNS = {
  accepted: [[1319, 0, 0.16]],
  low: [
    [880, 0, 0.14],
    [880, 0.22, 0.14],
  ],
  refused: [
    [233, 0, 0.16],
    [233, 0.24, 0.16],
    [233, 0.48, 0.3],
  ],
};
const LOUD = 0.18;

let speaker = null;
let seen = document.getElementById("layar")?.dataset.nomor;

const isOn = () => localStorage.getItem(KEPT) === "ya";

function play(state) {
  speaker ??= new AudioContext();
  for (const [pitch, begins, lasts] of PATTERNS[state] ?? []) {
    const tone = speaker.createOscillator();
    const gain = speaker.createGain();
    const at = speaker.currentTime + begins;
    tone.frequency.value = pitch;
    tone.type = state === "refused" ? "square" : "sine";
    gain.gain.setValueAtTime(LOUD, at);
    gain.gain.exponentialRampToValueAtTime(0.001, at + lasts);
    tone.connect(gain).connect(speaker.destination);
    tone.start(at);
    tone.stop(at + lasts);
  }
}

function show() {
  const button = document.querySelector("[data-suara]");
  if (!button) return;
  button.hidden = false;
  button.setAttribute("aria-pressed", String(isOn()));
  button.querySelector("[data-mati]").hidden = isOn();
  button.querySelector("[data-nyala]").hidden = !isOn();
}

document.addEventListener("click", ({ target }) => {
  if (!target.closest("[data-suara]")) return;
  localStorage.setItem(KEPT, isOn() ? "tidak" : "ya");
  show();
  const state = document.getElementById("layar")?.dataset.bunyi;
  if (isOn()) play(state ?? "accepted");
});

// What came in place of the old part of the page: a new answer moves and sounds once.
document.addEventListener("htmx:afterSettle", () => {
  show();
  const screen = document.getElementById("layar");
  if (!screen || screen.dataset.nomor === seen) return;
  seen = screen.dataset.nomor;
  if (!screen.dataset.bunyi) return;
  for (const part of [screen, document.querySelector(".pemegang")]) part.dataset.baru = "";
  if (isOn()) play(screen.dataset.bunyi);
});

show();
