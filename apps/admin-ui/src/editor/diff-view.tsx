import { unifiedMergeView } from '@codemirror/merge';
import { EditorState } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { useEffect, useRef } from 'react';
import type { ScriptLanguage } from '../api/script-types.ts';
import { useIsDark } from '../shell/theme.ts';
import { allowed, viewing } from './setup.ts';
import './editor.css';
import './diff-view.css';

/** What changed from one text to another: lines that went above those that came, long stretches of equal lines folded. */
export function DiffView({
  before,
  after,
  language,
  label,
}: {
  readonly before: string;
  readonly after: string;
  readonly language: ScriptLanguage;
  readonly label: string;
}) {
  const host = useRef<HTMLDivElement>(null);
  const isDark = useIsDark();
  const isSame = before === after;
  useEffect(() => {
    if (host.current === null || isSame) return;
    const view = new EditorView({
      parent: host.current,
      state: EditorState.create({
        doc: after,
        extensions: [
          allowed(),
          viewing(language, isDark),
          EditorState.readOnly.of(true),
          EditorView.lineWrapping,
          EditorView.contentAttributes.of({ 'aria-label': label, tabindex: '0' }),
          EditorView.editable.of(false),
          unifiedMergeView({
            original: before,
            mergeControls: false,
            gutter: true,
            highlightChanges: true,
            collapseUnchanged: { margin: 3, minSize: 6 },
            diffConfig: { scanLimit: 2_000, timeout: 400 },
          }),
        ],
      }),
    });
    return () => view.destroy();
  }, [before, after, language, label, isDark, isSame]);
  if (isSame) return <p className="muted">The texts are the same.</p>;
  return <div ref={host} className="diff-view" />;
}
