// What the editor offers: keywords, variables of the query, prefixes, and the terms of the graph, which the service names
// with their labels and definitions. A term whose prefix is not declared brings its declaration.
import { type Completion, type CompletionContext, type CompletionResult, pickedCompletion } from "@codemirror/autocomplete";
import { syntaxTree } from "@codemirror/language";
import type { EditorView } from "@codemirror/view";

interface Term {
  name: string;
  kind: string;
  label: string;
  definition: string;
  uses: number;
}

interface Offer {
  prefixes: Record<string, string>;
  terms: Term[];
}

const KEYWORDS =
  "ASK BASE BIND BOUND CONSTRUCT COUNT DESC DESCRIBE DISTINCT EXISTS FILTER FROM GRAPH GROUP_CONCAT HAVING IN LANG LIMIT MINUS NOT OFFSET OPTIONAL PREFIX REGEX SAMPLE SELECT STR UNDEF UNION VALUES WHERE".split(" ");
const PHRASES = ["GROUP BY", "ORDER BY"];

/** A source of completions from the terms at an address, which is asked once, when first needed. */
export function completing(address: string): (context: CompletionContext) => Promise<CompletionResult | null> {
  let offer: Promise<Offer> | undefined;

  return async (context) => {
    const inside = syntaxTree(context.state).resolveInner(context.pos, -1).name;
    if (/comment|string/i.test(inside)) return null;
    const variable = context.matchBefore(/[?$]\w*/);
    if (variable) return { from: variable.from, options: variables(context, variable.text), validFor: /^[?$]\w*$/ };
    const word = context.matchBefore(/[\w-]*:?[\w-]*/);
    if (!word || (word.from === word.to && !context.explicit)) return null;
    if (/[<\/@^]/.test(context.state.sliceDoc(word.from - 1, word.from)) && !context.explicit) return null;
    offer ??= fetched(address);
    const known = await offer;
    const before = context.state.sliceDoc(Math.max(0, word.from - 40), word.from);
    const options = /prefix\s+$/i.test(before) ? declarations(known) : [...offered(known, before), ...words()];
    return { from: word.from, options, validFor: /^[\w-]*:?[\w-]*$/ };
  };
}

async function fetched(address: string): Promise<Offer> {
  try {
    const response = await fetch(address);
    if (response.ok) return (await response.json()) as Offer;
  } catch {
    // the editor works without
  }
  return { prefixes: {}, terms: [] };
}

/** The terms; classes come first where a class is to be written. */
function offered(known: Offer, before: string): Completion[] {
  const most = Math.max(1, ...known.terms.map((term) => term.uses));
  const wanted = /(?:\ba|rdf:type)\s+$/.test(before) ? "class" : /[?$\w>\];]\s+$/.test(before) ? "property" : "";
  return known.terms.map((term) => ({
    ...worded(term),
    type: term.kind === "concept" ? "constant" : term.kind,
    info: () => described(term),
    boost: (term.kind === wanted ? 40 : 0) + Math.round((20 * Math.log1p(term.uses)) / Math.log1p(most)),
    apply: (view, completion, from, to) => applied(view, term.name, completion, from, to, known.prefixes),
  }));
}

/** How a term is found, shown and, with a space between its parts, read aloud: by its name with a prefix, or, where it has none, by what it is called. */
function worded({ name, label }: Term): { label: string; displayLabel: string; detail: string } {
  if (!name.startsWith("<") || !label) return { label: `${name} ${label}`.trim(), displayLabel: name, detail: ` ${label}` };
  return { label: `${label} ${name}`, displayLabel: label, detail: ` ${name.slice(1, -1).split("/").slice(-2).join("/")}` };
}

function described(term: Term): HTMLElement {
  const holder = document.createElement("div");
  const kind = document.createElement("p");
  kind.textContent = `${term.kind}${term.label ? `: ${term.label}` : ""}`;
  holder.append(kind);
  if (term.definition) {
    const definition = document.createElement("p");
    definition.textContent = term.definition;
    holder.append(definition);
  }
  return holder;
}

/** Writes a term, and above the query the prefix that it needs. */
function applied(view: EditorView, name: string, completion: Completion, from: number, to: number, prefixes: Record<string, string>): void {
  const prefix = name.startsWith("<") ? "" : (name.split(":")[0] ?? "");
  const changes = [{ from, to, insert: name }];
  const space = prefixes[prefix];
  const text = view.state.doc.toString();
  if (prefix && space && !new RegExp(`prefix\\s+${prefix}:`, "i").test(text)) {
    changes.unshift({ from: 0, to: 0, insert: `PREFIX ${prefix}: <${space}>\n` });
  }
  const shift = (changes.length > 1 ? (changes[0]?.insert.length ?? 0) : 0) + name.length;
  view.dispatch({ changes, selection: { anchor: from + shift }, userEvent: "input.complete", annotations: pickedCompletion.of(completion) });
}

function declarations(known: Offer): Completion[] {
  return Object.entries(known.prefixes).map(([prefix, iri]) => ({ label: `${prefix}: <${iri}>`, type: "namespace" }));
}

function variables(context: CompletionContext, typed: string): Completion[] {
  const found = new Set(context.state.doc.toString().match(/[?$]\w+/g) ?? []);
  found.delete(typed);
  return [...found].sort().map((name) => ({ label: name, type: "variable" }));
}

function words(): Completion[] {
  return [...KEYWORDS, ...PHRASES].map((word) => ({ label: word, type: "keyword", boost: -10 }));
}
