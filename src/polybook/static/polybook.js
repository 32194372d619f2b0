// What the pages of a book remember and keep in step: the framework shown in tabs, and the language.
// It runs before sphinx-design's design-tabs.js, which selects tabs from the storage it shares.
(function () {
  "use strict";

  const group = "framework";
  const words = JSON.parse(decodeURIComponent(document.currentScript?.dataset.words ?? "{}"));
  const known = (document.currentScript?.dataset.frameworks ?? "").split(" ").filter(Boolean);

  // Storage may be forbidden; then a choice holds for the page (and for as long as the address).
  function recall(key) {
    try {
      return localStorage.getItem(key);
    } catch {
      return null;
    }
  }
  function remember(key, value) {
    try {
      localStorage.setItem(key, value);
    } catch {
      // nothing to be done: the book works without
    }
  }

  function storageKey() {
    const script = document.querySelector("script[data-sd-tabs-storage-prefix]");
    return (script?.dataset.sdTabsStoragePrefix ?? "sphinx-design-tab-id-") + group;
  }

  function address(change) {
    const url = new URL(location.href);
    change(url.searchParams);
    history.replaceState(history.state, "", url);
  }

  function show(framework) {
    const labels = document.querySelectorAll(`.sd-tab-label[data-sync-group="${group}"]`);
    for (const label of labels) {
      const input = document.getElementById(label.htmlFor);
      if (label.dataset.syncId === framework && input) input.checked = true;
    }
  }

  function startFrameworks() {
    const wanted = new URLSearchParams(location.search).get(group);
    if (wanted !== null && !known.includes(wanted)) {
      address((query) => query.delete(group)); // or design-tabs.js would store it
    } else if (wanted !== null) {
      remember(storageKey(), wanted);
    }
    show(known.includes(wanted) ? wanted : recall(storageKey()));
    document.addEventListener("change", (event) => {
      const label = event.target.nextElementSibling;
      if (label?.dataset.syncGroup !== group) return;
      // A framework in the address would win over this choice at the next reload.
      if (new URLSearchParams(location.search).has(group)) {
        address((query) => query.set(group, label.dataset.syncId));
      }
    });
    // A page from the browser's memory may have been left before the choice was made.
    window.addEventListener("pageshow", (event) => {
      if (event.persisted) show(recall(storageKey()));
    });
  }

  // The section that the reader sees: the last heading above the upper third of the window.
  function sectionInView() {
    let section = "";
    if (scrollY < 8) return section; // at the top it is the page, not its first section
    for (const candidate of document.querySelectorAll("article section[id]")) {
      if (candidate.getBoundingClientRect().top > innerHeight / 3) break;
      if (candidate.parentElement.closest("section")) section = "#" + candidate.id;
    }
    return section;
  }

  function place() {
    const box = document.querySelector(":target")?.getBoundingClientRect();
    return box && box.bottom > -1 && box.top < innerHeight ? location.hash : sectionInView();
  }

  function startLanguages() {
    const menu = document.querySelector(".polybook-languages");
    if (!menu) return;
    const links = menu.querySelectorAll("a");
    function aim() {
      const anchor = place();
      for (const link of links) {
        link.href = link.href.split(/[?#]/)[0] + location.search + anchor;
      }
    }
    menu.addEventListener("toggle", aim);
    for (const link of links) {
      link.addEventListener("click", () => {
        aim(); // the page may have been scrolled while the menu was open
        remember("polybook.edition", link.dataset.edition);
      });
    }
    document.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !menu.open) return;
      menu.open = false;
      menu.querySelector("summary").focus();
    });
    document.addEventListener("click", (event) => {
      if (!menu.contains(event.target)) menu.open = false;
    });
  }

  // Not all browsers open what hides the target of a link, and none opens the target itself.
  function openTarget() {
    const target = document.getElementById(location.hash.slice(1));
    let closed = target?.closest("details:not([open])");
    if (!closed) return;
    for (; closed; closed = closed.parentElement.closest("details:not([open])")) closed.open = true;
    target.scrollIntoView();
  }

  // Tooltips that the theme and its scripts write in English, put into the page's language.
  function translateTooltips() {
    const attributes = ["title", "aria-label", "data-bs-title", "data-bs-original-title", "data-tooltip"];
    function translate(element) {
      for (const attribute of attributes) {
        const word = words[element.getAttribute(attribute)];
        if (word) element.setAttribute(attribute, word);
      }
    }
    document.querySelectorAll(attributes.map((name) => `[${name}]`).join()).forEach(translate);
    const observer = new MutationObserver((changes) => {
      for (const change of changes) translate(change.target);
    });
    observer.observe(document.body, { subtree: true, attributeFilter: attributes });
  }

  document.addEventListener("DOMContentLoaded", () => {
    if (Object.keys(words).length) setTimeout(translateTooltips); // once the others have started
    startFrameworks();
    startLanguages();
    openTarget();
    window.addEventListener("hashchange", openTarget);
  });
})();
