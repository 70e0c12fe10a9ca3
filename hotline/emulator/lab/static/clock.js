/* The clock of this world: what time it is, how fast it goes, and letting dull minutes fly past. */

import { post } from "./api.js";
import { say } from "./dom.js";
import { on } from "./store.js";

const SKIP = 600; // seconds
const byId = (id) => document.getElementById(id);
const known = { at: Date.now(), since: performance.now(), speed: 1, can: [] };
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** The instant it is there, in milliseconds. */
export const now = () => known.at + (performance.now() - known.since) * known.speed;

/** How many seconds pass there in one here. */
export const speed = () => known.speed;

/** A time of day in a zone, with or without seconds. */
export function timeOfDay(instant, timeZone = zone, seconds = true) {
  const shape = { hour: "2-digit", minute: "2-digit", hourCycle: "h23", ...(seconds ? { second: "2-digit" } : {}) };
  try {
    return new Intl.DateTimeFormat("en-GB", { ...shape, timeZone }).format(instant);
  } catch {
    return new Intl.DateTimeFormat("en-GB", { ...shape, timeZone: "UTC" }).format(instant);
  }
}

/** A span as minutes and seconds. */
export function span(milliseconds) {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  return `${String(Math.floor(seconds / 60)).padStart(2, "0")}:${String(seconds % 60).padStart(2, "0")}`;
}

function take({ now: at, speed: pace, can }) {
  Object.assign(known, { at: Date.parse(at), since: performance.now(), speed: pace, can });
  for (const button of byId("speeds").children) {
    button.setAttribute("aria-pressed", String(Number(button.dataset.speed) === pace));
    button.disabled = !can.includes("speed");
  }
  byId("skip").disabled = !can.includes("skip") && !can.includes("advance");
  const isOdd = ![...byId("speeds").children].some((button) => Number(button.dataset.speed) === pace);
  say(byId("clock-zone"), isOdd ? `${zone}, ${pace}×` : zone);
  byId("clock").dataset.fast = String(pace > 60);
}

async function change(body) {
  take(await post("/clock", body));
}

/** Show the clock, and let it be changed. `complain` is told of what did not work. */
export function start(complain) {
  on("clock", take);
  byId("speeds").addEventListener("click", (event) => {
    const chosen = event.target.closest("button")?.dataset.speed;
    if (chosen) change({ speed: Number(chosen) }).catch(complain);
  });
  byId("skip").addEventListener("click", () => {
    change({ [known.can.includes("skip") ? "skip" : "advance"]: SKIP }).catch(complain);
  });
  setInterval(() => say(byId("clock-time"), timeOfDay(now())), 200);
}
