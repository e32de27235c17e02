// What the server refused to save, and what can be done with each piece of it.
import { codeline } from "./codeline.js";
import { open } from "./dialog.js";
import { el } from "./dom.js";
import { curl } from "./api.js";
import { text } from "./label-text.js";

// `openWork(item)` shows the task with that work.
export function showRefused(outbox, openWork) {
  const list = el("div");
  const shown = open(text.refusedTitle, [el("p", {}, text.refusedIntro), list], { kind: "wide" });
  const draw = () => {
    const { refused } = outbox.state;
    if (!refused.length) return shown.close();
    return list.replaceChildren(...refused.map(row));
  };
  const row = (item) => {
    const button = (words, run, kind = "") =>
      el(`button.button.small${kind}`, { type: "button", onclick: () => (run(), draw()) }, words);
    const actions = [
      button(text.openWork, () => {
        outbox.cancel(item.seq);
        shown.close();
        openWork(item);
      }),
      button(text.tryAgain, () => outbox.retry(item.seq)),
    ];
    if (item.refused.status === 409 && item.kind === "update") {
      actions.push(
        button(text.overwrite, () => outbox.retry(item.seq, { force: true })),
        button(text.saveBoth, () => saveBoth(item)),
      );
    }
    actions.push(button(text.drop, () => outbox.cancel(item.seq), ".danger"));
    const { method, path, body, headers } = outbox.request(item) ?? {};
    return el(
      "section.card",
      {},
      el("p", {}, text.refusedItem(item)),
      el("div.actions", {}, actions),
      method ? codeline(curl({ method, path, headers, body: body && JSON.stringify(body) })) : null,
    );
  };
  const saveBoth = (item) => {
    outbox.cancel(item.seq);
    const ref = `${item.seq}`;
    const body = { ...item.body, unique_id: ref };
    outbox.add({ kind: "create", taskId: item.taskId, ref, body });
  };
  draw();
}
