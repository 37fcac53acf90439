// Checks a receipt here, in the browser. The receipt goes nowhere: what is fetched is the same for everybody, and is fetched before
// a receipt is read. The same five questions as docs/verify_receipt.py asks, which checks without this site.

const desk = document.querySelector("[data-verify]");
const told = document.getElementById("verdict");

const bytes = (text) => new TextEncoder().encode(text);
const unhex = (text, length) => {
  if (typeof text !== "string" || !/^([0-9a-f]{2})*$/.test(text) || text.length !== 2 * length) throw new TypeError("hexadecimal");
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
};
const hex = (array) => Array.from(array, (byte) => byte.toString(16).padStart(2, "0")).join("");
const joined = (...parts) => {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let place = 0;
  for (const part of parts) {
    whole.set(part, place);
    place += part.length;
  }
  return whole;
};
const sha256 = async (...parts) => new Uint8Array(await crypto.subtle.digest("SHA-256", joined(...parts)));
const ZERO = new Uint8Array([0]);
const ONE = new Uint8Array([1]);

// RFC 6962, section 2.1, over hashes of leaves.
const rootOver = async (leaves) => {
  if (!leaves.length) return sha256();
  let level = leaves;
  while (level.length > 1) {
    const pairs = Math.floor(level.length / 2);
    const above = await Promise.all(Array.from({ length: pairs }, (_, at) => sha256(ONE, level[2 * at], level[2 * at + 1])));
    level = level.length % 2 ? [...above, level.at(-1)] : above;
  }
  return level[0];
};

// true, false, or null where this browser has no Ed25519.
const isSigned = async (key, lines, signature) => {
  let imported;
  try {
    imported = await crypto.subtle.importKey("raw", unhex(key, 32), { name: "Ed25519" }, false, ["verify"]);
  } catch (problem) {
    if (problem instanceof TypeError || problem.name === "DataError") return false;
    return null;
  }
  return crypto.subtle.verify({ name: "Ed25519" }, imported, unhex(signature, 64), bytes(lines));
};

const fetched = async (url) => {
  const answer = await fetch(url, { credentials: "omit" });
  if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
  return answer;
};
const published = async () => {
  const { root, leaves, keys } = desk.dataset;
  const known = (await (await fetched(keys)).json()).keys.map((each) => each.key);
  if (!root) return { known };
  const file = await (await fetched(root)).json();
  const lines = (await (await fetched(leaves)).text()).split("\n").filter(Boolean);
  return { known, root: file, lines };
};
const asked = published();
asked.catch(() => {});

const read = (text) => {
  const receipt = JSON.parse(text);
  if (receipt?.format !== "plenary receipt 1") throw new TypeError("not a receipt");
  for (const name of ["consultation", "response", "sent"]) if (typeof receipt[name] !== "string") throw new TypeError(name);
  for (const [name, length] of [["nonce", 32], ["leaf", 32], ["key", 32], ["signature", 64]]) unhex(receipt[name], length);
  return { ...receipt, given: JSON.parse(receipt.response) };
};

// Each gives [true, false or null (cannot be asked here), what was found].
const checks = async (receipt, { known, root, lines }) => {
  const found = [];
  const leaf = hex(await sha256(ZERO, unhex(receipt.nonce, 32), bytes(receipt.response)));
  const fits = leaf === receipt.leaf && receipt.given.consultation === receipt.consultation;
  found.push([fits, fits ? "The answers in this file are those that the receipt was given for, to the letter." : "The answers in this file are not those that the receipt was given for. Somebody changed the file."]);
  const signed = await isSigned(receipt.key, `plenary receipt 1\n${receipt.consultation}\n${receipt.leaf}\n${receipt.sent}\n`, receipt.signature);
  found.push(ofKey(signed, known.includes(receipt.key), "this receipt"));
  if (!root) return found;
  const among = lines.includes(receipt.leaf);
  found.push([among, among ? `It is one of the ${lines.length.toLocaleString("en-GB")} answers that were fixed at the close.` : "It is not among the answers that were fixed at the close. That is so for an earlier revision, since only the latest counts, and for an answer that was taken back before the close. If yours is neither, tell the institute and others."]);
  const whole = hex(await rootOver(lines.map((line) => unhex(line, 32))));
  const same = whole === root.root && lines.length === root.size && root.consultation === desk.dataset.slug;
  found.push([same, same ? "The published list comes to the published root." : "The published list does not come to the published root. Tell the institute and others."]);
  const rootSigned = await isSigned(root.key, `plenary root 1\n${root.consultation}\n${root.size}\n${root.root}\n${root.fixed}\n`, root.signature);
  found.push(ofKey(rootSigned, known.includes(root.key), "this root"));
  return found;
};
const ofKey = (signed, isKnown, what) => {
  if (signed === null) return [null, `Whether the institute signed ${what} cannot be asked: this browser has no Ed25519. The script below has.`];
  if (!signed) return [false, `The signature does not fit ${what}.`];
  return isKnown ? [true, `The institute’s key signed ${what}.`] : [false, `A key signed ${what} that is not among the institute’s.`];
};

const element = (name, text = "", className = "") => {
  const made = document.createElement(name);
  made.textContent = text;
  if (className) made.className = className;
  return made;
};
const show = (title, kind, parts) => {
  const heading = element("h2", title);
  heading.tabIndex = -1;
  const box = element("div", "", `note ${kind}`);
  const inner = element("div", "", "stack stack-s");
  inner.append(heading, ...parts);
  box.append(inner);
  told.replaceChildren(box);
  heading.focus();
};
const WORDS = new Map([[true, "Yes"], [false, "No"], [null, "Not asked"]]);
const list = (found) => {
  const rows = element("ol", "", "found list");
  rows.setAttribute("role", "list");
  for (const [well, sentence] of found) {
    const row = element("li");
    row.append(element("strong", `${WORDS.get(well)}.`), ` ${sentence}`);
    rows.append(row);
  }
  return rows;
};
// In the words of the question where the page has them; a place in an order is a line.
const inWords = (key, value) => {
  const asked = document.querySelector(`#asked [data-key="${CSS.escape(key)}"]`);
  const labels = new Map(Array.from(asked?.querySelectorAll("[data-choice]") ?? [], (choice) => [choice.dataset.choice, choice.textContent]));
  const told = (each) => {
    if (typeof each === "string") return labels.get(each) ?? each;
    if (Array.isArray(each)) return each.map(told).join(", ");
    if (each && typeof each === "object") return Object.entries(each).map(([name, inner]) => `${told(name)}: ${told(inner)}`).join("; ");
    return String(each);
  };
  const isOrder = Array.isArray(value) && value.every(Array.isArray);
  return [asked?.querySelector("span").textContent ?? key, isOrder ? value.map((each, at) => `${at + 1}. ${told(each)}`).join("\n") : told(value)];
};
const answers = (receipt) => {
  const more = element("details", "", "more");
  more.append(element("summary", "The answers in this receipt"));
  const rows = element("dl", "", "check");
  for (const [key, value] of Object.entries(receipt.given.answers ?? {})) {
    const row = element("div");
    const [question, words] = inWords(key, value);
    row.append(element("dt", question), element("dd", words, "serif words"));
    rows.append(row);
  }
  more.append(rows);
  return more;
};
const verdict = (found, root) => {
  if (found.some(([well]) => well === false)) return ["Something does not fit", "bad"];
  if (found.some(([well]) => well === null)) return ["What could be asked fits", "due"];
  return root ? ["It fits: your answer is among those that were fixed", "on"] : ["The receipt is good. Ask again after the close", "on"];
};

const check = async (text) => {
  let receipt;
  try {
    receipt = read(text);
  } catch {
    show("This is no receipt", "bad", [element("p", "Choose the file that you downloaded from your receipt’s page, or paste all of it.")]);
    return;
  }
  if (receipt.consultation !== desk.dataset.slug) {
    show("It belongs to another consultation", "due", [element("p", `This receipt is for “${receipt.consultation}”. Open “Check a receipt” there.`)]);
    return;
  }
  try {
    const files = await asked;
    const found = await checks(receipt, files);
    show(...verdict(found, files.root), [list(found), answers(receipt)]);
  } catch {
    show("It could not be checked", "due", [element("p", "The published files did not come. Your receipt went nowhere. Load the page again.")]);
  }
};

if (desk && globalThis.crypto?.subtle) {
  desk.hidden = false;
  const [file, pasted] = [desk.querySelector("input[type=file]"), desk.querySelector("textarea")];
  const take = async (chosen) => {
    if (!chosen) return;
    pasted.value = await chosen.text();
    await check(pasted.value);
  };
  file.addEventListener("change", () => take(file.files[0]));
  desk.addEventListener("submit", (event) => {
    event.preventDefault();
    check(pasted.value);
  });
  desk.addEventListener("dragover", (event) => {
    event.preventDefault();
    desk.classList.add("over");
  });
  desk.addEventListener("dragleave", () => desk.classList.remove("over"));
  desk.addEventListener("drop", (event) => {
    event.preventDefault();
    desk.classList.remove("over");
    take(event.dataTransfer.files[0]);
  });
  document.getElementById("no-check").hidden = true;
}
