// Suggestions while one types: people after @ and two letters (only those who may read the place; the server decides), emoji after : and
// two letters. The list stands below the box; arrow keys choose, Enter or Tab takes, Escape closes. And a panel of emoji from the toolbar.
(() => {
  const form = document.getElementById("composer");
  if (!form?.composer) return;

  const { area, field, insert, make } = form.composer;
  const PEOPLE = /(?:^|[^\p{L}\p{N}@/.:])@([\p{L}\p{N}-]{2,40})$/u;
  const EMOJI = /(?:^|\s):([a-z+-][a-z0-9_+-]{1,30})$/i;

  const list = make("ul", { id: "suggestions", className: "suggestions list", hidden: true });
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Suggestions");
  area.after(list);
  area.setAttribute("aria-autocomplete", "list");
  area.setAttribute("aria-haspopup", "listbox");
  area.setAttribute("aria-controls", list.id);

  let options = [];
  let active = 0;
  let typed = "";
  let timer = null;
  let asking = null;

  const close = () => {
    clearTimeout(timer);
    asking?.abort();
    if (list.hidden) return;
    options = [];
    list.hidden = true;
    list.replaceChildren();
    area.removeAttribute("aria-activedescendant");
  };

  const mark = (place) => {
    active = (place + options.length) % options.length;
    for (const [index, item] of [...list.children].entries()) item.setAttribute("aria-selected", String(index === active));
    area.setAttribute("aria-activedescendant", list.children[active].id);
    list.children[active].scrollIntoView({ block: "nearest" });
  };

  const take = (place) => {
    const { text } = options[place];
    const end = area.selectionStart;
    close();
    insert(`${text} `, end - typed.length, end);
  };

  const open = (found, what) => {
    if (!found.length) return close();
    options = found;
    list.replaceChildren(...found.map((option, index) => {
      const item = make("li", { id: `suggestion-${index}` }, ...option.parts);
      item.setAttribute("role", "option");
      item.addEventListener("pointerdown", (event) => event.preventDefault()); // the box keeps the focus
      item.addEventListener("click", () => take(index));
      return item;
    }));
    list.hidden = false;
    form.composer.say(`${found.length} ${what}. Up and down to choose, Enter to take, Escape to close.`);
    mark(0);
  };

  // ——— people ———
  const initials = (name) => {
    const words = name.replaceAll("-", " ").split(/\s+/).filter((word) => /^[\p{L}\p{N}]/u.test(word));
    return (words.length > 1 ? [words[0], words.at(-1)] : words).map((word) => [...word][0]).join("").toUpperCase();
  };
  const people = async (words) => {
    asking?.abort();
    asking = new AbortController();
    const query = new URLSearchParams({ where: field("draft_key").value || field("where")?.value || "", q: words });
    try {
      const answer = await fetch(`${form.dataset.peopleUrl}?${query}`, { signal: asking.signal, redirect: "error" });
      if (!answer.ok) return close();
      const told = (await answer.json()).people;
      open(told.map(({ handle, name, line }) => ({
        text: `@${handle}`,
        parts: [make("span", { className: "av s", textContent: initials(name), ariaHidden: "true" }), make("span", { className: "named" }, make("b", { textContent: name }), ` @${handle}`), make("span", { className: "soft", textContent: line })],
      })), told.length === 1 ? "person" : "people");
    } catch (error) {
      if (error.name !== "AbortError") close(); // no connection: one types the name in full
    }
  };

  // ——— emoji ———
  let known = null;
  const emoji = () => (known ??= fetch(form.dataset.emojiUrl).then((answer) => answer.json()).catch(() => { known = null; return []; }));
  const rank = (names, words) => {
    const wanted = words.toLowerCase().replaceAll("_", " ").trim();
    if (names.slice(1).some((name) => name === wanted)) return 0;
    if (names.slice(1).some((name) => name.startsWith(wanted))) return 1;
    if (names.some((name) => name.startsWith(wanted))) return 2;
    return names.some((name) => name.includes(` ${wanted}`)) ? 3 : 9;
  };
  const matching = async (words) => {
    const ranked = (await emoji()).map(([character, ...names]) => ({ character, names, place: rank(names, words) }));
    return ranked.filter((one) => one.place < 9).sort((one, other) => one.place - other.place);
  };

  const look = async () => {
    if (area.selectionStart !== area.selectionEnd) return close();
    const before = area.value.slice(Math.max(0, area.selectionStart - 60), area.selectionStart);
    const named = PEOPLE.exec(before);
    if (named) {
      typed = `@${named[1]}`;
      timer = setTimeout(() => people(named[1]), 150);
      return;
    }
    const drawn = EMOJI.exec(before);
    if (!drawn) return close();
    typed = `:${drawn[1]}`;
    const found = (await matching(drawn[1])).slice(0, 8);
    open(found.map(({ character, names }) => ({ text: character, parts: [make("span", { textContent: character, ariaHidden: "true" }), ` ${names[1] ?? names[0]}`] })), "emoji");
  };

  area.addEventListener("input", () => {
    clearTimeout(timer);
    look();
  });
  area.addEventListener("blur", () => setTimeout(close, 100));
  area.addEventListener("click", close);
  area.addEventListener("keydown", (event) => {
    if (list.hidden || event.ctrlKey || event.metaKey || event.isComposing) return;
    if (event.key === "ArrowDown") mark(active + 1);
    else if (event.key === "ArrowUp") mark(active - 1);
    else if (event.key === "Enter" || event.key === "Tab") take(active);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });

  // ——— the panel ———
  const button = form.composer.tool("emoji", "Emoji");
  button.setAttribute("aria-expanded", "false");
  let panel = null;

  const shut = () => {
    if (panel) panel.hidden = true;
    button.setAttribute("aria-expanded", "false");
  };
  const build = async () => {
    const all = await emoji();
    const grid = make("div", { className: "emoji-grid" }, ...all.map(([character, ...names]) => {
      const one = make("button", { type: "button", textContent: character, title: names[0] });
      one.setAttribute("aria-label", names[0]);
      one.dataset.names = names.join(" ");
      return one;
    }));
    const filter = make("input", { type: "search", id: "emoji-filter", autocomplete: "off" });
    const made = make("div", { className: "emoji-panel", id: "emoji-panel" }, make("label", { htmlFor: "emoji-filter", className: "sm", textContent: "Find an emoji" }), filter, grid);
    made.setAttribute("role", "group");
    made.setAttribute("aria-label", "Emoji");
    filter.addEventListener("input", (event) => {
      event.stopPropagation(); // not what is being written
      const words = filter.value.toLowerCase().trim();
      for (const one of grid.children) one.hidden = !one.dataset.names.includes(words);
    });
    filter.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
    made.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      shut();
      button.focus();
    });
    grid.addEventListener("click", (event) => {
      const chosen = event.target.closest("button");
      if (!chosen) return;
      shut();
      insert(chosen.textContent);
    });
    form.querySelector(".bar").after(made);
    return made;
  };
  button.addEventListener("click", async () => {
    if (button.getAttribute("aria-expanded") === "true") return shut();
    panel ??= await build();
    panel.hidden = false;
    button.setAttribute("aria-expanded", "true");
    panel.querySelector("input").focus();
  });
})();
