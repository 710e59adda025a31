// Applies the chosen light before anything is drawn; without a choice the system's holds.
(() => {
  const root = document.documentElement;
  const chosen = localStorage.getItem("satu-theme");
  if (chosen) root.dataset.theme = chosen;
  const isDark = () =>
    root.dataset.theme
      ? root.dataset.theme === "dark"
      : matchMedia("(prefers-color-scheme: dark)").matches;
  addEventListener("DOMContentLoaded", () => {
    for (const button of document.querySelectorAll("[data-theme-switch]")) {
      button.addEventListener("click", () => {
        root.dataset.theme = isDark() ? "light" : "dark";
        localStorage.setItem("satu-theme", root.dataset.theme);
        dispatchEvent(new Event("satu-theme"));
      });
    }
  });
})();
