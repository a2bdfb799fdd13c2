import { openSearchPanel } from '@codemirror/search';
import { setDiagnostics } from '@codemirror/lint';
import { Compartment, EditorState } from '@codemirror/state';
import { EditorView, keymap } from '@codemirror/view';
import { useCallback, useEffect, useId, useMemo, useRef, useState, type ReactNode } from 'react';
import type { Finding } from '../api/api-error.ts';
import type { ScriptLanguage } from '../api/script-types.ts';
import { Button } from '../components/button.tsx';
import { useToast } from '../components/toast.tsx';
import { useIsDark } from '../shell/theme.ts';
import { useFindings, type Attachments, type CheckState } from './findings.ts';
import { KeyboardHelp, useTabIndents } from './keyboard-help.tsx';
import { formatter } from './language-client.ts';
import { Problems } from './problems.tsx';
import { allowed, knowing, viewing, writing } from './setup.ts';
import type { EditedText, PlacedFinding } from './worker/language-service.ts';
import { placed } from './worker/place.ts';
import './editor.css';

export interface CodeEditorProps {
  /** What the text is, for screen readers. */
  readonly label: string;
  /** Another name is another text, with a history of its own. */
  readonly name: string;
  /** The text it begins with. */
  readonly initial: string;
  readonly onChange: (source: string) => void;
  readonly language: ScriptLanguage;
  /** Null for a library. */
  readonly flow: string | null;
  readonly libraries?: EditedText['libraries'];
  /** What the service checks the text with; null where it is not asked, since that is not allowed to who is signed in. */
  readonly attachments: Attachments | null;
  readonly readOnly?: boolean;
  /** Found by others, such as an error of a run: shown at their lines until the text there changes. */
  readonly marks?: readonly Finding[];
  readonly onSave?: () => void;
  /** Told after each check. */
  readonly onChecked?: (findings: readonly PlacedFinding[]) => void;
  /** Beside the buttons of the editor. */
  readonly actions?: ReactNode;
}

const NO_MARKS: readonly Finding[] = [];
const NO_LIBRARIES: EditedText['libraries'] = [];

/** An editor for procedures and libraries that knows their types. Nothing of the text is ever run in the browser. */
export function CodeEditor(props: CodeEditorProps) {
  const { label, name, initial, language, flow, attachments, readOnly = false, marks = NO_MARKS, actions } = props;
  const libraries = props.libraries ?? NO_LIBRARIES;
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(null);
  const [source, setSource] = useState({ name, text: initial });
  const text = source.name === name ? source.text : initial;
  const [attempt, setAttempt] = useState(0);
  const [help, setHelp] = useState(false);
  const [formatting, setFormatting] = useState(false);
  const isDark = useIsDark();
  const { tabIndents } = useTabIndents();
  const toast = useToast();
  const hint = useId();
  const edited = useMemo<EditedText>(() => ({ language, flow, source: text, libraries }), [language, flow, text, libraries]);
  const { findings, check } = useFindings(edited, attachments, attempt);

  const latest = useRef(props);
  useEffect(() => {
    latest.current = props;
  });

  const format = useCallback(() => {
    const editor = view.current;
    if (editor === null || latest.current.readOnly === true) return;
    const before = editor.state.doc.toString();
    setFormatting(true);
    formatter()
      .format(before, latest.current.language, editor.state.selection.main.head)
      .then(
        ({ text: formatted, cursor }) => {
          // What was typed meanwhile is worth more than its form.
          if (editor.state.doc.toString() !== before || formatted === before) return;
          editor.dispatch({
            changes: { from: 0, to: before.length, insert: formatted },
            selection: { anchor: Math.min(Math.max(cursor, 0), formatted.length) },
            userEvent: 'format',
          });
        },
        (error: unknown) => {
          toast.failed(new Error(`This cannot be formatted: ${error instanceof Error ? (error.message.split('\n')[0] ?? '') : ''}`));
        },
      )
      .finally(() => setFormatting(false));
  }, [toast]);

  const [configuration] = useState(() => new Compartment());
  const begin = useRef(initial);
  useEffect(() => {
    begin.current = initial;
  });
  useEffect(() => {
    if (host.current === null) return;
    const editor = new EditorView({
      parent: host.current,
      state: EditorState.create({
        doc: begin.current,
        extensions: [
          allowed(),
          configuration.of([]),
          EditorView.updateListener.of(({ docChanged, state }) => {
            if (!docChanged) return;
            const now = state.doc.toString();
            setSource({ name, text: now });
            latest.current.onChange(now);
          }),
        ],
      }),
    });
    view.current = editor;
    return () => {
      view.current = null;
      editor.destroy();
    };
  }, [name, configuration]);
  useEffect(() => {
    const keys = keymap.of([
      { key: 'Shift-Alt-f', run: () => (format(), true), preventDefault: true },
      { key: 'Mod-s', run: () => (latest.current.onSave?.(), true), preventDefault: true },
      { key: 'F1', run: () => (setHelp(true), true), preventDefault: true },
    ]);
    const editedOf = (now: string): EditedText => {
      const { language: as, flow: of, libraries: using = NO_LIBRARIES } = latest.current;
      return { source: now, language: as, flow: of, libraries: using };
    };
    view.current?.dispatch({
      effects: configuration.reconfigure([
        keys,
        viewing(language, isDark),
        EditorState.readOnly.of(readOnly),
        writing({ tabIndents }),
        knowing(editedOf),
        EditorView.contentAttributes.of({ 'aria-label': label, 'aria-describedby': hint, tabindex: '0' }),
      ]),
    });
  }, [name, configuration, language, isDark, readOnly, tabIndents, label, hint, format]);

  // Marks are of the text as it was when they came, and say nothing about lines that are others by now.
  const [marked, setMarked] = useState({ of: NO_MARKS, text: '' });
  if (marked.of !== marks) setMarked({ of: marks, text });
  const all = useMemo(() => withoutRepetitions([...stillTrue(marked.of, marked.text, text), ...findings]), [marked, text, findings]);
  useEffect(() => {
    const editor = view.current;
    if (editor === null) return;
    const end = editor.state.doc.length;
    editor.dispatch(
      setDiagnostics(
        editor.state,
        all.map(({ from, to, severity, message }) => ({
          from: Math.min(from, end),
          to: Math.min(Math.max(to, from), end),
          severity,
          message,
        })),
      ),
    );
    latest.current.onChecked?.(all);
  }, [all, name]);

  const goTo = (place: number) => {
    const editor = view.current;
    if (editor === null) return;
    const at = Math.min(place, editor.state.doc.length);
    editor.dispatch({ selection: { anchor: at }, effects: EditorView.scrollIntoView(at, { y: 'center' }) });
    editor.focus();
  };

  return (
    <section className="code-editor" aria-label={label}>
      <div className="code-editor-bar" role="toolbar" aria-label="Editor">
        {!readOnly && (
          <Button small kind="quiet" busy={formatting} onClick={format} title="Format (Shift-Alt-F)">
            Format
          </Button>
        )}
        <Button small kind="quiet" onClick={() => view.current !== null && openSearchPanel(view.current)} title="Search (Ctrl-F)">
          Find
        </Button>
        <Button small kind="quiet" onClick={() => setHelp(true)} title="Keys (F1)">
          Keys
        </Button>
        <span className="code-editor-actions">{actions}</span>
      </div>
      <div ref={host} className="code-editor-text" />
      <p id={hint} className="visually-hidden">
        {tabIndents ? 'The Tab key indents. Press Escape, then Tab, to leave.' : 'The Tab key leaves the editor.'} F1 tells all keys.
      </p>
      <Problems findings={all} source={text} check={check} goTo={goTo} retry={() => setAttempt(attempt + 1)} />
      {help && <KeyboardHelp onClose={() => setHelp(false)} />}
    </section>
  );
}

/** The marks whose lines are as they were. */
function stillTrue(marks: readonly Finding[], before: string, now: string): readonly PlacedFinding[] {
  if (marks.length === 0) return [];
  const [were, are] = [before.split('\n'), now.split('\n')];
  return marks.filter(({ line = 1 }) => were[line - 1] === are[line - 1]).map((mark) => placed(now, mark, 'error'));
}

function withoutRepetitions(findings: readonly PlacedFinding[]): readonly PlacedFinding[] {
  const seen = new Map(findings.map((one) => [`${one.from} ${one.message}`, one]));
  return [...seen.values()].sort((a, b) => a.from - b.from);
}

export type { CheckState };
