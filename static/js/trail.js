// The tasks that were visited in this tab, in their order, for going back and forth.
const LONGEST = 500;

export class Trail {
  #key;
  #ids = [];
  #at = -1;

  // `walk` names the selection that is gone through, if it is one.
  constructor(project, walk) {
    this.#key = `lsl:${project}:trail${walk ? `:${walk}` : ""}`;
    try {
      this.#ids = JSON.parse(sessionStorage.getItem(this.#key)) ?? [];
    } catch {
      this.#ids = []; // the browser keeps nothing
    }
    this.#at = this.#ids.length - 1;
  }

  get length() {
    return this.#ids.length;
  }

  // The last one, null when there is none.
  get last() {
    return this.#ids.at(-1) ?? null;
  }

  // A task is shown. One that is not where we are comes after all others.
  visit(id) {
    if (this.#ids[this.#at] === id) return;
    if (this.#ids[this.#at + 1] === id) this.#at += 1;
    else {
      this.#ids = [...this.#ids.filter((known) => known !== id), id].slice(-LONGEST);
      this.#at = this.#ids.length - 1;
    }
    this.#keep();
  }

  #keep() {
    try {
      sessionStorage.setItem(this.#key, JSON.stringify(this.#ids));
    } catch {
      // then a reload forgets the way
    }
  }

  // Back at a task that was visited, if it was.
  goTo(id) {
    const at = this.#ids.indexOf(id);
    if (at >= 0) this.#at = at;
  }

  canGoBack(id) {
    return this.#before(id) >= 0;
  }

  // The task before this one, or null; null stands for no task, after all.
  back(id) {
    const at = this.#before(id);
    if (at < 0) return null;
    this.#at = at;
    return this.#ids[at];
  }

  #before(id) {
    return id === null ? this.#ids.length - 1 : this.#ids.indexOf(id) - 1;
  }

  clear() {
    this.#ids = [];
    this.#at = -1;
    this.#keep();
  }

  // The task after the present one, null at the end.
  forward() {
    if (this.#at + 1 >= this.#ids.length) return null;
    this.#at += 1;
    return this.#ids[this.#at];
  }
}
