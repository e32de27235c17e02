// One plot: drawn with Chart.js in the colours of the page, readable in black and white, with its
// numbers as a table, and to be downloaded as PNG and CSV.
import { Chart, registerables } from "../vendor/chart/chart.js.js";
import { curlButton } from "./action.js";
import { address } from "./api.js";
import { el } from "./dom.js";

Chart.register(...registerables);

const TEXT = {
  png: "PNG",
  csv: "CSV",
  pngOf: (title) => `${title}, as a PNG picture`,
  csvOf: (title) => `${title}, as CSV`,
  numbers: "The numbers",
};
const MOST_ROWS = 400;

const shown = new Map(); // canvas → what draws it

// `table` is the name of its numbers in the API and `rows` are they; `draw(colours)` gives Chart.js
// its configuration; `about` says in words what there is to see.
export function plot(title, { table, rows, draw, about, wide = false, tall = false }) {
  const canvas = el("canvas", { role: "img", "aria-label": `${title}. ${about}` });
  const png = { type: "button", "aria-label": TEXT.pngOf(title), onclick: () => save(canvas, title, table) };
  const csv = { href: address(`api/insights/${table}.csv`), download: `${table}.csv` };
  const card = el(
    `section.card.plot${wide ? ".wide" : ""}`,
    { "aria-label": title, data: { plot: table } },
    el(
      "header",
      {},
      el("h2", {}, title),
      el("button.button.quiet.small", png, TEXT.png),
      el("a.button.quiet.small", { ...csv, "aria-label": TEXT.csvOf(title) }, TEXT.csv),
      curlButton(() => [{ path: `api/insights/${table}` }, { path: `api/insights/${table}.csv` }]),
    ),
    el(`div.drawing${tall ? ".tall" : ""}`, {}, canvas),
    el("p.legend", {}, about),
    numbers(title, rows),
  );
  shown.set(canvas, { draw, chart: null });
  return card;
}

// Draws all plots that are in the page now, and forgets those that are not.
export function drawAll() {
  const colours = palette();
  for (const [canvas, one] of shown) {
    one.chart?.destroy();
    if (!canvas.isConnected) {
      shown.delete(canvas);
      continue;
    }
    one.chart = new Chart(canvas, withDefaults(one.draw(colours), colours));
  }
}

addEventListener("lsl:theme", () => setTimeout(drawAll));
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => setTimeout(drawAll));

function palette() {
  const style = getComputedStyle(document.documentElement);
  const token = (name) => style.getPropertyValue(name).trim();
  const main = token("--accent");
  const other = token("--ink-3");
  return {
    main,
    other,
    ink: token("--ink"),
    quiet: token("--ink-3"),
    line: token("--line"),
    ground: token("--surface"),
    hatched: hatch(other, token("--surface")),
    font: token("--sans"),
  };
}

// Stripes, which are told from a full colour without seeing colours.
function hatch(colour, ground) {
  const tile = document.createElement("canvas");
  tile.width = 6;
  tile.height = 6;
  const pen = tile.getContext("2d");
  pen.fillStyle = ground;
  pen.fillRect(0, 0, 6, 6);
  pen.strokeStyle = colour;
  pen.lineWidth = 1.6;
  for (const x of [-6, 0, 6]) {
    pen.moveTo(x, 6);
    pen.lineTo(x + 6, 0);
  }
  pen.stroke();
  return pen.createPattern(tile, "repeat");
}

function withDefaults(config, colours) {
  const scales = {};
  for (const [name, scale] of Object.entries(config.options.scales ?? {})) {
    scales[name] = {
      ...scale,
      grid: { color: colours.line, drawTicks: false, ...scale.grid },
      border: { color: colours.line },
      ticks: { color: colours.quiet, padding: 6, maxRotation: 0, autoSkipPadding: 12, ...scale.ticks },
      title: { color: colours.quiet, ...scale.title },
    };
  }
  return {
    ...config,
    options: {
      responsive: true,
      maintainAspectRatio: false,
      animation: false,
      font: { family: colours.font, size: 12 },
      ...config.options,
      scales,
      plugins: {
        legend: { display: false },
        tooltip: { animation: false, displayColors: false },
        ...config.options.plugins,
      },
    },
  };
}

function numbers(title, rows) {
  if (!rows.length) return null;
  const names = Object.keys(rows[0]);
  const body = el("tbody");
  const details = el(
    "details",
    {
      ontoggle: () => {
        if (body.childElementCount) return;
        const cells = (row) => names.map((name) => el("td", {}, row[name] ?? "–"));
        body.append(...rows.slice(0, MOST_ROWS).map((row) => el("tr", {}, cells(row))));
      },
    },
    el("summary", {}, TEXT.numbers),
    el(
      "div.scroll-x",
      { tabindex: 0, role: "region", "aria-label": `${title}: ${TEXT.numbers}` },
      el(
        "table.table",
        {},
        el("thead", {}, el("tr", {}, names.map((name) => el("th", { scope: "col" }, name.replaceAll("_", " "))))),
        body,
      ),
    ),
  );
  return details;
}

// The picture with its title on the colour of the page, so that it can stand alone.
function save(canvas, title, name) {
  const { chart } = shown.get(canvas);
  const colours = palette();
  const scale = chart.currentDevicePixelRatio;
  const head = 34 * scale;
  const made = document.createElement("canvas");
  made.width = canvas.width + 24 * scale;
  made.height = canvas.height + head + 12 * scale;
  const pen = made.getContext("2d");
  pen.fillStyle = colours.ground;
  pen.fillRect(0, 0, made.width, made.height);
  pen.fillStyle = colours.ink;
  pen.font = `600 ${14 * scale}px ${colours.font}`;
  pen.fillText(title, 12 * scale, 22 * scale);
  pen.drawImage(canvas, 12 * scale, head);
  made.toBlob((blob) => {
    const url = URL.createObjectURL(blob);
    const link = el("a", { href: url, download: `${name}.png` });
    link.click();
    setTimeout(() => URL.revokeObjectURL(url), 1000);
  });
}
