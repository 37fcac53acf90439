// The web copy, opened from a mail: at the first touch of a person it is told that they read, so that the weekly goes on coming
// weekly. The key stands behind the # and is taken away at once; a program that only opens the page touches nothing.
(() => {
  const place = document.querySelector("[data-read]")?.dataset.read;
  const key = /^#r=([a-z0-9]{1,128})$/.exec(location.hash)?.[1];
  if (!place || !key) return;
  history.replaceState(null, "", location.pathname + location.search);
  const touches = ["pointerdown", "keydown", "wheel", "touchstart"];
  const tell = async (event) => {
    if (!event.isTrusted) return;
    for (const each of touches) removeEventListener(each, tell);
    const address = place.replace("key", key);
    const page = await fetch(address).then((answer) => (answer.ok ? answer.text() : ""));
    const form = new DOMParser().parseFromString(page, "text/html").querySelector("main form");
    if (form) await fetch(address, { method: "POST", body: new FormData(form), redirect: "manual" });
  };
  for (const each of touches) addEventListener(each, tell, { passive: true });
})();
