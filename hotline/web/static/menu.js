// Menus close when one looks elsewhere or presses Escape; without it they close by their own button.
(() => {
  const menus = () => document.querySelectorAll("details.menu[open]");
  document.addEventListener("click", (event) => {
    for (const menu of menus()) if (!menu.contains(event.target)) menu.open = false;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of menus()) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });
  // Whoever signs out leaves nothing typed behind for the next at this browser (drafts.js keeps it).
  document.addEventListener("submit", (event) => {
    if (!event.target.action.endsWith("/sign-out")) return;
    try {
      for (const key of Object.keys(localStorage)) if (key.startsWith("draft:")) localStorage.removeItem(key);
    } catch {
      // This browser keeps nothing.
    }
  });
})();
