/* The guided tour: things to try, ticked off when the log shows that they happened, with why it matters. */

import { h, icon, say } from "./dom.js";
import { handsets, lines, notes, on, partyOf } from "./store.js";

const FOLDED = "lab.tour";
const byId = (id) => document.getElementById(id);
const seen = []; // of each step: how many of its sights were seen
let chosen = 0;
let isDrawn = false;

const isDone = (place) => seen[place] >= notes.tour[place].sees.length;

/** Whether an entry of the log is what a step waits for. */
function shows(entry, sight) {
  if (entry.kind !== sight.kind || !new RegExp(sight.text).test(entry.text)) return false;
  if (sight.party && handsets.get(entry.data.by ?? partyOf(entry))?.label.kind !== sight.party) return false;
  return sight.data.every(({ name, value }) => new RegExp(value).test(entry.data[name] ?? ""));
}

function feed(entries, isFirst) {
  if (!notes.tour.length) return;
  if (!isDrawn) draw();
  for (const entry of entries) {
    notes.tour.forEach((step, place) => {
      if (isDone(place) || !shows(entry, step.sees[seen[place]])) return;
      seen[place] += 1;
      if (isDone(place)) celebrate(place, isFirst);
    });
  }
  show();
}

function celebrate(place, isFirst) {
  if (isFirst) {
    chosen = Math.min(place + 1, notes.tour.length - 1);
    return;
  }
  chosen = place;
  say(byId("announcer"), `Done: ${notes.tour[place].title}. ${notes.tour[place].why}`);
}

function draw() {
  isDrawn = true;
  notes.tour.forEach((_step, place) => { seen[place] = 0; });
  const steps = h("ol", { class: "steps" }, notes.tour.map((step, place) =>
    h("li", {}, h("button", { type: "button", class: "step", title: step.title, onclick: () => { chosen = place; show(); } },
      h("span", { class: "mark" }, String(place + 1))))));
  const fold = h("button", { type: "button", class: "button", "aria-controls": "tour-body", onclick: () => hide(!byId("tour").classList.contains("is-folded")) }, "Hide");
  byId("tour").replaceChildren(
    h("div", { class: "section-head" }, h("h2", { id: "tour-title" }, "Six things to try"), h("p", { class: "quiet", id: "tour-count" }), fold),
    h("div", { id: "tour-body" }, steps, h("div", { class: "step-body", id: "step-body" })));
  say(byId("tour-title"), `${notes.tour.length} things to try`);
  byId("tour").hidden = false;
  hide(remembered() === "folded");
}

function remembered() {
  try {
    return localStorage.getItem(FOLDED);
  } catch {
    return null;
  }
}

function hide(isFolded) {
  const tour = byId("tour");
  tour.classList.toggle("is-folded", isFolded);
  const button = tour.querySelector("[aria-controls=tour-body]");
  button.setAttribute("aria-expanded", String(!isFolded));
  say(button, isFolded ? "Show" : "Hide");
  try {
    localStorage.setItem(FOLDED, isFolded ? "folded" : "open");
  } catch {
    // Not remembered, then.
  }
}

function show() {
  const done = notes.tour.filter((_step, place) => isDone(place)).length;
  say(byId("tour-count"), `${done} of ${notes.tour.length} done`);
  [...byId("tour").querySelectorAll(".step")].forEach((button, place) => {
    button.setAttribute("aria-current", place === chosen ? "step" : "false");
    button.classList.toggle("is-done", isDone(place));
    say(button.querySelector(".mark"), isDone(place) ? "✓" : String(place + 1));
    button.setAttribute("aria-label", `${notes.tour[place].title}${isDone(place) ? ", done" : ""}`);
  });
  const body = byId("step-body");
  const key = `${chosen} ${isDone(chosen)} ${lines.size}`;
  if (body.dataset.shown === key) return;
  body.dataset.shown = key;
  const step = notes.tour[chosen];
  const next = notes.tour.findIndex((_step, place) => !isDone(place));
  body.replaceChildren(
    h("h3", {}, step.title), h("ol", { class: "how" }, step.how.map((line) => h("li", {}, line))),
    isDone(chosen) ? h("div", { class: "why" }, icon("receiver"), h("p", {}, h("strong", {}, "What you just saw. "), step.why)) : "",
    isDone(chosen) && next >= 0 ? h("button", { type: "button", class: "button primary", onclick: () => { chosen = next; show(); } },
      `Next: ${notes.tour[next].title}`) : "");
}

/** Wire the tour. */
export function start() {
  on("entries", feed);
}
