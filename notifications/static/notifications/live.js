// What is new, at once. The page names the socket in <meta name="plenary-live"> (only for whoever is signed in); elements say
// what they want to hear by data-listen="topic:7". Messages hold ids only and go out as the event `plenary:live` on the
// document; whoever wants the thing itself fetches it by its own address. Where the socket cannot be reached, the unread
// count is asked for every 30 seconds, and `plenary:poll` tells the page to look for itself.
(() => {
  const meta = document.querySelector("meta[name=plenary-live]");
  if (!meta) return;

  const NOT_SIGNED_IN = 4401;
  const NONSENSE = 4400;
  const TRIES_BEFORE_POLLING = 3;
  const POLL_EVERY = 30_000;
  const LONGEST_WAIT = 60_000;

  const tell = (name, detail) => document.dispatchEvent(new CustomEvent(name, { detail }));

  const address = () => {
    const url = new URL(meta.content, document.baseURI);
    url.protocol = { "http:": "ws:", "https:": "wss:" }[url.protocol] ?? url.protocol;
    return url;
  };

  // ——— the unread count ———
  const showCount = (count) => {
    // "Error: " stays first: whoever hears the title must not have to wait for it
    const [, error, bare] = document.title.match(/^(Error: )?(?:\(\d+\+?\) )?(.*)$/s);
    document.title = `${error ?? ""}${count > 0 ? `(${count > 99 ? "99+" : count}) ` : ""}${bare}`;
    const shown = count > 99 ? "99+" : String(count);
    for (const badge of document.querySelectorAll("[data-live-count]")) {
      badge.hidden = count === 0;
      const unread = Object.assign(document.createElement("span"), { className: "sr", textContent: " unread" });
      badge.replaceChildren(shown, unread);
    }
  };

  const before = Number.parseInt(document.querySelector("[data-live-count]:not([hidden])")?.textContent ?? "0", 10);
  showCount(document.querySelector("[data-live-count]:not([hidden])")?.textContent.startsWith("99+") ? 100 : before);

  // ——— the socket ———
  let socket = null;
  let tries = 0;
  let ended = false;
  let timer = null;
  const heard = new Set(); // what the open socket listens to already

  const wanted = () => new Set([...document.querySelectorAll("[data-listen]")].map((element) => element.dataset.listen));

  const listen = () => {
    if (socket?.readyState !== WebSocket.OPEN) return;
    const now = wanted();
    for (const name of now) {
      if (!heard.has(name)) socket.send(JSON.stringify({ listen: name }));
    }
    for (const name of heard) {
      if (!now.has(name)) socket.send(JSON.stringify({ leave: name }));
    }
    heard.clear();
    now.forEach((name) => heard.add(name));
  };

  const onMessage = (frame) => {
    const detail = JSON.parse(frame.data);
    if (typeof detail.notices === "number") showCount(detail.notices);
    tell("plenary:live", detail);
  };

  const onOpen = () => {
    const missed = tries > 0;
    tries = 0;
    stopPolling();
    heard.clear();
    listen();
    if (missed) tell("plenary:poll", {}); // something may have come while nobody listened
  };

  const onClose = (event) => {
    socket = null;
    if (event.code === NOT_SIGNED_IN || event.code === NONSENSE) {
      ended = true;
      stopPolling();
      return;
    }
    tries += 1;
    if (tries >= TRIES_BEFORE_POLLING) startPolling();
    const wait = Math.min(LONGEST_WAIT, 1000 * 2 ** Math.min(tries - 1, 6)) * (0.5 + Math.random() / 2);
    clearTimeout(timer);
    timer = setTimeout(connect, wait);
  };

  const connect = () => {
    if (ended || socket) return;
    socket = new WebSocket(address());
    socket.addEventListener("open", onOpen);
    socket.addEventListener("message", onMessage);
    socket.addEventListener("close", onClose);
  };

  // ——— without a socket ———
  let polling = null;

  const poll = async () => {
    if (document.visibilityState === "hidden") return;
    try {
      const answer = await fetch("/notices/count/", { redirect: "manual", headers: { Accept: "application/json" } });
      if (answer.type === "opaqueredirect") {
        ended = true;
        stopPolling();
        return;
      }
      if (answer.ok) showCount((await answer.json()).notices);
      tell("plenary:poll", {});
    } catch (error) {
      if (!(error instanceof TypeError)) throw error; // the network is away: the next turn asks again
    }
  };

  const startPolling = () => {
    if (polling || ended) return;
    polling = setInterval(poll, POLL_EVERY);
    poll();
  };

  const stopPolling = () => {
    clearInterval(polling);
    polling = null;
  };

  // htmx brings and takes elements; a page coming back from the browser's own cache has lost its socket
  document.addEventListener("htmx:afterSettle", listen);
  document.addEventListener("plenary:count", (event) => showCount(event.detail.value));
  addEventListener("pagehide", () => socket?.close());
  addEventListener("pageshow", (event) => event.persisted && connect());
  connect();
})();
