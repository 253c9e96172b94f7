// The workbench: the editor over the plain form, answers fetched into the page, faults shown at their place, short links.
// Answers are the same HTML that the form would get; nothing here renders one.
import { type Editor, editing } from "./editor";
import { tabbed } from "./tabs";

interface Problem {
  title: string;
  detail: string;
  hint: string;
  status: number;
  line?: number;
  column?: number;
  excerpt?: string;
}

const PASSING = [0, 408, 429, 500, 502, 503, 504, 507]; // statuses after which the same may work later
const TOO_LARGE = 413;
const ACCEPT = "application/problem+json, text/html;q=0.9";
const bench = document.querySelector<HTMLElement>("[data-workbench]");
if (bench) begin(bench);

function begin(bench: HTMLElement): void {
  const form = bench.querySelector<HTMLFormElement>("form.query")!;
  const textarea = form.querySelector<HTMLTextAreaElement>("textarea")!;
  const button = form.querySelector<HTMLButtonElement>("button:not([formaction])")!;
  const shorten = form.querySelector<HTMLButtonElement>("button[formaction]");
  const actions = form.querySelector<HTMLElement>(".actions")!;
  const status = said(form);
  let view = ""; // the title of the tab that was chosen last
  let asking: AbortController | undefined;
  let linkedText: string | undefined; // the query that the address of the page is a short link to

  const editor = editing(textarea, bench.dataset.terms ?? "", () => void run());
  form.noValidate = true;
  actions.after(keys());
  settle();
  if (location.pathname.startsWith("/q/")) linkedText = editor.text();
  if (restored(editor)) void run();

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (shorten && event.submitter === shorten) void link();
    else if (asking) asking.abort();
    else void run();
  });

  /** Asks the query in the editor and puts the answer, or what went wrong, into the page. */
  async function run(): Promise<void> {
    asking?.abort();
    const own = (asking = new AbortController());
    const text = editor.text();
    busy(true);
    editor.mark(undefined);
    const started = performance.now();
    try {
      const response = await fetch(form.action, {
        method: "POST",
        headers: { Accept: ACCEPT },
        body: new URLSearchParams({ query: text }),
        signal: own.signal,
      });
      const body = await response.text();
      if (response.ok) show(body, performance.now() - started);
      else fail(problem(response.status, body), Number(response.headers.get("Retry-After")));
      history.replaceState({ query: text }, "", text === linkedText ? location.pathname : "/sparql"); // Back brings it
    } catch {
      if (own.signal.aborted) tell("Stopped.");
      else fail(away());
    } finally {
      if (asking === own) {
        asking = undefined;
        busy(false);
      }
    }
  }

  function busy(on: boolean): void {
    answer().setAttribute("aria-busy", String(on));
    button.textContent = on ? "Stop" : "Run";
    if (on) tell("Running.");
  }

  function show(html: string, milliseconds: number): void {
    const fresh = new DOMParser().parseFromString(html, "text/html").querySelector("#answer");
    if (!fresh) return fail(problem(500, ""));
    answer().replaceWith(document.importNode(fresh, true));
    void mapped(answer());
    const elapsed = answer().querySelector("[data-elapsed]");
    if (elapsed) elapsed.textContent = `· ${inWords(milliseconds)} `;
    settle();
    seen();
    tell(answer().querySelector("[data-told]")?.textContent?.trim() ?? "");
    return undefined;
  }

  function settle(): void {
    const answered = answer().childElementCount > 0;
    bench.classList.toggle("answered", answered);
    if (answered) for (const topic of bench.querySelectorAll<HTMLDetailsElement>(".shelf details")) topic.open = false;
    const views = answer().querySelector<HTMLElement>(".views");
    if (views) tabbed(views, view, (title) => (view = title));
  }

  /** Scrolls to the answer where it begins out of sight, as below the editor on a narrow screen. */
  function seen(): void {
    const { top } = answer().getBoundingClientRect();
    if (top < 0 || top > innerHeight * 0.75) answer().scrollIntoView();
  }

  function fail(problem: Problem, seconds = 0): void {
    const { line, column } = problem;
    const holder = element("div", "fault");
    const title = element("h2", "", problem.title);
    title.id = "answer-title";
    holder.append(title, element("p", "", problem.detail));
    if (problem.excerpt) {
      const excerpt = element("pre", "", problem.excerpt);
      excerpt.tabIndex = 0;
      holder.append(excerpt);
    }
    if (problem.hint) holder.append(element("p", "", problem.hint));
    if (line) {
      const message = [problem.detail, problem.hint].filter(Boolean).join(" ");
      const declaration = problem.hint.match(/PREFIX \S*: <[^>]*>/)?.[0];
      editor.mark({ line, column: column ?? 1, message, declaration });
      holder.append(press(`Go to line ${line}`, () => editor.goTo(line, column ?? 1)));
      if (declaration) holder.append(press("Declare the prefix and run", () => (editor.replace(`${declaration}\n${editor.text()}`), void run())));
    } else if (problem.status === TOO_LARGE) {
      holder.append(download(form.action, editor.text()));
    } else if (PASSING.includes(problem.status)) {
      if (seconds > 0) holder.append(element("p", "", `Try again in ${seconds} second${seconds === 1 ? "" : "s"}.`));
      holder.append(press("Try again", () => void run()));
    }
    answer().replaceChildren(holder);
    settle();
    seen();
    tell(`${problem.title}. ${problem.detail}`);
  }

  /** Keeps the query on the service and shows its link. */
  async function link(): Promise<void> {
    const holder = form.querySelector(".link") ?? form.appendChild(element("p", "link"));
    try {
      const response = await fetch("/q", {
        method: "POST",
        headers: { Accept: "application/json" },
        body: new URLSearchParams({ query: editor.text() }),
      });
      const body = await response.text();
      if (!response.ok) {
        const { detail, hint } = problem(response.status, body);
        holder.replaceChildren(`${detail} ${hint}`);
        return tell(detail);
      }
      const { address } = JSON.parse(body) as { address: string };
      linked(holder, new URL(address, location.href).href);
      linkedText = editor.text();
      history.replaceState({ query: linkedText }, "", address);
      tell("The short link is ready.");
    } catch {
      const { detail, hint } = away();
      holder.replaceChildren(`${detail} ${hint}`);
      tell(detail);
    }
    return undefined;
  }

  function linked(holder: Element, address: string): void {
    const field = document.createElement("input");
    field.value = address;
    field.readOnly = true;
    field.setAttribute("aria-label", "Short link to this query");
    const copy = press("Copy", () => {
      field.select();
      void navigator.clipboard?.writeText(address).then(() => tell("Copied."));
    });
    holder.replaceChildren(field, copy);
    field.focus();
    field.select();
  }

  function tell(text: string): void {
    status.textContent = text;
  }

  function answer(): HTMLElement {
    return bench.querySelector<HTMLElement>("#answer")!;
  }
}

/** Takes the query back from the history, if there is one that the page does not show; tells whether it did. */
function restored(editor: Editor): boolean {
  const query = history.state?.query;
  if (typeof query !== "string" || query === editor.text()) return false;
  editor.replace(query);
  return true;
}

/** Brings the maps of an answer that was put into the page to life, by the code that its script element names. */
async function mapped(answer: HTMLElement): Promise<void> {
  const script = answer.querySelector<HTMLScriptElement>("script[src]");
  if (!script) return;
  const { begin } = (await import(script.src)) as { begin(root: ParentNode): void };
  begin(answer);
}

function problem(status: number, body: string): Problem {
  const plain = { title: "The service failed", detail: `It answered with status ${status}.`, hint: "Try again later.", status };
  try {
    return { ...plain, ...JSON.parse(body) };
  } catch {
    return plain;
  }
}

function away(): Problem {
  return {
    title: "The service cannot be reached",
    detail: "Nothing came back.",
    hint: "Check the connection and try again; the query stays here.",
    status: 0,
  };
}

function said(form: HTMLElement): HTMLElement {
  const status = element("p", "unseen");
  status.setAttribute("role", "status");
  form.append(status);
  return status;
}

function keys(): HTMLElement {
  return element("p", "quiet keys", "Ctrl+Enter runs, Ctrl+Space completes, Tab leaves the editor.");
}

/** The answer as files, of a query whose answer no page can hold. */
function download(action: string, query: string): HTMLElement {
  const form = document.createElement("form");
  form.method = "post";
  form.action = action;
  form.className = "formats";
  const text = document.createElement("textarea");
  text.name = "query";
  text.hidden = true;
  text.value = query;
  form.append(text);
  for (const [name, title] of [["csv", "Download as CSV"], ["json", "Download as JSON"]] as const) {
    const button = element("button", "second", title) as HTMLButtonElement;
    button.name = "format";
    button.value = name;
    form.append(button);
  }
  return form;
}

function inWords(milliseconds: number): string {
  return milliseconds < 950 ? `${Math.max(1, Math.round(milliseconds))} ms` : `${(milliseconds / 1000).toFixed(1)} s`;
}

function press(text: string, act: () => void): HTMLButtonElement {
  const button = element("button", "second", text) as HTMLButtonElement;
  button.type = "button";
  button.addEventListener("click", act);
  return button;
}

function element(tag: string, name: string, text = ""): HTMLElement {
  const made = document.createElement(tag);
  if (name) made.className = name;
  made.textContent = text;
  return made;
}
