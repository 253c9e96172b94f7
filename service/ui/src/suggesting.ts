// A search field as a combobox with a list of suggestions (WAI-ARIA 1.2, combobox, list autocomplete). The form works
// as before: Enter without a chosen suggestion submits it.

interface Suggestion {
  label: string;
  href?: string;
  kind?: string;
}

const DELAY = 150; // milliseconds without a key before the service is asked
const LEAST = 2; // characters before it is asked at all
let lists = 0;

/** Offers suggestions for what is typed into a field, from the address in its data-suggest attribute. */
export function suggesting(input: HTMLInputElement): void {
  const address = input.dataset.suggest ?? "";
  const { list, status } = furnished(input);
  let found: Suggestion[] = [];
  let active = -1;
  let timer = 0;
  let asking: AbortController | undefined;

  function show(suggestions: Suggestion[]): void {
    found = suggestions;
    active = -1;
    input.removeAttribute("aria-activedescendant");
    list.replaceChildren(...found.map((suggestion, index) => option(suggestion, `${list.id}-${index}`)));
    const open = found.length > 0;
    list.hidden = !open;
    input.setAttribute("aria-expanded", String(open));
  }

  function close(): void {
    clearTimeout(timer);
    asking?.abort();
    show([]);
    status.textContent = "";
  }

  async function ask(): Promise<void> {
    const text = input.value.trim();
    if (text.length < LEAST) return close();
    asking?.abort();
    asking = new AbortController();
    try {
      const url = `${address}?${new URLSearchParams({ q: text })}`;
      const response = await fetch(url, { signal: asking.signal, headers: { Accept: "application/json" } });
      if (!response.ok) return close();
      show(read(await response.json()));
      status.textContent = found.length ? told(found.length) : "No suggestions.";
    } catch {
      // aborted, or the service is away: the form still works
    }
    return undefined;
  }

  function mark(index: number): void {
    list.children[active]?.setAttribute("aria-selected", "false");
    active = index;
    const chosen = list.children[active];
    if (!chosen) {
      input.removeAttribute("aria-activedescendant");
      return;
    }
    chosen.setAttribute("aria-selected", "true");
    chosen.scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", chosen.id);
  }

  function take(index: number): void {
    const chosen = found[index];
    if (!chosen) return;
    input.value = chosen.label;
    close();
    if (chosen.href) location.assign(chosen.href);
    else input.form?.requestSubmit();
  }

  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = window.setTimeout(ask, DELAY);
  });
  input.addEventListener("keydown", (event) => {
    const open = !list.hidden;
    if (event.key === "ArrowDown" && open) mark((active + 1) % found.length);
    else if (event.key === "ArrowDown") void ask();
    else if (event.key === "ArrowUp" && open) mark((active <= 0 ? found.length : active) - 1);
    else if (event.key === "Enter" && open && active >= 0) take(active);
    else if (event.key === "Escape" && open) close();
    else return;
    event.preventDefault();
  });
  input.addEventListener("blur", close);
  list.addEventListener("mousedown", (event) => {
    event.preventDefault(); // the field keeps the focus
    const chosen = (event.target as Element).closest("[role=option]");
    if (chosen && event.button === 0) take([...list.children].indexOf(chosen));
  });
}

/** The field with its roles, an empty list below it and a place where the number of suggestions is said. */
function furnished(input: HTMLInputElement): { list: HTMLElement; status: HTMLElement } {
  const list = document.createElement("ul");
  list.id = `suggestions-${++lists}`;
  list.className = "suggestions";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Suggestions");
  list.hidden = true;
  const status = document.createElement("span");
  status.className = "unseen";
  status.setAttribute("role", "status");
  const holder = document.createElement("span");
  holder.className = "suggesting";
  input.replaceWith(holder);
  holder.append(input, list, status);
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-expanded", "false");
  input.setAttribute("aria-controls", list.id);
  input.autocomplete = "off";
  return { list, status };
}

function option(suggestion: Suggestion, id: string): HTMLElement {
  const item = document.createElement("li");
  item.id = id;
  item.setAttribute("role", "option");
  item.setAttribute("aria-selected", "false");
  item.append(suggestion.label);
  if (suggestion.kind) {
    const kind = document.createElement("span");
    kind.className = "quiet";
    kind.textContent = ` ${suggestion.kind}`;
    item.append(kind);
  }
  return item;
}

/** Suggestions of an answer; what is not one is left out. */
function read(answer: unknown): Suggestion[] {
  const entries = Array.isArray(answer) ? answer : (answer as { suggestions?: unknown } | null)?.suggestions;
  if (!Array.isArray(entries)) return [];
  return entries.filter((entry) => typeof entry?.label === "string").map(({ label, href, kind }) => ({
    label,
    href: typeof href === "string" && href.startsWith("/") && !href.startsWith("//") ? href : undefined,
    kind: typeof kind === "string" ? kind : undefined,
  }));
}

function told(number: number): string {
  return number === 1 ? "1 suggestion, use the arrow keys." : `${number} suggestions, use the arrow keys.`;
}
