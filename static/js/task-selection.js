// Which tasks are selected: some by id, or all that match but some. It holds for a million.
export class Selection {
  #all = false;
  #ids = new Set(); // those that are selected; with `all`, those that are not
  #total;
  #changed;

  // `total()` is how many match now.
  constructor(total, changed) {
    this.#total = total;
    this.#changed = changed;
  }

  get isAll() {
    return this.#all && this.#ids.size === 0;
  }

  get count() {
    return this.#all ? Math.max(0, (this.#total() ?? 0) - this.#ids.size) : this.#ids.size;
  }

  has(id) {
    return this.#ids.has(id) !== this.#all;
  }

  toggle(id) {
    if (this.#ids.has(id)) this.#ids.delete(id);
    else this.#ids.add(id);
    this.#changed();
  }

  add(ids) {
    for (const id of ids) if (!this.has(id)) this.#ids[this.#all ? "delete" : "add"](id);
    this.#changed();
  }

  toggleAll() {
    const all = !this.isAll;
    this.#all = all;
    this.#ids.clear();
    this.#changed();
  }

  clear() {
    this.#all = false;
    this.#ids.clear();
    this.#changed();
  }

  // As the query language says it.
  get items() {
    const ids = [...this.#ids];
    return this.#all ? { all: true, excluded: ids } : { all: false, included: ids };
  }
}
