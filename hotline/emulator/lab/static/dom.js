/* Building what the page shows. Texts are set as texts: nothing that arrives is ever read as markup. */

/** An element with attributes (`on…` are listeners, `false`/`null` leave one out) and children. */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return element;
}

/** One of the page's own drawings. */
export function icon(name) {
  const space = "http://www.w3.org/2000/svg";
  const drawing = document.createElementNS(space, "svg");
  const use = document.createElementNS(space, "use");
  use.setAttribute("href", `#i-${name}`);
  drawing.setAttribute("aria-hidden", "true");
  drawing.append(use);
  return drawing;
}

/** Change a text only if it is another: assistive technology need not hear it again. */
export function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

const LINK = /(https?:\/\/[^\s<>"]+[^\s<>".,;:!?)])/g;

/** A text in which addresses are links that open in a tab of their own. */
export function linked(text) {
  return text.split(LINK).map((part, place) =>
    place % 2 ? h("a", { href: part, target: "_blank", rel: "noopener noreferrer" }, shortened(part)) : part);
}

function shortened(address) {
  const url = new URL(address);
  const rest = url.pathname + url.search;
  return `${url.host}${rest.length > 22 ? `${rest.slice(0, 20)}…` : rest}`;
}

const GROUPS = { 7: [3, 4], 8: [4, 4], 9: [3, 3, 3], 10: [3, 3, 4], 11: [3, 4, 4], 12: [4, 4, 4] };

/** A number in groups that can be read, as far as one can tell without a plan of the world. */
export function grouped(number) {
  const found = /^\+(1|7|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|\d{3})(\d+)$/.exec(number);
  if (!found) return number;
  let rest = found[2];
  const groups = (GROUPS[rest.length] ?? [rest.length]).map((length) => {
    const group = rest.slice(0, length);
    rest = rest.slice(length);
    return group;
  });
  return `+${found[1]} ${groups.join(" ")}`;
}

export const sleep = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));
