// The Storage page: where tasks come from and completions go to. The forms are made from what the
// API says about each type of storage.
import "./shell.js";
import { storageCard } from "./storage-card.js";
import { get } from "./api.js";
import { byId, page } from "./dom.js";
import { problem } from "./toast.js";

const ROLES = ["source", "target"];

async function load() {
  const storages = await get("api/project/storage-settings");
  for (const role of ROLES) {
    byId(role).replaceChildren(...storageCard(role, storages[role], { changed: load, ...page }));
  }
}

try {
  await load();
} catch (error) {
  problem(error.message);
}
