// The Label page: the next task, again and again; or one task, with ?task_id=.
import { Editor } from "./editor.js";

const page = JSON.parse(document.getElementById("page").textContent);
const notice = document.getElementById("notice");

async function call(method, path, body) {
  const response = await fetch(path, {
    method,
    headers: body === undefined ? {} : { "Content-Type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  if (response.status === 404) return null;
  const text = await response.text();
  if (!response.ok) throw new Error(detail(text) ?? `${method} ${path}: ${response.status}`);
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function detail(text) {
  try {
    return JSON.parse(text).detail;
  } catch {
    return null;
  }
}

const backend = {
  async save(task, id, body) {
    if (id === null) {
      id = (await call("POST", `api/tasks/${task.id}/completions`, body)).id;
    } else {
      await call("PATCH", `api/tasks/${task.id}/completions/${id}`, body);
    }
    proceed(task);
    return id;
  },
  async skip(task, body) {
    await call("POST", `api/tasks/${task.id}/completions?was_cancelled=1`, body);
    proceed(task);
  },
  remove: (taskId, id) => call("DELETE", `api/tasks/${taskId}/completions/${id}`),
  star: (taskId, id, on) => call("PATCH", `api/tasks/${taskId}/completions/${id}`, { honeypot: on }),
};

const editor = new Editor("label-studio", page.config, backend);

function proceed(task) {
  setTimeout(() => show(page.taskId === null ? null : task.id), 0);
}

async function show(taskId) {
  const path = taskId === null ? "api/project/next" : `api/tasks/${taskId}`;
  try {
    const task = await call("GET", path);
    notice.textContent = task ? `Task ${task.id}` : "All tasks are labeled.";
    if (task) editor.show(task);
    else editor.showNothing();
  } catch (error) {
    notice.textContent = error.message;
  }
}

await editor.ready;
await show(page.taskId);
