// Turns the pages of a wall screen when there are more rows than fit, the most urgent page first.
(() => {
  const turnSeconds = 10;
  const list = () => document.querySelector("[data-pages]");
  let first = 0;

  // A page begins with a whole row and ends with the last one that is whole.
  function arrange() {
    const box = list();
    const rows = [...box.querySelectorAll("[data-reference]")];
    if (first >= rows.length) first = 0;
    const height = box.clientHeight;
    const top = rows[first]?.offsetTop ?? 0;
    let last = first;
    while (last + 1 < rows.length && rows[last + 1].offsetTop + rows[last + 1].offsetHeight - top <= height) last += 1;
    rows.forEach((row, place) => { row.classList.toggle("is-beyond", place < first || place > last); });
    box.scrollTop = top - (rows[0]?.offsetTop ?? 0);
    const place = document.querySelector("[data-place]");
    place.classList.toggle("is-needed", rows.length > 0 && (first > 0 || last < rows.length - 1));
    const values = { first: first + 1, last: last + 1, all: rows.length };
    place.textContent = place.dataset.place.replace(/\{(\w+)\}/g, (_, name) => values[name]);
    return last + 1;
  }

  function turn() {
    const next = arrange();
    first = next >= list().querySelectorAll("[data-reference]").length ? 0 : next;
    arrange();
  }

  document.addEventListener("live:shown", arrange);
  addEventListener("resize", arrange);
  setInterval(turn, turnSeconds * 1000);
  arrange();
})();
