// Unfinished work, kept twice: in this browser at once, by the server a moment later. So a closed
// tab, a crash or a server that is away lose nothing.
import { call } from "./api.js";

const CALM = 800; // ms without a change after which the server is told
const LATEST = 4000; // ms after which it is told even if changes go on

// Events: "change" of `state`: none, saving, saved, here (in this browser only).
export class Drafts extends EventTarget {
  #prefix;
  #taskId = null;
  #draft = null;
  #revision = null; // of the server's draft that ours is based on
  #timer = 0;
  #since = 0;
  #sending = null;
  state = "none";

  constructor(project) {
    super();
    this.#prefix = `lsl:${project}:draft:`;
    addEventListener("pagehide", () => this.flush({ keepalive: true }));
  }

  // Begins with a task. Returns {draft, other}: what to go on with, and what somebody else left
  // when both are new; either may be null.
  open(taskId, server) {
    this.flush();
    this.#taskId = taskId;
    this.#draft = null;
    this.#revision = server?.revision ?? null;
    this.#become("none");
    const here = this.#read(taskId);
    if (!here) return { draft: server ?? null, other: null };
    if (here.synced) {
      if (!server) this.#forget(taskId); // it was submitted or thrown away elsewhere
      return { draft: server ?? null, other: null };
    }
    if (!server || server.revision === here.base) return { draft: here.draft, other: null };
    return { draft: here.draft, other: server };
  }

  // The work as it is now: {completion_id, unique_id, result, lead_time}.
  keep(draft) {
    this.#draft = draft;
    this.#write({ draft, base: this.#revision, synced: false });
    this.#become("saving");
    this.#since ||= Date.now();
    clearTimeout(this.#timer);
    const wait = Math.min(CALM, Math.max(0, this.#since + LATEST - Date.now()));
    this.#timer = setTimeout(() => this.flush(), wait);
  }

  // Tells the server now. With `keepalive` the page may be closed meanwhile.
  async flush({ keepalive = false } = {}) {
    clearTimeout(this.#timer);
    if (!this.#draft || !this.#since) return;
    await this.#sending;
    const [taskId, draft] = [this.#taskId, this.#draft];
    if (!draft) return;
    this.#since = 0;
    this.#sending = this.#send(taskId, draft, keepalive);
    await this.#sending;
    this.#sending = null;
  }

  async #send(taskId, draft, keepalive) {
    const headers = this.#revision ? { "If-Match": `"${this.#revision}"` } : {};
    try {
      const path = `api/tasks/${taskId}/draft`;
      const { data } = await call("PUT", path, { body: draft, headers, keepalive });
      if (this.#taskId !== taskId) return;
      this.#revision = data.revision;
      if (this.#draft === draft) {
        this.#write({ draft, base: data.revision, synced: true });
        this.#become("saved");
      }
    } catch (error) {
      if (this.#taskId !== taskId) return;
      this.#become("here");
      if (error.status === 409) this.dispatchEvent(new Event("elsewhere"));
      else if (error.isAway || error.status >= 500) this.#since ||= Date.now();
    }
  }

  // Ours counts, whatever the server has: for a person who chose it.
  takeOver(revision) {
    this.#revision = revision;
  }

  // The work was submitted or thrown away; returns the revision that the server may still have.
  drop() {
    clearTimeout(this.#timer);
    const revision = this.#revision;
    const known = revision !== null || this.#sending !== null;
    if (this.#taskId !== null) this.#forget(this.#taskId);
    this.#draft = null;
    this.#since = 0;
    this.#revision = null;
    this.#become("none");
    return { known, revision };
  }

  #become(state) {
    this.state = state;
    this.dispatchEvent(new Event("change"));
  }

  #read(taskId) {
    try {
      return JSON.parse(localStorage.getItem(this.#prefix + taskId));
    } catch {
      return null;
    }
  }

  #write(value) {
    try {
      localStorage.setItem(this.#prefix + this.#taskId, JSON.stringify(value));
    } catch {
      // too large for the browser; the server has it in a moment
    }
  }

  #forget(taskId) {
    try {
      localStorage.removeItem(this.#prefix + taskId);
    } catch {
      // nothing was kept
    }
  }
}
