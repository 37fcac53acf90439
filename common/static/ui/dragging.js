// Dragging by mouse, pen or finger, for whoever likes it; every page that asks for it has buttons that do the same.
// In a [data-drag-scope] an item [data-drag=kind] is carried by its .grip into a list [data-drop=kind]. When it is let go the item
// sends `plenary:dropped` with the list and the item before which it was put, null for the end. Escape leaves it where it was.
(() => {
  let carried = null;
  let begun = null;
  let spot = null;
  let last = null;

  const clear = () => {
    document.querySelectorAll(".under, .over").forEach((each) => each.classList.remove("under", "over"));
    spot = null;
  };

  const end = () => {
    clear();
    carried?.classList.remove("carried");
    carried?.closest("[data-drag-scope]")?.classList.remove("dragging");
    carried = begun = last = null;
  };

  const look = () => {
    clear();
    const kind = carried.dataset.drag;
    const scope = carried.closest("[data-drag-scope]");
    const under = document.elementFromPoint(last.x, last.y);
    const list = under?.closest(`[data-drop="${kind}"]`);
    if (!list || !scope.contains(list)) return;
    const items = [...list.querySelectorAll(`[data-drag="${kind}"]`)];
    const item = under.closest(`[data-drag="${kind}"]`);
    let before = null;
    if (item) {
      const box = item.getBoundingClientRect();
      before = last.y < box.top + box.height / 2 ? item : (items[items.indexOf(item) + 1] ?? null);
    }
    if (before === carried) before = items[items.indexOf(carried) + 1] ?? null;
    spot = { list, before };
    if (before) before.classList.add("under");
    else list.classList.add("over");
  };

  // Near the edge of the window the page moves along.
  const follow = () => {
    if (!carried) return;
    const edge = 64;
    if (last.y < edge) window.scrollBy(0, -12);
    else if (last.y > window.innerHeight - edge) window.scrollBy(0, 12);
    look();
    requestAnimationFrame(follow);
  };

  document.addEventListener("pointerdown", (event) => {
    const grip = event.target.closest("[data-drag-scope] .grip");
    if (!grip || event.button !== 0) return;
    event.preventDefault();
    begun = { item: grip.closest("[data-drag]"), x: event.clientX, y: event.clientY };
  });
  document.addEventListener("pointermove", (event) => {
    if (!begun) return;
    last = { x: event.clientX, y: event.clientY };
    if (carried || Math.hypot(last.x - begun.x, last.y - begun.y) < 4) return;
    carried = begun.item;
    carried.classList.add("carried");
    carried.closest("[data-drag-scope]").classList.add("dragging");
    requestAnimationFrame(follow);
  });
  document.addEventListener("pointerup", (event) => {
    if (carried) {
      last = { x: event.clientX, y: event.clientY };
      look();
    }
    const [item, put] = [carried, spot];
    end();
    if (item && put) item.dispatchEvent(new CustomEvent("plenary:dropped", { bubbles: true, detail: put }));
  });
  document.addEventListener("pointercancel", end);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && carried) end();
  });
  document.documentElement.classList.add("drags");
})();
