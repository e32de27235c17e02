// The Storage page: where tasks come from and completions go to. The forms are made from what the
// API says about each type of storage.
import "./shell.js";
import { storageCard } from "./storage-card.js";
import { get } from "./api.js";
import { byId, page } from "./dom.js";
import { Notices } from "./notices.js";
import { problem } from "./toast.js";

const TEXT = { readOnly: (why) => `Nothing can be changed now: ${why}` };
const ROLES = ["source", "target"];

async function load() {
  const storages = await get("api/project/storage-settings");
  for (const role of ROLES) {
    byId(role).replaceChildren(...storageCard(role, storages[role], { changed: load, ...page }));
  }
}

if (page.readOnly) {
  new Notices(byId("notices")).show("read-only", TEXT.readOnly(page.readOnly), { kind: "warn" });
}
try {
  await load();
} catch (error) {
  problem(error.message);
}
