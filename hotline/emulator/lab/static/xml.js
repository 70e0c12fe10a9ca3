/* TwiML as somebody would write it: an element a line, indented, names and values told apart. */

import { h } from "./dom.js";

const MOST_LINE = 60;

/** A `<pre>` that shows a document; what is no XML is shown as it came. */
export function pretty(source) {
  const parsed = new DOMParser().parseFromString(source, "text/xml");
  if (parsed.querySelector("parsererror")) return h("pre", { class: "code", tabindex: "0" }, source);
  return h("pre", { class: "code", tabindex: "0", "aria-label": "TwiML" }, h("code", {}, element(parsed.documentElement, 0)));
}

function element(node, depth) {
  const indent = "  ".repeat(depth);
  const head = [indent, punctuation("<"), h("span", { class: "tag" }, node.tagName), ...attributes(node)];
  const text = node.children.length ? "" : node.textContent.trim();
  if (!node.children.length && !text) return [...head, punctuation("/>"), "\n"];
  const tail = [punctuation("</"), h("span", { class: "tag" }, node.tagName), punctuation(">"), "\n"];
  if (text && text.length + indent.length < MOST_LINE) return [...head, punctuation(">"), text, ...tail];
  const inner = text ? [`${indent}  ${text}\n`] : [...node.children].flatMap((child) => element(child, depth + 1));
  return [...head, punctuation(">"), "\n", ...inner, indent, ...tail];
}

function attributes(node) {
  return [...node.attributes].flatMap(({ name, value }) => [
    " ", h("span", { class: "name" }, name), punctuation('="'), h("span", { class: "value" }, value), punctuation('"'),
  ]);
}

const punctuation = (text) => h("span", { class: "punctuation" }, text);
