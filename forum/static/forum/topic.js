// A topic's page while it is open. New posts arrive by `plenary:live`, which holds ids only; the page fetches the post by its own
// address. On the last page in order of time it is put at the end; elsewhere a bar says how many there are. What is being read
// never moves. What was seen is told to the server, a little later and all at once.
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

  const fetchPost = async (number) => {
    const answer = await fetch(addressOf(box.dataset.part, number), { headers: { Accept: "text/html" } });
    return answer.ok ? answer.text() : "";
  };

  // ——— arriving ———
  let waiting = 0;
  let firstWaiting = 0;

  const showBar = () => {
    const link = document.createElement("a");
    link.href = addressOf(box.dataset.place, firstWaiting);
    link.textContent = waiting === 1 ? "1 new reply" : `${waiting} new replies`;
    bar.replaceChildren(link);
    bar.hidden = false;
  };

  const append = (html) => {
    const holder = document.createElement("template");
    holder.innerHTML = html; // from our own address, cleaned at write
    const item = holder.content.querySelector("li");
    if (!item || document.getElementById(item.id)) return;
    list.append(item);
    if (window.htmx) window.htmx.process(item);
    document.dispatchEvent(new CustomEvent("htmx:load", { detail: { elt: item } })); // times and menus look again
    watch(item);
  };

  const arrive = async (number) => {
    if (number <= last) return;
    for (let next = last + 1; next <= number; next += 1) {
      last = next;
      const html = await fetchPost(next);
      if (!html) continue;
      waiting += 1;
      firstWaiting ||= next;
      if (atEnd) append(html);
    }
    if (waiting) showBar();
  };

  const queue = (number) => {
    fetching = fetching.then(() => arrive(number)).catch((error) => {
      if (!(error instanceof TypeError)) throw error; // the network is away: the next word brings it
    });
  };

  document.addEventListener("plenary:live", (event) => {
    if (event.detail.topic === Number(box.dataset.topic)) queue(Number(event.detail.number));
  });
  document.addEventListener("plenary:poll", () => {
    fetching = fetching.then(async () => {
      if (await fetchPost(last + 1)) await arrive(last + 1);
    });
  });
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
  let read = Number(box.dataset.lastRead);
  let told = read;
  let timer = null;
  const seen = new Set();

  const tell = () => {
    timer = null;
    if (!box.dataset.read || read <= told) return;
    told = read;
    const body = new URLSearchParams({ number: String(read) });
    fetch(box.dataset.read, {
      method: "POST", body, keepalive: true, headers: { "X-CSRFToken": token(), "X-Quietly": "1" },
    }).catch(() => { told = 0; });
  };

  const onSeen = (entries) => {
    for (const entry of entries) {
      if (!entry.isIntersecting) continue;
      watcher.unobserve(entry.target);
      seen.add(Number(entry.target.closest("[data-number]").dataset.number));
    }
    if (box.dataset.face === "time") read = Math.max(read, ...seen);
    else while (seen.has(read + 1)) read += 1; // in conversations numbers come out of order: only what has no hole counts
    if (read > told) timer ??= setTimeout(tell, 2000);
  };
  const watcher = new IntersectionObserver(onSeen, { threshold: 0 });
  // the foot of a post: whoever sees it has come past its words
  function watch(root) {
    for (const foot of root.querySelectorAll(".post-foot, .tomb")) watcher.observe(foot);
  }
  watch(box);
  document.addEventListener("htmx:afterSettle", () => watch(box));
  addEventListener("pagehide", tell);
})();
