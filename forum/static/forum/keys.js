// Single keys on a topic's page, for whoever turned them on at /appearance/ (the page brings this file only then): j and k go to the
// next and the previous post, r answers it, q quotes it, b bookmarks it, u goes to the first unread one, ? to the list of keys. Never
// while one types, never together with Ctrl, Alt or the command key.
(() => {
  const posts = () => [...document.querySelectorAll("#thread [data-number] > .post")].filter((post) => post.checkVisibility?.() ?? true);
  const top = 90; // below the bar on top

  const current = () => {
    const focused = document.activeElement?.closest(".post");
    if (focused) return posts().indexOf(focused);
    return posts().findLastIndex((post) => post.getBoundingClientRect().top < top + 10);
  };
  const goTo = (index) => {
    const post = posts()[index];
    if (!post) return;
    post.tabIndex = -1;
    post.focus({ preventScroll: true });
    post.scrollIntoView({ block: "start" });
  };
  const follow = (selector) => posts()[Math.max(0, current())]?.querySelector(selector)?.click();

  const keys = {
    j: () => goTo(current() + 1),
    k: () => goTo(Math.max(0, current() - 1)),
    r: () => follow(".do-reply"),
    q: () => follow(".do-quote"),
    b: () => { follow(".menu:not([open]) > summary"); follow(".menu a[href$='/bookmark/']"); },
    u: () => document.getElementById("first-unread")?.click(),
    "?": () => { location.href = "/appearance/keys/"; },
  };
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, textarea, select, [contenteditable]");
    if (typing || event.ctrlKey || event.altKey || event.metaKey || event.isComposing || !(event.key in keys)) return;
    event.preventDefault();
    keys[event.key]();
  });
})();
