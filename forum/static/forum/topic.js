// A topic's page while it is open. New posts arrive by `plenary:live`, which holds ids only; the page fetches the post by its own
// address. On the last page in order of time it is put at the end; elsewhere a bar says how many there are. What is being read
// never moves. What was seen is told to the server, a little later and all at once. Folded branches stay folded.
(() => {
  const box = document.getElementById("topic");
  if (!box) return;

  const list = document.getElementById("thread");
  const bar = document.getElementById("arrived");
  const atEnd = "atEnd" in box.dataset && list;
  let last = Number(box.dataset.last);
  let fetching = Promise.resolve();

  const addressOf = (template, number) => template.replace("/posts/0/", `/posts/${number}/`);
  const token = () => JSON.parse(document.body.getAttribute("hx-headers") ?? "{}")["X-CSRFToken"] ?? "";

  // The post of this number, or the next that has a place on this page: a number that waits, is kept from the reader or was lacking
  // is no end.
  const fetchNext = async (number) => {
    const answer = await fetch(`${addressOf(box.dataset.part, number)}?next`, { headers: { Accept: "text/html" } });
    return answer.ok ? { is: answer.headers.get("X-Post-Is"), html: await answer.text() } : null;
  };

  // ——— what a sign means, to whoever points at it: its hidden words, which would weigh too much on a page of twenty posts ———
  document.addEventListener("pointerover", ({ target }) => {
    const sign = target.closest?.(".reactset > *, .post-foot .do-reply, .post-foot .do-quote, .post-foot summary");
    const words = sign && !sign.title && sign.querySelector(".sr")?.textContent.trim();
    if (words) sign.title = sign.matches(".do-reply, .do-quote") ? sign.textContent.trim() : words;
  });

  const say = (words) => document.dispatchEvent(new CustomEvent("plenary:say", { detail: words }));

  // ——— arriving ———
  let waiting = 0;
  let firstWaiting = 0;

  const showBar = () => {
    const link = document.createElement("a");
    link.href = addressOf(box.dataset.place, firstWaiting);
    link.textContent = waiting === 1 ? "1 new reply" : `${waiting} new replies`;
    bar.replaceChildren(link);
    bar.hidden = false;
    // whoever is writing hears it from the composer
    if (!document.getElementById("id_body")?.value.trim()) say(link.textContent);
  };

  const itemOf = (html) => {
    const holder = document.createElement("template");
    holder.innerHTML = html; // from our own address, cleaned at write
    return holder.content.querySelector("li");
  };

  const append = (item) => {
    if (document.getElementById(item.id)) return;
    list.append(item);
    if (window.htmx) window.htmx.process(item);
    document.dispatchEvent(new CustomEvent("htmx:load", { detail: { elt: item } })); // times and menus look again
    watch(item);
  };

  // Everything behind the last one, AT_ONCE at a time; the composer hears of what others wrote.
  const AT_ONCE = 20;
  const arrive = async () => {
    const before = waiting;
    for (let turn = 0; turn < AT_ONCE; turn += 1) {
      const came = await fetchNext(last + 1);
      const item = came && itemOf(came.html);
      if (!item) break;
      last = Number(item.dataset.number);
      if (atEnd) append(item);
      if (came.is === "mine") continue; // from another window or device
      waiting += 1;
      firstWaiting ||= last;
      const detail = { topic: Number(box.dataset.topic), number: last, is: came.is };
      document.dispatchEvent(new CustomEvent("plenary:arrived", { detail }));
    }
    if (waiting > before) showBar();
  };

  const queue = () => {
    fetching = fetching.then(arrive).catch((error) => {
      if (!(error instanceof TypeError)) throw error; // the network is away: the next word brings it
    });
  };

  document.addEventListener("plenary:live", (event) => {
    if (event.detail.topic === Number(box.dataset.topic) && Number(event.detail.number) > last) queue();
  });
  document.addEventListener("plenary:poll", queue);
  bar.addEventListener("click", (event) => {
    const there = document.getElementById(`p${firstWaiting}`);
    if (!event.target.closest("a") || !there) return;
    event.preventDefault();
    there.scrollIntoView({ block: "start" });
    there.querySelector("a")?.focus({ preventScroll: true });
    bar.hidden = true;
    waiting = firstWaiting = 0;
  });

  // ——— read marks ———
  // In order of time the highest number seen counts. In conversations numbers come out of order: those seen are told as they are,
  // and the server knows which have no place; what was seen on another page of the topic in this tab is told again with them.
  const inTime = box.dataset.face === "time";
  const lastRead = Number(box.dataset.lastRead);
  const keptSeen = `seen:${box.dataset.topic}`;
  const MOST = 500;
  const kept = (key) => {
    try { return JSON.parse(sessionStorage.getItem(key) ?? "[]"); } catch { return []; }
  };
  const keep = (key, values) => {
    try { sessionStorage.setItem(key, JSON.stringify(values)); } catch { /* a browser that keeps nothing still reads */ }
  };
  const seen = new Set(inTime ? [] : kept(keptSeen).filter((number) => number > lastRead));
  let told = inTime ? lastRead : seen.size;
  let timer = null;

  const toTell = () => {
    if (inTime) return Math.max(lastRead, ...seen) > told ? { number: String(Math.max(...seen)) } : null;
    return seen.size > told ? { seen: [...seen].sort((one, other) => one - other).slice(0, MOST).join(",") } : null;
  };
  const tell = () => {
    timer = null;
    const words = box.dataset.read && toTell();
    if (!words) return;
    told = inTime ? Number(words.number) : seen.size;
    if (!inTime) keep(keptSeen, [...seen].slice(-MOST));
    fetch(box.dataset.read, {
      method: "POST", body: new URLSearchParams(words), keepalive: true, headers: { "X-CSRFToken": token(), "X-Quietly": "1" },
    }).catch(() => { told = 0; });
  };

  const onSeen = (entries) => {
    for (const entry of entries) {
      if (!entry.isIntersecting) continue;
      watcher.unobserve(entry.target);
      const number = Number(entry.target.closest("[data-number]").dataset.number);
      if (number > lastRead) seen.add(number);
    }
    if (toTell()) timer ??= setTimeout(tell, 2000);
  };
  const watcher = new IntersectionObserver(onSeen, { threshold: 0 });
  // the foot of a post: whoever sees it has come past its words
  function watch(root) {
    for (const foot of root.querySelectorAll(".post-foot, .tomb")) watcher.observe(foot);
  }
  watch(box);
  document.addEventListener("htmx:afterSettle", () => watch(box));
  addEventListener("pagehide", tell);

  // ——— branches ———
  // What somebody folded stays folded in this tab; a branch that the address leads into is opened.
  const keptFolded = `folded:${box.dataset.topic}`;
  const folded = new Set(kept(keptFolded));
  const numberOf = (branch) => Number(branch.closest("[data-number]").dataset.number);
  const fold = (root) => {
    for (const branch of root.querySelectorAll("details.branch")) if (folded.has(numberOf(branch))) branch.open = false;
  };
  fold(box);
  const unfoldTo = (target) => {
    for (let at = target?.closest("details"); at; at = at.parentElement.closest("details")) at.open = true;
  };
  const here = location.hash.startsWith("#p") && document.getElementById(location.hash.slice(1));
  if (here) {
    unfoldTo(here.parentElement);
    here.scrollIntoView({ block: "start" });
  }
  box.addEventListener("toggle", (event) => {
    if (!event.target.matches("details.branch")) return;
    folded[event.target.open ? "delete" : "add"](numberOf(event.target));
    keep(keptFolded, [...folded].slice(-MOST));
  }, true);

  // ——— bookmarks ———
  // One press marks; the link then leads to the page for a note and a day, as it does without script.
  box.addEventListener("click", async (event) => {
    const link = event.target.closest(".menu a[href$='/bookmark/']");
    const menu = link?.closest(".menu");
    if (!link || menu.classList.contains("kept") || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const answer = await fetch(link.href, { method: "POST", headers: { "X-CSRFToken": token(), "X-Quietly": "1" } });
    if (!answer.ok || answer.redirected) { location.href = link.href; return; } // its own page says why, or asks to sign in
    menu.classList.add("kept");
    link.textContent = "Bookmarked: add a note or a day";
    menu.querySelector("summary .sr").append(", bookmarked");
    link.focus();
    say("Bookmarked.");
  });

  // ——— focus ———
  // A part that was swapped takes the focus with it: back to the button that was pressed, or to the first post that came.
  let pressed = null;
  box.addEventListener("htmx:beforeRequest", (event) => {
    const active = document.activeElement;
    const place = active?.closest("[data-number]");
    pressed = place && { place: place.id, value: active.matches(".reactset > *") ? active.value : "", more: active.matches(".show-more a") };
    if (pressed?.more) pressed.after = event.target.closest("li")?.previousElementSibling?.id ?? "";
  });
  document.addEventListener("htmx:afterSettle", () => {
    if (!pressed || (document.activeElement && document.activeElement !== document.body)) { pressed = null; return; }
    const place = document.getElementById(pressed.place);
    if (pressed.value) place?.querySelector(`.reactset > [value="${pressed.value}"]`)?.focus();
    else if (pressed.more) {
      const before = document.getElementById(pressed.after);
      const came = before ? before.nextElementSibling : place?.querySelector(".replies > li");
      came?.querySelector("a")?.focus({ preventScroll: true });
    }
    pressed = null;
  });
})();
