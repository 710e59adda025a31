// The public picture: the page itself is the data, and it is fetched again when a step has passed.

import { CityMap } from "./map.js";

const page = document.querySelector("[data-public]");
const map = new CityMap(page.querySelector("canvas"));
let mapVersion = null;

async function draw() {
  const data = await (await fetch(page.dataset.url)).json();
  if (data.map && data.map !== mapVersion) {
    map.show(await (await fetch(`${page.dataset.mapUrl}?v=${data.map}`)).json());
    mapVersion = data.map;
  }
  map.showSteps(data.places);
}

async function refresh() {
  const text = await (await fetch(location.href)).text();
  const fresh = new DOMParser().parseFromString(text, "text/html");
  for (const part of document.querySelectorAll("[data-fresh]")) {
    const found = fresh.querySelector(`[data-fresh="${part.dataset.fresh}"]`);
    if (found && found.innerHTML !== part.innerHTML) part.replaceChildren(...found.childNodes);
  }
  await draw();
}

draw().catch(() => {});
setInterval(() => {
  if (!document.hidden) refresh().catch(() => {});
}, 1000 * Number(page.dataset.seconds));
