// The editor of the label config: highlighting, completion and findings, on CodeMirror.
import {
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
} from "../vendor/codemirror/codemirror-autocomplete.js";
import {
  defaultKeymap,
  history,
  historyKeymap,
  indentWithTab,
} from "../vendor/codemirror/codemirror-commands.js";
import { xml, xmlLanguage } from "../vendor/codemirror/codemirror-lang-xml.js";
import {
  bracketMatching,
  foldGutter,
  foldKeymap,
  indentOnInput,
  indentUnit,
  syntaxHighlighting,
} from "../vendor/codemirror/codemirror-language.js";
import { lintGutter, setDiagnostics } from "../vendor/codemirror/codemirror-lint.js";
import { Compartment, EditorState } from "../vendor/codemirror/codemirror-state.js";
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  keymap,
  lineNumbers,
} from "../vendor/codemirror/codemirror-view.js";
import { classHighlighter } from "../vendor/codemirror/lezer-highlight.js";

const TEXT = { label: "Label config, XML" };
const NAME_ATTRIBUTE = /\b(?:toName|whenTagName)\s*=\s*"([^"]*)$/;
const DATA_ATTRIBUTE = /\b(?:value|valueList|on|audioUrl)\s*=\s*"(\$[\w.]*)$/;
const NAMES = /\bname\s*=\s*"([^"]+)"/g;

// Events: "change".
export class ConfigEditor extends EventTarget {
  #view;
  #quiet = false;
  #language = new Compartment();

  // `dataKeys` are those that all tasks have.
  constructor(place, { doc, dataKeys, readOnly }) {
    super();
    const nonce = document.querySelector('meta[name="csp-nonce"]')?.content ?? "";
    this.#view = new EditorView({
      parent: place,
      doc,
      extensions: [
        EditorView.cspNonce.of(nonce),
        lineNumbers(),
        foldGutter(),
        lintGutter(),
        history(),
        drawSelection(),
        indentOnInput(),
        indentUnit.of("  "),
        bracketMatching(),
        closeBrackets(),
        autocompletion({ icons: false }),
        highlightActiveLine(),
        syntaxHighlighting(classHighlighter),
        this.#language.of(xml()),
        xmlLanguage.data.of({ autocomplete: (context) => namesAndData(context, dataKeys) }),
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({ "aria-label": TEXT.label, spellcheck: "false" }),
        EditorState.readOnly.of(readOnly),
        keymap.of([
          ...closeBracketsKeymap,
          ...completionKeymap,
          ...defaultKeymap,
          ...historyKeymap,
          ...foldKeymap,
          indentWithTab,
        ]),
        EditorView.updateListener.of(({ docChanged }) => {
          if (docChanged && !this.#quiet) this.dispatchEvent(new Event("change"));
        }),
      ],
    });
  }

  // What can be completed: `tags` is what api/label-config/tags answers.
  know(tags) {
    this.#view.dispatch({ effects: this.#language.reconfigure(xml(schema(tags))) });
  }

  get text() {
    return this.#view.state.doc.toString();
  }

  // Another text in one step, which can be undone.
  replace(text) {
    this.#view.dispatch({ changes: { from: 0, to: this.#view.state.doc.length, insert: text } });
  }

  // `findings` are [{message, line, severity}], severity error or warning.
  show(findings) {
    const { doc } = this.#view.state;
    const diagnostics = findings
      .filter(({ line }) => line)
      .map(({ message, line, severity }) => {
        const { from, to, text } = doc.line(Math.min(line, doc.lines));
        return { from: from + text.search(/\S|$/), to, message, severity };
      });
    this.#quiet = true;
    this.#view.dispatch(setDiagnostics(this.#view.state, diagnostics));
    this.#quiet = false;
  }

  goTo(line) {
    const { doc } = this.#view.state;
    const { from } = doc.line(Math.max(1, Math.min(line, doc.lines)));
    this.#view.dispatch({ selection: { anchor: from }, scrollIntoView: true });
    this.focus();
  }

  focus() {
    this.#view.focus();
  }
}

// What CodeMirror wants to know for its completion of tags and attributes.
function schema(tags) {
  const everywhere = Object.keys(tags).filter((name) => tags[name].kind !== "label");
  const elements = Object.entries(tags).map(([name, tag]) => ({
    name,
    top: name === "View",
    children: tag.children.length || tag.kind === "label" ? [...tag.children, "View"] : everywhere,
    attributes: Object.entries(tag.attributes).map(([attribute, values]) => ({
      name: attribute,
      values: values.filter((value) => value !== "$"),
      completion: tag.required.includes(attribute) ? { boost: 10 } : undefined,
    })),
    completion: { detail: tag.modern ? "modern" : undefined, info: tag.about },
  }));
  return { elements, autoCloseTags: true };
}

// Names that are in the config already, and the keys of the project's own data.
function namesAndData(context, dataKeys) {
  const before = context.state.sliceDoc(Math.max(0, context.pos - 200), context.pos);
  const name = NAME_ATTRIBUTE.exec(before);
  if (name) {
    const names = new Set([...context.state.doc.toString().matchAll(NAMES)].map(([, it]) => it));
    const from = context.pos - name[1].split(",").pop().length;
    return { from, options: [...names].map((label) => ({ label, type: "constant" })) };
  }
  const data = DATA_ATTRIBUTE.exec(before);
  if (!data || !dataKeys.length) return null;
  const options = dataKeys.map((key) => ({ label: `$${key}`, type: "variable" }));
  return { from: context.pos - data[1].length, options };
}
