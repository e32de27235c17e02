// What other tabs of this browser do with the same project.

// Events: "same" (another tab shows this task, too), "saved" with the task's id.
export class Tabs extends EventTarget {
  #channel;
  #me = Math.random();
  #showing = null;
  #others = new Map(); // tab → the task that it shows

  constructor(project) {
    super();
    this.#channel = new BroadcastChannel(`lsl:${project}:tabs`);
    this.#channel.onmessage = ({ data }) => this.#heard(data);
    this.#channel.postMessage({ tab: this.#me, ask: true });
    addEventListener("pagehide", () => this.show(null));
  }

  get others() {
    return [...this.#others.values()];
  }

  // This tab shows a task now; null for none.
  show(task) {
    this.#showing = task;
    this.#channel.postMessage({ tab: this.#me, task });
    if (task !== null && this.others.includes(task)) this.dispatchEvent(new Event("same"));
  }

  saved(task) {
    this.#channel.postMessage({ tab: this.#me, saved: task });
  }

  #heard({ tab, task, saved, ask }) {
    if (ask) return this.#channel.postMessage({ tab: this.#me, task: this.#showing });
    if (saved !== undefined) return this.dispatchEvent(new CustomEvent("saved", { detail: saved }));
    if (task === null) return this.#others.delete(tab);
    this.#others.set(tab, task);
    if (task === this.#showing) this.dispatchEvent(new Event("same"));
    return undefined;
  }
}
