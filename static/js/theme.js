// Runs before the page is drawn, so that it is never drawn in the wrong colours: the theme that
// was chosen here (kept by the browser for every project), else what the system prefers.
(() => {
  const KEY = "lsl:theme";
  const prefersDark = matchMedia("(prefers-color-scheme: dark)");
  const stored = () => {
    try {
      return localStorage.getItem(KEY);
    } catch {
      return null; // the browser keeps nothing; the system's choice will do
    }
  };
  const apply = () => {
    const chosen = stored() ?? "auto";
    const dark = chosen === "dark" || (chosen === "auto" && prefersDark.matches);
    document.documentElement.dataset.theme = dark ? "dark" : "light";
    document.documentElement.dataset.themeChoice = chosen;
  };
  apply();
  prefersDark.addEventListener("change", apply);
  addEventListener("storage", (event) => event.key === KEY && apply());
  addEventListener("lsl:theme", (event) => {
    try {
      localStorage.setItem(KEY, event.detail);
    } catch {
      // it holds for this page only
    }
    apply();
    document.documentElement.dataset.themeChoice = event.detail;
  });
})();
