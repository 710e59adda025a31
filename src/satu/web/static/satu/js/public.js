// The public picture: the page itself is the data, and it is fetched again when a step has passed.

import { CityMap } from "./map.js";

const page = document.querySelector("[data-public]");
const map = new CityMap(page.querySelector("canvas"));
const PATIENCE_S = 20;
let mapVersion = null;

async function draw() {
  const data = await (await fetch(page.dataset.url)).json();
  if (data.map && data.map !== mapVersion) {
    map.show(await (await fetch(`${page.dataset.mapUrl}?v=${data.map}`)).json());
    mapVersion = data.map;
  }
  map.showSteps(data.places);
  return data.refresh_s;
}

async function refresh() {
  const text = await (await fetch(location.href)).text();
  const fresh = new DOMParser().parseFromString(text, "text/html");
  for (const part of document.querySelectorAll("[data-fresh]")) {
    const found = fresh.querySelector(`[data-fresh="${part.dataset.fresh}"]`);
    if (found && found.innerHTML !== part.innerHTML) part.replaceChildren(...found.childNodes);
  }
}

async function run(first) {
  let seconds = PATIENCE_S;
  if (first || !document.hidden) {
    try {
      if (!first) await refresh();
      seconds = await draw();
    } catch {
      // The page keeps what it shows and asks again later.
    }
  }
  setTimeout(run, 1000 * seconds);
}

run(true);
