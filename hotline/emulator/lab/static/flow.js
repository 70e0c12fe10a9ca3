/* What flows between the telephone network and the service: a line each, details on demand, newest first. */

import { timeOfDay } from "./clock.js";
import { grouped, h, say } from "./dom.js";
import { heardAs } from "./captions.js";
import { nameOf, on, partyOf } from "./store.js";
import { pretty } from "./xml.js";

const MOST = 300;
const KINDS = {
  webhook: ["Webhooks and TwiML", true], callback: ["Status callbacks", true], rest: ["REST requests", true],
  sms: ["Text messages", true], call: ["Calls", true], speech: ["Speech", false], alert: ["Alerts", true],
};
const KIND_OF = {
  webhook: "webhook", "webhook-lost": "webhook", callback: "callback", rest: "rest", sms: "sms", "sms-status": "sms",
  said: "speech", heard: "speech", spoken: "speech", alert: "alert",
};
const ARROWS = { webhook: "→", callback: "→", rest: "←" };
const WAYS = { webhook: "to the service", callback: "to the service", rest: "from the service" };
const LONG = /[A-Z]{0,2}[0-9a-f]{20,}/g;
const SECRETS = /digits|pin|token|password|secret/i;
const byId = (id) => document.getElementById(id);
const kept = [];
const shown = Object.fromEntries(Object.entries(KINDS).map(([kind, [, isShown]]) => [kind, isShown]));
let isPaused = false;
let alerts = 0;

const kindOf = (entry) => KIND_OF[entry.kind] ?? "call";

function fits(entry) {
  const of = byId("flow-of").value;
  return shown[kindOf(entry)] && (!of || partyOf(entry) === of);
}

/** One line of the list. */
function row(entry) {
  const kind = kindOf(entry);
  const status = entry.data.status ?? "";
  const party = partyOf(entry);
  const head = [
    h("time", {}, timeOfDay(Date.parse(entry.at))),
    h("span", { class: "way" }, ARROWS[kind] ?? "", WAYS[kind] ? h("span", { class: "unseen" }, WAYS[kind]) : null),
    h("span", { class: "what" }, ...summary(entry, kind)),
    ARROWS[kind] && status ? h("span", { class: `status ${status.startsWith("2") ? "good" : "bad"}` }, status) : null,
    entry.took_ms === null ? null : h("span", { class: "ms" }, `${entry.took_ms} ms`),
    party ? h("span", { class: "party" }, nameOf(party)) : null,
  ];
  const body = details(entry, kind);
  return h("li", { class: `flow-row is-${kind}`, "data-index": entry.index },
    body.length ? h("details", {}, h("summary", {}, head), h("div", { class: "flow-body" }, body)) : h("p", {}, head));
}

function summary(entry, kind) {
  if (kind === "webhook" || kind === "callback" || kind === "rest") {
    return [h("code", {}, entry.text.split(" → ")[0].replace(LONG, (id) => `${id.slice(0, 6)}…`))];
  }
  if (kind === "speech") return [entry.kind === "said" ? "hears " : "says ", h("q", {}, heardAs(entry.text))];
  if (entry.kind === "sms") return [entry.data.status === "received" ? "texts " : "is texted ", h("q", {}, entry.text)];
  if (entry.kind === "sms-status") return [`text message ${entry.text}`];
  if (kind === "alert") return [h("strong", {}, "Alert "), entry.text];
  return [entry.kind === "status" ? "call " : "", entry.text.replace(/\+\d{7,15}/g, (number) => nameOf(number))];
}

function details(entry, kind) {
  const found = [];
  const asked = entry.data.params ? Object.entries(JSON.parse(entry.data.params)) : [];
  if (kind === "webhook" || kind === "callback") found.push(h("p", { class: "quiet" }, signature(entry)));
  if (entry.data.url && kind === "alert") found.push(h("p", { class: "quiet" }, entry.data.url));
  if (asked.length) {
    found.push(h("dl", { class: "params" }, asked.map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, shownValue(name, value))))));
  }
  const answer = entry.data.answer ?? "";
  if (answer.trim().startsWith("<")) found.push(pretty(answer));
  else if (answer) found.push(h("pre", { class: "code", tabindex: "0" }, answer));
  if (entry.gloss) found.push(h("p", { class: "gloss" }, entry.gloss));
  if (found.length && entry.sid) found.push(h("p", { class: "quiet sid" }, entry.sid));
  return found;
}

function signature(entry) {
  if (entry.kind === "webhook-lost") return "It was lost on the way, as a fault asks.";
  if (entry.data.status === "403") return "Signed with the account's token, and refused (403).";
  return `Signed with the account's token. ${entry.data.url}`;
}

function shownValue(name, value) {
  if (SECRETS.test(name)) return value ? `${"•".repeat(value.length)} (${value.length} ${value.length === 1 ? "key" : "keys"}, not shown)` : "";
  return /^\+\d{7,15}$/.test(value) ? `${grouped(value)} (${nameOf(value)})` : value;
}

function redraw() {
  byId("flow").replaceChildren(...kept.filter(fits).slice(-MOST).reverse().map(row));
  byId("flow-empty").hidden = byId("flow").children.length > 0;
}

function feed(entries, isFirst) {
  for (const entry of entries) {
    if (entry.kind === "alert") alerts += 1;
    kept.push(entry);
    const number = partyOf(entry);
    if (number && ![...byId("flow-of").options].some((option) => option.value === number)) {
      byId("flow-of").append(h("option", { value: number }, nameOf(number)));
    }
  }
  kept.splice(0, Math.max(0, kept.length - 4 * MOST));
  showAlerts();
  if (isPaused) return showPause(entries.length);
  if (isFirst) return redraw();
  const list = byId("flow");
  for (const entry of entries.filter(fits)) list.prepend(row(entry));
  while (list.children.length > MOST) list.lastChild.remove();
  byId("flow-empty").hidden = list.children.length > 0;
}

let missed = 0;

function showPause(more = 0) {
  missed = isPaused ? missed + more : 0;
  const button = byId("flow-pause");
  button.setAttribute("aria-pressed", String(isPaused));
  say(button, isPaused ? `Go on (${missed} waiting)` : "Pause");
}

function showAlerts() {
  byId("alerts").hidden = !alerts;
  say(byId("alerts-text"), alerts ? `The service did something wrong: ${alerts} ${alerts === 1 ? "alert" : "alerts"}.` : "");
}

/** Wire the list and its filters. */
export function start() {
  for (const [kind, [word, isShown]] of Object.entries(KINDS)) {
    const box = h("input", { type: "checkbox", checked: isShown, onchange: () => {
      shown[kind] = box.checked;
      redraw();
    } });
    byId("flow-kinds").append(h("label", { class: `kind is-${kind}` }, box, h("span", {}, word)));
  }
  byId("flow-of").addEventListener("change", redraw);
  byId("flow-pause").addEventListener("click", () => {
    isPaused = !isPaused;
    showPause();
    if (!isPaused) redraw();
  });
  byId("flow-clear").addEventListener("click", () => {
    kept.length = 0;
    alerts = 0;
    showAlerts();
    redraw();
  });
  byId("alerts-show").addEventListener("click", () => {
    for (const box of byId("flow-kinds").querySelectorAll("input")) {
      box.checked = box.closest(".is-alert") !== null;
      box.dispatchEvent(new Event("change"));
    }
  });
  on("entries", feed);
}
