// Follows the colour scheme that the person chose for the whole device.
(() => {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const fixed = document.documentElement.dataset.theme;
  const apply = () => { document.documentElement.dataset.bsTheme = fixed || (dark.matches ? "dark" : "light"); };
  dark.addEventListener("change", apply);
  apply();
})();
