// What every page has: the theme, the palette, the help, the calls as lines for curl, and work
// that could not be sent yet, which goes on being sent wherever one is.
import { calls, curl } from "./api.js";
import { codeline } from "./codeline.js";
import { el, page, setIcon } from "./dom.js";
import { open } from "./dialog.js";
import { showHelp } from "./help.js";
import * as keys from "./keys.js";
import { Outbox } from "./outbox.js";
import { showPalette } from "./palette.js";

const TEXT = {
  group: "Everywhere",
  goTo: "Go to",
  palette: "Commands…",
  help: "Keys…",
  theme: "Light or dark",
  themes: { auto: "As the system", light: "Light", dark: "Dark" },
  curl: "What this page did, as curl…",
  curlTitle: "What this page did",
  curlNone: "Nothing was changed on this page yet.",
  dark: "Colours: dark",
  light: "Colours: light",
  auto: "Colours: as the system",
};
const THEMES = ["auto", "light", "dark"];

export const outbox = new Outbox(page.project);
export const shell = { helpExtra: () => [] };

function showCalls() {
  const lines = calls.map((made) => codeline(curl(made)));
  open(TEXT.curlTitle, lines.length ? lines : el("p", {}, TEXT.curlNone), { kind: "wide" });
}

function setTheme(name) {
  dispatchEvent(new CustomEvent("lsl:theme", { detail: name }));
  showTheme();
}

function showTheme() {
  const chosen = document.documentElement.dataset.themeChoice;
  const button = document.querySelector('[data-action="theme"]');
  if (!button) return;
  setIcon(button, chosen);
  button.title = `${TEXT.theme}: ${TEXT.themes[chosen]}`;
  button.setAttribute("aria-label", button.title);
}

function nextTheme() {
  const chosen = document.documentElement.dataset.themeChoice;
  setTheme(THEMES[(THEMES.indexOf(chosen) + 1) % THEMES.length]);
}

const declare = (...actions) => keys.declare(...actions.map((one) => ({ ...one, everywhere: true })));
declare(
  { id: "palette", title: TEXT.palette, group: TEXT.group, keys: ["Mod+K"], run: showPalette },
  {
    id: "help",
    title: TEXT.help,
    group: TEXT.group,
    keys: ["?", "F1"],
    run: () => showHelp(shell.helpExtra()),
  },
  { id: "theme", title: TEXT.theme, run: nextTheme },
  ...THEMES.map((name) => ({ id: `theme-${name}`, title: TEXT[name], run: () => setTheme(name) })),
  { id: "curl", title: TEXT.curl, run: showCalls },
);
for (const link of document.querySelectorAll(".nav a")) {
  declare({
    id: `go-${link.getAttribute("href")}`,
    title: `${TEXT.goTo} ${link.textContent}`,
    run: () => link.click(),
  });
}
document.querySelector(".nav [aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
for (const button of document.querySelectorAll("[data-action]")) {
  button.addEventListener("click", () => keys.run(button.dataset.action));
}
showTheme();
outbox.start();
