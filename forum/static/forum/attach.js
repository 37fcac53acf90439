// Files for the text that is being written: chosen, dropped or pasted, each is sent at once, and what shows it is put where the
// cursor stands. Of a picture its description is asked for. Without script the same form sends them with the text.
(() => {
  const box = document.getElementById("attach");
  if (!box) return;

  const form = box.closest("form");
  const area = form.querySelector("textarea");
  const input = document.getElementById("id_files");
  const problems = document.getElementById("fe");
  const made = (tag, more) => Object.assign(document.createElement(tag), more);
  const progress = made("progress", { max: 1, value: 0, hidden: true, ariaLabel: "Sending" });
  const list = made("ul", { className: "list stack stack-s", ariaLabel: "Pictures in your text", hidden: true });
  const state = made("p", { className: "sm" });
  const tell = (words) => {
    state.textContent = words;
    if (words) document.dispatchEvent(new CustomEvent("plenary:say", { detail: words }));
  };
  const token = form.querySelector("[name=csrfmiddlewaretoken]").value;
  for (const part of box.querySelectorAll("[data-plain]")) part.hidden = true;
  box.lastElementChild.append(progress, list, state);

  const changed = () => area.dispatchEvent(new Event("input", { bubbles: true }));

  const insert = (markdown) => {
    const [start, end] = [area.selectionStart, area.selectionEnd];
    const before = area.value.slice(0, start);
    const gap = before && !before.endsWith("\n\n") ? (before.endsWith("\n") ? "\n" : "\n\n") : "";
    area.setRangeText(`${gap}${markdown}\n\n`, start, end, "end");
    changed();
  };

  const refuse = (sentence) => {
    problems.append(made("p", { className: "error", role: "alert", textContent: sentence }));
    box.open = true;
  };

  // a field that writes between the brackets of ![…](address)
  const askForWords = (name, markdown) => {
    const address = markdown.slice(markdown.lastIndexOf("]("));
    const item = made("li", { className: "field" });
    const label = made("label", { textContent: `Describe ${name} for people who cannot see it` });
    const words = made("input", { type: "text", maxLength: 300 });
    label.append(words);
    item.append(label);
    words.addEventListener("input", () => {
      const end = area.value.indexOf(address);
      const start = area.value.lastIndexOf("![", end);
      if (end < 0 || start < 0) return;
      area.setRangeText(`![${words.value.replace(/[[\]\\`*_<>!]/g, "\\$&")}`, start, end, "preserve");
      changed();
    });
    list.append(item);
    list.hidden = false;
    box.open = true;
    return words;
  };

  const send = (file) => new Promise((resolve) => {
    const body = new FormData();
    body.append("files", file);
    const request = new XMLHttpRequest();
    request.open("POST", box.dataset.url);
    request.setRequestHeader("X-CSRFToken", token);
    request.responseType = "json";
    request.upload.addEventListener("progress", (event) => { if (event.lengthComputable) progress.value = event.loaded / event.total; });
    request.addEventListener("loadend", () => resolve(request.response
      ?? { problem: request.status === 413 ? `${file.name} is too large.` : `${file.name} did not arrive. Try again.` }));
    request.send(body);
  });

  const sendAll = async (files) => {
    problems.replaceChildren();
    progress.hidden = false;
    let first = null;
    for (const file of files) {
      if (file.size > Number(box.dataset.most) * 1_000_000) { // said before it is sent
        refuse(`${file.name}: the file is larger than ${box.dataset.most} MB, which is the most.`);
        continue;
      }
      progress.value = 0;
      tell(`Sending ${file.name}`);
      const told = await send(file);
      if (told.problem) {
        refuse(told.problem);
        tell("");
        continue;
      }
      insert(told.markdown);
      tell(`${told.name} is in your text. ${told.room}`);
      if (told.is_picture) first ??= askForWords(told.name, told.markdown);
    }
    progress.hidden = true;
    first?.focus();
  };

  let sending = Promise.resolve();
  const take = (files) => { sending = sending.then(() => sendAll([...files])); };

  input.addEventListener("change", () => {
    const files = [...input.files];
    input.value = ""; // or they would be sent once more with the text
    if (files.length) take(files);
  });
  area.addEventListener("paste", (event) => {
    const files = event.clipboardData?.files;
    if (!files?.length || event.clipboardData.types.includes("text/plain")) return;
    event.preventDefault();
    take(files);
  });
  area.addEventListener("dragover", (event) => { if (event.dataTransfer?.types.includes("Files")) event.preventDefault(); });
  area.addEventListener("drop", (event) => {
    if (!event.dataTransfer?.files.length) return;
    event.preventDefault();
    take(event.dataTransfer.files);
  });
})();
