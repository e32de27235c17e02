// The projects of a server of many, or of a visitor: the list comes at once; what is in each
// project is asked when its card comes into view.
import "./shell.js";
import { address, call, get } from "./api.js";
import { confirm } from "./dialog.js";
import { byId, el, icon, page, root } from "./dom.js";
import * as keys from "./keys.js";
import { menu } from "./menu.js";
import { picture } from "./picture.js";
import { newProject } from "./projects-new.js";
import { problem, toast } from "./toast.js";
import { count, counted, exactly, when } from "./words.js";

const TEXT = {
  new: "New project",
  untitled: "Untitled project",
  current: "Open now",
  tasks: (completed, tasks) => `${count(completed)} of ${counted(tasks, "task")} labeled`,
  noTasks: "No tasks yet",
  changed: (at) => `Last change: ${at}`,
  broken: "It cannot be opened: ",
  more: (title) => `More about ${title}`,
  settings: "Settings",
  setup: "Setup",
  remove: "Delete…",
  removeTitle: (title) => `Delete “${title}”?`,
  removeWhy: (folder) => `The folder ${folder} is moved to .trash, from where it can be taken back by hand.`,
  removeGo: "Delete",
  removed: (title) => `“${title}” is in .trash now.`,
  emptyTitle: "No projects yet",
  empty: "A project is a folder with tasks, labels and a label config. Make one, or put a folder of Label Studio 0.8 among the others.",
  none: "No project has these words.",
};
const MANY = 8; // projects from which there is a field to find one

const isMany = page.kind === "many";
let projects = page.projects;

const titleOf = (project) => project.title || (isMany ? project.folder : TEXT.untitled);
const at = (project, path) => (isMany ? `projects/${project.id}/${path}` : path);

function draw() {
  const words = byId("find").value.toLowerCase().split(/\s+/).filter(Boolean);
  const text = (project) => `${project.title} ${project.folder}`.toLowerCase();
  const shown = projects.filter((project) => words.every((word) => text(project).includes(word)));
  byId("find").hidden = projects.length < MANY;
  byId("projects").replaceChildren(...shown.map((project) => el("li", {}, card(project))));
  byId("empty").hidden = shown.length > 0;
  const said = projects.length ? [el("p", {}, TEXT.none)] : welcome();
  byId("empty").replaceChildren(...said);
}

const welcome = () => [icon("empty"), el("h2", {}, TEXT.emptyTitle), el("p", {}, TEXT.empty)];

function card(project) {
  const title = titleOf(project);
  const link = { href: linkTo(project), onclick: (event) => enter(event, project) };
  const text = el(
    "div.text",
    {},
    el("div.title", {}, el("h2", {}, el("a", link, title)), isMany ? more(project, title) : null),
    project.current ? el("span.chip.accent.current", {}, TEXT.current) : null,
    el("div.counts"),
    el(
      "time.quiet-text.small-text",
      { title: exactly(project.changed_at) },
      TEXT.changed(when(project.changed_at)),
    ),
  );
  const made = el("article.project", { data: { project: project.id } }, text);
  if (isMany) seen.observe(made);
  else if (project.current) fill(made, project);
  return made;
}

const linkTo = (project) => (isMany ? address(at(project, "")) : root || "./");

// In multi-session mode the server remembers on which project one works.
async function enter(event, project) {
  if (isMany || project.current) return;
  event.preventDefault();
  try {
    await call("POST", `api/project-switch?uuid=${project.id}`);
    location.href = root || "./";
  } catch (error) {
    problem(error.message);
  }
}

const seen = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries) {
    if (!isIntersecting) continue;
    seen.unobserve(target);
    fill(target, projects.find(({ id }) => String(id) === target.dataset.project));
  }
});

async function fill(target, project) {
  const counts = target.querySelector(".counts");
  try {
    const { tasks, completed } = await get(at(project, "api/progress"));
    target.prepend(picture(at(project, "api/label-config/picture.svg#project")));
    const bar = { max: tasks || 1, value: completed, "aria-label": titleOf(project) };
    const words = tasks ? TEXT.tasks(completed, tasks) : TEXT.noTasks;
    counts.replaceChildren(...(tasks ? [el("progress.progress", bar)] : []), el("span", {}, words));
  } catch (error) {
    counts.replaceChildren(el("span.chip.bad", {}, TEXT.broken), ` ${error.message}`);
  }
}

function more(project, title) {
  const given = { type: "button", "aria-label": TEXT.more(title) };
  const item = (words, run) =>
    el("button.item", { type: "button", role: "menuitem", onclick: run }, words);
  const go = (path) => () => {
    location.href = address(at(project, path));
  };
  return menu(el("button.button.quiet.square.small", given, icon("more")), () => [
    item(TEXT.setup, go("setup")),
    item(TEXT.settings, go("settings")),
    item(TEXT.remove, () => remove(project, title)),
  ]);
}

async function remove(project, title) {
  const why = TEXT.removeWhy(project.folder);
  if (!(await confirm(TEXT.removeTitle(title), why, TEXT.removeGo, { danger: true }))) return;
  try {
    await call("DELETE", `api/workspace/projects/${project.id}`);
    projects = await get("api/workspace/projects");
    toast(TEXT.removed(title));
  } catch (error) {
    problem(error.message);
  }
  draw();
}

async function make() {
  try {
    const id = await newProject();
    if (id !== null) location.href = isMany ? address(`projects/${id}/`) : root || "./";
  } catch (error) {
    problem(error.message);
  }
}

keys.declare({ id: "new-project", title: TEXT.new, run: make });
byId("find").addEventListener("input", draw);
draw();
