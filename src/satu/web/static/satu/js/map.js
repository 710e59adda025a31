// Draws a city from its own stops: a quiet web, lines in their colours, and what happens there.

const SIGNS = ["--pandan", "--cabai", "--kunyit"];
const RIPPLE_MS = 1500;
const JOIN_MS = 400; // taps at one place within this time are one ripple: nothing flickers
const FRAME_MS = 33;
const GLOW_HALF_MS = 9000;
const MOST_RIPPLES = 900;
const CALM = 110; // so many ripples at once are drawn in plain size
const EDGE_SHARE = 0.015;
const REACH_PX = 16; // so near a click must be to a stop
const DIMMED = 0.16; // what the map is not about

const still = matchMedia("(prefers-reduced-motion: reduce)");

export class CityMap {
  constructor(canvas) {
    this.canvas = canvas;
    this.pen = canvas.getContext("2d");
    this.base = document.createElement("canvas");
    this.city = null;
    this.ripples = new Map();
    this.glow = new Map();
    this.waiting = [];
    this.steps = [];
    this.drawing = false;
    this.drawnAt = 0;
    this.wanted = null;
    this.onPlace = null;
    canvas.addEventListener("click", (event) => this.pick(event));
    canvas.addEventListener("pointermove", (event) => this.point(event));
    new ResizeObserver(() => this.redraw()).observe(canvas);
    addEventListener("satu-theme", () => this.redraw());
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.redraw());
  }

  show(city) {
    this.city = city;
    this.redraw();
  }

  // What the map is about: {stops, operator, line, place}; null: the whole city.
  focus(wanted) {
    this.wanted = wanted;
    if (!this.city) return;
    this.ripples.clear();
    this.glow.clear();
    if (this.at) this.paintBase();
    this.paint(performance.now());
  }

  // Forget what was drawn: another time is shown from now on.
  clear() {
    this.ripples.clear();
    this.glow.clear();
    this.waiting = [];
    if (this.city) this.paint(performance.now());
  }

  isShown(place) {
    const { wanted, city } = this;
    if (!wanted) return true;
    if (wanted.stops) return wanted.stops.has(place);
    return !wanted.operator || city.operators[place] === wanted.operator;
  }

  nearest({ offsetX: x, offsetY: y }) {
    let best = null;
    let least = REACH_PX ** 2;
    (this.at ?? []).forEach(([left, top], place) => {
      const away = (left - x) ** 2 + (top - y) ** 2;
      if (away < least) [best, least] = [place, away];
    });
    return best;
  }

  pick(event) {
    const place = this.onPlace && this.nearest(event);
    if (place !== null && this.onPlace) this.onPlace(this.city.ids[place]);
  }

  point(event) {
    if (this.onPlace) this.canvas.classList.toggle("kena", this.nearest(event) !== null);
  }

  // Taps since the last call: [place, sign, how many], spread over the pause until the next.
  tap(pulses, pauseMs) {
    if (!this.city || !pulses.length) return;
    const now = performance.now();
    if (still.matches) {
      this.ripples.clear();
      for (const [place, sign, n] of pulses) {
        if (this.isShown(place)) this.start(place, sign, n, now);
      }
      this.paint(now);
      return;
    }
    for (const [place, sign, n] of pulses) {
      if (!this.isShown(place)) continue;
      this.waiting.push({ at: now + Math.random() * 0.95 * pauseMs, place, sign, n });
    }
    this.waiting.sort((a, b) => a.at - b.at);
    this.run();
  }

  // Totals by place in steps, for the public: [place, step], biggest first.
  showSteps(steps) {
    this.steps = steps;
    if (this.city) this.paint(performance.now());
  }

  start(place, sign, n, now) {
    const key = place * 4 + sign;
    const known = this.ripples.get(key);
    if (known && now - known.at < JOIN_MS) known.n += n;
    else if (this.ripples.size < MOST_RIPPLES) this.ripples.set(key, { place, sign, n, at: now });
    const glow = this.glow.get(place);
    this.glow.set(place, { at: now, level: Math.min(1, glowNow(glow, now) + 0.35) });
  }

  run() {
    if (this.drawing) return;
    this.drawing = true;
    const frame = (now) => {
      if (now - this.drawnAt >= FRAME_MS) {
        this.drawnAt = now;
        while (this.waiting.length && this.waiting[0].at <= now) {
          const { place, sign, n } = this.waiting.shift();
          this.start(place, sign, n, now);
        }
        this.paint(now);
      }
      this.drawing = this.waiting.length + this.ripples.size + this.glow.size > 0;
      if (this.drawing) requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  }

  redraw() {
    const { clientWidth: width, clientHeight: height } = this.canvas;
    if (!width || !height) return;
    const scale = Math.min(devicePixelRatio || 1, 2);
    for (const canvas of [this.canvas, this.base]) {
      canvas.width = Math.round(width * scale);
      canvas.height = Math.round(height * scale);
    }
    this.scale = scale;
    this.colours = readColours(this.canvas);
    if (!this.city) return;
    this.place(width, height);
    this.paintBase();
    this.paint(performance.now());
  }

  // Where each point stands, in pixels. The few far stops of long lines run off the picture.
  place(width, height) {
    const { points } = this.city;
    const [south, north] = range(points.map((p) => p[0]));
    const [west, east] = range(points.map((p) => p[1]));
    const squeeze = Math.cos((((south + north) / 2) * Math.PI) / 180);
    const style = getComputedStyle(this.canvas);
    const top = width < 640 ? 44 : parseFloat(style.getPropertyValue("--peta-atas"));
    const bottom = parseFloat(style.getPropertyValue("--peta-bawah"));
    const room = { width: width - 32, height: height - top - bottom };
    const size = Math.min(
      room.width / Math.max((east - west) * squeeze, 1e-6),
      room.height / Math.max(north - south, 1e-6),
    );
    const left = (width - (east - west) * squeeze * size) / 2;
    const above = top + (room.height - (north - south) * size) / 2;
    this.at = points.map(([lat, lon]) => [
      left + (lon - west) * squeeze * size,
      above + (north - lat) * size,
    ]);
    this.grain = Math.max(0.6, Math.min(1.5, Math.min(width, height) / 720));
    this.dot = Math.max(0.8, 1.1 * this.grain);
    this.text = Math.max(14, parseFloat(getComputedStyle(document.documentElement).fontSize) * 0.9);
  }

  paintBase() {
    const pen = this.base.getContext("2d");
    const { city, at, colours, dot } = this;
    pen.setTransform(this.scale, 0, 0, this.scale, 0, 0);
    pen.fillStyle = colours.ground;
    pen.fillRect(0, 0, this.base.width, this.base.height);
    pen.lineJoin = pen.lineCap = "round";
    pen.strokeStyle = colours.road;
    pen.lineWidth = 0.9;
    pen.beginPath();
    for (let i = 0; i < city.web.length; i += 2) {
      pen.moveTo(...at[city.web[i]]);
      pen.lineTo(...at[city.web[i + 1]]);
    }
    pen.stroke();
    pen.fillStyle = colours.dot;
    for (const [x, y] of at) pen.fillRect(x - dot / 2, y - dot / 2, dot, dot);
    pen.lineWidth = 1.6 + dot;
    for (const line of city.lines) {
      pen.globalAlpha = this.isLineShown(line) ? 1 : DIMMED;
      pen.strokeStyle = legible(line.colour, colours.ground, 2.6);
      for (const way of line.ways) trace(pen, at, way);
    }
    pen.globalAlpha = 1;
    this.paintWanted(pen);
    pen.fillStyle = colours.ground;
    for (const station of city.stations) disc(pen, at[station], 0.6 * dot + 0.4);
    pen.fillStyle = colours.quiet;
    for (const venue of city.venues) for (const place of venue.at) diamond(pen, at[place], 4 * dot);
  }

  isLineShown({ id, ways }) {
    if (!this.wanted) return true;
    if (this.wanted.line) return this.wanted.line === id;
    return ways.some((way) => way.filter((place) => this.isShown(place)).length > 1);
  }

  // The stops that the map is about stand out; a single place has a ring.
  paintWanted(pen) {
    if (!this.wanted) return;
    const { at, colours, dot, city } = this;
    pen.fillStyle = colours.bright;
    city.points.forEach((_, place) => this.isShown(place) && disc(pen, at[place], dot));
    if (this.wanted.place === null) return;
    pen.strokeStyle = colours.total;
    pen.lineWidth = 3;
    pen.beginPath();
    pen.arc(...at[this.wanted.place], 11, 0, 2 * Math.PI);
    pen.stroke();
  }

  paintNames() {
    const { pen, at, colours } = this;
    pen.font = `600 ${this.text}px ${colours.font}`;
    pen.textBaseline = "middle";
    pen.lineJoin = "round";
    pen.lineWidth = 4;
    for (const venue of this.city.venues) {
      const [x, y] = at[venue.at[0]];
      const most = this.canvas.clientWidth - pen.measureText(venue.name).width - 8;
      const beside = x + 10 <= most;
      const [left, line] = beside ? [x + 10, y] : [Math.max(8, most), y + 20];
      pen.strokeStyle = colours.ground;
      pen.strokeText(venue.name, left, line);
      pen.fillStyle = colours.bright;
      pen.fillText(venue.name, left, line);
    }
  }

  paint(now) {
    const { pen } = this;
    if (!this.at) return;
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.drawImage(this.base, 0, 0);
    pen.setTransform(this.scale, 0, 0, this.scale, 0, 0);
    this.paintSteps();
    this.paintGlow(now);
    const crowd = Math.max(0.4, Math.min(1.5, Math.sqrt(CALM / (1 + this.ripples.size))));
    for (const [key, ripple] of this.ripples) {
      const age = still.matches ? 0.25 : (now - ripple.at) / RIPPLE_MS;
      if (age >= 1) this.ripples.delete(key);
      else this.paintRipple(ripple, age, crowd);
    }
    pen.globalAlpha = 1;
    this.paintNames();
  }

  paintSteps() {
    const { pen, at, colours } = this;
    const most = Math.max(...this.steps.map(([, step]) => step), 500);
    pen.fillStyle = colours.total;
    for (const [place, step] of this.steps) {
      const size = this.grain * (1.1 + 15 * Math.sqrt(step / most));
      pen.globalAlpha = 0.15;
      disc(pen, at[place], size);
      pen.globalAlpha = 0.9;
      disc(pen, at[place], Math.max(this.grain, size * 0.3));
    }
    pen.globalAlpha = 1;
  }

  paintGlow(now) {
    const { pen, at, colours, dot } = this;
    pen.fillStyle = colours.bright;
    for (const [place, glow] of this.glow) {
      const level = glowNow(glow, now);
      if (level < 0.04) {
        this.glow.delete(place);
        continue;
      }
      pen.globalAlpha = 0.75 * level;
      disc(pen, at[place], dot * 1.15);
    }
  }

  // In a crowd of ripples each is smaller, so that the city stays to be seen under them.
  paintRipple({ place, sign, n }, age, crowd) {
    const { pen, at, colours } = this;
    const [x, y] = at[place];
    const calm = sign === 0 ? crowd : Math.max(crowd, 0.75);
    const size = this.grain * calm * (4.5 + 2.4 * Math.log2(1 + n));
    const grown = size * (0.9 + 1.5 * Math.sqrt(age));
    pen.fillStyle = pen.strokeStyle = colours.signs[sign];
    pen.globalAlpha = 0.28 * (1 - age);
    disc(pen, [x, y], grown);
    pen.globalAlpha = 1 - age * age;
    const core = size * 0.5;
    if (sign === 0) disc(pen, [x, y], core);
    else if (sign === 1) paintCross(pen, x, y, core, colours.ground);
    else paintDial(pen, x, y, core * 1.2);
  }
}

// Shapes: a refused tap is a cross, one kept aside a dial, so that colour is never the only sign.
function paintCross(pen, x, y, size, ground) {
  const arm = size * 0.95;
  for (const [width, colour] of [[4.6, ground], [2.4, pen.fillStyle]]) {
    pen.strokeStyle = colour;
    pen.lineWidth = width;
    pen.lineCap = "round";
    pen.beginPath();
    pen.moveTo(x - arm, y - arm);
    pen.lineTo(x + arm, y + arm);
    pen.moveTo(x + arm, y - arm);
    pen.lineTo(x - arm, y + arm);
    pen.stroke();
  }
}

function paintDial(pen, x, y, size) {
  pen.lineWidth = 2;
  pen.beginPath();
  pen.arc(x, y, size, 0, 2 * Math.PI);
  pen.moveTo(x, y - size * 0.6);
  pen.lineTo(x, y);
  pen.lineTo(x + size * 0.5, y);
  pen.stroke();
}

function glowNow(glow, now) {
  return glow ? glow.level * 0.5 ** ((now - glow.at) / GLOW_HALF_MS) : 0;
}

function trace(pen, at, way) {
  pen.beginPath();
  way.forEach((place, i) => (i ? pen.lineTo(...at[place]) : pen.moveTo(...at[place])));
  pen.stroke();
}

function disc(pen, [x, y], radius) {
  pen.beginPath();
  pen.arc(x, y, radius, 0, 2 * Math.PI);
  pen.fill();
}

function diamond(pen, [x, y], size) {
  pen.beginPath();
  pen.moveTo(x, y - size);
  pen.lineTo(x + size, y);
  pen.lineTo(x, y + size);
  pen.lineTo(x - size, y);
  pen.fill();
}

function range(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const off = Math.floor(sorted.length * EDGE_SHARE);
  return [sorted[off] ?? 0, sorted[sorted.length - 1 - off] ?? 0];
}

function readColours(element) {
  const style = getComputedStyle(element);
  const token = (name) => style.getPropertyValue(name).trim();
  return {
    ground: token("--peta"),
    road: token("--peta-jalan"),
    dot: token("--peta-titik"),
    quiet: token("--abu"),
    bright: token("--tinta"),
    total: token("--laut"),
    font: token("--huruf"),
    signs: SIGNS.map(token),
  };
}

// An operator's own colour, moved towards white or black until it can be seen on the ground.
export function legible(colour, ground, least) {
  const behind = luminance(ground);
  const towards = behind < 0.2 ? 255 : 0;
  let rgb = channels(colour);
  for (let i = 0; i < 12 && contrast(luminance(rgb), behind) < least; i += 1) {
    rgb = rgb.map((part) => part + (towards - part) * 0.15);
  }
  return `rgb(${rgb.map(Math.round).join(" ")})`;
}

const channels = (hex) => [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16));

function luminance(colour) {
  const [r, g, b] = (typeof colour === "string" ? channels(colour) : colour).map((part) => {
    const share = part / 255;
    return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a, b) {
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}
