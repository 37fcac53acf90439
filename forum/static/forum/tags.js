// Suggestions for the tag that is being written, behind those that stand already. Without this the list serves the first tag.
"use strict";
(() => {
  const list = document.getElementById("known-tags");
  const names = list ? [...list.options].map((option) => option.value) : [];
  for (const field of document.querySelectorAll("[data-tags]")) {
    field.addEventListener("input", () => {
      const cut = field.value.lastIndexOf(",") + 1;
      const before = cut ? `${field.value.slice(0, cut)} ` : "";
      const taken = new Set(before.split(",").map((name) => name.trim()));
      list.replaceChildren(...names.filter((name) => !taken.has(name)).map((name) => new Option("", before + name)));
    });
  }
})();
