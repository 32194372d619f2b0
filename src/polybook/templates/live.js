// Added to the pages by `polybook serve`: reloads them after a build and shows what is wrong.
{
  const { edition, version } = document.currentScript.dataset;
  const place = `polybook-scroll:${location.pathname}`;

  const restoreScroll = () => {
    const stored = sessionStorage.getItem(place);
    sessionStorage.removeItem(place);
    if (stored !== null) scrollTo({ top: Number(stored), behavior: "instant" });
  };

  const reload = () => {
    sessionStorage.setItem(place, scrollY);
    location.reload();
  };

  const show = (text) => {
    document.getElementById("polybook-problem")?.remove();
    if (!text) return;
    const box = document.createElement("div");
    box.id = "polybook-problem";
    box.setAttribute("role", "alert");
    box.lang = "en";
    box.style.cssText =
      "position:fixed;inset:auto 0 0 0;z-index:99999;max-height:45vh;overflow:auto;padding:1rem;" +
      "background:#3b0d0d;color:#fff;font:14px/1.5 monospace;white-space:pre-wrap;" +
      "border-top:3px solid #ff6b6b;overflow-wrap:anywhere";
    box.textContent = text;
    document.body.append(box);
  };

  // A page in the background listens no longer: browsers allow few connections to one host.
  let events = null;
  const listen = () => {
    events?.close();
    events = null;
    if (document.hidden) return;
    const query = new URLSearchParams({ edition, version });
    events = new EventSource(`/-/events?${query}`);
    events.addEventListener("reload", reload);
    events.addEventListener("problem", (event) => show(JSON.parse(event.data)));
  };

  addEventListener("load", restoreScroll);
  addEventListener("pagehide", () => events?.close());
  document.addEventListener("visibilitychange", listen);
  listen();
}
