// The real editor on one task, inside a frame of the Setup page, which is told how it went.
import { byId, page } from "./dom.js";
import { Editor } from "./editor.js";

const tell = (message) => parent.postMessage({ preview: message }, location.origin);

addEventListener("error", (event) => tell({ problem: event.message }));
addEventListener("unhandledrejection", (event) => tell({ problem: String(event.reason) }));

const editor = new Editor(byId("label-studio"), page.config, page.editor);
const task = { id: 0, data: page.task, completions: [], predictions: [] };
try {
  await editor.start();
  editor.show(task);
  tell({ ready: true, result: [] });
} catch (error) {
  tell({ problem: error.message });
}
editor.addEventListener("change", () => {
  const work = editor.work();
  if (work) tell({ result: work.result });
});
