// The box one writes in: keeps a draft while one writes, counts near the limit, puts an answer or a quotation in place without
// leaving the page. Without script the same links and buttons lead to pages that do it.
(() => {
  const form = document.getElementById("composer");
  if (!form) return;

  const area = form.querySelector("textarea");
  const state = document.getElementById("draft-state");
  const left = document.getElementById("count-left");
  const token = form.querySelector("[name=csrfmiddlewaretoken]").value;
  const field = (name) => form.elements.namedItem(name);

  // ——— draft ———
  let timer = null;
  let under = null;
  let sent = false;
  let kept = area.value;

  const save = async () => {
    timer = null;
    if (sent || area.value === kept) return;
    const text = area.value;
    const body = new URLSearchParams({
      draft_key: form.dataset.draft, sequence: String(Date.now()), body: text,
      title: field("title")?.value ?? "", to: field("to")?.value ?? "",
    });
    under = new AbortController();
    try {
      const answer = await fetch(form.dataset.draftUrl, {
        method: "POST", body, signal: under.signal, redirect: "manual", headers: { "X-CSRFToken": token },
      });
      if (!answer.ok) throw new TypeError(`draft answered ${answer.status}`);
      const { kept: isKept } = await answer.json();
      kept = text;
      const time = new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
      state.textContent = isKept ? `Draft saved ${time}` : "A newer draft is open in another window";
    } catch (error) {
      if (error.name !== "AbortError") state.textContent = "Not saved: no connection. What you wrote stays here.";
    }
  };

  const later = () => {
    const most = Number(area.dataset.most);
    const free = most - area.value.length;
    left.textContent = free < 2000 ? `, ${free.toLocaleString("en-GB")} left` : "";
    clearTimeout(timer);
    timer = setTimeout(save, 1200);
  };
  form.addEventListener("input", later);
  field("title")?.addEventListener?.("input", later);
  form.addEventListener("submit", (event) => {
    if (event.submitter?.name === "preview") return;
    sent = true; // a draft that arrives after the post would bring it back to life
    clearTimeout(timer);
    under?.abort();
  });
  addEventListener("pageshow", (event) => { if (event.persisted) sent = false; });

  // ——— answering and quoting in place ———
  const note = document.getElementById("answering");
  const answer = (number) => {
    if (!field("to") || !note) return false;
    field("to").value = number;
    note.hidden = !number;
    if (number) {
      const name = document.getElementById(`w${number}`)?.textContent.trim() ?? "";
      note.querySelector("span").textContent = `Answering ${name}, #${number}.`;
    }
    return true;
  };
  note?.querySelector("button").addEventListener("click", () => { answer(""); area.focus(); });
  if (field("to")?.value) answer(field("to").value);

  const selectionIn = (post) => {
    const selection = getSelection();
    const inside = selection.rangeCount && post?.querySelector(".prose")?.contains(selection.getRangeAt(0).commonAncestorContainer);
    return inside ? selection.toString().trim() : "";
  };

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-reply], a[data-quote]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const number = link.dataset.reply ?? link.dataset.quote;
    const words = link.dataset.quote ? selectionIn(link.closest(".post")) : "";
    if (link.dataset.quote && !words) return; // nothing selected: the page quotes the whole post
    if (!answer(number)) return;
    event.preventDefault();
    if (words) {
      const name = document.getElementById(`w${number}`)?.textContent.trim() ?? "";
      const url = document.querySelector(`#p${number} .permalink`)?.getAttribute("href") ?? "";
      const quoted = [`[${name.replace(/[[\]\\`*_<>]/g, "\\$&")}, #${number}](${url}#p${number})`, "", ...words.split("\n")];
      const before = area.value.trimEnd();
      area.value = `${before}${before ? "\n\n" : ""}${quoted.map((line) => `> ${line}`.trimEnd()).join("\n")}\n\n`;
      later();
    }
    area.focus();
    area.setSelectionRange(area.value.length, area.value.length);
    form.scrollIntoView({ block: "center" });
  });
})();
