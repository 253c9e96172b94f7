// The editor: CodeMirror over the textarea, which keeps the text for the form. It lives in a shadow root, where its styles
// are adopted style sheets, since the policy of our pages admits no style element. The Tab key leaves it.
import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { bracketMatching, HighlightStyle, indentOnInput, StreamLanguage, syntaxHighlighting } from "@codemirror/language";
import { sparql } from "@codemirror/legacy-modes/mode/sparql";
import { type Diagnostic, lintGutter, setDiagnostics } from "@codemirror/lint";
import { EditorState, Prec } from "@codemirror/state";
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { completing } from "./completing";

export interface Fault {
  line: number;
  column: number;
  message: string;
  /** A line to put before the query, which mends the fault. */
  declaration?: string;
}

export interface Editor {
  text(): string;
  replace(text: string): void;
  mark(fault: Fault | undefined): void;
  goTo(line: number, column: number): void;
  focus(): void;
}

const LABEL = "Query, in SPARQL. Control and Enter runs it, Control and Space completes, Tab leaves the editor.";

const THEME = EditorView.theme({
  "&": { color: "var(--ink)", backgroundColor: "transparent", fontSize: "0.92rem", height: "100%" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "ui-monospace, 'SF Mono', Menlo, Consolas, monospace", lineHeight: "1.55", minHeight: "18rem", maxHeight: "65vh" },
  ".cm-content": { caretColor: "var(--ink)", padding: "0.6rem 0" },
  "@media (max-width: 40rem)": { ".cm-gutter-lint": { display: "none" } },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  ".cm-gutters": { backgroundColor: "transparent", color: "var(--soft)", border: "none" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "color-mix(in srgb, var(--accent) 7%, transparent)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": { backgroundColor: "color-mix(in srgb, var(--accent) 28%, transparent) !important" },
  "&.cm-focused .cm-matchingBracket": { backgroundColor: "color-mix(in srgb, var(--accent) 25%, transparent)", color: "inherit" },
  ".cm-tooltip": { backgroundColor: "var(--paper)", color: "var(--ink)", border: "1px solid var(--soft)", fontFamily: "system-ui, sans-serif" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": { fontFamily: "inherit", maxWidth: "min(38rem, 80vw)", maxHeight: "none" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li": { padding: "0.25rem 0.5rem", minHeight: "24px" },
  ".cm-tooltip-autocomplete ul li[aria-selected]": { backgroundColor: "var(--accent)", color: "var(--paper)" },
  ".cm-tooltip.cm-completionInfo": { padding: "0.4rem 0.7rem", maxWidth: "22rem" },
  ".cm-completionInfo-left-narrow, .cm-completionInfo-right-narrow": { display: "none" },
  ".cm-completionInfo p": { margin: "0.2rem 0" },
  ".cm-completionDetail": { fontStyle: "normal", marginLeft: "0.8em", opacity: "1" },
  ".cm-completionMatchedText": { textDecoration: "none", fontWeight: "650" },
  ".cm-diagnostic": { padding: "0.4rem 0.7rem" },
  ".cm-diagnostic-error": { borderLeft: "4px solid var(--warn)" },
  ".cm-diagnosticAction": { backgroundColor: "var(--accent)", color: "var(--paper)", padding: "0.2rem 0.6rem" },
});

const COLOURS = HighlightStyle.define([
  { tag: tags.keyword, color: "var(--code-word)", fontWeight: "600" },
  { tag: [tags.string, tags.literal, tags.number], color: "var(--code-text)" },
  { tag: [tags.atom, tags.namespace, tags.typeName, tags.link], color: "var(--code-name)" },
  { tag: tags.variableName, color: "var(--code-variable)" },
  { tag: tags.comment, color: "var(--soft)" },
]);

/** Puts the editor over a textarea; ``run`` is what Control and Enter does. */
export function editing(textarea: HTMLTextAreaElement, terms: string, run: () => void): Editor {
  const host = document.createElement("div");
  host.className = "editor";
  const root = host.attachShadow({ mode: "open" });
  textarea.before(host);
  textarea.hidden = true;
  const view = new EditorView({
    root,
    parent: root,
    state: EditorState.create({
      doc: textarea.value,
      extensions: [
        Prec.highest(keymap.of([{ key: "Mod-Enter", run: () => (run(), true) }])),
        lineNumbers(),
        lintGutter(),
        history(),
        drawSelection(),
        highlightActiveLine(),
        indentOnInput(),
        bracketMatching(),
        closeBrackets(),
        autocompletion({ override: [completing(terms)], icons: false, maxRenderedOptions: 8 }),
        StreamLanguage.define(sparql),
        syntaxHighlighting(COLOURS),
        THEME,
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({ "aria-label": LABEL, tabindex: "0", spellcheck: "false", autocapitalize: "off" }),
        keymap.of([...closeBracketsKeymap, ...completionKeymap, ...historyKeymap, ...defaultKeymap]),
        EditorView.domEventHandlers({ beforeinput: (event, view) => typedOver(event, view) }),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) textarea.value = update.state.doc.toString();
        }),
      ],
    }),
  });
  for (const label of textarea.labels ?? []) label.addEventListener("click", () => view.focus());

  function place(line: number, column: number): number {
    const found = view.state.doc.line(Math.min(Math.max(line, 1), view.state.doc.lines));
    return Math.min(found.from + Math.max(column - 1, 0), found.to);
  }

  return {
    text: () => view.state.doc.toString(),
    replace: (text) => view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } }),
    mark: (fault) => view.dispatch(setDiagnostics(view.state, fault ? [diagnostic(view, place(fault.line, fault.column), fault)] : [])),
    goTo: (line, column) => {
      view.dispatch({ selection: { anchor: place(line, column) }, scrollIntoView: true });
      view.focus();
    },
    focus: () => view.focus(),
  };
}

/**
 * Text typed over a selection is put in here. Chromium would do it by way of an inline style, which the policy of our
 * pages forbids, and complain of that.
 */
function typedOver(event: InputEvent, view: EditorView): boolean {
  const { from, to, empty } = view.state.selection.main;
  const { data } = event;
  if (event.inputType !== "insertText" || event.isComposing || empty || !data) return false;
  const insert = () => view.state.update(view.state.replaceSelection(data), { userEvent: "input.type", scrollIntoView: true });
  const handled = view.state.facet(EditorView.inputHandler).some((handler) => handler(view, from, to, data, insert));
  if (!handled) view.dispatch(insert());
  event.preventDefault();
  return true;
}

/** The fault as a mark from its place to the end of the word there. */
function diagnostic(view: EditorView, from: number, fault: Fault): Diagnostic {
  const word = view.state.sliceDoc(from, from + 200).match(/^[^\s{}();,]+|^\S/)?.[0] ?? "";
  const { declaration } = fault;
  const actions = declaration
    ? [{ name: "Declare it", apply: (editor: EditorView) => editor.dispatch({ changes: { from: 0, insert: `${declaration}\n` } }) }]
    : [];
  const start = word ? from : Math.max(0, from - 1);
  return { from: start, to: from + word.length, severity: "error", message: fault.message, actions };
}
