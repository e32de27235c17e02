// The table itself: only the rows in sight are there. Arrows move, Space selects; a million rows
// scroll like ten, because beyond what a browser can lay out places are scaled.
import { el, icon } from "./dom.js";
import { cellOf, widthOf } from "./task-cells.js";
import { text } from "./task-text.js";
import * as widths from "./task-widths.js";

const TALLEST = 8_000_000; // px; browsers lose their way beyond 17 million
const AROUND = 6; // rows drawn above and below those in sight
const LOW = 40;
const HIGH = 64; // px, with pictures

export class Grid {
  #element;
  #rows;
  #selection;
  #on;
  #head = el("div.grid-head", { role: "row", "aria-rowindex": 1 });
  #body = el("div.grid-body", { role: "rowgroup" });
  #drawn = new Map(); // index → element
  #columns = [];
  #height = LOW;
  #offset = 0; // px between where a row would be and where it is
  #last = 0; // scrollTop
  #frame = 0;
  #settling = 0;
  #anchor = null;

  active = -1; // index of the row that keys are about

  // `on` has {sort(name), open(row), moved(row)}.
  constructor(element, rows, selection, on) {
    this.#element = element;
    this.#rows = rows;
    this.#selection = selection;
    this.#on = on;
    element.append(el("div", { role: "rowgroup" }, this.#head), this.#body);
    element.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    element.addEventListener("keydown", (event) => this.#onKey(event));
    this.#body.addEventListener("click", (event) => this.#onClick(event));
    this.#body.addEventListener("dblclick", (event) => this.#onDouble(event));
    new ResizeObserver(() => this.draw()).observe(element);
  }

  show(columns, sort) {
    this.#columns = columns;
    this.#height = columns.some(({ kind }) => kind === "image" || kind === "video") ? HIGH : LOW;
    this.#element.classList.toggle("high", this.#height === HIGH);
    this.#layOut();
    this.#element.setAttribute("aria-colcount", columns.length + 1);
    this.#drawHead(sort);
    this.redraw();
  }

  #layOut() {
    const sizes = this.#columns.map((column) => {
      const chosen = widths.of(column.name);
      return chosen === null ? widthOf(column) : `${chosen}px`;
    });
    const least = sizes.reduce((sum, size) => sum + parseInt(size.match(/\d+/)[0], 10), 40);
    this.#element.style.setProperty("--widths", ["40px", ...sizes].join(" "));
    this.#element.style.setProperty("--least", `${least}px`);
  }

  toTop() {
    this.active = -1;
    this.#offset = 0;
    this.#element.scrollTop = this.#last = 0;
    this.#element.removeAttribute("aria-activedescendant");
  }

  // Everything anew: other rows, other columns, another selection.
  redraw() {
    for (const row of this.#drawn.values()) row.remove();
    this.#drawn.clear();
    this.draw();
  }

  // What came into sight or changed.
  draw() {
    const total = this.#rows.total;
    const known = total !== null;
    this.#element.setAttribute("aria-rowcount", known ? total + 1 : -1);
    this.#element.setAttribute("aria-busy", String(!known));
    if (this.active >= total) this.active = total - 1;
    this.#body.style.height = `${Math.min((total ?? 0) * this.#height, TALLEST)}px`;
    const [first, last] = this.visible();
    if (known && total) this.#rows.show(first, last);
    const from = Math.max(0, first - AROUND);
    const to = Math.min(last + AROUND, (total ?? 0) - 1);
    for (const [index, element] of this.#drawn) {
      if (index < from || index > to) {
        element.remove();
        this.#drawn.delete(index);
      }
    }
    for (let index = from; index <= to; index += 1) this.#place(index);
    this.#checkAll();
  }

  // Indexes of the first and the last row in sight.
  visible() {
    const { scrollTop, clientHeight } = this.#element;
    const first = Math.floor((scrollTop + this.#offset) / this.#height);
    const shown = Math.ceil((clientHeight - this.#head.offsetHeight) / this.#height);
    return [Math.max(0, first), Math.min(first + shown, (this.#rows.total ?? 0) - 1)];
  }

  get activeRow() {
    return this.active < 0 ? null : this.#rows.at(this.active);
  }

  focus() {
    this.#element.focus({ preventScroll: true });
  }

  // Make this row the active one, in sight.
  go(index, { select = false } = {}) {
    const total = this.#rows.total ?? 0;
    if (!total) return;
    const before = this.active;
    this.active = Math.max(0, Math.min(index, total - 1));
    if (select) this.#extend(before < 0 ? this.active : before, this.active);
    else this.#anchor = null;
    const top = this.active * this.#height - this.#offset;
    const room = this.#element.clientHeight - this.#head.offsetHeight - this.#height;
    const { scrollTop } = this.#element;
    if (top < scrollTop) this.#jump(this.active * this.#height);
    else if (top > scrollTop + room) this.#jump(this.active * this.#height - room);
    this.#drawn.get(before)?.classList.remove("active");
    this.draw();
    const element = this.#drawn.get(this.active);
    element?.classList.add("active");
    this.#element.setAttribute("aria-activedescendant", element?.id ?? "");
    this.#on.moved(this.activeRow);
  }

  toggle(index = this.active) {
    const row = this.#rows.at(index);
    if (row) this.#selection.toggle(row.id);
  }

  // -- scrolling ----------------------------------------------------------------------------------

  get #real() {
    return (this.#rows.total ?? 0) * this.#height;
  }

  // To a place in px as if there were no limit.
  #jump(place) {
    const reach = this.#element.clientHeight - this.#head.offsetHeight;
    if (this.#real <= TALLEST) {
      this.#element.scrollTop = place;
      return;
    }
    const part = place / (this.#real - reach);
    this.#element.scrollTop = Math.max(0, Math.min(1, part)) * (TALLEST - reach);
    this.#last = this.#element.scrollTop;
    this.#offset = place - this.#last;
  }

  #scrolled() {
    if (this.#real > TALLEST) this.#scale();
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      this.draw();
    });
  }

  // Small steps move by rows, large ones (the bar is dragged) by proportion; when it is quiet
  // again the bar is put where it belongs.
  #scale() {
    const { scrollTop, clientHeight } = this.#element;
    const reach = clientHeight - this.#head.offsetHeight;
    const small = Math.abs(scrollTop - this.#last) < clientHeight;
    const atEnd = scrollTop <= 0 || scrollTop >= TALLEST - reach - 1;
    if (!small || atEnd) {
      const part = Math.max(0, Math.min(1, scrollTop / (TALLEST - reach)));
      this.#offset = part * (this.#real - reach) - scrollTop;
      this.#redrawSoon();
    }
    this.#last = scrollTop;
    clearTimeout(this.#settling);
    this.#settling = setTimeout(() => {
      const place = this.#element.scrollTop + this.#offset;
      this.#jump(Math.max(0, Math.min(place, this.#real - reach)));
      this.redraw();
    }, 250);
  }

  #redrawSoon() {
    for (const row of this.#drawn.values()) row.remove();
    this.#drawn.clear();
  }

  // -- drawing ------------------------------------------------------------------------------------

  #drawHead(sort) {
    const all = { type: "checkbox", "aria-label": text.selectAll, onclick: () => this.#selection.toggleAll() };
    const cells = this.#columns.map((column) => {
      const up = sort === column.name;
      const down = sort === `-${column.name}`;
      const sign = up || down ? icon(up ? "up" : "down") : null;
      const name = el("span.name", {}, column.title);
      const handle = widths.handle(column, () => this.#layOut());
      if (column.type === null) return el("div.cell.fixed", { role: "columnheader", "aria-label": column.title }, name, handle);
      return el("div.cell", {
        role: "columnheader", "aria-label": column.title, "aria-sort": up ? "ascending" : down ? "descending" : "none",
      },
        el("button", { type: "button", onclick: () => this.#on.sort(column.name), title: text.sortBy(column.title) },
          name, sign),
        handle,
      );
    });
    this.#head.replaceChildren(el("div.cell.mark", { role: "columnheader" }, el("input", all)), ...cells);
  }

  #checkAll() {
    const box = this.#head.querySelector("input");
    if (!box) return;
    box.checked = this.#selection.isAll;
    box.indeterminate = !this.#selection.isAll && this.#selection.count > 0;
  }

  #place(index) {
    const row = this.#rows.at(index);
    let element = this.#drawn.get(index);
    if (element && element.row === row) {
      this.#mark(element, index, row);
      return;
    }
    const made = this.#row(index, row);
    element?.remove();
    this.#drawn.set(index, made);
    made.style.transform = `translateY(${index * this.#height - this.#offset}px)`;
    this.#body.append(made);
  }

  #row(index, row) {
    const made = el("div.grid-row", { role: "row", id: `row-${index}`, "aria-rowindex": index + 2 });
    made.row = row;
    made.index = index;
    const box = row
      ? el("input", { type: "checkbox", tabindex: -1, "aria-label": text.select(row.id) })
      : null;
    made.append(el("div.cell.mark", { role: "gridcell" }, box));
    for (const column of this.#columns) {
      made.append(el(`div.cell.${column.kind}`, { role: "gridcell" }, row ? cellOf(row, column) : el("span.ghost")));
    }
    this.#mark(made, index, row);
    return made;
  }

  #mark(element, index, row) {
    const selected = Boolean(row) && this.#selection.has(row.id);
    element.setAttribute("aria-selected", String(selected));
    const box = element.querySelector(".mark input");
    if (box) box.checked = selected;
    element.classList.toggle("active", index === this.active);
  }

  // -- keys and clicks ----------------------------------------------------------------------------

  #onKey(event) {
    if (event.target.closest(".grid-head")) return;
    const [first, last] = this.visible();
    const page = Math.max(1, last - first - 1);
    const total = this.#rows.total ?? 0;
    const from = this.active < 0 ? -1 : this.active;
    const to = {
      ArrowDown: from + 1,
      ArrowUp: from < 0 ? 0 : from - 1,
      PageDown: Math.max(from, first) + page,
      PageUp: Math.max(from, first) - page,
      Home: 0,
      End: total - 1,
    }[event.key];
    if (to !== undefined && !event.altKey && !event.metaKey) this.go(to, { select: event.shiftKey });
    else if (event.key === " ") this.toggle();
    else if (event.key === "Enter" && this.activeRow) this.#on.open(this.activeRow);
    else return;
    event.preventDefault();
  }

  #onClick(event) {
    const element = event.target.closest(".grid-row");
    if (!element?.row) return;
    if (event.target.closest(".mark")) {
      if (event.shiftKey && this.active >= 0) this.#extend(this.active, element.index);
      else this.#selection.toggle(element.row.id);
      this.active = element.index;
      this.draw();
    } else if (!event.target.closest("a, button")) {
      this.go(element.index, { select: event.shiftKey });
      if (!event.shiftKey) this.#on.chosen(element.row);
    }
  }

  #onDouble(event) {
    const element = event.target.closest(".grid-row");
    if (element?.row && !event.target.closest("a, button, .mark")) this.#on.open(element.row);
  }

  // Select from the row where it began to this one.
  #extend(from, to) {
    this.#anchor ??= from;
    const [low, high] = [Math.min(this.#anchor, to), Math.max(this.#anchor, to)];
    const ids = [];
    for (let index = low; index <= high; index += 1) {
      const row = this.#rows.at(index);
      if (row) ids.push(row.id);
    }
    this.#selection.add(ids);
  }
}
