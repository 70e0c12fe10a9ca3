/* The switches of what goes wrong. A count goes down by itself as it is used up. */

import { post, remove } from "./api.js";
import { h, say } from "./dom.js";
import { on } from "./store.js";

const byId = (id) => document.getElementById(id);
const switches = () => document.querySelectorAll("[data-fault]");
const usual = { action_after_hangup: true, sms_error_code: 30003 };

function show(faults) {
  let count = 0;
  for (const control of switches()) {
    const name = control.dataset.fault;
    const value = faults[name];
    const isOdd = value !== (usual[name] ?? false) && value !== 0;
    control.closest(".fault").dataset.on = String(isOdd);
    if (isOdd && name !== "sms_error_code") count += 1;
    if (control === document.activeElement) continue;
    const wanted = value === 0 ? "false" : String(value);
    if (control.tagName === "SELECT" && ![...control.options].some((option) => option.value === wanted)) {
      control.append(h("option", { value: wanted }, `${wanted} times`));
    }
    control.value = wanted;
  }
  byId("faults-on").hidden = !count;
  say(byId("faults-on"), `${count} on`);
}

/** Wire the switches; `complain` is told of what did not work. */
export function start(complain) {
  for (const control of switches()) {
    control.addEventListener("change", () => {
      const value = JSON.parse(control.value || "0");
      post("/faults", { [control.dataset.fault]: value }).then(show, complain);
    });
  }
  byId("faults-reset").addEventListener("click", () => remove("/faults").then(show, complain));
  on("faults", show);
}
