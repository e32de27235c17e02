// The Welcome page: a demo by one click, and a sample task for the label config that is there.
import { call, get } from "./api.js";
import { codeline } from "./codeline.js";
import { confirm } from "./dialog.js";
import { byId, page, root } from "./dom.js";
import * as keys from "./keys.js";
import "./shell.js";
import { problem } from "./toast.js";

const TEXT = {
  replace: "Replace your label config?",
  replaceWhy: "The demo brings a label config of its own. The one that you made is gone then.",
  go: "Replace it",
  sample: "Add a sample task",
  demo: (title) => `Demo: ${title}`,
};

const demos = [...document.querySelectorAll("[data-demo]")];

async function startDemo(name) {
  if (page.chosen && !(await confirm(TEXT.replace, TEXT.replaceWhy, TEXT.go))) return;
  await busily(async () => {
    const example = await get(`api/gallery/${name}`);
    if (example.editor && page.editor !== example.editor) {
      await call("POST", "api/editor", { body: { build: example.editor } });
    }
    await call("POST", "api/project/config", { body: { label_config: example.config } });
    await call("POST", "api/project/import", { body: example.demo_tasks });
  });
}

async function addSample() {
  await busily(async () => {
    const sample = await get(`api/import-example?label_config=${encodeURIComponent(page.config)}`);
    await call("POST", "api/project/import", { body: [{ data: sample }] });
  });
}

// One thing at a time; when it is done, there is something to label.
async function busily(work) {
  const buttons = [...demos, document.querySelector('[data-action="sample-task"]')];
  for (const button of buttons) button.disabled = true;
  try {
    await work();
    location.href = root || "./";
  } catch (error) {
    problem(error.message);
  } finally {
    for (const button of buttons) button.disabled = Boolean(page.readOnly);
  }
}

keys.declare({ id: "sample-task", title: TEXT.sample, run: addSample });
for (const button of demos) {
  const { demo } = button.dataset;
  const title = TEXT.demo(button.querySelector("strong").textContent);
  keys.declare({ id: `demo-${demo}`, title, run: () => startDemo(demo) });
  button.addEventListener("click", () => startDemo(demo));
  button.disabled = Boolean(page.readOnly);
}
const script = byId("script");
script.append(codeline(script.dataset.line));
