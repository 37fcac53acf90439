// Quoting: the words that are selected in a post go into the composer with a link to where they stand. A button appears beside the
// selection, right after the post's words in the order of the keyboard, so that Tab reaches it; the Quote link of a post does the same.
// With nothing selected that link leads to a page which quotes the whole post.
(() => {
  const form = document.getElementById("composer");
  const thread = document.getElementById("thread");
  if (!form?.composer || !thread) return;

  const { area, insert, make, aim } = form.composer;

  // Where one was writing last: there the words go. Selecting elsewhere moves the cursor of some browsers.
  let caret = null;
  for (const kind of ["input", "keyup", "click"]) area.addEventListener(kind, () => { caret = area.selectionStart; });

  // The post whose words are selected, and the words; nothing where the selection runs across posts.
  const selected = () => {
    const selection = getSelection();
    if (!selection.rangeCount || selection.isCollapsed) return null;
    const range = selection.getRangeAt(0);
    const start = range.startContainer.parentElement?.closest("#thread .prose");
    const end = range.endContainer.nodeType === Node.ELEMENT_NODE ? range.endContainer : range.endContainer.parentElement;
    const words = selection.toString().trim();
    if (!start || !words) return null;
    const isInside = end?.closest(".prose") === start || range.endOffset === 0; // a triple click ends before what follows
    return isInside ? { prose: start, item: start.closest("[data-number]"), range, words } : null;
  };

  const quote = (item, words) => {
    const { number } = item.dataset;
    const name = document.getElementById(`w${number}`)?.textContent.trim() ?? "";
    const url = item.querySelector(":scope > .post .permalink")?.getAttribute("href") ?? "";
    const lines = [`[${name.replace(/[[\]\\`*_<>]/g, "\\$&")}, #${number}](${url}#p${number})`, "", ...words.split("\n")];
    const quoted = `${lines.map((line) => `> ${line}`.trimEnd()).join("\n")}\n\n`;
    const place = caret ?? area.value.length;
    const before = area.value.slice(0, place);
    const gap = !before.trim() ? "" : before.endsWith("\n\n") ? "" : before.endsWith("\n") ? "\n" : "\n\n";
    insert(gap + quoted, place, place);
    caret = area.selectionStart;
    form.scrollIntoView({ block: "center" });
  };

  const begin = async (item, words) => {
    if (!area.value.trim()) await form.composer.changeTo?.(item.dataset.number);
    if (!area.value.trim()) aim(item.dataset.number);
    quote(item, words);
  };

  // ——— the button beside the selection ———
  const button = make("button", { type: "button", className: "btn second quote-it", textContent: "Quote", hidden: true });
  let found = null;
  let timer = null;

  const place = () => {
    if (!found) return;
    const box = found.range.getBoundingClientRect();
    const isOff = box.bottom < 0 || box.top > innerHeight;
    button.style.insetBlockStart = `${Math.min(box.bottom + 8, innerHeight - 60)}px`;
    button.style.insetInlineStart = `${Math.max(8, Math.min(box.left, innerWidth - 120))}px`;
    button.style.visibility = isOff ? "hidden" : "visible";
  };
  const look = () => {
    if (document.activeElement === button) return;
    found = selected();
    button.hidden = !found;
    if (!found) return;
    const number = found.item.dataset.number;
    button.setAttribute("aria-label", `Quote the selected words of #${number}`);
    if (button.previousElementSibling !== found.prose) found.prose.after(button);
    place();
  };
  document.addEventListener("selectionchange", () => {
    clearTimeout(timer);
    timer = setTimeout(look, 150);
  });
  addEventListener("scroll", place, { passive: true });
  addEventListener("resize", place, { passive: true });
  button.addEventListener("pointerdown", (event) => event.preventDefault()); // the selection stays
  button.addEventListener("blur", () => setTimeout(look, 150));
  button.addEventListener("click", () => {
    const chosen = found;
    found = null;
    button.hidden = true;
    if (!chosen) return;
    getSelection().removeAllRanges();
    begin(chosen.item, chosen.words);
  });

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a.do-quote");
    const chosen = link && selected();
    if (!chosen || event.ctrlKey || event.metaKey || event.shiftKey || chosen.item !== link.closest("[data-number]")) return;
    event.preventDefault();
    begin(chosen.item, chosen.words);
  });
})();
